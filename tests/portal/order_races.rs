//! Of several who do something with an order at once, from two processes, one does it.

use futures_util::future::join;
use portal::sweeps;

use crate::support::{Page, Portal};

/// Rounds of each race: who is first is chance.
const ROUNDS: usize = 3;

fn one_of_two(one: &Page, other: &Page) {
    let mut statuses = [one.status(), other.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
}

#[actix_web::test]
async fn of_two_who_process_an_order_one_makes_its_licences() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    for _ in 0..ROUNDS {
        let order = portal.released_order(&[("WATCH-SEAT", 1), ("WATCH-SITE", 1)]).await;
        let (mut one, mut other) = (portal.visitor("back_office"), beside.visitor("manager"));
        let processing = format!("{order}/processing");
        let (first, second) = join(one.post(&processing, &[]), other.post(&processing, &[])).await;
        one_of_two(&first, &second);
        assert_eq!(portal.licences_of(&order).len(), 2);
    }
}

#[actix_web::test]
async fn of_a_processing_and_a_cancellation_one_comes_first() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    for _ in 0..ROUNDS {
        let order = portal.released_order(&[("WATCH-SEAT", 1)]).await;
        let (mut desk, mut distributor) =
            (portal.visitor("back_office"), beside.visitor("distributor"));
        let (processing, cancel) = (format!("{order}/processing"), format!("{order}/cancellation"));
        let why = [("cancel_why", "Too late")];
        let (first, second) =
            join(desk.post(&processing, &[]), distributor.post(&cancel, &why)).await;
        one_of_two(&first, &second);
        let is_processed = portal.order_stands(&order).0 == "processed";
        assert_eq!(portal.licences_of(&order).len(), usize::from(is_processed));
    }
}

#[actix_web::test]
async fn of_two_who_release_or_correct_one_does() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    for _ in 0..ROUNDS {
        let order = portal.placed_order(&[("WATCH-SEAT", 1)]).await;
        portal.change_line(&order, 1, "SEAT.FIRST.12", Some(12));
        let (mut one, mut other) = (portal.visitor("distributor"), beside.visitor("distributor"));
        let release = format!("{order}/release");
        let (first, second) = join(one.post(&release, &[]), other.post(&release, &[])).await;
        one_of_two(&first, &second);
        let mut desk = portal.visitor("back_office");
        desk.post(&format!("{order}/processing"), &[]).await.goes_to(&order);
        let correct = format!("{order}/correction");
        let (first, second) = join(one.post(&correct, &[]), other.post(&correct, &[])).await;
        one_of_two(&first, &second);
    }
    assert_eq!(portal.placed_orders(), 2 * ROUNDS as i64);
}

#[actix_web::test]
async fn two_processes_that_look_for_due_orders_process_each_once() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    let mut due = Vec::new();
    for _ in 0..6 {
        due.push(portal.released_order(&[("WATCH-SEAT", 1)]).await);
    }
    portal.processes_by_itself();
    let (one, other) = (portal.app.clone(), beside.app.clone());
    let threads = [one, other]
        .map(|app| std::thread::spawn(move || sweeps::run_standing(sweeps::STANDING, &app)));
    let done: usize = threads
        .into_iter()
        .flat_map(|thread| thread.join().unwrap().unwrap())
        .map(|report| report.outcome.done)
        .sum();
    assert_eq!(done, due.len());
    for order in &due {
        assert_eq!(portal.licences_of(order).len(), 1);
    }
}
