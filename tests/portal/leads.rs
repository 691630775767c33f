//! Leads: entered, handed out, opened; and who may do what with them when.

use diesel::prelude::*;
use portal::contacts::Role;
use portal::db::schema::{leads, mail_bodies, mails};

use crate::support::Portal;
use crate::support::channel::give_role;
use crate::support::leads::{lead, reference_of};

const NEW: &str = "/p/shield/leads/new";
const ASSIGNMENT: &str = "/p/shield/leads/assignment";

#[actix_web::test]
async fn a_lead_is_entered_assigned_and_opened() {
    let portal = Portal::start().await;
    let (mut cam, mut owner) = (portal.visitor("cam"), portal.owner());
    owner.get("/p/shield/leads").await.is(200).shows(".empty", "No leads yet");
    cam.get("/p/shield/leads").await.is(200).shows(".empty", "assign each to a partner");

    let path = cam.post(NEW, &lead(&[("topic", "product:ALARM-HUB")])).await.created();
    cam.get(&path)
        .await
        .is(200)
        .shows("h1", "Hooli")
        .shows(".status", "New")
        .shows(".facts", "gavin@hooli.example")
        .shows(".facts", "Alarm hub")
        .shows(".timeline", "Entered this lead");
    cam.get("/p/shield").await.shows(".todo", "1 lead is not assigned");
    owner.get(&path).await.is(404);
    assert!(portal.lead_mails().is_empty(), "nobody has it yet");

    let assignment = format!("{ASSIGNMENT}?lead={}", reference_of(&path));
    cam.get(&path).await.shows("main li a", "Assign to a partner");
    cam.get(&assignment).await.is(200).shows(".choice", "Same country, Installer");
    portal.assign_lead(&path, "Acme").await;
    cam.get(&path).await.shows(".status", "Assigned").shows(".facts", "Acme");

    owner.get("/p/shield").await.shows(".todo", "1 lead waits to be opened");
    owner.get("/p/shield/leads").await.shows("tbody th", "Hidden until opened");
    owner
        .get(&path)
        .await
        .is(200)
        .shows("h1", reference_of(&path))
        .shows(".status", "To be opened")
        .shows("button", "Open the lead");

    owner.post(&format!("{path}/opening"), &[]).await.goes_to(&path);
    owner
        .get(&path)
        .await
        .shows(".flash", "You opened this lead")
        .shows("h1", "Hooli")
        .shows(".facts", "gavin@hooli.example")
        .shows(".facts", "Olive Owner (Acme)")
        .shows(".timeline", "Opened this lead");
    portal.colleague().get(&path).await.is(200).shows("h1", "Hooli");
    cam.get(&path).await.shows(".status", "Opened").shows(".facts", "Olive Owner (Acme)");
    assert_eq!(portal.history_of_lead(&path), ["lead.entered", "lead.assigned", "lead.opened"],);
}

#[actix_web::test]
async fn contacts_for_leads_are_told_and_administrators_where_nobody_is() {
    let portal = Portal::start().await;
    portal.lead_for("Acme", &[]).await;
    assert_eq!(
        portal.lead_mails(),
        [("leads.assigned".to_owned(), "owner@acme.example".to_owned())],
        "an administrator, since nobody holds the role",
    );
    assert!(portal.last_mail_to("owner").contains("nobody there holds the role Leads"));

    give_role(portal.contact_id("reader"), Role::Leads, &portal);
    let path = portal.lead_for("Acme", &[]).await;
    assert_eq!(portal.mail_to("owner").len(), 1);
    assert_eq!(portal.mail_to("reader"), ["New lead from JP: Alarms for three warehouses"]);
    let text = portal.last_mail_to("reader");
    assert!(text.contains("because you hold the role Leads at Acme"), "{text}");
    assert!(text.contains(&path), "{text}");
    assert!(portal.mail_to("cam").is_empty(), "whoever assigned it knows");

    // Nobody opened it: it goes to Globex, and Acme is told that it is gone.
    portal.assign_lead(&path, "Globex").await;
    assert_eq!(portal.mail_to("reader")[1], format!("Lead {} was taken back", reference_of(&path)));
    assert_eq!(portal.mail_to("stranger"), ["New lead from JP: Alarms for three warehouses"]);
    portal.owner().get(&path).await.is(404);
    portal.visitor("stranger").get(&path).await.is(200);
}

