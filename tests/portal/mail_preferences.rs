//! Mail preferences: one's own across programs, and a contact's who cannot sign in.

use diesel::prelude::*;
use portal::audit;
use portal::contacts::Role;
use portal::db::schema::{logins, mail_preferences, mail_rhythms};
use portal::mail::MailStatus;
use portal::mail::hours::{Quiet, Rhythm};
use portal::mail::preferences::Chosen;

use crate::support::channel::give_role;
use crate::support::{Page, Portal, Visitor};

const OWN: &str = "/account/mail";

const FORM: [(&str, &str); 3] = [("time_zone", ""), ("digest_hour", "7"), ("quiet_from", "20")];

/// Sends the form as the page that is open would, with some fields changed.
async fn save(visitor: &mut Visitor, path: &str, open: &Page, changed: &[(&str, &str)]) -> Page {
    let seen = open.attributes("input[name=seen]", "value").remove(0);
    let mut fields = FORM.to_vec();
    for (name, value) in changed {
        fields.retain(|field| field.0 != *name || *name == "rhythm");
        fields.push((name, value));
    }
    fields.push(("seen", &seen));
    visitor.post(path, &fields).await
}

fn chosen(portal: &Portal, key: &str) -> Chosen {
    let contact = portal.contact_id(key);
    portal.read(|conn| Chosen::by(contact, conn))
}

fn shield(portal: &Portal) -> i64 {
    portal.read(|conn| portal::auth::Program::find_unscoped("shield", conn)).id
}

/// From, to and who of the last change of somebody's mail preferences.
fn last_change(portal: &Portal, key: &str) -> (String, String, String) {
    let contact = portal.contact_id(key);
    let mut history = portal.read(|conn| audit::timeline("contact", contact, conn));
    history.retain(|entry| entry.action == "mail_preferences.changed");
    let last = history.remove(0);
    (last.from_value, last.to_value, last.actor_name)
}

#[actix_web::test]
async fn a_person_chooses_for_each_role_and_when() {
    let portal = Portal::start().await;
    for role in [Role::Renewals, Role::Marketing] {
        give_role(portal.contact_id("colleague"), role, &portal);
    }
    let mut colleague = portal.colleague();
    let page = colleague.get(OWN).await.is(200).shows("h1", "Mail preferences");
    assert_eq!(page.all("select[name=rhythm]").len(), 2, "one for each role that is held");
    let page = page.shows("main", "Not received: Leads, Deal registration, Program updates.");
    let page = page.shows("main", "an administrator of Acme can give them to you");
    let selected = page.attributes("select[name=rhythm] option[selected]", "value");
    assert_eq!(selected, ["shield:renewals:at_once", "shield:marketing:at_once"]);
    let wanted = [
        ("rhythm", "shield:renewals:daily"),
        ("rhythm", "shield:marketing:friday"),
        ("time_zone", "America/Sao_Paulo"),
        ("digest_hour", "9"),
        ("quiet", "on"),
        ("quiet_from", "22"),
        ("quiet_until", "6"),
    ];
    save(&mut colleague, OWN, &page, &wanted).await.goes_to(OWN);
    let page = colleague.get(OWN).await.shows(".flash", "Your mail preferences are saved.");
    let selected = page.attributes("option[selected]", "value");
    let expected =
        ["shield:renewals:daily", "shield:marketing:friday", "9", "America/Sao_Paulo", "22", "6"];
    assert_eq!(selected, expected);
    assert_eq!(page.attributes("#quiet-on", "checked").len(), 1);
    let stored = chosen(&portal, "colleague");
    assert_eq!(stored.rhythm(shield(&portal), "renewals"), Rhythm::Daily);
    assert_eq!(stored.preferences.quiet, Some(Quiet { from: 22, until: 6 }));
    assert_eq!(stored.revision, 1);
    let (from, to, who) = last_change(&portal, "colleague");
    assert_eq!(
        from,
        "the program's time; digests at 07:00; no quiet hours; Renewals of Shield Guild at once; \
         Marketing of Shield Guild at once"
    );
    assert_eq!(
        to,
        "time of America/Sao_Paulo; digests at 09:00; quiet from 22:00 until 06:00; Renewals of \
         Shield Guild daily; Marketing of Shield Guild weekly on Fridays"
    );
    assert_eq!(who, "Colin Colleague (Acme)");
    // The same again is no change.
    save(&mut colleague, OWN, &page, &wanted).await.goes_to(OWN);
    assert_eq!(chosen(&portal, "colleague").revision, 1);
}

