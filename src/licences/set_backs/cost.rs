//! What of a term was gone on the day on which the policy changed. No database.

use chrono::NaiveDate;

use crate::calendar::{Term, add_days, days_between};

/// The days of a term, before a day and from it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    pub days_gone: i32,
    pub days_left: i32,
}

/// How a day divides a term: the days before it are gone, the day itself is left.
pub fn of(term: Term, changed_on: NaiveDate) -> Cost {
    let all = days(term.starts_on, add_days(term.ends_on, 1));
    let days_gone = days(term.starts_on, changed_on).min(all);
    Cost { days_gone, days_left: all - days_gone }
}

/// How much of a whole a part is, in whole percent, rounded down but never to 0 or up to 100.
pub fn percent(part: i64, whole: i64) -> i64 {
    match (part, whole) {
        (..=0, _) | (_, ..=0) => 0,
        (part, whole) if part >= whole => 100,
        (part, whole) => (part.saturating_mul(100) / whole).clamp(1, 99),
    }
}

fn days(from: NaiveDate, to: NaiveDate) -> i32 {
    i32::try_from(days_between(from, to).max(0)).unwrap_or(i32::MAX)
}
