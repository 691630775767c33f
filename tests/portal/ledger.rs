//! The ledger: each sees the mails that are theirs to see, worded by what became of them.

mod counts;
mod suppressed;

use diesel::prelude::*;
use portal::audit::By;
use portal::db::schema::{mail_bodies, mails};
use portal::mail::outbox::hold;
use portal::mail::{Mail, MailFilter, MailStatus};

use crate::support::post::Kind;
use crate::support::{Page, Portal};

const LEDGER: &str = "/p/shield/mail";

fn path_of(portal: &Portal, subject: &str) -> String {
    let mail = portal.mails().into_iter().find(|mail| mail.subject == subject).unwrap();
    format!("{LEDGER}/{}", mail.reference)
}

fn subjects(page: &Page) -> Vec<String> {
    page.all("tbody th a")
}

/// Ends a mail as a worker would have.
fn end(portal: &Portal, subject: &'static str, status: MailStatus, answer: &'static str) {
    let now = portal.app.clock.now();
    portal.write(move |conn| {
        diesel::update(mails::table.filter(mails::subject.eq(subject)))
            .set((
                mails::status.eq(status),
                mails::answer.eq(answer),
                mails::attempts.eq(1),
                mails::settled_at.eq(Some(now)),
            ))
            .execute(conn)?;
        Ok(())
    });
}

#[actix_web::test]
async fn an_administrator_sees_the_organisations_mails_and_a_member_their_own() {
    let portal = Portal::start().await;
    portal.queue_mail("owner", "to the owner", Kind::Role);
    portal.queue_mail("colleague", "to the colleague", Kind::Role);
    portal.queue_mail("stranger", "to Globex", Kind::Role);
    portal.queue_mail("colleague", "about an account", Kind::Account);
    let nothing = portal.owner().get("/p/shield/nowhere").await.is(404).text;
    let page = portal.owner().get(LEDGER).await.is(200);
    assert_eq!(subjects(&page), ["to the colleague", "to the owner"]);
    let page = portal.colleague().get(LEDGER).await.is(200);
    assert_eq!(subjects(&page), ["to the colleague"]);
    page.hides("Olive").hides("to the owner");
    let page = portal.stranger().get(LEDGER).await.is(200);
    assert_eq!(subjects(&page), ["to Globex"]);
    for (key, subject, seen) in [
        ("owner", "to the colleague", true),
        ("colleague", "to the colleague", true),
        ("colleague", "to the owner", false),
        ("owner", "to Globex", false),
        ("colleague", "about an account", false),
        ("manager", "to the owner", false),
    ] {
        let page = portal.visitor(key).get(&path_of(&portal, subject)).await;
        if seen {
            page.is(200).shows("h1", subject);
        } else {
            assert_eq!(page.is(404).text, nothing, "{key} asks for {subject}");
        }
    }
    let file = portal.colleague().get("/p/shield/mail.csv").await.is(200).text;
    assert!(file.contains("to the colleague") && !file.contains("to the owner"), "{file}");
}

#[actix_web::test]
async fn a_ledger_is_searched_and_filtered_from_its_address() {
    let portal = Portal::start().await;
    portal.queue_mail("owner", "Licences of Hooli end", Kind::Role);
    portal.advance_days(3);
    portal.queue_mail("colleague", "Licences of Umbrella end", Kind::Role);
    end(&portal, "Licences of Umbrella end", MailStatus::Failed, "550 5.1.1 no such user");
    let mut owner = portal.owner();
    let (hooli, umbrella) = ("Licences of Hooli end", "Licences of Umbrella end");
    let colleague = portal.contact("colleague");
    let person = format!("person={colleague}");
    for (query, found) in [
        ("q=hooli", vec![hooli]),
        ("q=HOOLI++END", vec![hooli]),
        ("q=of+Hooli", vec![hooli]),
        ("q=colleague@acme", vec![umbrella]),
        ("q=Olive", vec![hooli]),
        ("q=%25", vec![]),
        ("status=failed", vec![umbrella]),
        ("status=sent", vec![]),
        ("event=test.noted", vec![umbrella, hooli]),
        ("event=renewals.due", vec![]),
        ("role=renewals", vec![umbrella, hooli]),
        ("role=leads", vec![]),
        (&person, vec![umbrella]),
        ("person=C-00000-00000", vec![]),
        ("from=2026-03-03", vec![umbrella]),
        ("to=2026-03-04", vec![hooli]),
        ("from=2026-03-02&to=2026-03-05", vec![umbrella, hooli]),
    ] {
        let page = owner.get(&format!("{LEDGER}?{query}")).await.is(200);
        assert_eq!(subjects(&page), found, "{query}");
        let file = owner.get(&format!("{LEDGER}.csv?{query}")).await.is(200).text;
        assert_eq!(file.lines().count(), found.len() + 1, "{query}: {file}");
    }
    owner.get(&format!("{LEDGER}?{person}")).await.shows("main", "Colin Colleague");
    let contact = owner.get(&format!("/p/shield/contacts/{colleague}")).await;
    assert!(contact.text.contains(&format!("{LEDGER}?{person}")), "the contact leads there");
}

