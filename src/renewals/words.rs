//! How near an end is, in words: the same on the page, in the mail and in a licence's history.

use std::fmt;

use chrono::NaiveDate;

use crate::calendar::days_between;
use crate::locale::Locale;

/// The last day of a licence, as seen from a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub on: NaiveDate,
    pub seen_on: NaiveDate,
}

impl End {
    /// None are left on the last day itself, and fewer than none after it.
    pub(super) fn days_left(self) -> i64 {
        days_between(self.seen_on, self.on)
    }

    pub(super) fn is_over(self) -> bool {
        self.days_left() < 0
    }

    /// `in 30 days`, `today`, `3 days ago`.
    pub(super) fn distance(self) -> String {
        match self.days_left() {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            -1 => "yesterday".to_owned(),
            days @ 2.. => format!("in {days} days"),
            days => format!("{} days ago", days.unsigned_abs()),
        }
    }

    /// `Ends on 1 April 2026, in 30 days`.
    pub(super) fn sentence(self, locale: Locale) -> String {
        let verb = if self.is_over() { "Ended" } else { "Ends" };
        format!("{verb} on {}, {}", locale.day(self.on), self.distance())
    }
}

/// A number with what is counted: `1 licence`, `1,204 licences`.
pub(super) struct Count<'a> {
    pub number: usize,
    pub one: &'a str,
    pub many: &'a str,
    pub locale: Locale,
}

impl fmt::Display for Count<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = i64::try_from(self.number).unwrap_or(i64::MAX);
        let noun = if number == 1 { self.one } else { self.many };
        write!(f, "{} {noun}", self.locale.number(number))
    }
}

pub(super) fn licences(number: usize, locale: Locale) -> Count<'static> {
    Count { number, one: "licence", many: "licences", locale }
}
