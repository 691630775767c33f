//! Special prices: asked for from the draft, decided by the vendor, a level once they are granted.

use crate::support::Portal;
use crate::support::quotes::{ACME, Asked};

#[actix_web::test]
async fn a_granted_special_price_becomes_a_level() {
    let portal = Portal::start().await;
    let path = portal.begin_quote(&ACME, "distributor").await;
    let mut distributor = portal.visitor("distributor");
    let special = distributor.ask_special(&path, "20", "WATCH-SEAT").await;
    // Nobody looks after Acme: the program managers are told.
    assert_eq!(portal.mail_to("manager"), ["Special price asked for: Hooli"]);
    let mut cam = portal.visitor("cam");
    cam.get("/p/shield").await.shows(".todo", "1 special price waits for a decision");
    let page = cam.get(&special).await.is(200);
    page.shows("blockquote", "A rival offers less").shows("tbody", "Program discount");
    let approval = format!("{special}/approval");
    cam.post(&approval, &[("percent", "20.01")]).await.is(422);
    cam.post(&approval, &[("percent", "8")]).await.goes_to(&special);
    cam.post(&approval, &[("percent", "8")]).await.is(409);
    assert_eq!(portal.mail_to("distributor"), ["Special price approved: Hooli"]);
    // It is a change of price: what was previewed before is not sent.
    let before = distributor.get(&path).await;
    assert_eq!(before.all("tfoot td"), ["JPY 23,625", "JPY 91,200"]);
    distributor.send_quote(&path).await.is(409);
    // 8 % of 23,625 is 1,890.
    assert_eq!(distributor.get(&path).await.all("tfoot td"), ["JPY 21,735", "JPY 91,200"]);
    distributor.send_quote(&path).await.goes_to(&path);
    portal.owner().get(&path).await.shows("tbody", "Special price").shows("tbody", "8 %");
    portal.manager().get(&path).await.shows("tbody", "Special price");
}

#[actix_web::test]
async fn one_for_a_product_comes_before_one_for_every_line() {
    let portal = Portal::start().await;
    let path = portal.begin_quote(&ACME, "distributor").await;
    let (mut distributor, mut manager) = (portal.visitor("distributor"), portal.manager());
    for (percent, product) in [("10", ""), ("50", "ALARM-HUB")] {
        let special = distributor.ask_special(&path, percent, product).await;
        let granted = [("percent", percent)];
        manager.post(&format!("{special}/approval"), &granted).await.is(303);
    }
    distributor.edit_draft(&path, &[]).await.is(303);
    // 23,625 − 2,362 (half-even of 2,362.5); 91,200 − 45,600.
    assert_eq!(distributor.get(&path).await.all("tfoot td"), ["JPY 21,263", "JPY 45,600"]);
}

#[actix_web::test]
async fn a_rejection_has_a_reason_and_a_request_can_be_taken_back() {
    let portal = Portal::start().await;
    let path = portal.begin_quote(&ACME, "distributor").await;
    let (mut distributor, mut manager) = (portal.visitor("distributor"), portal.manager());
    let special = distributor.ask_special(&path, "5", "").await;
    let rejection = format!("{special}/rejection");
    manager.post(&rejection, &[]).await.is(422).shows(".error-summary", "Enter a reason.");
    manager.post(&rejection, &[("why", "Not this quarter")]).await.goes_to(&special);
    assert_eq!(portal.mail_to("distributor"), ["Special price rejected: Hooli"]);
    distributor.get(&special).await.shows(".facts", "Not this quarter");
    let special = distributor.ask_special(&path, "4", "").await;
    let withdrawal = format!("{special}/withdrawal");
    manager.post(&withdrawal, &[]).await.is(403);
    distributor.post(&withdrawal, &[]).await.goes_to(&special);
    manager.post(&format!("{special}/approval"), &[("percent", "4")]).await.is(409);
    // What waits is over with its quote.
    let special = distributor.ask_special(&path, "3", "").await;
    distributor.post(&format!("{path}/withdrawal"), &[]).await.is(303);
    manager.get(&special).await.shows(".status", "Withdrawn");
    portal.visitor("cam").get("/p/shield").await.hides("special price");
}

#[actix_web::test]
async fn who_sees_and_decides() {
    let portal = Portal::start().await;
    let path = portal.begin_quote(&ACME, "distributor").await;
    let special = portal.visitor("distributor").ask_special(&path, "5", "").await;
    portal.visitor("other_distributor").get(&special).await.is(404);
    portal.owner().get(&special).await.is(403);
    portal.back_office().get(&special).await.is(200).hides("/approval");
    let granted = [("percent", "5")];
    portal.back_office().post(&format!("{special}/approval"), &granted).await.is(403);
    let mut other = portal.visitor("other_distributor");
    assert_eq!(other.get("/p/shield/special-prices").await.all("tbody tr").len(), 0);
    let mut manager = portal.manager();
    assert_eq!(manager.get("/p/shield/special-prices?q=hooli").await.all("tbody tr").len(), 1);
    assert_eq!(
        manager.get("/p/shield/special-prices?status=approved").await.all("tbody tr").len(),
        0
    );
    let file = manager.get("/p/shield/special-prices.csv").await.is(200).text;
    assert!(file.contains(",5,,A rival offers less,"), "{file}");
    let page = portal.visitor("distributor").post(&format!("{path}/special-prices"), &[]).await;
    page.is(422).shows(".error-summary", "Enter a reason.").shows(".error-summary", "above 0");
}

/// Four eyes: nobody at the vendor grants or refuses what they asked for themselves.
#[actix_web::test]
async fn nobody_decides_on_what_they_asked_for() {
    let portal = Portal::start().await;
    let asked = Asked { to: "Shield Security", ..ACME };
    let path = portal.begin_quote(&asked, "manager").await;
    let mut manager = portal.manager();
    let special = manager.ask_special(&path, "5", "").await;
    manager
        .get(&special)
        .await
        .is(200)
        .shows(".flash", "somebody else decides")
        .hides("/approval")
        .hides("/rejection");
    let said = "somebody else decides";
    manager
        .post(&format!("{special}/approval"), &[("percent", "5")])
        .await
        .is(403)
        .shows("main", said);
    manager.post(&format!("{special}/rejection"), &[("why", "No")]).await.is(403);
    manager.get(&special).await.shows(".status", "To be decided");
    let mut cam = portal.visitor("cam");
    cam.get(&special).await.is(200).shows("form[action$='/approval']", "Approve");
    cam.post(&format!("{special}/approval"), &[("percent", "5")]).await.is(303);
    assert_eq!(portal.mail_to("manager").last().unwrap(), "Special price approved: Hooli");
}

/// The vendor's own quotes have special prices, too; whoever asked is told.
#[actix_web::test]
async fn the_vendor_asks_itself() {
    let portal = Portal::start().await;
    let asked = Asked { to: "Shield Security", ..ACME };
    let path = portal.begin_quote(&asked, "back_office").await;
    let special = portal.back_office().ask_special(&path, "5", "").await;
    let granted = [("percent", "5")];
    portal.visitor("cam").post(&format!("{special}/approval"), &granted).await.is(303);
    assert_eq!(portal.mail_to("back_office"), ["Special price approved: Hooli"]);
}