#[actix_web::test]
async fn a_long_ledger_is_paged_without_a_counter_in_its_addresses() {
    let portal = Portal::start().await;
    let keys: Vec<String> = (0..120).map(|number| format!("mail {number:03}")).collect();
    portal.queue_mails("owner", &keys, Kind::Role);
    let mut owner = portal.owner();
    let mut path = LEDGER.to_owned();
    let mut seen = Vec::new();
    let mut back = String::new();
    loop {
        let page = owner.get(&path).await.is(200);
        seen.extend(subjects(&page));
        match page.attributes("a[rel=next]", "href").first() {
            Some(next) => path.clone_from(next),
            None => {
                back.clone_from(&page.attributes("a[rel=prev]", "href")[0]);
                break;
            }
        }
    }
    let mut newest_first = keys.clone();
    newest_first.reverse();
    assert_eq!(seen, newest_first);
    let page = owner.get(&back).await.is(200);
    assert_eq!(subjects(&page), newest_first[50..100]);
    // A place that is not theirs to see is no place: the list begins anew.
    let page = portal.colleague().get(&back).await.is(200);
    assert!(subjects(&page).is_empty());
}

#[actix_web::test]
async fn each_end_of_a_mail_is_worded_and_explained() {
    let portal = Portal::start().await;
    for subject in ["waits", "parked", "sent", "refused", "left"] {
        portal.queue_mail("owner", subject, Kind::Role);
    }
    let parked = portal.mails().into_iter().find(|mail| mail.subject == "parked").unwrap();
    let now = portal.app.clock.now();
    portal.write(move |conn| {
        let filter =
            MailFilter { references: vec![parked.reference.clone()], ..MailFilter::default() };
        hold(&filter, By::Portal("An operator"), now, conn).map(|_| ())
    });
    end(&portal, "sent", MailStatus::Sent, "250 2.0.0 queued as 4711");
    end(&portal, "refused", MailStatus::Failed, "550 5.1.1 no such user");
    end(&portal, "left", MailStatus::Suppressed, "the contact was deactivated");
    let mut owner = portal.owner();
    for (subject, label, says) in [
        ("waits", "Queued", "Waits to be sent"),
        ("parked", "Parked", "Parked by an operator"),
        ("sent", "Sent", "The mail server took it on 2 Mar 2026, 10:00."),
        ("refused", "Failed", "Could not be delivered: 550 5.1.1 no such user."),
        ("left", "Not sent", "Not sent: the contact was deactivated."),
    ] {
        let page = owner.get(&path_of(&portal, subject)).await.is(200);
        let page = page.shows(".lead .status", label).shows(".lead", says);
        page.shows("main", "You hold a role.").shows("main", "@portal.test>");
        owner.get(LEDGER).await.shows(".status", label);
    }
    owner
        .get(&path_of(&portal, "sent"))
        .await
        .shows("dd", "250 2.0.0 queued as 4711")
        .shows(".timeline", "Taken by the mail server");
    owner.get(&path_of(&portal, "parked")).await.shows(".timeline", "Parked this mail");
}

