//! Inquiries that are sent while prices change: each is wholly of one list.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use diesel::prelude::*;
use futures_util::future::join;
use portal::db::schema::{inquiries, inquiry_lines, price_lists};

use crate::support::Portal;
use crate::support::quotes::double_prices;

/// Inquiries that are sent, in two processes at once.
const INQUIRIES: usize = 500;
/// So many were sent before somebody publishes …
const BEFORE: usize = 150;
/// … and each process keeps so many until it is done.
const AFTER: usize = 25;

/// How far it has come.
#[derive(Default)]
struct Progress {
    sent: AtomicUsize,
    published: AtomicBool,
}

/// Publishes another list once enough was sent, from a process of its own.
fn publish(beside: &Portal, progress: &Arc<Progress>) -> std::thread::JoinHandle<()> {
    let (db, progress) = (beside.db().clone(), Arc::clone(progress));
    std::thread::spawn(move || {
        while progress.sent.load(Ordering::Acquire) < BEFORE {
            std::thread::sleep(Duration::from_millis(1));
        }
        db.write_blocking(|conn| double_prices("2026-03-01", conn)).unwrap();
        progress.published.store(true, Ordering::Release);
    })
}

async fn send_all(portal: &Portal, key: &str, paths: &[String], progress: &Progress) {
    let quoter = portal.enrolment_of("Nordic Supply");
    let fields = [("quoter", quoter.as_str()), ("seen", "1")];
    let mut visitor = portal.visitor(key);
    for (path, left) in paths.iter().zip((0..paths.len()).rev()) {
        while left < AFTER && !progress.published.load(Ordering::Acquire) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        visitor.post(&format!("{path}/submission"), &fields).await.goes_to(path);
        progress.sent.fetch_add(1, Ordering::Release);
    }
}

#[actix_web::test]
async fn each_of_500_inquiries_is_of_one_list_while_another_is_published() {
    let portal = Portal::start().await;
    let wanted = [("WATCH-SEAT", 4), ("WATCH-SITE", 2), ("ALARM-HUB", 1)];
    let first = portal.draft_of("owner", &wanted).await;
    let paths = portal.drafts_like(&first, INQUIRIES);
    let (beside, third) = (portal.beside().await, portal.beside().await);
    let progress = Arc::new(Progress::default());
    let publisher = publish(&third, &progress);
    let (ours, theirs) = paths.split_at(INQUIRIES / 2);
    join(
        send_all(&portal, "owner", ours, &progress),
        send_all(&beside, "colleague", theirs, &progress),
    )
    .await;
    publisher.join().unwrap();

    let rows: Vec<(String, i64, i64, i64)> = portal.read(|conn| {
        Ok(inquiries::table
            .inner_join(inquiry_lines::table)
            .inner_join(
                price_lists::table.on(inquiries::price_list_id.eq(price_lists::id.nullable())),
            )
            .filter(inquiries::status.eq("submitted"))
            .order((inquiries::id, inquiry_lines::position))
            .select((
                price_lists::reference,
                inquiries::msrp_minor.assume_not_null(),
                inquiry_lines::unit_minor.assume_not_null(),
                inquiry_lines::msrp_minor.assume_not_null(),
            ))
            .load(conn)?)
    });
    let (mut old, mut new) = (0, 0);
    for lines in rows.chunks(wanted.len()) {
        let times = match lines[0].0.as_str() {
            "PL-99999-99999" => {
                new += 1;
                2
            }
            _ => {
                old += 1;
                1
            }
        };
        let units = [3_000, 30_000, 48_000].map(|unit| unit * times);
        let sum = 4 * units[0] + 2 * units[1] + units[2];
        for ((list, total, unit, line), (priced, (_, count))) in
            lines.iter().zip(units.into_iter().zip(wanted))
        {
            assert_eq!((list, *total), (&lines[0].0, sum));
            assert_eq!((*unit, *line), (priced, priced * i64::from(count)), "{list}");
        }
    }
    assert_eq!(old + new, INQUIRIES);
    assert!(old >= BEFORE && new >= 2 * AFTER, "{old} of the old list, {new} of the new one");
}