#[actix_web::test]
async fn a_recalled_lead_is_assigned_again() {
    let portal = Portal::start().await;
    let path = portal.lead_for("Acme", &[]).await;
    let mut cam = portal.visitor("cam");
    let recall = format!("{path}/recall");
    let seen = cam.get(&recall).await.is(200).attributes("input[name=seen]", "value").remove(0);
    cam.post(&recall, &[("seen", &seen)]).await.is(422).shows(".error-summary", "Enter a reason.");
    let sent = [("seen", seen.as_str()), ("text", "Acme is on holiday")];
    cam.post(&recall, &sent).await.goes_to(&path);
    cam.get(&path)
        .await
        .shows(".status", "Recalled")
        .shows(".timeline", "Recalled this lead")
        .shows(".timeline blockquote", "Acme is on holiday")
        .shows("main li a", "Assign to a partner");
    assert_eq!(portal.lead(&path), ("recalled".to_owned(), None, String::new()));
    portal.owner().get(&path).await.is(404);
    portal.owner().get("/p/shield/leads").await.shows(".empty", "No leads yet");
    assert_eq!(portal.mail_to("owner").len(), 2);
    cam.post(&recall, &sent).await.is(409);

    // It comes back to Acme, which reads neither that it had it before nor why it lost it.
    portal.assign_lead(&path, "Acme").await;
    assert_eq!(portal.mail_to("owner").len(), 3, "a new assignment is a new mail");
    let page = portal.owner().get(&path).await.is(200);
    page.hides("holiday").hides("Recalled");
}

#[actix_web::test]
async fn what_is_wrong_with_a_lead_is_told_with_its_field() {
    let portal = Portal::start().await;
    let mut cam = portal.visitor("cam");
    let long = "x".repeat(161);
    for (changes, faults) in [
        (&[("company", "")][..], &["#company"][..]),
        (&[("company", "-- !")], &["#company"]),
        (&[("contact_name", "")], &["#contact_name"]),
        (&[("email", "gavin")], &["#email"]),
        (&[("email", ""), ("phone", "")], &["#email"]),
        (&[("phone", "\u{7}")], &["#phone"]),
        (&[("country", "Japan")], &["#country"]),
        (&[("interest", "")], &["#interest"]),
        (&[("interest", &long)], &["#interest"]),
        (&[("interest", "Alarms for HOOLI!")], &["#interest"]),
        (&[("interest", "Ask Gavin Belson")], &["#interest"]),
        (&[("interest", "Write to x@y.example")], &["#interest"]),
        (&[("topic", "product:NOTHING")], &["#topic"]),
        (&[("language", "Dutch")], &["#language"]),
        (&[("note", "a\u{0}b")], &["#note"]),
    ] {
        let page = cam.post(NEW, &lead(changes)).await.is(422);
        assert_eq!(page.attributes(".error-summary a", "href"), faults, "{changes:?}");
    }
    assert_eq!(portal.leads(), 0);
    // A phone number is enough, and what was typed stays.
    cam.post(NEW, &lead(&[("email", ""), ("country", "??")]))
        .await
        .is(422)
        .shows("textarea", "")
        .shows(".field-error", "two letters");
    cam.post(NEW, &lead(&[("email", "")])).await.is(303);
}

#[actix_web::test]
async fn an_edit_is_kept_field_by_field_and_two_do_not_undo_each_other() {
    let portal = Portal::start().await;
    let path = portal.enter_lead(&[("note", "First\r\nSecond")]).await;
    let edit = format!("{path}/edit");
    let mut cam = portal.visitor("cam");
    let form = cam.get(&edit).await.is(200).shows("h1", "Edit Hooli");
    let seen = form.attributes("input[name=seen]", "value").remove(0);
    let mine = lead(&[("seen", &seen), ("phone", "+81 3 8765 4321"), ("note", "First\r\nSecond")]);
    cam.post(&edit, &mine).await.goes_to(&path);
    cam.get(&path).await.shows(".facts", "8765").shows(".timeline blockquote", "Phone");
    assert_eq!(portal.history_of_lead(&path), ["lead.entered", "lead.edited"]);
    let theirs = lead(&[("seen", &seen), ("company", "Hooli XYZ")]);
    portal.manager().post(&edit, &theirs).await.is(409);
    portal.back_office().get(&edit).await.is(403);
}

#[actix_web::test]
async fn a_partners_own_lead_is_its_own_from_the_start() {
    let portal = Portal::start().await;
    let mut colleague = portal.colleague();
    let path = colleague.post(NEW, &lead(&[])).await.created();
    colleague
        .get(&path)
        .await
        .shows("h1", "Hooli")
        .shows(".status", "Accepted")
        .shows(".facts", "Your own")
        .shows("main li a", "Edit");
    assert!(portal.lead_mails().is_empty());
    let activity: Option<portal::clock::Instant> =
        portal.read(|conn| Ok(leads::table.select(leads::last_activity_at).first(conn)?));
    assert!(activity.is_some(), "its clock runs");
    // The vendor sees it and cannot take it.
    let mut cam = portal.visitor("cam");
    cam.get(&path).await.is(200).shows("main li", "It is the partner's own lead.");
    cam.get("/p/shield/leads?source=generated").await.shows("tbody th", "Hooli");
    cam.get(&format!("{path}/edit")).await.is(403);
    cam.get(&format!("{path}/recall")).await.is(409);
    let (chosen, globex) = (portal.as_chosen(&path), portal.enrolment("Globex"));
    cam.post(ASSIGNMENT, &[("lead", &chosen), ("partner", &globex)]).await.is(409);
    portal.visitor("stranger").get(&path).await.is(404);
    // Its owner mends it.
    let seen = chosen.rsplit(':').next().unwrap().to_owned();
    let mended = lead(&[("seen", &seen), ("company", "Hooli Ltd")]);
    portal.owner().post(&format!("{path}/edit"), &mended).await.goes_to(&path);
    portal.owner().get(&path).await.shows("h1", "Hooli Ltd").shows(".timeline", "Edited this lead");
}

