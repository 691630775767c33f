//! When mail by role may reach a person: pure arithmetic of hours, days and time zones
//! (docs/domain.md, section 13).

use chrono::{Datelike, NaiveDate, Weekday};
use chrono_tz::Tz;

use crate::calendar::{add_days, day_of, hour_of, start_of_hour};
use crate::clock::Instant;

/// How often somebody wants to be told of what concerns one role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rhythm {
    #[default]
    AtOnce,
    Daily,
    Weekly(Weekday),
}

const WEEK: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

impl Rhythm {
    /// All there are, in the order in which they are offered.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::AtOnce, Self::Daily].into_iter().chain(WEEK.map(|(_, day)| Self::Weekly(day)))
    }

    /// As forms send it: `at_once`, `daily`, or the day of the week.
    pub fn word(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::Daily => "daily",
            Self::Weekly(day) => {
                WEEK.iter().find(|(_, one)| *one == day).map_or("at_once", |(word, _)| word)
            }
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::all().find(|one| one.word() == word)
    }

    /// The same for people: `daily`, `weekly on Mondays`.
    pub fn label(self) -> &'static str {
        match self {
            Self::AtOnce => "at once",
            Self::Daily => "daily",
            Self::Weekly(Weekday::Mon) => "weekly on Mondays",
            Self::Weekly(Weekday::Tue) => "weekly on Tuesdays",
            Self::Weekly(Weekday::Wed) => "weekly on Wednesdays",
            Self::Weekly(Weekday::Thu) => "weekly on Thursdays",
            Self::Weekly(Weekday::Fri) => "weekly on Fridays",
            Self::Weekly(Weekday::Sat) => "weekly on Saturdays",
            Self::Weekly(Weekday::Sun) => "weekly on Sundays",
        }
    }

    fn falls_on(self, day: NaiveDate) -> bool {
        match self {
            Self::AtOnce => false,
            Self::Daily => true,
            Self::Weekly(weekday) => day.weekday() == weekday,
        }
    }
}

/// Hours of the day in which nothing is sent that can wait. Where `until` is the smaller, they go
/// over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    pub from: u32,
    pub until: u32,
}

impl Quiet {
    fn has(self, hour: u32) -> bool {
        if self.from < self.until {
            (self.from..self.until).contains(&hour)
        } else {
            hour >= self.from || hour < self.until
        }
    }

    /// When the quiet hours end in which an instant lies; none where it lies outside of them. An
    /// end that clocks come to a second time, when they go back, does not count again.
    fn end_after(self, at: Instant, zone: Tz) -> Option<Instant> {
        let hour = hour_of(at.utc(), zone);
        if !self.has(hour) {
            return None;
        }
        let today = day_of(at.utc(), zone);
        let ends_on = if hour < self.until { today } else { add_days(today, 1) };
        let end = Instant::from_utc(start_of_hour(ends_on, self.until, zone));
        (end > at).then_some(end)
    }
}

/// A person's hours in one program: in their own time zone, or else in the program's.
#[derive(Clone, Copy, Debug)]
pub struct Hours {
    pub zone: Tz,
    pub digest_hour: u32,
    pub quiet: Option<Quiet>,
}

/// How many days ahead a digest is looked for: a zone may leave out the very day of the week.
const DAYS_AHEAD: i64 = 15;

impl Hours {
    /// The civil day of the person at an instant.
    pub fn day_of(&self, at: Instant) -> NaiveDate {
        day_of(at.utc(), self.zone)
    }

    /// Until when a mail waits that is queued now; none where it is sent at once.
    pub fn wait(&self, rhythm: Rhythm, now: Instant) -> Option<Instant> {
        match rhythm {
            Rhythm::AtOnce => self.quiet.and_then(|quiet| quiet.end_after(now, self.zone)),
            Rhythm::Daily | Rhythm::Weekly(_) => Some(self.next_digest(rhythm, now)),
        }
    }

    /// The first digest after an instant. One whose hour is quiet comes when the quiet hours end.
    pub fn next_digest(&self, rhythm: Rhythm, now: Instant) -> Instant {
        let today = self.day_of(now);
        (-1..=DAYS_AHEAD)
            .map(|ahead| add_days(today, ahead))
            .filter(|day| rhythm.falls_on(*day))
            .filter_map(|day| self.digest_of(day))
            .filter(|at| *at > now)
            .min()
            .unwrap_or(now)
    }

    /// None on a day that the zone left out.
    fn digest_of(&self, day: NaiveDate) -> Option<Instant> {
        let at = Instant::from_utc(start_of_hour(day, self.digest_hour, self.zone));
        let loud = |quiet: Quiet| quiet.end_after(at, self.zone);
        (self.day_of(at) == day).then(|| self.quiet.and_then(loud).unwrap_or(at))
    }
}
