//! Digests: what waits is told in one mail a day for each person and program, once, and on time.

use std::sync::{Arc, Barrier};

use chrono::{Duration, Weekday};
use diesel::prelude::*;
use portal::audit::By;
use portal::auth::Program;
use portal::contacts::Role;
use portal::db::schema::{contact_roles, contacts, enrolments, mails};
use portal::mail::MailFilter;
use portal::mail::MailStatus::{self, Digested, Queued, Sent, Suppressed, Waiting};
use portal::mail::digest::{Round, run_due};
use portal::mail::hours::Rhythm::{AtOnce, Daily, Weekly};
use portal::mail::outbox::{hold, release};

use crate::support::Portal;
use crate::support::channel::{give_role, take_role};
use crate::support::notices::instant;

/// The portal on a Monday, 12:00 in Tokyo, where the program is; `reader` holds every role.
async fn begin() -> (Portal, i64) {
    let portal = Portal::start().await;
    portal.set_clock("2026-03-02T03:00");
    let reader = portal.contact_id("reader");
    for role in Role::of_part(portal::auth::Part::Partner) {
        give_role(reader, *role, &portal);
    }
    (portal, reader)
}

fn statuses(portal: &Portal, contact: i64) -> Vec<MailStatus> {
    portal.post_of(contact).into_iter().map(|(_, status)| status).collect()
}

fn subjects(portal: &Portal, contact: i64) -> Vec<String> {
    portal.post_of(contact).into_iter().map(|(subject, _)| subject).collect()
}

#[actix_web::test]
async fn each_role_comes_in_its_own_rhythm() {
    let (portal, reader) = begin().await;
    let rhythms = [AtOnce, Daily, Weekly(Weekday::Wed)];
    for (place, role) in Role::of_part(portal::auth::Part::Partner).iter().enumerate() {
        for (turn, rhythm) in rhythms.iter().enumerate() {
            portal.wants_rhythm(reader, "shield", role.as_str(), *rhythm);
            portal.notice(reader, "shield", role.as_str(), &format!("{role} {turn}"));
            let expected = if *rhythm == AtOnce { Queued } else { Waiting };
            assert_eq!(portal.post_of(reader)[place * 3 + turn].1, expected, "{role} {rhythm:?}");
        }
    }
    // All that waits is by now wanted weekly.
    assert_eq!(portal.round(), Round::default());
    portal.set_clock("2026-03-03T21:59");
    assert_eq!(portal.round(), Round::default(), "06:59 on Wednesday in Tokyo");
    portal.set_clock("2026-03-03T22:00");
    assert_eq!(portal.round(), Round { digests: 1, digested: 10, ..Round::default() });
    assert_eq!(subjects(&portal, reader).last().unwrap(), "10 notices from Shield Guild");
    assert_eq!(portal.round(), Round::default(), "again there is nothing to do");
}

