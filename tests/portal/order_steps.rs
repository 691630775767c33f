//! What becomes of an order: released, processed or refused, held, cancelled, ordered anew.

use diesel::prelude::*;
use portal::db::schema::{audit_events, licences, orders};
use portal::sweeps;

use crate::support::Portal;
use crate::support::licences::date;

fn text(text: &str) -> String {
    text.to_owned()
}

fn stands(status: &str, hold: &str, why: &str) -> (String, String, String) {
    (text(status), text(hold), text(why))
}

/// What an order's history says, oldest first.
fn history(portal: &Portal, order: &str) -> Vec<(String, String)> {
    let reference = order.rsplit('/').next().unwrap().to_owned();
    portal.read(|conn| {
        Ok(audit_events::table
            .filter(audit_events::subject_reference.eq(reference))
            .order(audit_events::id)
            .select((audit_events::action, audit_events::actor_name))
            .load(conn)?)
    })
}

#[actix_web::test]
async fn a_placed_order_is_released_and_processed_into_licences() {
    let portal = Portal::start().await;
    let order = portal.placed_order(&[("WATCH-SEAT", 10), ("WATCH-HELP", 2)]).await;
    let (mut distributor, mut desk) =
        (portal.visitor("distributor"), portal.visitor("back_office"));
    portal.owner().get(&order).await.is(200).shows(".facts", "Nordic Supply releases it");
    // Nobody else releases it, and nobody processes what is not released.
    portal.owner().post(&format!("{order}/release"), &[]).await.is(403);
    portal.visitor("other_distributor").post(&format!("{order}/release"), &[]).await.is(404);
    desk.post(&format!("{order}/release"), &[]).await.is(403);
    desk.post(&format!("{order}/processing"), &[]).await.is(409).shows("main", "is placed already");
    distributor.post(&format!("{order}/release"), &[]).await.goes_to(&order);
    distributor.post(&format!("{order}/release"), &[]).await.is(409);
    distributor.post(&format!("{order}/processing"), &[]).await.is(403);
    assert_eq!(portal.order_stands(&order), stands("released", "", ""));
    desk.get(&order).await.is(200).shows("main", "Process");
    desk.post(&format!("{order}/processing"), &[]).await.goes_to(&order);
    desk.post(&format!("{order}/processing"), &[]).await.is(409);
    assert_eq!(portal.order_stands(&order), stands("processed", "", ""));
    // Terms wait for activation under the policy of the day.
    let made = portal.licences_of(&order);
    assert_eq!(made.len(), 2);
    assert_eq!((made[0].1, made[0].2, made[0].3), (10, Some(12), None));
    let reference: String = portal.read(|conn| {
        Ok(licences::table.order(licences::id).select(licences::reference).first(conn)?)
    });
    portal.owner().get(&order).await.shows("tbody", &reference).shows("tbody", "no dates yet");
    portal.owner().get(&format!("/p/shield/licences/{reference}")).await.is(200);
    portal.owner().get(&order).await.shows(".facts", "Schedule").shows(".facts", "LS-");
    let steps: Vec<String> = history(&portal, &order).into_iter().map(|(what, _)| what).collect();
    assert_eq!(steps, ["order.placed", "order.released", "order.processed"]);
}

