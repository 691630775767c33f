//! What a window held, and what became of it: to each person what they may see.

use crate::support::Portal;
use crate::support::maintenance::{LATER, THURSDAY, Wanted};
use crate::support::quotes::{ACME, Asked};

#[actix_web::test]
async fn a_report_counts_the_quotes_that_were_open_when_it_began() {
    let portal = Portal::start().await;
    let answered = portal.quote().await;
    let order = portal.owner().accept_quote(&answered).await;
    let [accepted, declined, open] =
        [portal.quote().await, portal.quote().await, portal.quote().await];
    let globex = Asked { reseller: "Globex", by: "stranger", to: "Southern Supply", ..ACME };
    portal.sent_quote(&globex, "other_distributor").await;
    portal.begin_quote(&ACME, "distributor").await;
    let path = portal.declare(Wanted { stops: &["quotes", "order_processing"], ..THURSDAY }).await;
    let report = format!("{path}/report");
    portal
        .owner()
        .get(&report)
        .await
        .is(200)
        .shows(".flash.info", "It has not begun")
        .shows("tbody tr", "Still open")
        .shows("tfoot", "3");

    // While quotes are stopped nobody is shown a button to accept one; declining stays open.
    let mut decline: Vec<(&str, String)> = portal.owner().shown(&declined).await.to_vec();
    portal.turn_clock("2026-03-06 12:00");
    portal.visitor("distributor").post(&format!("{order}/release"), &[]).await.goes_to(&order);
    let mut owner = portal.owner();
    decline.push(("why", "Too late".to_owned()));
    let decline: Vec<(&str, &str)> =
        decline.iter().map(|(name, value)| (*name, &**value)).collect();
    owner.post(&format!("{declined}/decline"), &decline).await.is(303);
    portal.turn_clock("2026-03-07 00:00");
    let mut owner = portal.owner();
    owner.accept_quote(&accepted).await;
    portal.quote().await;

    let page = owner.get(&report).await.is(200).hides("It has not begun");
    assert_eq!(page.all("tbody tr"), ["Held1", "Still open1", "Accepted1", "Declined1"]);
    page.shows("tfoot", "3")
        .shows("main", "Those that were released while processing was stopped")
        .hides("Too late");
    for (key, rows) in [
        ("distributor", vec!["Held1", "Still open1", "Accepted1", "Declined1"]),
        ("stranger", vec!["Still open1"]),
        ("other_distributor", vec!["Still open1"]),
        ("cam", vec!["Held1", "Still open2", "Accepted1", "Declined1"]),
    ] {
        assert_eq!(portal.visitor(key).get(&report).await.all("tbody tr"), rows, "{key}");
    }
    portal.visitor("rival").get(&report).await.is(404);

    // The list and its file are narrowed to them.
    let reference = path.rsplit('/').next().unwrap();
    let held = format!("/p/shield/quotes?held={reference}");
    let page = owner.get(&held).await.is(200).shows(".flash", "were open when the maintenance");
    assert_eq!(page.all("tbody tr").len(), 3);
    let page = owner.get(&format!("{held}&status=sent")).await.is(200);
    assert_eq!(page.attributes("tbody th a", "href"), [open]);
    let file = owner.get(&format!("/p/shield/quotes.csv?held={reference}")).await.is(200).text;
    assert_eq!(file.lines().count(), 4, "{file}");
    let page = owner.get(&format!("/p/shield/orders?held={reference}")).await.is(200);
    assert_eq!(page.attributes("tbody th a", "href"), [order]);
    for nothing in ["MW-00000-00000", "' or 1=1--"] {
        let page = owner.get(&format!("/p/shield/quotes?held={}", nothing.replace(' ', "+"))).await;
        assert_eq!(page.is(200).all("tbody tr").len(), 0);
    }
}

#[actix_web::test]
async fn a_window_that_stops_no_quotes_held_none() {
    let portal = Portal::start().await;
    portal.quote().await;
    let path = portal.declare(LATER).await;
    let page = portal.owner().get(&format!("{path}/report")).await.is(200);
    assert_eq!(page.all("tbody tr").len(), 0);
    page.shows("main", "Registered deals stay protected longer");
    let reference = path.rsplit('/').next().unwrap();
    let page = portal.owner().get(&format!("/p/shield/quotes?held={reference}")).await;
    assert_eq!(page.is(200).all("tbody tr").len(), 0);
}
