//! Days, months and terms: the arithmetic of dates that every room shares.
//!
//! Instants are UTC, dates are those of the program's time zone, and the two meet only in
//! [`day_of`], [`hour_of`], [`start_of_day`], [`start_of_hour`] and [`instants_at`]. Nothing here panics: at the far ends of what a date can hold
//! (the years −262143 and 262142) results stop at the first or last date there is.

use std::fmt;
use std::str::FromStr;

use chrono::{
    Datelike, Days, MappedLocalTime, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone,
    Timelike,
};
use chrono_tz::{GapInfo, Tz};

/// The program's calendar day on which an instant (UTC) falls.
pub fn day_of(instant: NaiveDateTime, zone: Tz) -> NaiveDate {
    let offset = zone.offset_from_utc_datetime(&instant).fix();
    instant.checked_add_offset(offset).unwrap_or(instant).date()
}

/// The hour of the day, 0 to 23, that clocks show at an instant (UTC).
pub fn hour_of(instant: NaiveDateTime, zone: Tz) -> u32 {
    let offset = zone.offset_from_utc_datetime(&instant).fix();
    instant.checked_add_offset(offset).unwrap_or(instant).hour()
}

/// The first instant (UTC) of a program's calendar day.
///
/// Midnight is skipped where clocks go forward over it: the day then starts when the gap ends.
/// Where midnight comes twice the first counts; a day that a zone left out starts with the next.
pub fn start_of_day(day: NaiveDate, zone: Tz) -> NaiveDateTime {
    start_of_hour(day, 0, zone)
}

/// The first instant (UTC) at which it is so many o'clock on a day, by the same rules: an hour that
/// clocks skip begins when the gap ends, one that comes twice begins once. Hours beyond 23 are 23.
pub fn start_of_hour(day: NaiveDate, hour: u32, zone: Tz) -> NaiveDateTime {
    let time = NaiveTime::from_hms_opt(hour.min(23), 0, 0).unwrap_or(NaiveTime::MIN);
    let local = day.and_time(time);
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(instant) | MappedLocalTime::Ambiguous(instant, _) => {
            instant.naive_utc()
        }
        MappedLocalTime::None => {
            GapInfo::new(&local, &zone).and_then(|gap| gap.end).map_or(local, |end| end.naive_utc())
        }
    }
}

/// The first and the last instant (UTC) at which a zone's clocks show a time: one and the same but
/// where they go back over it. None where they skip it.
pub fn instants_at(local: NaiveDateTime, zone: Tz) -> Option<(NaiveDateTime, NaiveDateTime)> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(instant) => Some((instant.naive_utc(), instant.naive_utc())),
        MappedLocalTime::Ambiguous(first, last) => Some((first.naive_utc(), last.naive_utc())),
        MappedLocalTime::None => None,
    }
}

/// The day `days` later, or earlier where `days` is negative.
pub fn add_days(day: NaiveDate, days: i64) -> NaiveDate {
    let distance = Days::new(days.unsigned_abs());
    if days < 0 {
        day.checked_sub_days(distance).unwrap_or(NaiveDate::MIN)
    } else {
        day.checked_add_days(distance).unwrap_or(NaiveDate::MAX)
    }
}

/// The whole days from one date to another; negative where `to` is the earlier.
pub fn days_between(from: NaiveDate, to: NaiveDate) -> i64 {
    to.signed_duration_since(from).num_days()
}

/// The last day of a term of `months` from `start` (domain, section 5).
///
/// Let t be the start plus the months. Where that month has the day, the term ends on t − 1, and
/// where it has not, on the last day of that month. No months is no term: it ends before it starts.
pub fn term_end(start: NaiveDate, months: impl Into<Months>) -> NaiveDate {
    let Some(t) = start.checked_add_months(months.into()) else {
        return NaiveDate::MAX;
    };
    let month_has_the_day = t.day() == start.day();
    if month_has_the_day { add_days(t, -1) } else { t }
}