#[actix_web::test]
async fn a_note_is_activity_and_reading_is_not() {
    let portal = Portal::start().await;
    let path = portal.lead_for("Acme", &[]).await;
    let mut owner = portal.owner();
    let notes = format!("{path}/notes");
    owner.post(&notes, &[("text", "Called")]).await.is(409);
    owner.post(&format!("{path}/opening"), &[]).await.is(303);
    let activity = || -> Option<portal::clock::Instant> {
        portal.read(|conn| Ok(leads::table.select(leads::last_activity_at).first(conn)?))
    };
    let opened = activity();
    assert!(opened.is_some());
    portal.advance_days(3);
    let mut owner = portal.owner();
    owner.get(&path).await.is(200);
    assert_eq!(activity(), opened);
    owner.post(&notes, &[("text", " ")]).await.is(422).shows(".error-summary", "Enter a note.");
    owner.post(&notes, &[("text", "Called; they want a demo")]).await.goes_to(&path);
    assert!(activity() > opened);
    owner.get(&path).await.shows(".timeline blockquote", "they want a demo");
    portal.visitor("cam").get(&path).await.shows(".timeline blockquote", "they want a demo");
}

#[actix_web::test]
async fn the_list_is_searched_filtered_paged_and_taken_away() {
    let portal = Portal::start().await;
    for number in 0..52 {
        portal.app.clock.advance(chrono::Duration::minutes(1));
        portal.enter_lead(&[("company", &format!("Company {number:02}"))]).await;
    }
    let belgian = portal.lead_for("Globex", &[("country", "BE"), ("company", "Zürich AG")]).await;
    let mut cam = portal.visitor("cam");
    let first = cam.get("/p/shield/leads").await;
    assert_eq!(first.all("tbody th").len(), 50);
    assert!(first.all("tbody th")[0].contains("Zürich AG"), "the newest comes first");
    let next = first.attributes("a[rel=next]", "href").remove(0);
    let last = cam.get(&next).await;
    assert_eq!(last.all("tbody th").len(), 3);
    let back = last.attributes("a[rel=prev]", "href").remove(0);
    assert_eq!(cam.get(&back).await.all("tbody th"), first.all("tbody th"));

    for (filter, found) in [
        ("q=zurich", 1),
        ("q=company+0", 10),
        ("q=nowhere", 0),
        ("status=assigned", 1),
        ("status=unassigned&q=company+5", 2),
        ("partner=glob", 1),
        ("partner=acme", 0),
        ("country=be", 1),
        ("source=generated", 0),
    ] {
        let page = cam.get(&format!("/p/shield/leads?{filter}")).await.is(200);
        assert_eq!(page.all("tbody th").len(), found, "{filter}");
        let file = cam.get(&format!("/p/shield/leads.csv?{filter}")).await.is(200).text;
        assert_eq!(file.lines().count(), found + 1, "{filter}");
    }
    let reference = reference_of(&belgian).to_lowercase();
    let page = cam.get(&format!("/p/shield/leads?q={reference}")).await;
    assert_eq!(page.all("tbody th").len(), 1);
    let file = cam.get("/p/shield/leads.csv").await.text;
    assert_eq!(file.lines().count(), 54);
    assert!(file.contains("Zürich AG,Gavin Belson,gavin@hooli.example"), "{file}");
}

#[actix_web::test]
async fn both_parts_of_each_mail_say_the_same() {
    let portal = Portal::start().await;
    let path = portal.lead_for("Acme", &[("topic", "category:alarm")]).await;
    portal.assign_lead(&path, "Globex").await;
    let bodies: Vec<(String, String, String)> = portal.read(|conn| {
        Ok(mails::table
            .inner_join(mail_bodies::table)
            .filter(mails::event.like("leads.%"))
            .select((mails::event, mail_bodies::text_body, mail_bodies::html_body))
            .load(conn)?)
    });
    assert_eq!(bodies.len(), 3);
    for (event, text, html) in bodies {
        for words in ["Alarms for three warehouses", "Alarms", "JP", reference_of(&path)] {
            assert!(text.contains(words), "{event}: {text}");
            assert!(html.contains(words), "{event}: {html}");
        }
    }
}
