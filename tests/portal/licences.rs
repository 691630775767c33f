//! Licences: who sees which, what their pages say, and what an activation does to their dates.

use chrono::NaiveDate;
use diesel::prelude::*;
use portal::db::schema::{audit_events, licences, orders, policies};
use portal::licences::sweep_pending;

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
        .shows(".timeline", "created this licence")
        .shows(".timeline", "renewed this licence");
    owner
        .get(&page_of(&new))
        .await
        .shows("main", "Starts on the day after the end of the line it renews.")
        .shows("tr", &format!("Renews{old}"))
        .shows("dd", "JPY\u{a0}24,500");
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

#[actix_web::test]
async fn an_activation_gives_a_waiting_licence_its_dates_once() {
    let portal = Portal::start().await;
    portal.imports(&[WAITING]);
    let waiting = reference(&portal, "WAITING");
    let mut colleague = portal.colleague();
    let form = colleague.get(&page_of(&waiting)).await.is(200);
    assert_eq!(form.attributes("form[action$='/activation']", "method"), ["post"]);
    let action = format!("{}/activation", page_of(&waiting));
    for (typed, said) in [
        ("", "Enter the day of activation as a date."),
        ("2026-03-03", "Enter today or an earlier day."),
        ("2026-02-01", "It was activated on 2026-02-01, before its order was processed"),
    ] {
        let page = colleague.post(&action, &[("activated_on", typed)]).await.is(422);
        assert_eq!(page.attributes("input[name=activated_on]", "value"), [typed]);
        page.shows(".error-summary", said);
    }
    assert_eq!(dates(&portal, &waiting), (None, None, None));
    colleague.post(&action, &[("activated_on", "2026-03-01")]).await.goes_to(&page_of(&waiting));
    let activated = Some(day("2026-03-01"));
    assert_eq!(dates(&portal, &waiting), (activated, activated, Some(day("2027-02-28"))));
    colleague
        .get(&page_of(&waiting))
        .await
        .shows("[role=status]", "The activation is recorded.")
        .shows(".timeline", "recorded the activation of this licence")
        .shows(".timeline", "set the dates of this licence")
        .hides("/activation");
    colleague.post(&action, &[("activated_on", "2026-02-20")]).await.is(409);
    assert_eq!(dates(&portal, &waiting).0, activated);
}

#[actix_web::test]
async fn only_the_partner_and_the_back_office_record_activations() {
    let portal = Portal::start().await;
    portal.imports(&[WAITING]);
    let waiting = reference(&portal, "WAITING");
    let action = format!("{}/activation", page_of(&waiting));
    let form = [("activated_on", "2026-03-01")];
    for (key, answer) in
        [("distributor", 403), ("manager", 403), ("cam", 403), ("stranger", 404), ("rival", 404)]
    {
        portal.visitor(key).post(&action, &form).await.is(answer);
    }
    assert_eq!(dates(&portal, &waiting).0, None);
    portal.back_office().post(&action, &form).await.is(303);
}

#[actix_web::test]
async fn of_two_who_record_an_activation_at_once_one_does() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    portal.imports(&[WAITING]);
    let waiting = reference(&portal, "WAITING");
    let action = format!("{}/activation", page_of(&waiting));
    let (mut owner, mut colleague) = (portal.owner(), beside.colleague());
    let (first, second) = futures_util::future::join(
        owner.post(&action, &[("activated_on", "2026-03-01")]),
        colleague.post(&action, &[("activated_on", "2026-02-20")]),
    )
    .await;
    let mut answers = [first.status(), second.status()];
    answers.sort_unstable();
    assert_eq!(answers, [303, 409]);
    let told: i64 = portal.read(|conn| {
        let told = audit_events::table.filter(audit_events::action.eq("licence.activated"));
        Ok(told.count().get_result(conn)?)
    });
    assert_eq!(told, 1);
}