#[actix_web::test]
async fn a_wrong_form_comes_back_with_what_was_typed() {
    let portal = Portal::start().await;
    give_role(portal.contact_id("colleague"), Role::Renewals, &portal);
    let mut colleague = portal.colleague();
    let page = colleague.get(OWN).await.is(200);
    for (field, value, says) in [
        ("time_zone", "Mars/Olympus", "Choose a time zone of the list."),
        ("time_zone", "EST5EDT", "Choose a time zone of the list."),
        ("digest_hour", "24", "Choose an hour of the day."),
        ("digest_hour", "-1", "Choose an hour of the day."),
        ("quiet_from", "noon", "Choose an hour of the day."),
        ("quiet_until", "20", "Quiet hours end at another hour than they begin."),
        ("rhythm", "shield:renewals:hourly", "at once, daily or weekly"),
        ("rhythm", "renewals", "at once, daily or weekly"),
        ("rhythm", "small:renewals:daily", "Choose for roles that are on this page."),
        ("rhythm", "shield:pricing_inquiries:daily", "Choose for roles that are on this page."),
    ] {
        let typed = [("quiet", "on"), ("quiet_until", "5"), (field, value)];
        let again = save(&mut colleague, OWN, &page, &typed).await.is(422);
        let again = again.shows(".error-summary", says);
        let link = again.attributes(".error-summary a", "href").remove(0);
        assert_eq!(again.all(&link).len(), 1, "{link} leads to its field");
        assert_eq!(again.attributes("#quiet-on", "checked").len(), 1, "{field}={value}");
    }
    assert_eq!(chosen(&portal, "colleague"), Chosen::default());
}

#[actix_web::test]
async fn the_second_of_two_saves_is_told_so() {
    let portal = Portal::start().await;
    give_role(portal.contact_id("colleague"), Role::Renewals, &portal);
    let (mut here, mut there) = (portal.colleague(), portal.colleague());
    for (turn, hour) in ["8", "9"].iter().enumerate() {
        let (page, other) = (here.get(OWN).await, there.get(OWN).await);
        save(&mut here, OWN, &page, &[("digest_hour", hour)]).await.is(303);
        let late = save(&mut there, OWN, &other, &[("digest_hour", "22")]).await.is(409);
        late.shows("main", "Somebody else has changed these mail preferences meanwhile.");
        assert_eq!(chosen(&portal, "colleague").revision, turn as i32 + 1);
    }
    assert_eq!(chosen(&portal, "colleague").preferences.digest_hour, 9);
}

#[actix_web::test]
async fn an_administrator_is_told_of_roles_that_nobody_holds() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let page = owner.get(OWN).await.is(200);
    let page = page.shows("main", "Nobody at Acme holds this role, so it comes to you as an");
    let offered = page.attributes("select[name=rhythm] option[selected]", "value");
    assert_eq!(
        offered,
        ["shield:renewals:at_once", "shield:leads:at_once", "shield:deal_registration:at_once"]
    );
    page.shows("main", "Not received: Program updates, Marketing.");
    give_role(portal.contact_id("colleague"), Role::Leads, &portal);
    let page =
        owner.get(OWN).await.shows("main", "Not received: Leads, Program updates, Marketing.");
    save(&mut owner, OWN, &page, &[("rhythm", "shield:renewals:monday")]).await.goes_to(OWN);
    let stored = chosen(&portal, "owner");
    assert_eq!(stored.rhythm(shield(&portal), "renewals").word(), "monday");
}

#[actix_web::test]
async fn every_program_of_a_person_stands_on_the_page() {
    let portal = Portal::start().await;
    portal.join_small(portal.organisation_id("Acme"));
    let mut owner = portal.owner();
    let page = owner.get(OWN).await.shows("h2", "Shield Guild").shows("h2", "Small Program");
    let wanted = [("rhythm", "shield:leads:daily"), ("rhythm", "small:leads:sunday")];
    save(&mut owner, OWN, &page, &wanted).await.goes_to(OWN);
    let page = owner.get(OWN).await;
    let selected = page.attributes("select[name=rhythm] option[selected]", "value");
    assert!(selected.contains(&"shield:leads:daily".to_owned()), "{selected:?}");
    assert!(selected.contains(&"small:leads:sunday".to_owned()), "{selected:?}");
}

#[actix_web::test]
async fn who_has_no_role_is_told_so() {
    let portal = Portal::start().await;
    for key in ["manager", "colleague"] {
        let page = portal.visitor(key).get(OWN).await.is(200);
        let page = page.shows("main", "You hold no contact role, so there is nothing to choose.");
        assert!(page.all("select").is_empty() && page.all("button.primary").is_empty());
    }
    let mut suspended = portal.visitor("suspended");
    suspended.get(OWN).await.shows("main", "The part of Initech in Shield Guild is suspended");
}