#[actix_web::test]
async fn two_roles_are_one_digest_and_two_programs_are_two() {
    let (portal, reader) = begin().await;
    portal.join_small(portal.organisation_id("Acme"));
    portal.wants_rhythm(reader, "shield", "renewals", Daily);
    portal.wants_rhythm(reader, "shield", "leads", Daily);
    portal.wants_rhythm(reader, "small", "renewals", Daily);
    let small = portal.read(|conn| Program::find_unscoped("small", conn)).id;
    portal.write(move |conn| {
        let row = (
            contact_roles::program_id.eq(small),
            contact_roles::contact_id.eq(reader),
            contact_roles::role.eq(Role::Renewals),
            contact_roles::held.eq(true),
            contact_roles::revision.eq(1),
            contact_roles::changed_by.eq("Olive Owner (Acme)"),
            contact_roles::changed_at.eq(instant("2026-03-01T00:00")),
        );
        diesel::insert_into(contact_roles::table).values(row).execute(conn)?;
        Ok(())
    });
    portal.notice(reader, "shield", "renewals", "An end");
    portal.notice(reader, "small", "renewals", "A small end");
    portal.notice(reader, "shield", "leads", "A lead");
    // It is 04:00 in Brussels, where the other program is: there 07:00 comes first.
    portal.set_clock("2026-03-02T06:00");
    assert_eq!(portal.round(), Round { digests: 1, digested: 1, ..Round::default() });
    assert_eq!(portal.newest_mail(reader).0.subject, "1 notice from Small Program");
    portal.set_clock("2026-03-02T22:00");
    assert_eq!(portal.round(), Round { digests: 1, digested: 2, ..Round::default() });
    let (digest, text, html) = portal.newest_mail(reader);
    assert_eq!(digest.subject, "2 notices from Shield Guild");
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("no {words:?}:\n{text}"));
    let order = [
        place("Hello Rita Reader,"),
        place("1. An end"),
        place("As of 2 Mar 2026, 12:00"),
        place("An end has happened."),
        place("2. A lead"),
        place("See all of it:\nhttp://portal.test/p/shield/renewals"),
        place("Why you get these"),
        place("you hold the role renewals."),
        place("you hold the role leads."),
        place("An administrator of Acme can change this for you."),
        place("\n-- \n"),
        place("You get them collected, once a day at most, after 07:00 (Tokyo time)"),
    ];
    assert!(order.is_sorted(), "{text}");
    assert!(!text.contains("A small end"), "{text}");
    assert_eq!(text.matches("See all of it").count(), 1, "the same link once:\n{text}");
    for words in ["An end has happened.", "A lead", "http://portal.test/p/shield/renewals"] {
        assert!(html.contains(words), "{html}");
    }
}

#[actix_web::test]
async fn what_is_told_names_its_digest() {
    let (portal, reader) = begin().await;
    portal.wants_rhythm(reader, "shield", "renewals", Daily);
    portal.notice(reader, "shield", "renewals", "An end");
    portal.set_clock("2026-03-03T03:00");
    portal.round();
    let digest = portal.newest_mail(reader).0;
    let (told_in, answer, until): (Option<i64>, String, Option<portal::clock::Instant>) = portal
        .read(|conn| {
            Ok(mails::table
                .filter(mails::subject.eq("An end"))
                .select((mails::digest_id, mails::answer, mails::waiting_until_at))
                .first(conn)?)
        });
    assert_eq!(told_in, Some(digest.id));
    assert_eq!(answer, format!("told in the digest {}", digest.reference));
    assert_eq!(until, None);
    assert_eq!(digest.event, "digest.collected");
    portal.mail_totals_hold();
    let file = portal.manager().get("/p/shield/mail.csv").await.is(200).text;
    assert!(file.contains(",digested,1") && !file.contains(",sent,"), "{file}");
}

#[actix_web::test]
async fn a_day_has_one_digest_and_what_comes_after_it_waits_for_the_next() {
    let (portal, reader) = begin().await;
    portal.wants_rhythm(reader, "shield", "renewals", Daily);
    portal.notice(reader, "shield", "renewals", "first");
    portal.set_clock("2026-03-02T22:00");
    assert_eq!(portal.round().digests, 1);
    portal.notice(reader, "shield", "renewals", "second");
    // The digest's hour is moved on: today's has been.
    portal.wants(reader, |chosen| chosen.preferences.digest_hour = 18);
    portal.set_clock("2026-03-03T09:00");
    assert_eq!(portal.round(), Round::default(), "18:00, and no second digest");
    assert_eq!(statuses(&portal, reader), [Digested, Queued, Waiting]);
    portal.set_clock("2026-03-04T08:59");
    assert_eq!(portal.round(), Round::default());
    portal.set_clock("2026-03-04T09:00");
    assert_eq!(portal.round(), Round { digests: 1, digested: 1, ..Round::default() });
}

