//! Which whole number of months brings a renewal closest to a day. No database.

use chrono::NaiveDate;

use crate::calendar::{TermMonths, add_days, days_between, term_end};

/// A term of a renewal, and how its end lies to the day that is aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub months: TermMonths,
    pub ends_on: NaiveDate,
    /// The days from its end to the day: above 0 they are not covered, below 0 paid for beyond it.
    pub gap: i64,
}

/// The renewal of one licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    pub starts_on: NaiveDate,
    /// The longest that ends on the day or before it.
    pub shorter: Option<Candidate>,
    /// The shortest that ends after it.
    pub longer: Option<Candidate>,
}

/// Why there is no plan for a licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPlan {
    /// It could be renewed until this day.
    Lapsed(NaiveDate),
    /// No term of it is sold today.
    NotSold,
}

/// Plans the renewal of a licence with this end, ordered today, from the terms that are sold.
pub fn plan(
    old_end: NaiveDate,
    target: NaiveDate,
    sold: &[TermMonths],
    lapse_days: u16,
    today: NaiveDate,
) -> Result<Plan, NoPlan> {
    let last = add_days(old_end, lapse_days.into());
    if today > last {
        return Err(NoPlan::Lapsed(last));
    }
    let starts_on = if today > old_end { today } else { add_days(old_end, 1) };
    let mut found = Plan { starts_on, shorter: None, longer: None };
    for months in sold {
        let ends_on = term_end(starts_on, *months);
        let one = Candidate { months: *months, ends_on, gap: days_between(ends_on, target) };
        if one.gap >= 0 {
            let is_nearer = found.shorter.is_none_or(|other| one.gap < other.gap);
            found.shorter = if is_nearer { Some(one) } else { found.shorter };
        } else {
            let is_nearer = found.longer.is_none_or(|other| one.gap > other.gap);
            found.longer = if is_nearer { Some(one) } else { found.longer };
        }
    }
    match found {
        Plan { shorter: None, longer: None, .. } => Err(NoPlan::NotSold),
        found => Ok(found),
    }
}

impl Plan {
    /// The one that comes closest; of two that are as close the longer, which leaves no gap.
    pub fn best(&self) -> Option<Candidate> {
        match (self.shorter, self.longer) {
            (Some(shorter), Some(longer)) if shorter.gap < -longer.gap => Some(shorter),
            (shorter, longer) => longer.or(shorter),
        }
    }
}
