//! Renewal notices: who is told, of what, in which words, and that it is told once.

use chrono::NaiveDate;
use diesel::prelude::*;
use portal::audit;
use portal::auth::Program;
use portal::contacts::Role;
use portal::db::schema::{contacts, mail_bodies, mails, renewal_notices};
use portal::renewals;
use portal::sweep::SweepOutcome;

use crate::support::Portal;
use crate::support::channel::give_role;
use crate::support::licences::{Licence, date};

/// The ladder of `shield.toml` is 60, 20, 5, -10.
const TODAY: &str = "2026-03-02";

fn sweep(portal: &Portal, on: NaiveDate) -> SweepOutcome {
    let program = portal.read(|conn| Program::find_unscoped("shield", conn));
    let app = &portal.app;
    renewals::sweep(&program, on, &app.site, app.clock.now(), &app.db).unwrap()
}

fn after(days: i64) -> NaiveDate {
    portal::calendar::add_days(date(TODAY), days)
}

/// Text and HTML of the newest mail to a person.
fn newest_mail(portal: &Portal, key: &str) -> (String, String) {
    let contact = portal.contact_id(key);
    portal.read(|conn| {
        Ok(mails::table
            .inner_join(mail_bodies::table)
            .filter(mails::contact_id.eq(contact))
            .order(mails::id.desc())
            .select((mail_bodies::text_body, mail_bodies::html_body))
            .first(conn)?)
    })
}

#[actix_web::test]
async fn one_licence_is_told_exactly() {
    let portal = Portal::start().await;
    let licence = Licence::ending(after(20)).put(&portal);
    give_role(portal.contact_id("reader"), Role::Renewals, &portal);
    let outcome = sweep(&portal, after(0));
    assert_eq!(outcome.done, 1);
    assert_eq!(outcome.text, "1 renewal mail queued with 1 notice");
    assert_eq!(portal.mail_to("reader"), ["Alarm monitoring of Hooli ends on 22 March 2026"]);
    assert!(portal.mail_to("owner").is_empty(), "the role is held, so nobody else is told");
    let (text, html) = newest_mail(&portal, "reader");
    let link = format!("http://portal.test/p/shield/licences/{}", licence.reference);
    for words in [
        "Hello Rita Reader,",
        "1 licence of one of your customers ends soon.",
        "Ends on 22 March 2026, in 20 days",
        "Notice 20 days before the end",
        "10 × hub",
        "ALARM-CARE",
        &link,
        "http://portal.test/p/shield/renewals",
        "can be renewed for 40 days after its end",
        "You get this because you hold the role Renewals at Acme, given by Olive Owner (Acme)",
    ] {
        assert!(text.contains(words), "the text lacks {words:?}:\n{text}");
        assert!(html.contains(words), "the HTML lacks {words:?}:\n{html}");
    }
}

#[actix_web::test]
async fn many_licences_are_one_mail_by_customer_in_order_of_date() {
    let portal = Portal::start().await;
    let put = |customer: &str, days| Licence::ending(after(days)).of(customer).put(&portal);
    let (last, first) = (put("Hooli", 50), put("Hooli", 3));
    let (second, gone) = (put("Pied Piper", 10), put("Aviato", -12));
    assert_eq!(sweep(&portal, after(0)).done, 1);
    assert_eq!(
        portal.mail_to("owner"),
        ["4 licences of Aviato and 2 more customers end soon or have ended"]
    );
    let (text, _) = newest_mail(&portal, "owner");
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("no {words}:\n{text}"));
    let order = [
        place("\nAviato\n"),
        place(&gone.reference),
        place("\nHooli\n"),
        place(&first.reference),
        place(&last.reference),
        place("\nPied Piper\n"),
        place(&second.reference),
    ];
    assert!(order.is_sorted(), "{text}");
    assert!(text.contains("Ended on 18 February 2026, 12 days ago"), "{text}");
    assert!(text.contains("You get this because you are an administrator of Acme"), "{text}");
}

#[actix_web::test]
async fn a_subject_counts_licences_and_customers() {
    let portal = Portal::start().await;
    for days in [-11, -12] {
        Licence::ending(after(days)).put(&portal);
    }
    Licence::ending(after(4)).of("Pied Piper").sold_by("Globex").put(&portal);
    Licence::ending(after(4)).of("Aviato").sold_by("Globex").put(&portal);
    assert_eq!(sweep(&portal, after(0)).done, 2);
    assert_eq!(portal.mail_to("owner"), ["2 licences of Hooli have ended"]);
    let subjects = portal.mail_to("stranger");
    assert!(
        subjects[0].ends_with(" and 1 more customer end soon")
            && subjects[0].starts_with("2 licences of "),
        "{subjects:?}"
    );
}