#[actix_web::test]
async fn back_to_at_once_lets_each_go_by_itself() {
    let (portal, reader) = begin().await;
    portal.wants_rhythm(reader, "shield", "renewals", Weekly(Weekday::Fri));
    portal.wants_rhythm(reader, "shield", "leads", Weekly(Weekday::Fri));
    for what in ["one", "two"] {
        portal.notice(reader, "shield", "renewals", what);
    }
    portal.notice(reader, "shield", "leads", "a lead");
    portal.wants_rhythm(reader, "shield", "renewals", AtOnce);
    assert_eq!(portal.round(), Round { released: 2, ..Round::default() });
    assert_eq!(statuses(&portal, reader), [Queued, Queued, Waiting]);
    portal.wants_rhythm(reader, "shield", "leads", Daily);
    portal.set_clock("2026-03-02T22:00");
    assert_eq!(portal.round(), Round { digests: 1, digested: 1, ..Round::default() });
}

#[actix_web::test]
async fn what_is_due_keeps_its_turn_whatever_is_chosen_then() {
    let (portal, reader) = begin().await;
    portal.wants_rhythm(reader, "shield", "renewals", Daily);
    portal.notice(reader, "shield", "renewals", "An end");
    portal.set_clock("2026-03-03T01:00");
    portal.wants_rhythm(reader, "shield", "renewals", Weekly(Weekday::Fri));
    assert_eq!(portal.round(), Round { digests: 1, digested: 1, ..Round::default() });
}

#[actix_web::test]
async fn who_should_not_get_it_any_more_gets_no_digest() {
    type Change = fn(&Portal, i64);
    let deactivate: Change = |portal, contact| {
        portal.write(move |conn| {
            let contact = contacts::table.find(contact);
            diesel::update(contact).set(contacts::status.eq("deactivated")).execute(conn)?;
            Ok(())
        });
    };
    let suspend: Change = |portal, _| {
        let acme = portal.organisation_id("Acme");
        portal.write(move |conn| {
            let enrolment = enrolments::table.filter(enrolments::organisation_id.eq(acme));
            diesel::update(enrolment).set(enrolments::status.eq("suspended")).execute(conn)?;
            Ok(())
        });
    };
    let lose: Change = |portal, contact| {
        take_role(contact, Role::Renewals, portal);
    };
    for (change, why) in [
        (deactivate, "the contact was deactivated"),
        (suspend, "the organisation's part in Shield Guild is suspended"),
        (lose, "the contact no longer holds the role renewals"),
    ] {
        let (portal, reader) = begin().await;
        portal.wants_rhythm(reader, "shield", "renewals", Daily);
        portal.notice(reader, "shield", "renewals", "An end");
        change(&portal, reader);
        portal.set_clock("2026-03-03T01:00");
        assert_eq!(portal.round(), Round { refused: 1, ..Round::default() }, "{why}");
        let mail = portal.mails().remove(0);
        assert_eq!((mail.status, mail.answer.as_str()), (Suppressed, why));
        assert!(mail.settled_at.is_some());
    }
}

#[actix_web::test]
async fn an_administrator_is_told_in_the_place_of_nobody() {
    let portal = Portal::start().await;
    portal.set_clock("2026-03-02T03:00");
    let owner = portal.contact_id("owner");
    portal.wants_rhythm(owner, "shield", "renewals", Daily);
    portal.notice(owner, "shield", "renewals", "An end");
    portal.set_clock("2026-03-02T22:30");
    assert_eq!(portal.round(), Round { digests: 1, digested: 1, ..Round::default() });
    portal.notice(owner, "shield", "renewals", "Another end");
    portal.write(move |conn| {
        let member = contacts::access.eq("member");
        diesel::update(contacts::table.find(owner)).set(member).execute(conn)?;
        Ok(())
    });
    portal.set_clock("2026-03-03T22:30");
    assert_eq!(portal.round(), Round { refused: 1, ..Round::default() }, "no administrator now");
}

