//! The notice ladder (domain, section 5): on which days before and after its end a line is told of.
//!
//! A rung is reached on a day and stays current until the next is reached, so that after a gap in
//! service the newest rung passed is told, and the missed ones never are. The last rung stays
//! current for some days and then the ladder falls silent. The ladder only says what there is to
//! tell; that each (licence, rung, contact) is told once is the ledger's to know.

use std::fmt;

use chrono::NaiveDate;

use crate::calendar::{add_days, days_between};
use crate::error::{Error, Result};
use crate::programs::Rules;

/// A step of the ladder: days before a line's last day, negative after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rung(i16);

impl Rung {
    pub fn new(days_before_end: i16) -> Self {
        Self(days_before_end)
    }

    pub fn days_before_end(self) -> i16 {
        self.0
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = if self.0 > 0 { "before" } else { "after" };
        match self.0.unsigned_abs() {
            0 => f.write_str("on the last day"),
            1 => write!(f, "1 day {side} the end"),
            days => write!(f, "{days} days {side} the end"),
        }
    }
}

/// The lines for which one rung is current on a day, by the first and last of their end dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndRange {
    pub rung: Rung,
    pub first_end: NaiveDate,
    pub last_end: NaiveDate,
}

/// A program's rungs, from the earliest notice to the latest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    rungs: Vec<Rung>,
    late_days: u16,
}

impl Ladder {
    /// A ladder of rungs in days before the end, each smaller than the one before it. The last
    /// stays current for `late_days` after it was reached. A ladder without rungs tells nothing.
    pub fn new(days_before_end: &[i16], late_days: u16) -> Result<Self, RungOutOfOrder> {
        let out_of_order = days_before_end.windows(2).find(|pair| pair[1] >= pair[0]);
        match out_of_order {
            Some(pair) => Err(RungOutOfOrder { rung: pair[1], after: pair[0] }),
            None => {
                Ok(Self { rungs: days_before_end.iter().copied().map(Rung).collect(), late_days })
            }
        }
    }

    /// The ladder of a program.
    pub fn of(rules: &Rules) -> Result<Self> {
        let rungs: Vec<i16> = rules
            .ladder
            .iter()
            .map(|&days| i16::try_from(days).map_err(Error::internal))
            .collect::<Result<_>>()?;
        let late_days = u16::try_from(rules.late_days).map_err(Error::internal)?;
        Self::new(&rungs, late_days).map_err(Error::internal)
    }

    pub fn rungs(&self) -> &[Rung] {
        &self.rungs
    }

    /// How long before its end a line counts as expiring: from the first rung on.
    pub fn first_rung_days(&self) -> u16 {
        self.rungs.first().map_or(0, |rung| rung.0.max(0).unsigned_abs())
    }

    /// The rung that is current on a day for a line that ends on `ends_on`, if one is.
    pub fn rung_on(&self, ends_on: NaiveDate, day: NaiveDate) -> Option<Rung> {
        let days_left = days_between(day, ends_on);
        self.spans().find(|span| span.holds(days_left)).map(|span| span.rung)
    }

    /// [`Ladder::rung_on`] the other way round, for range scans over an index: for each rung the
    /// end dates of the lines for which it is current on a day, the soonest end last.
    pub fn ranges_on(&self, day: NaiveDate) -> Vec<EndRange> {
        let (earliest, latest) =
            (days_between(day, NaiveDate::MIN), days_between(day, NaiveDate::MAX));
        self.spans()
            .filter(|span| span.fewest_left <= latest && earliest <= span.most_left)
            .map(|span| EndRange {
                rung: span.rung,
                first_end: add_days(day, span.fewest_left),
                last_end: add_days(day, span.most_left),
            })
            .collect()
    }

    /// Each rung with the days left for which it is current: down to the next rung, exclusive.
    fn spans(&self) -> impl Iterator<Item = Span> {
        self.rungs.iter().enumerate().map(|(position, &rung)| {
            let most_left = i64::from(rung.0);
            let fewest_left = match self.rungs.get(position + 1) {
                Some(next) => i64::from(next.0) + 1,
                None => most_left - i64::from(self.late_days),
            };
            Span { rung, most_left, fewest_left }
        })
    }
}

struct Span {
    rung: Rung,
    most_left: i64,
    fewest_left: i64,
}

impl Span {
    fn holds(&self, days_left: i64) -> bool {
        (self.fewest_left..=self.most_left).contains(&days_left)
    }
}

/// Two rungs of a ladder stand in the wrong order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RungOutOfOrder {
    pub rung: i16,
    pub after: i16,
}

impl fmt::Display for RungOutOfOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rung, after } = self;
        write!(
            f,
            "The rung {rung} stands after {after}: rungs go down, from the earliest notice to the latest, \
             each once, like 90, 60, 30, 14, 7, 1, -1, -30."
        )
    }
}

impl std::error::Error for RungOutOfOrder {}
