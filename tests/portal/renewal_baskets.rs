//! The basket of renewals: filled from several pages and filters, emptied into one inquiry for each
//! customer; one person's own.

use std::collections::BTreeSet;

use diesel::prelude::*;
use portal::db::schema::basket_lines;

use crate::support::licences::{Licence, date};
use crate::support::{Page, Portal};

const PAGE: &str = "/p/shield/renewals";
const BASKET: &str = "/p/shield/renewals/basket";

fn chosen<'a>(references: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    references.iter().map(|reference| ("licence", *reference)).collect()
}

fn rows(page: &Page) -> BTreeSet<String> {
    page.attributes("input[name=licence]", "value").into_iter().collect()
}

#[actix_web::test]
async fn licences_gather_over_pages_and_filters_and_become_an_inquiry_for_each_customer() {
    let portal = Portal::start().await;
    let hooli = Licence::ending(date("2026-03-20")).units(3, 500).put(&portal).reference;
    let more = Licence::ending(date("2026-07-20")).put(&portal).reference;
    let piper = Licence::ending(date("2026-02-20")).of("Pied Piper").put(&portal).reference;
    let mut owner = portal.owner();
    owner.get(PAGE).await.shows("a.btn", "Basket (0)");
    owner.get(BASKET).await.is(200).shows("h2", "The basket is empty");
    let back = format!("{PAGE}?month=2026-03");
    let page = owner.get(&back).await.is(200);
    let action = page.attributes("form[method=post]", "action");
    assert!(action.contains(&format!("{BASKET}?month=2026-03")), "{action:?}");
    owner.post(&format!("{BASKET}?month=2026-03"), &chosen(&[&hooli])).await.goes_to(&back);
    let page = owner.get(&back).await.shows("a.btn", "Basket (1)").shows("td", "In the basket");
    page.shows(".flash", "1 licence in the basket");
    let late = format!("{BASKET}?show=late&q=pied");
    owner.post(&late, &chosen(&[&piper])).await.goes_to(&format!("{PAGE}?show=late&q=pied"));
    // Twice is once.
    owner.post(BASKET, &chosen(&[&more, &hooli, &hooli])).await.goes_to(PAGE);
    let page = owner.get(BASKET).await.is(200);
    assert_eq!(rows(&page), BTreeSet::from([hooli.clone(), more.clone(), piper.clone()]));
    assert_eq!(page.all("section.card h2"), ["Ask for prices", "Hooli", "Pied Piper"]);
    page.shows("p", "2 inquiries are begun, one for each customer").shows("button", "Begin 2");
    owner.post(&format!("{BASKET}/removal"), &chosen(&[&more])).await.goes_to(BASKET);
    let asked = owner.post(&format!("{BASKET}/inquiries"), &[]).await;
    asked.goes_to("/p/shield/inquiries?status=draft");
    let drafts = owner.get("/p/shield/inquiries?status=draft").await.is(200);
    drafts.shows("main", "Hooli").shows("main", "Pied Piper");
    owner.get(BASKET).await.shows("h2", "The basket is empty");
    owner.post(&format!("{BASKET}/inquiries"), &[]).await.is(409);
    // One customer leads straight to its draft, with all of its lines.
    owner.post(BASKET, &chosen(&[&hooli, &more])).await.is(303);
    let draft = owner.post(&format!("{BASKET}/inquiries"), &[]).await.created();
    let draft = owner.get(&draft).await.is(200);
    assert_eq!(draft.attributes("input[name=quantity]", "value"), ["3", "10"]);
}

#[actix_web::test]
async fn a_basket_is_the_persons_own() {
    let portal = Portal::start().await;
    let ours = Licence::ending(date("2026-03-20")).put(&portal).reference;
    let theirs = Licence::ending(date("2026-03-20")).sold_by("Globex").of("Initrode").put(&portal);
    portal.owner().post(BASKET, &chosen(&[&ours])).await.goes_to(PAGE);
    for key in ["colleague", "stranger"] {
        portal.visitor(key).get(BASKET).await.is(200).hides(&ours);
        portal.visitor(key).get(PAGE).await.shows("a.btn", "Basket (0)").hides("In the basket");
    }
    // What is foreign is as if it did not exist, and then nothing of it is put in.
    let mut owner = portal.owner();
    let foreign = owner.post(BASKET, &chosen(&[&ours, &theirs.reference])).await.is(404);
    let missing = owner.post(BASKET, &chosen(&[&ours, "L-00000-00000"])).await.is(404);
    assert_eq!(foreign.text, missing.text);
    let put: i64 = portal.read(|conn| Ok(basket_lines::table.count().get_result(conn)?));
    assert_eq!(put, 1);
    for key in ["distributor", "manager"] {
        portal.visitor(key).get(PAGE).await.hides("Basket").hides("into the basket");
        portal.visitor(key).get(BASKET).await.is(403);
    }
    let nothing = owner.post(BASKET, &[]).await;
    nothing.goes_to(PAGE);
    owner.get(PAGE).await.shows(".flash", "Choose licences first");
    owner.post(&format!("{BASKET}/removal"), &[("all", "yes")]).await.goes_to(BASKET);
    owner.get(BASKET).await.shows("h2", "The basket is empty");
}

#[actix_web::test]
async fn what_was_renewed_or_lapsed_meanwhile_is_not_asked_for() {
    let portal = Portal::start().await;
    let soon = Licence::ending(date("2026-03-20")).put(&portal);
    let late = Licence::ending(date("2026-01-25")).of("Aviato").put(&portal);
    let stays = Licence::ending(date("2026-06-20")).of("Initrode").put(&portal);
    let all = [&soon, &late, &stays].map(|one| one.reference.clone());
    let mut owner = portal.owner();
    owner.post(BASKET, &chosen(&[&all[0], &all[1], &all[2]])).await.goes_to(PAGE);
    soon.renewed_by(&Licence::ending(date("2027-03-20")).put(&portal), &portal);
    portal.advance_days(8);
    let mut owner = portal.owner();
    let page = owner.get(BASKET).await.is(200);
    page.shows(".badge", "Renewed meanwhile")
        .shows(".badge", "Too late to renew")
        .shows("p", "One inquiry is begun");
    let draft = owner.post(&format!("{BASKET}/inquiries"), &[]).await.created();
    owner.get(&draft).await.is(200).shows("h1", "Initrode");
    owner.get(BASKET).await.shows(".badge", "Renewed meanwhile").hides("Ask for prices");
    owner.post(&format!("{BASKET}/inquiries"), &[]).await.is(409);
    // And such a line is not put in in the first place.
    let again = owner.post(BASKET, &chosen(&[&all[0]])).await;
    again.goes_to(PAGE);
    owner.get(PAGE).await.shows(".flash", "1 licence cannot be renewed any more");
}

#[actix_web::test]
async fn a_basket_holds_so_many_and_no_more() {
    let portal = Portal::start().await;
    let many: Vec<String> =
        (0..251).map(|_| Licence::ending(date("2026-03-20")).put(&portal).reference).collect();
    let names: Vec<&str> = many.iter().map(String::as_str).collect();
    let mut owner = portal.owner();
    owner.post(BASKET, &chosen(&names[..200])).await.goes_to(PAGE);
    owner.post(BASKET, &chosen(&names[190..])).await.is(409).shows("main", "holds 250 licences");
    owner.get(PAGE).await.shows("a.btn", "Basket (200)");
    owner.post(BASKET, &chosen(&names[190..250])).await.goes_to(PAGE);
    owner.get(PAGE).await.shows("a.btn", "Basket (250)");
    owner.post(BASKET, &chosen(&names)).await.is(409);
}