#[actix_web::test]
async fn a_suspension_after_the_digest_stops_the_digest() {
    let (portal, reader) = begin().await;
    portal.wants_rhythm(reader, "shield", "renewals", Daily);
    portal.notice(reader, "shield", "renewals", "An end");
    portal.set_clock("2026-03-02T22:30");
    portal.round();
    portal.write(|conn| {
        diesel::update(enrolments::table).set(enrolments::status.eq("suspended")).execute(conn)?;
        Ok(())
    });
    let claims = portal.write(|conn| portal::mail::outbox::claim(10, Duration::seconds(60), conn));
    let parcels = portal.read(|conn| portal::mail::outbox::parcels(&claims, conn));
    let why = "the organisation's part in Shield Guild is suspended".to_owned();
    assert_eq!(parcels[0].obstacle, Some(portal::mail::outbox::Obstacle::Recipient(why)));
}

#[actix_web::test]
async fn mail_of_quiet_hours_goes_when_they_end() {
    let (portal, reader) = begin().await;
    portal.wants_hours(reader, "Europe/Brussels", Some((20, 7)));
    // 23:30 in Brussels.
    portal.set_clock("2026-03-02T22:30");
    portal.notice(reader, "shield", "renewals", "late");
    assert_eq!(statuses(&portal, reader), [Waiting]);
    portal.set_clock("2026-03-03T05:59");
    assert_eq!(portal.round(), Round::default());
    portal.set_clock("2026-03-03T06:00");
    assert_eq!(portal.round(), Round { released: 1, ..Round::default() });
    portal.notice(reader, "shield", "renewals", "early");
    assert_eq!(statuses(&portal, reader), [Queued, Queued]);
    // Mail about an account never waits.
    portal.set_clock("2026-03-03T22:30");
    portal.queue_mail("reader", "account", crate::support::post::Kind::Account);
    assert_eq!(statuses(&portal, reader), [Queued; 3]);
    portal.deliver_once(portal::mail::Way::Mailbox, crate::support::post::brisk(1)).await;
    assert_eq!(statuses(&portal, reader), [Sent; 3]);
}

#[actix_web::test]
async fn what_an_operator_has_parked_is_in_no_digest() {
    let (portal, reader) = begin().await;
    portal.wants_rhythm(reader, "shield", "renewals", Daily);
    portal.notice(reader, "shield", "renewals", "An end");
    let (by, all, now) = (By::Portal("x"), MailFilter::default(), portal.app.clock.now());
    let held = portal.write(move |conn| hold(&all.clone(), by, now, conn));
    assert_eq!(held.len(), 1);
    portal.set_clock("2026-03-02T22:00");
    assert_eq!(portal.round(), Round::default());
    assert_eq!(statuses(&portal, reader), [MailStatus::Held]);
    portal.write(move |conn| release(&MailFilter::default(), by, now, conn));
    assert_eq!(portal.round(), Round::default());
    assert_eq!(statuses(&portal, reader), [Queued], "by itself");
}

#[actix_web::test]
async fn many_rounds_at_once_make_one_digest() {
    let (portal, reader) = begin().await;
    portal.wants_rhythm(reader, "shield", "renewals", Daily);
    for number in 0..20 {
        portal.notice(reader, "shield", "renewals", &format!("End {number}"));
    }
    portal.set_clock("2026-03-02T22:00");
    let other = portal.beside().await;
    let start = Arc::new(Barrier::new(6));
    let rounds: Vec<_> = (0..6)
        .map(|turn| {
            let app = if turn % 2 == 0 { &portal.app } else { &other.app };
            let (db, site, now) = (app.db.clone(), app.site.clone(), app.clock.now());
            let start = Arc::clone(&start);
            std::thread::spawn(move || {
                start.wait();
                run_due(&db, &site, now).unwrap()
            })
        })
        .collect();
    let rounds: Vec<Round> = rounds.into_iter().map(|round| round.join().unwrap()).collect();
    assert_eq!(rounds.iter().map(|round| round.digests).sum::<usize>(), 1, "{rounds:?}");
    assert_eq!(rounds.iter().map(|round| round.digested).sum::<usize>(), 20, "{rounds:?}");
    assert_eq!(subjects(&portal, reader).last().unwrap(), "20 notices from Shield Guild");
    assert_eq!(statuses(&portal, reader).iter().filter(|one| **one == Digested).count(), 20);
}