#[actix_web::test]
async fn what_waits_is_named_and_gets_its_new_time() {
    let portal = Portal::start().await;
    let colleague = portal.contact_id("colleague");
    give_role(colleague, Role::Renewals, &portal);
    portal.wants_rhythm(colleague, "shield", "renewals", Rhythm::Daily);
    portal.notice(colleague, "shield", "renewals", "An end");
    let mut visitor = portal.colleague();
    let page = visitor.get(OWN).await;
    let page = page.shows("main", "1 notice waits; it comes on 3 Mar 2026, 07:00.");
    let wanted = [("rhythm", "shield:renewals:daily"), ("time_zone", "Europe/Brussels")];
    save(&mut visitor, OWN, &page, &wanted).await.goes_to(OWN);
    // 02:00 in Brussels, where the day has not begun.
    let page = visitor.get(OWN).await;
    let page = page.shows("main", "1 notice waits; it comes on 2 Mar 2026, 07:00.");
    save(&mut visitor, OWN, &page, &[("rhythm", "shield:renewals:at_once")]).await.goes_to(OWN);
    assert_eq!(portal.round().released, 1);
    assert_eq!(portal.post_of(colleague)[0].1, MailStatus::Queued);
    visitor.get(OWN).await.hides("notice waits");
}

#[actix_web::test]
async fn an_administrator_chooses_for_who_cannot_sign_in() {
    let portal = Portal::start().await;
    give_role(portal.contact_id("reader"), Role::Renewals, &portal);
    let contact = format!("/p/shield/contacts/{}", portal.contact("reader"));
    let path = format!("{contact}/mail");
    let mut owner = portal.owner();
    let page = owner.get(&contact).await.shows("main", "Mail comes at once.");
    assert!(page.attributes("main a", "href").contains(&path));
    let page = owner.get(&path).await.is(200).shows(".lead", "Rita Reader cannot sign in");
    let again = save(&mut owner, &path, &page, &[("digest_hour", "")]).await.is(422);
    again.shows(".error-summary", "Choose an hour of the day.");
    let wanted = [("rhythm", "shield:renewals:daily"), ("digest_hour", "6")];
    save(&mut owner, &path, &page, &wanted).await.goes_to(&contact);
    let page = owner.get(&contact).await.shows("main", "Mail comes daily.");
    page.shows(".timeline", "Changed when mail by role arrives");
    let (_, to, who) = last_change(&portal, "reader");
    assert_eq!(to, "digests at 06:00; Renewals of Shield Guild daily");
    assert_eq!(who, "Olive Owner (Acme)");
    // The vendor sees how often mail comes, and not what else was chosen.
    let page = portal.manager().get(&contact).await.shows("main", "Mail comes daily.");
    let page = page.hides("Changed when mail by role arrives");
    assert!(!page.attributes("main a", "href").contains(&path));
}

#[actix_web::test]
async fn nobody_chooses_for_who_can_sign_in() {
    let portal = Portal::start().await;
    let colleague = portal.contact_id("colleague");
    give_role(colleague, Role::Renewals, &portal);
    let contact = format!("/p/shield/contacts/{}", portal.contact("colleague"));
    let path = format!("{contact}/mail");
    let mut owner = portal.owner();
    let page = owner.get(&path).await.is(200);
    // Meanwhile the invitation is accepted.
    portal.write(move |conn| {
        let login = logins::table.filter(logins::contact_id.eq(colleague));
        diesel::update(login).set(logins::password_hash.eq("$argon2id$")).execute(conn)?;
        Ok(())
    });
    let late = save(&mut owner, &path, &page, &[]).await.is(403);
    late.shows("main", "Colin Colleague can sign in, and keeps this in their own account.");
    owner.get(&path).await.is(403);
    let page = owner.get(&contact).await.is(200);
    assert!(!page.attributes("main a", "href").contains(&path));
    let stored: (i64, i64) = portal.read(|conn| {
        let rhythms = mail_rhythms::table.count().get_result(conn)?;
        Ok((mail_preferences::table.count().get_result(conn)?, rhythms))
    });
    assert_eq!(stored, (0, 0));
}

#[actix_web::test]
async fn two_first_saves_at_once_are_one() {
    let portal = Portal::start().await;
    let owner = portal.contact_id("owner");
    let start = std::sync::Arc::new(std::sync::Barrier::new(4));
    let now = portal.app.clock.now();
    let saves: Vec<_> = (0..4)
        .map(|turn: u32| {
            let (db, start) = (portal.db().clone(), std::sync::Arc::clone(&start));
            std::thread::spawn(move || {
                start.wait();
                db.write_blocking(move |conn| {
                    let mut chosen = Chosen::default();
                    chosen.preferences.digest_hour = turn;
                    portal::mail::preferences::save(owner, &chosen, now, conn)
                })
                .is_ok()
            })
        })
        .collect();
    let saved = saves.into_iter().map(|save| save.join().unwrap());
    assert_eq!(saved.filter(|saved| *saved).count(), 1);
    assert_eq!(chosen(&portal, "owner").revision, 1);
}
