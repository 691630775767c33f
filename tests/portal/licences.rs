//! Licences: who sees which, what their pages say, and what an activation does to their dates.

mod activation;
mod facts;
mod set_backs;
mod totals;
mod unused;

use chrono::NaiveDate;
use diesel::prelude::*;
use portal::db::schema::{licences, orders};

use crate::support::Portal;
use crate::support::orders::Cells;

/// The reference of an order's first line.
fn reference(portal: &Portal, order: &str) -> String {
    portal.read(|conn| {
        Ok(licences::table
            .inner_join(orders::table)
            .filter(orders::external_number.eq(order))
            .filter(licences::position.eq(1))
            .select(licences::reference)
            .first(conn)?)
    })
}

type Dates = (Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>);

fn dates(portal: &Portal, reference: &str) -> Dates {
    portal.read(|conn| {
        Ok(licences::table
            .filter(licences::reference.eq(reference))
            .select((licences::activated_on, licences::starts_on, licences::ends_on))
            .first(conn)?)
    })
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn page_of(reference: &str) -> String {
    format!("/p/shield/licences/{reference}")
}

const WAITING: Cells<'static> = &[("external_number", "WAITING"), ("activated_on", "")];

/// One licence in each status, as they stand on 2 March 2026.
fn one_of_each(portal: &Portal) {
    let old = |order: &'static str, processed_at: &'static str, activated_on: &'static str| {
        vec![
            ("external_number", order),
            ("customer", order),
            ("released_at", ""),
            ("processed_at", processed_at),
            ("activated_on", activated_on),
        ]
    };
    let mut lines = vec![
        old("ACTIVE", "2026-02-02T01:00:00Z", "2026-02-03"),
        old("EXPIRING", "2025-04-01T01:00:00Z", "2025-04-01"),
        old("EXPIRED", "2025-02-01T01:00:00Z", "2025-02-01"),
        old("LAPSED", "2024-12-01T01:00:00Z", "2024-12-01"),
        old("RENEWED", "2025-03-10T01:00:00Z", "2025-03-10"),
        old("PENDING", "2026-02-02T01:00:00Z", ""),
    ];
    let mut next = old("SCHEDULED", "2026-02-02T01:00:00Z", "");
    next.extend([("kind", "renewal"), ("renews", "RENEWED/1")]);
    next[1] = ("customer", "RENEWED");
    lines.push(next);
    let lines: Vec<Cells<'_>> = lines.iter().map(Vec::as_slice).collect();
    portal.imports(&lines);
}

#[actix_web::test]
async fn a_list_shows_each_status_and_filters_by_it() {
    let portal = Portal::start().await;
    one_of_each(&portal);
    let mut owner = portal.owner();
    for (status, customer, label) in [
        ("active", "ACTIVE", "Active"),
        ("expiring", "EXPIRING", "Expiring"),
        ("expired", "EXPIRED", "Expired"),
        ("lapsed", "LAPSED", "Lapsed"),
        ("renewed", "RENEWED", "Renewed"),
        ("pending", "PENDING", "Pending"),
        ("scheduled", "RENEWED", "Scheduled"),
    ] {
        let page = owner.get(&format!("/p/shield/licences?status={status}")).await.is(200);
        assert_eq!(page.all("tbody td[data-label=Customer]"), [customer], "{status}");
        assert_eq!(page.all("tbody td[data-label=Status]"), [label]);
    }
    let current = owner.get("/p/shield/licences").await;
    assert_eq!(
        current.all("tbody td[data-label=Status]"),
        ["Expired", "Expiring", "Active", "Scheduled", "Pending"],
        "what is over is left out, the next end comes first"
    );
    let latest = owner.get("/p/shield/licences?sort=latest&status=all").await;
    assert_eq!(latest.all("tbody tr").len(), 7);
    assert_eq!(latest.all("tbody td[data-label=Status]").last().unwrap(), "Lapsed");
    owner
        .get("/p/shield/licences?status=nonsense&page=%3C%3E&month=13")
        .await
        .is(200)
        .shows("tbody", "EXPIRING");
}

#[actix_web::test]
async fn a_list_is_searched_by_customer_serial_sku_and_reference() {
    let portal = Portal::start().await;
    portal.imports(&[
        &[("external_number", "A"), ("customer", "Ärger & Söhne"), ("sku", "site-12")],
        &[("external_number", "B"), ("customer", "Hooli"), ("serial_number", "SN-77")],
    ]);
    let mut owner = portal.owner();
    let named = reference(&portal, "B");
    for (typed, found) in [
        ("arger", vec!["Ärger & Söhne"]),
        ("%C3%84RGER%20%26%20S", vec!["Ärger & Söhne"]),
        ("SN-77", vec!["Hooli"]),
        ("site-12", vec!["Ärger & Söhne"]),
        ("watch-site", vec!["Hooli"]),
        ("WATCH-SITE", vec!["Hooli"]),
        (named.to_lowercase().as_str(), vec!["Hooli"]),
        ("%25", vec!["Ärger & Söhne", "Hooli"]),
        ("oli", vec![]),
    ] {
        let page = owner.get(&format!("/p/shield/licences?q={typed}")).await.is(200);
        let mut customers = page.all("tbody td[data-label=Customer]");
        customers.sort();
        let mut found = found.clone();
        found.sort_unstable();
        assert_eq!(customers, found, "{typed}");
        if found.is_empty() {
            page.shows(".empty", "No licence fits");
        }
    }
    let month = owner.get("/p/shield/licences?month=2027-02&category=watch").await;
    assert_eq!(month.all("tbody tr").len(), 2);
    for none in ["month=2027-03", "category=alarm", "product=WATCH-SEAT"] {
        owner.get(&format!("/p/shield/licences?{none}")).await.shows(".empty", "No licence fits");
    }
}

