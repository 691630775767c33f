//! While order processing is under maintenance nothing is processed; what was released is held, and
//! processed in the order of its release when that is over.

use chrono::Duration;
use diesel::prelude::*;
use portal::clock::Instant;
use portal::db::schema::{licences, orders};
use portal::sweeps;

use crate::support::Portal;
use crate::support::leads::reference_of;

/// The standing work; in words, what was done with orders.
fn run(portal: &Portal) -> Vec<String> {
    let reports = sweeps::run_standing(sweeps::STANDING, &portal.app).unwrap();
    reports.into_iter().map(|report| report.outcome.text).collect()
}

/// The orders whose licences there are, in the order in which they were made.
fn processed(portal: &Portal) -> Vec<String> {
    portal.read(|conn| {
        Ok(licences::table
            .inner_join(orders::table)
            .order(licences::id)
            .select(orders::reference)
            .load(conn)?)
    })
}

#[actix_web::test]
async fn held_orders_are_processed_in_the_order_of_their_release_when_the_window_ends() {
    let portal = Portal::start().await;
    let now = portal.app.clock.now();
    // Released before the window, and not processed by then.
    let before = portal.released_order(&[("WATCH-SEAT", 1)]).await;
    let waiting = portal.placed_order(&[("WATCH-SEAT", 2)]).await;
    let last = portal.placed_order(&[("WATCH-SEAT", 3)]).await;
    portal.advance_days(1);
    let ends_at = now + Duration::days(11);
    portal.stop_orders(now + Duration::days(1), ends_at);
    assert_eq!(run(&portal), ["0 orders processed, 0 refused, 1 held"]);
    assert_eq!(run(&portal), Vec::<String>::new(), "nothing more is due");
    let held = portal.order_stands(&before);
    assert_eq!((held.0.as_str(), held.1.as_str()), ("held", "maintenance"));
    let mut desk = portal.visitor("back_office");
    desk.post(&format!("{before}/processing"), &[]).await.is(503).shows("main", "Order processing");
    assert_eq!(portal.order_stands(&before), held);

    // Released meanwhile, the other way round than they were placed.
    let mut distributor = portal.visitor("distributor");
    for order in [&last, &waiting] {
        distributor.post(&format!("{order}/release"), &[]).await.goes_to(order);
        assert_eq!(portal.order_stands(order).0, "held");
    }
    distributor.get(&waiting).await.shows(".flash", "under maintenance");
    // The last microsecond of the window, and the first instant after it.
    portal.app.clock.set(ends_at - Duration::seconds(5));
    assert_eq!(run(&portal), Vec::<String>::new());
    portal.app.clock.set(ends_at);
    assert_eq!(run(&portal), ["3 orders processed, 0 refused, 0 held"]);
    let of = |order: &String| reference_of(order).to_owned();
    assert_eq!(processed(&portal), [of(&before), of(&last), of(&waiting)]);
    assert_eq!(run(&portal), Vec::<String>::new());
}

#[actix_web::test]
async fn what_was_held_by_hand_stays_so_when_the_window_ends() {
    let portal = Portal::start().await;
    let order = portal.released_order(&[("WATCH-SEAT", 1)]).await;
    let mut desk = portal.visitor("back_office");
    desk.post(&format!("{order}/hold"), &[("hold_why", "Ask first")]).await.goes_to(&order);
    let now = portal.app.clock.now();
    portal.stop_orders(now - Duration::days(2), now - Duration::days(1));
    assert_eq!(run(&portal), Vec::<String>::new());
    assert_eq!(portal.order_stands(&order).1, "by_hand");
}

#[actix_web::test]
async fn an_order_that_is_refused_keeps_no_other_waiting() {
    let portal = Portal::start().await;
    let now = portal.app.clock.now();
    let bad = portal.released_order(&[("WATCH-SEAT", 1)]).await;
    let good = portal.released_order(&[("WATCH-SEAT", 2)]).await;
    portal.change_line(&bad, 1, "NO-SUCH-SKU", Some(12));
    portal.stop_orders(now, now + Duration::days(1));
    assert_eq!(run(&portal), ["0 orders processed, 0 refused, 2 held"]);
    portal.advance_days(2);
    assert_eq!(run(&portal), ["1 orders processed, 1 refused, 0 held"]);
    assert_eq!(portal.order_stands(&bad).0, "refused");
    assert_eq!(portal.order_stands(&good).0, "processed");
}

#[actix_web::test]
async fn without_a_window_the_vendor_processes_by_hand_or_the_portal_by_itself() {
    let portal = Portal::start().await;
    let by_hand = portal.released_order(&[("WATCH-SEAT", 1)]).await;
    assert_eq!(run(&portal), Vec::<String>::new());
    portal.processes_by_itself();
    assert_eq!(run(&portal), ["1 orders processed, 0 refused, 0 held"]);
    assert_eq!(portal.order_stands(&by_hand).0, "processed");
    // From now on a release is answered with what came of it.
    let order = portal.released_order(&[("WATCH-SEAT", 1)]).await;
    assert_eq!(portal.order_stands(&order).0, "processed");
    let mut distributor = portal.visitor("distributor");
    let bad = portal.placed_order(&[("WATCH-SEAT", 1)]).await;
    portal.change_line(&bad, 1, "NO-SUCH-SKU", Some(12));
    distributor.post(&format!("{bad}/release"), &[]).await.goes_to(&bad);
    distributor.get(&bad).await.shows(".flash", "The order is refused");
}

#[actix_web::test]
async fn an_order_of_one_instant_is_of_its_programs_day() {
    let portal = Portal::start().await;
    // Shield counts its days in Tokyo: 15:00Z is midnight there.
    let midnight: chrono::DateTime<chrono::Utc> = "2026-03-10T15:00:00Z".parse().unwrap();
    let midnight = Instant::from_utc(midnight.naive_utc());
    portal.stop_orders(midnight - Duration::days(1), midnight);
    let order = portal.released_order(&[("WATCH-SEAT", 1)]).await;
    portal.app.clock.set(midnight - Duration::hours(2));
    run(&portal);
    portal.app.clock.set(midnight);
    assert_eq!(run(&portal), ["1 orders processed, 0 refused, 0 held"]);
    let day: chrono::NaiveDate =
        portal.read(|conn| Ok(licences::table.select(licences::processed_on).first(conn)?));
    assert_eq!(day.to_string(), "2026-03-11");
    assert_eq!(portal.order_stands(&order).0, "processed");
}

#[actix_web::test]
async fn a_process_whose_clock_is_behind_lets_nothing_go_that_was_held_by_one_ahead() {
    let portal = Portal::start().await;
    let order = portal.released_order(&[("WATCH-SEAT", 1)]).await;
    let starts_at = portal.app.clock.now() + Duration::days(1);
    portal.stop_orders(starts_at, starts_at + Duration::days(1));
    portal.app.clock.set(starts_at + Duration::seconds(1));
    run(&portal);
    assert_eq!(portal.order_stands(&order).0, "held");
    portal.app.clock.set(starts_at - Duration::minutes(5));
    run(&portal);
    assert_eq!(portal.order_stands(&order).0, "held", "it has not even begun by this clock");
    portal.app.clock.set(starts_at + Duration::days(1));
    run(&portal);
    assert_eq!(portal.order_stands(&order).0, "processed");
}
