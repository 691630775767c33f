//! How long a partner waits for the answer whether a customer is free: the question that a draft asks
//! of all deals of the program.

use std::time::Instant;

use diesel::prelude::*;
use portal::db::Db;
use portal::db::schema::deals;
use portal::deals::{Deal, namesakes};

use crate::arguments::Arguments;

/// So many deals are asked about.
const QUESTIONS: i64 = 1_000;
/// The longest that the slowest of a hundred may take.
const LONGEST_MS: f64 = 5.0;

/// Prints what it took; whether that is good enough. A program without deals has nothing to ask.
pub(crate) fn measure(arguments: &Arguments) -> bool {
    let db = Db::open(&arguments.settings()).unwrap();
    let mut waits = db
        .read_blocking(|conn| {
            let all: i64 = deals::table.count().get_result(conn)?;
            let ids: Vec<i64> = deals::table.order(deals::id).select(deals::id).load(conn)?;
            let step = (all / QUESTIONS).max(1);
            let mut waits = Vec::new();
            for id in ids.into_iter().step_by(usize::try_from(step).unwrap()) {
                let deal = Deal::find_unscoped(id, conn)?;
                let begun = Instant::now();
                let found = namesakes(&deal, conn)?;
                waits.push(begun.elapsed().as_secs_f64() * 1e3);
                assert!(found.iter().all(|one| one.id != deal.id));
            }
            Ok(waits)
        })
        .unwrap();
    if waits.is_empty() {
        return true;
    }
    waits.sort_by(f64::total_cmp);
    let part = |percent: usize| waits[(waits.len() - 1) * percent / 100];
    println!(
        "is a customer free, {} questions: p50 {:.2} ms, p99 {:.2} ms, longest {:.2} ms",
        waits.len(),
        part(50),
        part(99),
        part(100)
    );
    part(99) < LONGEST_MS
}