#[actix_web::test]
async fn what_waits_for_the_end_of_another_gets_its_dates_with_it() {
    let portal = Portal::start().await;
    let next: Cells<'_> = &[
        ("external_number", "NEXT"),
        ("kind", "renewal"),
        ("activated_on", ""),
        ("processed_at", "2026-02-10T01:00:00Z"),
    ];
    portal.imports(&[WAITING, next]);
    let (waiting, next) = (reference(&portal, "WAITING"), reference(&portal, "NEXT"));
    assert_eq!(dates(&portal, &next), (None, None, None));
    let action = format!("{}/activation", page_of(&waiting));
    portal.owner().post(&action, &[("activated_on", "2026-03-01")]).await.is(303);
    let expected = (None, Some(day("2027-03-01")), Some(day("2028-02-29")));
    assert_eq!(dates(&portal, &next), expected);
}

#[actix_web::test]
async fn an_activation_ends_the_trial_and_the_lost_days_are_counted() {
    let portal = Portal::start().await;
    let trial: Cells<'_> = &[
        ("external_number", "TRY"),
        ("kind", "trial"),
        ("months", "2"),
        ("activated_on", "2026-02-10"),
    ];
    let early: Cells<'_> = &[
        ("external_number", "EARLY"),
        ("customer", "Pied Piper"),
        ("released_at", ""),
        ("processed_at", "2022-03-31T14:00:00Z"),
        ("months", "60"),
        ("activated_on", ""),
    ];
    portal.imports(&[trial, WAITING, early]);
    let action = format!("{}/activation", page_of(&reference(&portal, "WAITING")));
    portal.owner().post(&action, &[("activated_on", "2026-03-01")]).await.is(303);
    assert_eq!(dates(&portal, &reference(&portal, "TRY")).2, Some(day("2026-02-28")));
    let early = reference(&portal, "EARLY");
    let mut owner = portal.owner();
    owner.get(&page_of(&early)).await.shows("dd", "1432 days of the term ran unused.");
    let action = format!("{}/activation", page_of(&early));
    owner.post(&action, &[("activated_on", "2022-04-10")]).await.is(303);
    owner.get(&page_of(&early)).await.shows("dd", "10 days of the term ran unused.");
    assert_eq!(dates(&portal, &early).1, Some(day("2022-03-31")), "its dates stay");
}

#[actix_web::test]
async fn waiting_licences_get_their_dates_when_a_policy_ends_the_waiting() {
    let portal = Portal::start().await;
    portal.imports(&[WAITING]);
    let waiting = reference(&portal, "WAITING");
    let program = portal.program("shield");
    let sweep = |today: &str| {
        let (program, today) = (program.clone(), day(today));
        let now = portal.app.clock.now();
        portal.write(move |conn| sweep_pending(&program, today, 0, now, conn))
    };
    assert_eq!(sweep("2026-03-02").dated, 0, "nothing has changed yet");
    // From 1 April a term starts when its order is processed.
    portal.write(|conn| {
        diesel::update(policies::table.filter(policies::effective_on.eq(day("2019-04-01"))))
            .filter(policies::term_starts.eq("processed"))
            .set(policies::effective_on.eq(day("2026-04-01")))
            .execute(conn)?;
        Ok(())
    });
    assert_eq!(sweep("2026-03-31").dated, 0, "the policy's day has not come");
    let swept = sweep("2026-04-01");
    assert_eq!((swept.dated, swept.next), (1, None));
    let expected = (None, Some(day("2026-02-02")), Some(day("2027-02-01")));
    assert_eq!(dates(&portal, &waiting), expected);
    assert_eq!(sweep("2026-04-01").dated, 0, "run again, it has nothing to do");
    portal
        .owner()
        .get(&page_of(&waiting))
        .await
        .shows(".timeline", "the sweep of waiting licences")
        .shows("blockquote", "Was not activated when the policy changed");
}