#[actix_web::test]
async fn the_text_is_shown_without_what_only_its_reader_may_use() {
    let portal = Portal::start().await;
    portal.queue_mail("colleague", "of a role", Kind::Role);
    let reader = portal.contact("reader");
    let mut owner = portal.owner();
    owner.post(&format!("/p/shield/contacts/{reader}/invitation"), &[]).await.is(303);
    let invited = portal.mails().into_iter().find(|mail| mail.event == "auth.invited").unwrap();
    // The invitation stands in the ledger; the link in it does not.
    owner.get(LEDGER).await.shows("tbody th", &invited.subject);
    let page = owner.get(&format!("{LEDGER}/{}", invited.reference)).await.is(200);
    page.shows("main", "Not shown here").hides("/invitation/");
    let (address, text): (Option<String>, String) = portal.read(|conn| {
        Ok(mail_bodies::table
            .inner_join(mails::table)
            .filter(mails::subject.eq("of a role"))
            .select((mail_bodies::unsubscribe_address, mail_bodies::text_body))
            .first(conn)?)
    });
    let address = address.unwrap();
    assert!(text.contains(&address), "the foot of {text}");
    let path = path_of(&portal, "of a role");
    owner.get(&path).await.shows("pre", "of a role").hides(&address).hides("/unsubscribe/");
    portal.write(|conn| {
        diesel::delete(mail_bodies::table).execute(conn)?;
        Ok(())
    });
    owner.get(&path).await.shows("main", "No longer kept").hides("<pre>");
}

#[actix_web::test]
async fn the_vendors_people_see_the_mails_to_themselves() {
    let portal = Portal::start().await;
    let cam = portal.contact("cam");
    let mut manager = portal.manager();
    manager.post(&format!("/p/shield/contacts/{cam}/invitation"), &[]).await.is(303);
    let subject = portal.mail_to("cam").remove(0);
    manager.get(&format!("{LEDGER}/own")).await.is(200).shows("tbody th", &subject);
    portal.visitor("cam").get(&format!("{LEDGER}/own")).await.is(200).shows("tbody th", &subject);
    portal.back_office().get(&format!("{LEDGER}/own")).await.is(200).hides(&subject);
    let path = path_of(&portal, &subject);
    portal.visitor("cam").get(&path).await.is(200);
    portal.back_office().get(&path).await.is(404);
}

#[actix_web::test]
async fn administrators_are_told_on_their_start_page_of_mails_that_failed() {
    let portal = Portal::start().await;
    portal.queue_mail("colleague", "refused", Kind::Role);
    end(&portal, "refused", MailStatus::Failed, "550 no such user");
    let said = "1 mail could not be delivered this week";
    portal.owner().get("/p/shield").await.shows(".todo", said);
    portal.colleague().get("/p/shield").await.hides(said);
    portal.stranger().get("/p/shield").await.hides(said);
    portal.advance_days(8);
    portal.owner().get("/p/shield").await.hides(said);
}

/// Whoever adds a mail names it for the ledger.
#[test]
fn every_kind_of_mail_has_a_name() {
    let words = include_str!("../../src/ledger/words.rs");
    let mut events = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for call in text.split("\nmail_message!(").skip(1) {
                events.push(call.split('"').nth(1).unwrap().to_owned());
            }
        }
    }
    assert!(events.len() >= 6, "{events:?}");
    // Those about an account belong to no program, but for the invitation to one.
    let of_programs =
        events.iter().filter(|event| !event.starts_with("auth.") || *event == "auth.invited");
    let nameless: Vec<&String> =
        of_programs.filter(|event| !words.contains(&format!("\"{event}\""))).collect();
    assert!(nameless.is_empty(), "{nameless:?}");
}

#[actix_web::test]
async fn a_mail_carries_why_it_was_sent() {
    let portal = Portal::start().await;
    portal.queue_mail("owner", "held", Kind::Role);
    portal.queue_mail("owner", "account", Kind::Account);
    portal.queue_mail("owner", "gap", Kind::Gap);
    let because: Vec<_> = portal.mails().iter().map(|mail: &Mail| mail.because).collect();
    use portal::mail::Because::{Account, Holder, StandIn};
    assert_eq!(because, [Some(Holder), Some(Account), Some(StandIn)]);
}