#[actix_web::test]
async fn one_bad_line_refuses_the_whole_order_with_its_reason_and_the_right_sku() {
    let portal = Portal::start().await;
    let order = portal.placed_order(&[("WATCH-SEAT", 10), ("WATCH-SITE", 2)]).await;
    portal.change_line(&order, 2, "SITE.FIRST.12", Some(12));
    let mut distributor = portal.visitor("distributor");
    distributor.post(&format!("{order}/release"), &[]).await.goes_to(&order);
    let mut desk = portal.visitor("back_office");
    desk.post(&format!("{order}/processing"), &[]).await.goes_to(&order);
    let (status, _, why) = portal.order_stands(&order);
    assert_eq!((status.as_str(), why.as_str()), ("refused", "Line 2 cannot be processed."));
    assert_eq!(portal.licences_of(&order), []);
    let reason = "SITE.FIRST.12 can be ordered until 2022-03-31 only; the order was released on \
                  2026-03-02. Order F012J1WSITEX instead.";
    distributor.get(&order).await.shows(".refusal", reason).shows("main", "Order it anew");
    portal.owner().get(&order).await.shows(".refusal", reason).hides("Order it anew");
    // The distributor is told, with the reason and without a price.
    assert_eq!(portal.mail_to("distributor").last().unwrap(), "Order refused: Hooli");
    let mail = portal.last_mail_to("distributor");
    assert!(mail.contains(reason) && !mail.contains("JPY"), "{mail}");

    // Ordered anew, at the same price, once.
    portal.owner().post(&format!("{order}/correction"), &[]).await.is(403);
    desk.post(&format!("{order}/correction"), &[]).await.is(403);
    let anew = distributor.post(&format!("{order}/correction"), &[]).await.created();
    distributor.post(&format!("{order}/correction"), &[]).await.is(409);
    let totals: Vec<(Option<i64>, Option<i64>)> = portal.read(|conn| {
        Ok(orders::table
            .order(orders::id)
            .select((orders::msrp_minor, orders::net_minor))
            .load(conn)?)
    });
    assert_eq!(totals[0], totals[1]);
    distributor.get(&order).await.shows(".facts", anew.rsplit('/').next().unwrap());
    distributor.post(&format!("{anew}/release"), &[]).await.goes_to(&anew);
    desk.post(&format!("{anew}/processing"), &[]).await.goes_to(&anew);
    let skus: Vec<String> = portal.licences_of(&anew).into_iter().map(|line| line.0).collect();
    assert_eq!(skus, ["F012J1WSEATX", "F012J1WSITEX"]);
}

#[actix_web::test]
async fn an_order_without_another_sku_is_not_ordered_anew_by_itself() {
    let portal = Portal::start().await;
    let order = portal.released_order(&[("WATCH-SEAT", 10)]).await;
    portal.change_line(&order, 1, "F012J1WSEATX", Some(7));
    let mut desk = portal.visitor("back_office");
    desk.post(&format!("{order}/processing"), &[]).await.goes_to(&order);
    let mut distributor = portal.visitor("distributor");
    let says = "F012J1WSEATX is for 12 months, and the line says 7.";
    distributor.get(&order).await.shows(".refusal", says).hides("Order it anew");
    distributor.post(&format!("{order}/correction"), &[]).await.is(409);
}

#[actix_web::test]
async fn an_order_is_held_by_hand_and_goes_on() {
    let portal = Portal::start().await;
    let order = portal.released_order(&[("WATCH-SEAT", 10)]).await;
    let mut desk = portal.visitor("back_office");
    let hold = format!("{order}/hold");
    let empty = desk.post(&hold, &[]).await.is(422);
    empty.shows(".error-summary", "Enter a reason.");
    portal.visitor("distributor").post(&hold, &[("hold_why", "x")]).await.is(403);
    desk.post(&hold, &[("hold_why", "Export papers are missing")]).await.goes_to(&order);
    portal.owner().get(&order).await.shows("main", "Export papers are missing");
    desk.post(&format!("{order}/processing"), &[]).await.is(409);
    assert_eq!(run(&portal), 0);
    desk.post(&format!("{order}/resumption"), &[]).await.goes_to(&order);
    desk.post(&format!("{order}/resumption"), &[]).await.is(409);
    assert_eq!(portal.order_stands(&order), stands("released", "", ""));
    desk.post(&format!("{order}/processing"), &[]).await.goes_to(&order);
}

/// The standing work on orders; gives how many something was done with.
fn run(portal: &Portal) -> usize {
    let reports = sweeps::run_standing(sweeps::STANDING, &portal.app).unwrap();
    reports.iter().map(|report| report.outcome.done).sum()
}