#[actix_web::test]
async fn dates_are_written_as_the_reader_writes_them() {
    let portal = Portal::start().await;
    let owner = portal.contact_id("owner");
    portal.write(move |conn| {
        diesel::update(contacts::table.find(owner)).set(contacts::locale.eq("de")).execute(conn)?;
        Ok(())
    });
    Licence::ending(after(20)).units(1_500, 1).put(&portal);
    sweep(&portal, after(0));
    assert_eq!(portal.mail_to("owner"), ["Alarm monitoring of Hooli ends on 22. März 2026"]);
    let (text, _) = newest_mail(&portal, "owner");
    assert!(text.contains("1.500 × hub"), "{text}");
}

#[actix_web::test]
async fn each_rung_is_told_once_and_only_the_newest_after_a_gap() {
    let portal = Portal::start().await;
    Licence::ending(after(60)).put(&portal);
    assert_eq!(sweep(&portal, after(-1)).done, 0, "the first rung is not reached");
    assert_eq!(sweep(&portal, after(0)).done, 1);
    let again = sweep(&portal, after(0));
    assert_eq!((again.done, again.text.as_str()), (0, "nobody had to be told anything new"));
    assert_eq!(sweep(&portal, after(39)).done, 0, "60 was told, 20 is not reached");
    assert_eq!(sweep(&portal, after(58)).done, 1, "20 was missed, 5 is told");
    assert_eq!(sweep(&portal, after(50)).done, 0, "an earlier day has nothing to add");
    assert_eq!(sweep(&portal, after(70)).done, 1, "ten days after the end");
    assert_eq!(sweep(&portal, after(84)).done, 0);
    let rungs: Vec<i32> = portal.read(|conn| {
        Ok(renewal_notices::table
            .order(renewal_notices::told_on)
            .select(renewal_notices::rung)
            .load(conn)?)
    });
    assert_eq!(rungs, [60, 5, -10]);
}

#[actix_web::test]
async fn what_is_renewed_or_has_no_end_is_told_no_more() {
    let portal = Portal::start().await;
    let old = Licence::ending(after(5)).put(&portal);
    let new = Licence::ending(after(370)).put(&portal);
    old.renewed_by(&new, &portal);
    Licence::endless(None).put(&portal);
    Licence::endless(Some(after(-30))).product("WATCH-MAP").put(&portal);
    assert_eq!(sweep(&portal, after(0)).done, 0);
}

#[actix_web::test]
async fn what_comes_in_after_todays_mail_is_told_tomorrow() {
    let portal = Portal::start().await;
    Licence::ending(after(20)).put(&portal);
    sweep(&portal, after(0));
    Licence::ending(after(19)).of("Pied Piper").put(&portal);
    assert_eq!(sweep(&portal, after(0)).done, 0, "one mail a day");
    assert_eq!(sweep(&portal, after(1)).done, 1);
    assert_eq!(portal.mail_to("owner")[1], "Alarm monitoring of Pied Piper ends on 21 March 2026");
}

#[actix_web::test]
async fn a_partner_that_takes_no_part_is_not_told() {
    let portal = Portal::start().await;
    Licence::ending(after(5)).sold_by("Initech").put(&portal);
    Licence::ending(after(5)).sold_by("Umbrella").put(&portal);
    assert_eq!(sweep(&portal, after(0)).done, 0, "suspended, and not yet accepted");
}

#[actix_web::test]
async fn a_mail_with_very_many_licences_counts_the_rest() {
    let portal = Portal::start().await;
    for _ in 0..303 {
        Licence::ending(after(20)).put(&portal);
    }
    assert_eq!(sweep(&portal, after(0)).text, "1 renewal mail queued with 303 notices");
    let (text, html) = newest_mail(&portal, "owner");
    assert_eq!(text.matches("/p/shield/licences/").count(), 300);
    for part in [text, html] {
        let words = "… and 3 more licences: see all of them on the renewals page.";
        assert!(part.contains(words), "{part}");
    }
    assert_eq!(sweep(&portal, after(1)).done, 0, "those were told too");
}

#[actix_web::test]
async fn a_notice_stands_in_the_history_of_the_licence() {
    let portal = Portal::start().await;
    let licence = Licence::ending(after(20)).put(&portal);
    sweep(&portal, after(0));
    let history = portal.read(|conn| audit::timeline("licence", licence.id, conn));
    let lines: Vec<_> = history
        .iter()
        .map(|entry| (entry.sentence(), entry.to_value.as_str(), entry.why.as_str()))
        .collect();
    assert_eq!(
        lines,
        [("sent a renewal notice".to_owned(), "Olive Owner", "Ends on 22 March 2026, in 20 days")]
    );
    assert_eq!(history[0].actor_name, "Renewal notices");
}
