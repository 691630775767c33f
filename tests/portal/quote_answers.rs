//! How quotes end: accepted as they were shown, declined, withdrawn, over by their date.

use diesel::prelude::*;
use portal::db::schema::{customers, orders};
use portal::sweeps;

use crate::support::Portal;
use crate::support::quotes::{ACME, Asked};

fn sweep(portal: &Portal) -> usize {
    let sweep = sweeps::find("quotes").unwrap();
    let shield = portal.read(|conn| portal::auth::Program::find_unscoped("shield", conn));
    sweeps::run(sweep, &shield, None, &portal.app).unwrap().outcome.done
}

#[actix_web::test]
async fn an_acceptance_places_the_order_with_its_four_parties() {
    let portal = Portal::start().await;
    let path = portal.quote().await;
    let order = portal.colleague().accept_quote(&path).await;
    let reference = order.rsplit('/').next().unwrap().to_owned();
    type Row = (String, String, Option<i64>, i64, String, String, String);
    let row: Row = portal.read(|conn| {
        Ok(orders::table
            .inner_join(customers::table)
            .filter(orders::reference.eq(&reference))
            .select((
                orders::external_number,
                orders::status,
                orders::distributor_id,
                orders::reseller_id,
                customers::name,
                orders::delivered_to,
                orders::placed_by,
            ))
            .first(conn)?)
    });
    let (nordic, acme) = (portal.organisation_id("Nordic Supply"), portal.organisation_id("Acme"));
    let text = |text: &str| text.to_owned();
    let hooli = text("Hooli");
    let by = text("Colin Colleague (Acme)");
    assert_eq!(row, (reference, text("placed"), Some(nordic), acme, hooli.clone(), hooli, by));
    // The same customer again is the same customer.
    let path = portal.sent_quote(&Asked { customer: "HOOLI", ..ACME }, "distributor").await;
    portal.owner().accept_quote(&path).await;
    let named: i64 = portal.read(|conn| Ok(customers::table.count().get_result(conn)?));
    assert_eq!(named, 1);
    assert_eq!(portal.placed_orders(), 2);
    let mut owner = portal.owner();
    assert_eq!(owner.get("/p/shield/orders?q=hooli").await.all("tbody tr").len(), 2);
    assert_eq!(owner.get("/p/shield/orders?status=processed").await.all("tbody tr").len(), 0);
    assert_eq!(owner.get("/p/shield/orders?to=2026-03-01").await.all("tbody tr").len(), 0);
    let file = owner.get("/p/shield/orders.csv").await.is(200).text;
    assert_eq!(file.matches(",JPY,123000,114825").count(), 2, "{file}");
    portal.stranger().get(&order).await.is(404);
    portal.visitor("other_distributor").get(&order).await.is(404);
}

#[actix_web::test]
async fn a_quote_is_accepted_once_and_only_by_its_reseller() {
    let portal = Portal::start().await;
    let path = portal.quote().await;
    let acceptance = format!("{path}/acceptance");
    let mut owner = portal.owner();
    let shown = owner.shown(&path).await;
    owner.post(&acceptance, &[]).await.is(409);
    portal.stranger().post(&acceptance, &[]).await.is(404);
    portal.visitor("distributor").post(&acceptance, &[]).await.is(403);
    portal.manager().post(&acceptance, &[]).await.is(403);
    owner.accept_shown(&path, &shown).await.is(303);
    owner.accept_shown(&path, &shown).await.is(409).shows("main", "is accepted already");
    assert_eq!(portal.placed_orders(), 1);
    let mut distributor = portal.visitor("distributor");
    distributor.post(&format!("{path}/withdrawal"), &[]).await.is(409);
    distributor.post(&format!("{path}/revision"), &[]).await.is(409);
}