#[actix_web::test]
async fn a_long_list_is_paged_and_taken_away_whole() {
    let portal = Portal::start().await;
    let orders: Vec<String> = (0..120).map(|n| format!("SO-{n:03}")).collect();
    let lines: Vec<Vec<(&str, &str)>> =
        orders.iter().map(|order| vec![("external_number", order.as_str())]).collect();
    let lines: Vec<Cells<'_>> = lines.iter().map(Vec::as_slice).collect();
    portal.imports(&lines);
    let mut owner = portal.owner();
    let (mut path, mut seen) = ("/p/shield/licences".to_owned(), Vec::new());
    loop {
        let page = owner.get(&path).await.is(200);
        seen.extend(page.all("tbody td[data-label=Reference]"));
        match page.attributes("a[rel=next]", "href").pop() {
            Some(next) => path = next,
            None => break,
        }
    }
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    assert_eq!((seen.len(), once.len()), (120, 120));
    let file = owner.get("/p/shield/licences.csv").await.is(200);
    assert!(file.header("content-disposition").contains("licences-shield-2026-03-02.csv"));
    assert_eq!(file.text.lines().count(), 121);
    assert!(file.text.contains(",Hooli,JP,Acme,Site watch,WATCH-SITE,5,site,new,12,,2026-02-02,2026-02-03,2026-02-03,2027-02-02,active,4900,JPY"));
}

#[actix_web::test]
async fn each_sees_its_own_licences_and_nobody_elses() {
    let portal = Portal::start().await;
    portal.imports(&[
        &[("external_number", "A"), ("customer", "Hooli")],
        &[
            ("external_number", "G"),
            ("customer", "Gavin"),
            ("reseller", "Globex"),
            ("distributor", "Southern Supply"),
        ],
    ]);
    let (acme, globex) = (reference(&portal, "A"), reference(&portal, "G"));
    for (key, sees, not) in [
        ("owner", &acme, &globex),
        ("colleague", &acme, &globex),
        ("stranger", &globex, &acme),
        ("distributor", &acme, &globex),
        ("other_distributor", &globex, &acme),
    ] {
        let mut visitor = portal.visitor(key);
        visitor.get(&page_of(sees)).await.is(200);
        visitor.get(&format!("{}/notices", page_of(sees))).await.is(200);
        let missing = visitor.get(&page_of("L-00000-00000")).await.is(404);
        let foreign = visitor.get(&page_of(not)).await.is(404);
        assert_eq!(foreign.text, missing.text, "{key} can tell foreign from missing");
        visitor.get(&format!("{}/notices", page_of(not))).await.is(404);
        visitor.get("/p/shield/licences").await.shows("tbody", sees).hides(not);
        let file = visitor.get("/p/shield/licences.csv").await.is(200).hides(not);
        assert!(file.text.contains(sees.as_str()));
    }
    for key in ["manager", "cam", "back_office"] {
        let mut visitor = portal.visitor(key);
        visitor.get("/p/shield/licences").await.shows("tbody", &acme).shows("tbody", &globex);
        visitor.get(&page_of(&globex)).await.is(200);
    }
    portal.visitor("rival").get(&page_of(&acme)).await.is(404);
}

#[actix_web::test]
async fn a_page_says_why_its_dates_are_so_and_what_came_before_and_after() {
    let portal = Portal::start().await;
    one_of_each(&portal);
    let mut owner = portal.owner();
    let (old, new) = (reference(&portal, "RENEWED"), reference(&portal, "SCHEDULED"));
    owner
        .get(&page_of(&old))
        .await
        .shows("h1", "Site watch for RENEWED")
        .shows(".page-head .status", "Renewed")
        .shows(
            "main",
            "Starts on the day it was activated. By the rules in force since 1 April 2022.",
        )
        .shows("tr", &format!("Renewed by{new}"))
        .shows(".timeline", "Created this licence")
        .shows(".timeline", "Renewed this licence");
    owner
        .get(&page_of(&new))
        .await
        .shows("main", "Starts on the day after the end of the line it renews.")
        .shows("tr", &format!("Renews{old}"))
        .shows("dd", "JPY 24,500");
    let expiring = reference(&portal, "EXPIRING");
    owner.get(&page_of(&expiring)).await.shows("dd", "11 March 2026, 20 days before the end");
}

#[actix_web::test]
async fn a_page_names_who_will_be_told_and_when() {
    let portal = Portal::start().await;
    one_of_each(&portal);
    let mut owner = portal.owner();
    let expiring = reference(&portal, "EXPIRING");
    let page = owner.get(&format!("{}/notices", page_of(&expiring))).await.is(200);
    assert_eq!(page.all("tbody td[data-label=State]"), ["Passed", "Next", "Later", "Later"]);
    page.shows(".recipients", "Olive Owner").shows(
        ".recipients",
        "Is an administrator of Acme and nobody there holds the role Renewals.",
    );
    let renewed = reference(&portal, "RENEWED");
    owner
        .get(&format!("{}/notices", page_of(&renewed)))
        .await
        .shows("main", "This licence is renewed: nothing more is told about its end.");
}
