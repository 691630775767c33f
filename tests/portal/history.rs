//! The vendor reads its program's log; nobody else does, and nobody reads another's.

use portal::audit::{self, Action, By, Change, Subject};

use crate::support::{Page, Portal};

const LOG: &str = "/p/shield/history";
const DONE: Action = Action::new("enrolment.tier_changed", "changed the tier");

fn rows(page: &Page) -> Vec<String> {
    page.all("tbody tr")
}

/// Suspends Acme and lets it back in, in two lines of history.
async fn two_changes(portal: &Portal) -> String {
    let mut manager = portal.manager();
    let path = format!("/p/shield/partners/{}", portal.enrolment("Acme"));
    manager.post(&format!("{path}/suspension"), &[("why", "Unpaid")]).await.goes_to(&path);
    portal.advance_days(1);
    let mut manager = portal.manager();
    manager.post(&format!("{path}/reactivation"), &[("why", "Paid")]).await.goes_to(&path);
    path
}

#[actix_web::test]
async fn the_vendor_reads_who_did_what_when_and_why() {
    let portal = Portal::start().await;
    let path = two_changes(&portal).await;
    for key in ["manager", "cam", "back_office"] {
        let page = portal.visitor(key).get(LOG).await.is(200);
        let lines = rows(&page);
        assert_eq!(
            lines[0],
            "Acme Partner Reactivated this enrolment Suspended to Active Paid \
             Mona Manager (Shield Security) 3 Mar 2026, 10:00"
        );
        assert!(lines[1].contains("Suspended this enrolment Active to Suspended Unpaid"));
        assert!(lines[2].contains("Imported the program's pack"));
        assert_eq!(lines.len(), 3);
        assert_eq!(page.attributes("tbody th a", "href")[0], path);
    }
}

#[actix_web::test]
async fn the_log_is_searched_by_exact_references() {
    let portal = Portal::start().await;
    two_changes(&portal).await;
    let (acme, mona) = (portal.enrolment("Acme"), portal.contact("manager"));
    let mut cam = portal.visitor("cam");
    for (query, lines) in [
        ("kind=program".to_owned(), 1),
        ("kind=enrolment".to_owned(), 2),
        ("kind=licence".to_owned(), 0),
        (format!("record={}", acme.to_lowercase()), 2),
        (format!("record={}", &acme[..8]), 0),
        ("record=shield".to_owned(), 1),
        (format!("who={mona}"), 2),
        (format!("who={}", portal.contact("cam")), 0),
        (format!("who={mona}&kind=program"), 0),
    ] {
        let page = cam.get(&format!("{LOG}?{query}")).await.is(200);
        assert_eq!(rows(&page).len(), lines, "{query}");
        let file = cam.get(&format!("{LOG}.csv?{query}")).await.is(200);
        assert_eq!(file.text.lines().count(), lines + 1, "{query}");
    }
}

#[actix_web::test]
async fn a_long_log_turns_page_by_page_and_mixes_in_the_contacts() {
    let portal = Portal::start().await;
    let (acme, small) = (portal.organisation_id("Acme"), portal.organisation_id("Small"));
    let now = portal.app.clock.now();
    portal.write(move |conn| {
        let (program_id, by) =
            (portal::auth::Program::find_unscoped("shield", conn)?.id, By::Portal("the test"));
        let added = Action::new("contact.added", "added this contact");
        let signed_in = Action::new("login.signed_in", "signed in");
        for number in 0..120 {
            let name = format!("record {number:03}");
            let is_contact = number % 3 == 0;
            let subject = Subject {
                kind: if is_contact { "contact" } else { "enrolment" },
                id: number,
                reference: "X-00000-00000",
                name: &name,
                program_id: (!is_contact).then_some(program_id),
                organisation_id: Some(acme),
            };
            let action = if is_contact { &added } else { &DONE };
            audit::record(by, action, subject, Change::default(), now, conn)?;
            // Neither how somebody signs in nor another vendor's contacts are the vendor's to read.
            let hidden = Subject { program_id: None, name: "not for them", ..subject };
            audit::record(by, &signed_in, hidden, Change::default(), now, conn)?;
            let other = Subject { organisation_id: Some(small), ..hidden };
            audit::record(by, &added, other, Change::default(), now, conn)?;
        }
        Ok(())
    });
    let mut manager = portal.manager();
    let mut page = manager.get(LOG).await.is(200).hides("not for them");
    let mut seen = page.all("tbody th");
    while let Some(next) = page.attributes("a[rel=next]", "href").first() {
        page = manager.get(next).await.is(200).hides("not for them");
        seen.extend(page.all("tbody th"));
    }
    let expected: Vec<String> = (0..120)
        .rev()
        .map(|number| {
            format!("record {number:03} {}", if number % 3 == 0 { "Contact" } else { "Partner" })
        })
        .collect();
    assert_eq!(seen[..120], expected);
    assert_eq!(seen.len(), 121, "and the pack's import, once");
    let back = page.attributes("a[rel=prev]", "href").remove(0);
    assert_eq!(manager.get(&back).await.all("tbody th"), seen[50..100]);
}

#[actix_web::test]
async fn nobody_else_reads_it() {
    let portal = Portal::start().await;
    two_changes(&portal).await;
    for key in ["owner", "colleague", "stranger", "distributor"] {
        portal.visitor(key).get(LOG).await.is(403);
        portal.visitor(key).get("/p/shield/history.csv").await.is(403);
    }
    let nowhere = portal.guest().get("/nowhere").await.is(404).text;
    let mut rival = portal.visitor("rival");
    assert_eq!(rival.get(LOG).await.is(404).text, nowhere);
    rival.get("/p/small/history").await.is(200).hides("Acme");
}