#[actix_web::test]
async fn an_order_is_cancelled_before_it_is_processed() {
    let portal = Portal::start().await;
    let why = [("cancel_why", "The customer has gone")];
    let order = portal.placed_order(&[("WATCH-SEAT", 10)]).await;
    let cancel = format!("{order}/cancellation");
    portal.owner().post(&cancel, &[("cancel_why", " ")]).await.is(422);
    portal.visitor("back_office").post(&cancel, &why).await.is(409);
    portal.owner().post(&cancel, &why).await.goes_to(&order);
    portal.owner().post(&cancel, &why).await.is(409);
    assert_eq!(portal.mail_to("distributor").last().unwrap(), "Order cancelled: Hooli");
    portal.visitor("distributor").get(&order).await.shows(".facts", "The customer has gone");

    // Once released it is no longer the reseller's to cancel.
    let order = portal.released_order(&[("WATCH-SEAT", 10)]).await;
    let cancel = format!("{order}/cancellation");
    portal.owner().post(&cancel, &why).await.is(409);
    portal.visitor("distributor").post(&cancel, &why).await.goes_to(&order);
    assert_eq!(portal.mail_to("owner").last().unwrap(), "Order cancelled: Hooli");

    // … nor anybody's once it is processed.
    let order = portal.released_order(&[("WATCH-SEAT", 10)]).await;
    let mut desk = portal.visitor("back_office");
    desk.post(&format!("{order}/processing"), &[]).await.goes_to(&order);
    for key in ["owner", "distributor", "back_office"] {
        portal.visitor(key).post(&format!("{order}/cancellation"), &why).await.is(409);
    }
}

#[actix_web::test]
async fn many_orders_are_processed_at_once_in_the_order_of_their_release() {
    let portal = Portal::start().await;
    let mut placed = Vec::new();
    for _ in 0..3 {
        placed.push(portal.placed_order(&[("WATCH-SEAT", 1)]).await);
    }
    // Released the other way round than they were placed.
    let mut distributor = portal.visitor("distributor");
    for order in placed.iter().rev() {
        distributor.post(&format!("{order}/release"), &[]).await.goes_to(order);
    }
    portal.change_line(&placed[1], 1, "NO-SUCH-SKU", Some(12));
    let mut desk = portal.visitor("back_office");
    let list = desk.get("/p/shield/orders?status=released").await.is(200);
    assert_eq!(list.all("input[name=order]").len(), 3);
    let of = |order: &str| order.rsplit('/').next().unwrap().to_owned();
    let chosen: Vec<String> = placed.iter().map(|order| of(order)).collect();
    let fields: Vec<(&str, &str)> = chosen.iter().map(|one| ("order", one.as_str())).collect();
    let path = "/p/shield/orders/processing";
    portal.owner().post(path, &fields).await.is(403);
    desk.post(path, &fields).await.is(303);
    desk.get("/p/shield/orders").await.shows(".flash", "2 orders processed, 1 order refused.");
    let made: Vec<String> = portal.read(|conn| {
        Ok(licences::table
            .inner_join(orders::table)
            .order(licences::id)
            .select(orders::reference)
            .load(conn)?)
    });
    assert_eq!(made, [of(&placed[2]), of(&placed[0])]);
    desk.post(path, &[]).await.is(303);
    desk.get("/p/shield/orders").await.shows(".flash", "Tick the orders");
}

#[actix_web::test]
async fn a_renewal_is_dated_by_what_it_renews_and_only_once() {
    let portal = Portal::start().await;
    portal.imports(&[&[("activated_on", "2026-02-03")]]);
    let base: i64 = portal.read(|conn| Ok(licences::table.select(licences::id).first(conn)?));
    let mut orders_of_renewal = Vec::new();
    for _ in 0..2 {
        let order = portal.placed_order(&[("WATCH-SITE", 5)]).await;
        portal.renews(&order, 1, "G012J1WSITEX", base);
        let mut distributor = portal.visitor("distributor");
        distributor.post(&format!("{order}/release"), &[]).await.goes_to(&order);
        orders_of_renewal.push(order);
    }
    let mut desk = portal.visitor("back_office");
    for order in &orders_of_renewal {
        desk.post(&format!("{order}/processing"), &[]).await.goes_to(order);
    }
    let (day, end) = (Some(date("2027-02-03")), Some(date("2028-02-02")));
    let made = portal.licences_of(&orders_of_renewal[0]);
    assert_eq!((made[0].3, made[0].4), (day, end));
    desk.get(&orders_of_renewal[1]).await.shows(".refusal", "was renewed already.");
}
