//! Packs with prices, imported again: what is in force is not rewritten, what was published or ended
//! in the portal is kept, what is to come follows the pack.

use portal::audit::By;
use portal::error::{Error, Result};
use portal::programs::pack::{self, Pack};
use portal::programs::{self as program_packs, Imported};

use crate::support::Portal;
use crate::support::people::PRICED_SHIELD;
use crate::support::prices::{TODAYS, priced};

/// The pack of the tests with this behind it.
fn shield_and(more: &str) -> String {
    format!("{PRICED_SHIELD}\n{more}")
}

fn changed(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from:?} stands once");
    text.replace(from, to)
}

impl Portal {
    fn import_priced(&self, text: &str) -> Result<Imported> {
        let pack: Pack =
            pack::parse("a pack", text).unwrap_or_else(|problems| panic!("{problems:?}"));
        let now = self.app.clock.now();
        self.db().write_blocking(move |conn| {
            program_packs::import(&pack, By::Portal("a test"), now, conn)
        })
    }

    #[track_caller]
    fn refuses_pack(&self, text: &str, words: &str) {
        match self.import_priced(text) {
            Err(Error::Conflict(why)) => assert!(why.contains(words), "{why}"),
            other => panic!("{other:?}"),
        }
    }
}

const FUTURE: &str = "[[price_lists]]
from = 2027-01-01
currency = \"JPY\"

[[price_lists.prices]]
product = \"ALARM-HUB\"
price = \"50000\"
";

#[actix_web::test]
async fn a_list_in_force_is_not_rewritten() {
    let portal = Portal::start().await;
    assert_eq!(portal.import_priced(PRICED_SHIELD).unwrap(), Imported::default());
    portal.refuses_pack(
        &changed(PRICED_SHIELD, "price = \"48000\"", "price = \"47000\""),
        "The price list in JPY from 2024-01-01 would rewrite prices that are in force or past; state \
         a list with a later day.",
    );
    let past = FUTURE.replace("2027-01-01", "2025-01-01");
    portal.refuses_pack(&shield_and(&past), "The price list in JPY from 2025-01-01 would rewrite");
    // A currency without any list may tell its past.
    let euros = FUTURE.replace("2027-01-01", "2025-01-01").replace("JPY", "EUR");
    let done = portal.import_priced(&shield_and(&euros)).unwrap();
    assert_eq!(done.changes, ["price list in EUR from 2025-01-01: added"]);
}

#[actix_web::test]
async fn a_list_to_come_follows_the_pack() {
    let portal = Portal::start().await;
    let done = portal.import_priced(&shield_and(FUTURE)).unwrap();
    assert_eq!(done.changes, ["price list in JPY from 2027-01-01: added"]);
    portal.owner().get("/p/shield/catalogue").await.shows("tbody tr", "you pay JPY 50,000");
    let other = FUTURE.replace("50000", "51000");
    let done = portal.import_priced(&shield_and(&other)).unwrap();
    assert_eq!(done.changes, ["price list in JPY from 2027-01-01: changed"]);
    portal.owner().get("/p/shield/catalogue").await.shows("tbody tr", "you pay JPY 51,000");
    let done = portal.import_priced(PRICED_SHIELD).unwrap();
    assert_eq!(done.changes, ["price list in JPY from 2027-01-01: removed"]);
    portal.owner().get("/p/shield/catalogue").await.hides("you pay");
    assert_eq!(portal.import_priced(PRICED_SHIELD).unwrap(), Imported::default());
}

#[actix_web::test]
async fn what_was_published_in_the_portal_is_kept() {
    let portal = Portal::start().await;
    portal.publish(&priced(&[("48000", "49000")]), "2027-01-01").await.is(303);
    let done = portal.import_priced(PRICED_SHIELD).unwrap();
    assert_eq!(done, Imported::default(), "a list that the pack does not name is left alone");
    let done = portal.import_priced(&shield_and(FUTURE)).unwrap();
    assert_eq!(
        done.kept,
        ["price list in JPY from 2027-01-01: kept as it was published in the portal"]
    );
    assert!(done.changes.is_empty());
    portal.owner().get("/p/shield/catalogue").await.shows("tbody tr", "you pay JPY 49,000");
    portal.advance_days(305);
    portal.publish(TODAYS, "2028-01-01").await.is(303);
    portal.import_priced(&shield_and(FUTURE)).unwrap();
    portal.owner().get("/p/shield/catalogue").await.shows("tbody tr", "JPY 49,000 per hub");
}