#[actix_web::test]
async fn a_reseller_declines_with_a_reason_that_the_quoter_reads() {
    let portal = Portal::start().await;
    let path = portal.quote().await;
    let mut owner = portal.owner();
    let shown = owner.shown(&path).await;
    let seen: Vec<(&str, &str)> = shown.iter().map(|(name, at)| (*name, at.as_str())).collect();
    let decline = format!("{path}/decline");
    owner.post(&decline, &seen).await.is(422).shows(".error-summary", "Enter a reason.");
    let mut sent = seen.clone();
    sent.push(("why", "114,825 is too much"));
    owner.post(&decline, &sent).await.goes_to(&path);
    assert_eq!(portal.quote_status(&path), ("declined".to_owned(), Some("declined".to_owned())));
    assert_eq!(portal.mail_to("distributor"), ["Quote for Hooli declined"]);
    portal.visitor("distributor").get(&path).await.shows(".facts", "114,825 is too much");
    portal.manager().get(&path).await.is(200).hides("114,825");
    owner.accept_shown(&path, &shown).await.is(409);
}

#[actix_web::test]
async fn a_withdrawn_quote_makes_room_for_another() {
    let portal = Portal::start().await;
    let inquiry = portal.asks(&ACME);
    let begin = format!("/p/shield/inquiries/{inquiry}/quote");
    let (mut distributor, mut owner) = (portal.visitor("distributor"), portal.owner());
    let path = distributor.post(&begin, &[]).await.created();
    distributor.send_quote(&path).await.is(303);
    let shown = owner.shown(&path).await;
    let sent = [("why", "A mistake of ours")];
    distributor.post(&format!("{path}/withdrawal"), &sent).await.goes_to(&path);
    let (status, of_inquiry) = portal.quote_status(&path);
    assert_eq!((status.as_str(), of_inquiry.as_deref()), ("withdrawn", Some("submitted")));
    owner.get(&path).await.shows(".facts", "A mistake of ours").hides("/acceptance");
    owner.accept_shown(&path, &shown).await.is(409);
    assert_eq!(portal.mail_to("owner"), ["Quote for Hooli", "Quote for Hooli withdrawn"]);
    let other = distributor.post(&begin, &[]).await.created();
    assert_ne!(path, other);
    distributor.send_quote(&other).await.is(303);
    owner.accept_quote(&other).await;
}

/// A draft that was never sent is withdrawn without anybody noticing.
#[actix_web::test]
async fn a_draft_goes_quietly() {
    let portal = Portal::start().await;
    let path = portal.begin_quote(&ACME, "distributor").await;
    let mut distributor = portal.visitor("distributor");
    distributor.post(&format!("{path}/withdrawal"), &[]).await.goes_to(&path);
    distributor.get(&path).await.is(200).shows(".status", "Withdrawn");
    portal.owner().get(&path).await.is(404);
    portal.manager().get(&path).await.is(404);
    assert_eq!(portal.mail_to("owner"), [""; 0]);
    assert_eq!(portal.quote_status(&path).1.as_deref(), Some("submitted"));
}

#[actix_web::test]
async fn a_quote_lapses_after_its_last_day() {
    let portal = Portal::start().await;
    let path = portal.quote().await;
    let shown = portal.owner().shown(&path).await;
    portal.advance_days(14);
    assert_eq!(sweep(&portal), 0);
    portal.owner().get(&path).await.shows(".status", "Sent");
    portal.advance_days(1);
    let mut owner = portal.owner();
    // Whether or not the sweep has run.
    owner.get(&path).await.shows(".status", "Expired").hides("/acceptance");
    owner.get("/p/shield").await.hides("waits for your answer");
    owner.accept_shown(&path, &shown).await.is(409).shows("main", "could be accepted until");
    assert_eq!(portal.quote_status(&path).0, "sent");
    assert_eq!(sweep(&portal), 1);
    assert_eq!(sweep(&portal), 0);
    assert_eq!(portal.quote_status(&path), ("expired".to_owned(), Some("expired".to_owned())));
    owner.accept_shown(&path, &shown).await.is(409);
    assert_eq!(portal.placed_orders(), 0);
    portal.manager().get("/p/shield/history").await.shows("main", "this quote lapse");
    // Both sides are told, once.
    assert_eq!(portal.mail_to("owner"), ["Quote for Hooli", "Quote for Hooli lapsed"]);
    assert_eq!(portal.mail_to("distributor"), ["Quote for Hooli lapsed"]);
    let mail = |to: &str| portal.mails().into_iter().rfind(|one| one.to_email.starts_with(to));
    let told = mail("owner").unwrap();
    assert_eq!(told.event, "quotes.expired");
}
