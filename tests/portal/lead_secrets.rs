//! Who a lead is about stays hidden from its partner until somebody there opens it: in no byte of any
//! page, file or mail that the partner can get does a word of it stand.

use std::collections::{BTreeSet, VecDeque};

use diesel::prelude::*;
use portal::db::schema::{mail_bodies, mails};

use crate::support::leads::reference_of;
use crate::support::{Portal, Visitor};

/// A word of its own in each hidden field.
const HIDDEN: [(&str, &str); 7] = [
    ("company", "Canarywharf Bakeries"),
    ("contact_name", "Wilhelmina Birdsong"),
    ("email", "birdcage@canarymail.example"),
    ("phone", "+81 99 777 31337"),
    ("source", "Aviaryfair 2026"),
    ("note", "Feathertop wants it in yellow"),
    ("language", "zu"),
];

/// What of each would give it away.
const CANARIES: [&str; 8] = [
    "Canarywharf",
    "canarywharf",
    "Birdsong",
    "birdcage",
    "31337",
    "Aviaryfair",
    "Feathertop",
    ">zu<",
];

async fn secret(portal: &Portal) -> String {
    let path = portal.lead_for("Acme", &HIDDEN).await;
    portal.lead_for("Acme", &[("company", "Hooli")]).await;
    path
}

#[track_caller]
fn keeps_quiet(what: &str, text: &str) {
    for canary in CANARIES {
        assert!(!text.contains(canary), "{what} tells {canary}");
    }
}

/// Opens everything that can be reached from the start and the leads.
async fn crawl(visitor: &mut Visitor) -> Vec<(String, String)> {
    let begin = ["/p/shield", "/p/shield/leads", "/p/shield/leads.csv"].map(str::to_owned);
    let mut known: BTreeSet<String> = begin.iter().cloned().collect();
    let mut waiting: VecDeque<String> = begin.into();
    let mut read = Vec::new();
    while let Some(path) = waiting.pop_front() {
        assert!(read.len() < 200, "no end: {path}");
        let page = visitor.get(&path).await.is(200);
        let links = if page.is_html() { page.attributes("a[href]", "href") } else { Vec::new() };
        for link in links.into_iter().filter(|link| link.starts_with("/p/")) {
            let link = link.split('#').next().unwrap().to_owned();
            if known.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
        let headers: Vec<String> =
            page.answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        read.push((path, format!("{}\n{}", headers.join("\n"), page.text)));
    }
    read
}

#[actix_web::test]
async fn no_byte_tells_a_partner_who_it_is_before_it_opens() {
    let portal = Portal::start().await;
    let path = secret(&portal).await;
    for key in ["owner", "colleague"] {
        let mut visitor = portal.visitor(key);
        let read = crawl(&mut visitor).await;
        assert!(read.iter().any(|(at, _)| *at == path), "{key} did not come to the lead");
        assert!(read.len() > 15, "{key} read {} pages only", read.len());
        for (at, text) in &read {
            keeps_quiet(&format!("{key} at {at}"), text);
        }
        // Nor do the addresses that no link leads to yet.
        for inner in ["edit", "notes", "recall", "opening"] {
            let text = visitor.get(&format!("{path}/{inner}")).await.text;
            keeps_quiet(&format!("{key} at {inner}"), &text);
        }
        let refused = visitor.post(&format!("{path}/notes"), &[("text", "Who is it?")]).await;
        keeps_quiet("a refused note", &refused.is(409).text);
    }
    let sent: Vec<(String, String, String, String)> = portal.read(|conn| {
        Ok(mails::table
            .inner_join(mail_bodies::table)
            .select((mails::subject, mails::reason, mail_bodies::text_body, mail_bodies::html_body))
            .load(conn)?)
    });
    assert_eq!(sent.len(), 2);
    for (subject, reason, text, html) in sent {
        for part in [subject, reason, text, html] {
            keeps_quiet("a mail", &part);
        }
    }
}

/// Not only what is shown: what is found, and in which order.
#[actix_web::test]
async fn a_search_finds_nothing_hidden() {
    let portal = Portal::start().await;
    let path = secret(&portal).await;
    let mut owner = portal.owner();
    for (_, value) in HIDDEN {
        let word = value.split(' ').next().unwrap().replace('+', "%2B");
        for list in ["leads", "leads.csv"] {
            let page = owner.get(&format!("/p/shield/{list}?q={word}")).await.is(200);
            assert!(!page.text.contains(reference_of(&path)), "{list} finds {word}");
        }
    }
    let by_reference = format!("/p/shield/leads?q={}", reference_of(&path));
    assert_eq!(owner.get(&by_reference).await.all("tbody th").len(), 1);
    // Two leads of one instant stand by their references, whatever their companies are called.
    let listed = owner.get("/p/shield/leads").await.all("tbody th");
    assert_eq!(listed.len(), 2);
}

#[actix_web::test]
async fn all_of_it_is_there_once_it_is_opened() {
    let portal = Portal::start().await;
    let path = secret(&portal).await;
    let mut colleague = portal.colleague();
    colleague.post(&format!("{path}/opening"), &[]).await.goes_to(&path);
    let (page, file) = (colleague.get(&path).await, colleague.get("/p/shield/leads.csv").await);
    for (field, value) in HIDDEN {
        assert!(page.text.contains(value), "the page lacks the {field}");
        assert!(file.text.contains(value), "the file lacks the {field}");
    }
    let found = colleague.get("/p/shield/leads?q=canarywharf").await;
    assert_eq!(found.all("tbody th").len(), 1);
    // The other lead of the same partner stays closed.
    assert!(!file.text.contains("Hooli"));
}

/// What the vendor mends before the opening is history that the partner does not read.
#[actix_web::test]
async fn the_history_of_an_unopened_lead_is_quiet_too() {
    let portal = Portal::start().await;
    let path = secret(&portal).await;
    let mut cam = portal.visitor("cam");
    let edit = format!("{path}/edit");
    let seen = cam.get(&edit).await.attributes("input[name=seen]", "value").remove(0);
    let mut fields = crate::support::leads::lead(&HIDDEN);
    fields.retain(|(name, _)| *name != "phone");
    fields.extend([("phone", "+81 1"), ("seen", seen.as_str())]);
    cam.post(&edit, &fields).await.goes_to(&path);
    cam.get(&path).await.shows(".timeline", "31337");
    keeps_quiet("the history", &portal.owner().get(&path).await.is(200).text);
    portal.owner().post(&format!("{path}/opening"), &[]).await.is(303);
    portal.owner().get(&path).await.is(200).hides("31337");
}