#[actix_web::test]
async fn of_a_promotion_that_has_begun_only_the_end_moves() {
    let portal = Portal::start().await;
    let end = |day: &str| changed(PRICED_SHIELD, "ends = 2026-05-31", &format!("ends = {day}"));
    let done = portal.import_priced(&end("2026-03-02")).unwrap();
    assert_eq!(done.changes, ["promotion NIGHT: ends 2026-03-02"]);
    let refusal = "The promotion NIGHT has begun: a pack can only move its end, to a day that has \
                   not passed.";
    portal.refuses_pack(&end("2026-03-01"), refusal);
    portal.refuses_pack(
        &changed(PRICED_SHIELD, "name = \"Night watch\"", "name = \"Night\""),
        refusal,
    );
    portal.refuses_pack(&changed(PRICED_SHIELD, "least_units = 5", "least_units = 6"), refusal);
    assert_eq!(portal.import_priced(&end("2026-03-02")).unwrap(), Imported::default());
}

/// What was ended in the portal stays ended, whatever the pack says.
#[actix_web::test]
async fn an_end_that_was_set_in_the_portal_is_kept() {
    let portal = Portal::start().await;
    let path = format!("/p/shield/promotions/{}", portal.promotion("NIGHT"));
    let end = [("ends_on", "2026-03-10"), ("seen", "2026-05-31")];
    portal.manager().post(&format!("{path}/ending"), &end).await.is(303);
    let done = portal.import_priced(PRICED_SHIELD).unwrap();
    assert_eq!(done.kept, ["promotion NIGHT: kept as it was made in the portal"]);
    portal.manager().get(&path).await.shows(".facts", "Last day10 Mar 2026");
}

const SPRING: &str = "[[promotions]]
code = \"SPRING\"
name = \"Spring\"
starts = 2026-04-01
ends = 2026-04-30
percent = \"5\"
categories = [\"alarm\"]
approved_by = \"Guild council\"
";

#[actix_web::test]
async fn a_promotion_to_come_follows_the_pack() {
    let portal = Portal::start().await;
    let done = portal.import_priced(&shield_and(SPRING)).unwrap();
    assert_eq!(done.changes, ["promotion SPRING: added"]);
    let later = SPRING.replace("04-01", "04-15");
    let done = portal.import_priced(&shield_and(&later)).unwrap();
    assert_eq!(done.changes, ["promotion SPRING: changed"]);
    let done = portal.import_priced(PRICED_SHIELD).unwrap();
    assert_eq!(done.changes, ["promotion SPRING: removed"]);
    assert_eq!(portal.import_priced(PRICED_SHIELD).unwrap(), Imported::default());
}

#[actix_web::test]
async fn a_discount_in_force_is_not_changed() {
    let portal = Portal::start().await;
    portal.refuses_pack(
        &changed(PRICED_SHIELD, "percent = \"12.5\"", "percent = \"13\""),
        "The discount on watch from 2024-01-01 is in force or past and cannot be changed by a pack; \
         state another one with a later day.",
    );
    let later = "[[discounts]]\nfrom = 2027-01-01\ntier = \"knight\"\ncategory = \"watch\"\n\
                 percent = \"14\"\napproved_by = \"Guild council\"\n";
    let done = portal.import_priced(&shield_and(later)).unwrap();
    assert_eq!(done.changes, ["discounts: 4 stated"]);
    portal
        .manager()
        .get("/p/shield/discounts")
        .await
        .shows("tbody tr", "Watch services Knight 14 % 1 Jan 2027 Announced")
        .shows("tbody tr", "Watch services Knight 12.5 % 1 Jan 2024 In force");
    let done = portal.import_priced(PRICED_SHIELD).unwrap();
    assert_eq!(done.changes, ["discounts: 3 stated"]);
}