/// The months left from one day to the last day of a term, rounded up: the fewest months whose
/// term from `day` reaches `last_day`. None are left once the last day is over.
pub fn months_left(day: NaiveDate, last_day: NaiveDate) -> u32 {
    if last_day < day {
        return 0;
    }
    let turns_of_month = CalendarMonth::of(last_day).index() - CalendarMonth::of(day).index();
    let months = turns_of_month.unsigned_abs().max(1);
    if term_end(day, Months::new(months)) >= last_day { months } else { months + 1 }
}

/// A stretch of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
}

impl Term {
    /// The term of `months` that starts on a day, by the rule of [`term_end`].
    pub fn from_start(starts_on: NaiveDate, months: impl Into<Months>) -> Self {
        Self { starts_on, ends_on: term_end(starts_on, months) }
    }

    pub fn contains(&self, day: NaiveDate) -> bool {
        self.starts_on <= day && day <= self.ends_on
    }
}

/// How long a term can be ordered for: 1 to 60 whole months (domain, sections 2 and 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermMonths(u8);

impl TermMonths {
    pub const SHORTEST: Self = Self(1);
    pub const LONGEST: Self = Self(60);

    pub fn new(months: i64) -> Result<Self, NotATerm> {
        u8::try_from(months)
            .ok()
            .map(Self)
            .filter(|term| (Self::SHORTEST..=Self::LONGEST).contains(term))
            .ok_or(NotATerm)
    }

    pub fn get(self) -> u8 {
        self.0
    }
}

impl From<TermMonths> for Months {
    fn from(term: TermMonths) -> Self {
        Months::new(term.0.into())
    }
}

impl FromStr for TermMonths {
    type Err = NotATerm;

    fn from_str(text: &str) -> Result<Self, NotATerm> {
        Self::new(text.trim().parse().map_err(|_| NotATerm)?)
    }
}

impl fmt::Display for TermMonths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What was given is not the length of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotATerm;

impl fmt::Display for NotATerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "A term is a whole number of months from {} to {}.",
            TermMonths::SHORTEST,
            TermMonths::LONGEST
        )
    }
}

impl std::error::Error for NotATerm {}

/// A month of a year, as the pages that go by month show it; written `2023-10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CalendarMonth {
    first_day: NaiveDate,
}

impl CalendarMonth {
    /// The month in which a day lies.
    pub fn of(day: NaiveDate) -> Self {
        Self { first_day: add_days(day, -i64::from(day.day0())) }
    }

    pub fn first_day(self) -> NaiveDate {
        self.first_day
    }

    pub fn last_day(self) -> NaiveDate {
        term_end(self.first_day, Months::new(1))
    }

    pub fn next(self) -> Self {
        Self {
            first_day: self.first_day.checked_add_months(Months::new(1)).unwrap_or(self.first_day),
        }
    }

    pub fn previous(self) -> Self {
        Self {
            first_day: self.first_day.checked_sub_months(Months::new(1)).unwrap_or(self.first_day),
        }
    }

    /// This month and those after it, `count` in all.
    pub fn run(self, count: usize) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |month| Some(month.next())).take(count)
    }

    /// Months counted on one line, so that two can be subtracted.
    fn index(self) -> i32 {
        self.first_day.year() * 12 + self.first_day.month0().cast_signed()
    }
}

impl fmt::Display for CalendarMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first_day.format("%Y-%m").fmt(f)
    }
}

/// Reads `2023-10`, as an address holds it: a year of four digits and a month of two.
impl FromStr for CalendarMonth {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let (year, month) = text.split_once('-').ok_or(NotAMonth)?;
        let digits =
            |part: &str, len| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(NotAMonth);
        }
        let year = year.parse().map_err(|_| NotAMonth)?;
        let month = month.parse().map_err(|_| NotAMonth)?;
        let first_day = NaiveDate::from_ymd_opt(year, month, 1).ok_or(NotAMonth)?;
        Ok(Self { first_day })
    }
}

/// What was given is not a month of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAMonth;

impl fmt::Display for NotAMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("A month is written as year and month, like 2023-10.")
    }
}

impl std::error::Error for NotAMonth {}
