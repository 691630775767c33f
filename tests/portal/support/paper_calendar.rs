//! A calendar as one would keep it on paper: it knows which day comes next, and counts. It takes
//! nothing from `src/` and does no arithmetic with chrono, so that both can be held against it.

use std::cmp::Ordering;

use chrono::NaiveDate;
use proptest::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    pub year: i32,
    pub month: u32,
    pub day: u32,
}

pub fn day(year: i32, month: u32, day: u32) -> Day {
    Day { year, month, day }
}

impl Day {
    pub fn next(self) -> Day {
        match self {
            Day { year, month: 12, day: 31 } => day(year + 1, 1, 1),
            Day { year, month, day: last } if last == length_of_month(year, month) => {
                day(year, month + 1, 1)
            }
            _ => Day { day: self.day + 1, ..self },
        }
    }

    pub fn previous(self) -> Day {
        match self {
            Day { year, month: 1, day: 1 } => day(year - 1, 12, 31),
            Day { year, month, day: 1 } => day(year, month - 1, length_of_month(year, month - 1)),
            _ => Day { day: self.day - 1, ..self },
        }
    }

    /// Goes on, or back, one day at a time.
    pub fn walk(self, steps: i32) -> Day {
        let step = if steps < 0 { Day::previous } else { Day::next };
        (0..steps.abs()).fold(self, |day, _| step(day))
    }

    /// The days to another, counted one by one; negative where it lies before.
    pub fn steps_to(self, other: Day) -> i32 {
        match self.cmp(&other) {
            Ordering::Equal => 0,
            Ordering::Greater => -other.steps_to(self),
            Ordering::Less => {
                let (mut here, mut steps) = (self, 0);
                while here != other {
                    here = here.next();
                    steps += 1;
                }
                steps
            }
        }
    }

    /// 0 is Sunday; 2023-10-01 was one.
    pub fn weekday(self) -> i32 {
        day(2023, 10, 1).steps_to(self).rem_euclid(7)
    }
}

impl From<Day> for NaiveDate {
    fn from(day: Day) -> NaiveDate {
        NaiveDate::from_ymd_opt(day.year, day.month, day.day).expect("a day that exists")
    }
}

/// Reads `2023-10-14`.
impl From<&str> for Day {
    fn from(text: &str) -> Day {
        let parts: Vec<u32> = text.split('-').map(|part| part.parse().expect("a number")).collect();
        let [year, month, of_month] = parts[..] else { panic!("not a day: {text}") };
        assert!(
            (1..=12).contains(&month)
                && (1..=length_of_month(year as i32, month)).contains(&of_month),
            "{text}"
        );
        day(year as i32, month, of_month)
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Day {
        Day::from(date.to_string().as_str())
    }
}

/// Any day of the years around 2023-10-01, with the days on which rules turn far more often.
pub fn days() -> impl Strategy<Value = Day> {
    let special = [
        day(2023, 1, 29),
        day(2023, 1, 31),
        day(2023, 2, 28),
        day(2023, 3, 31),
        day(2023, 8, 31),
        day(2023, 9, 30),
        day(2023, 10, 1),
        day(2023, 10, 31),
        day(2023, 12, 31),
        day(2024, 1, 30),
        day(2024, 2, 28),
        day(2024, 2, 29),
        day(2024, 3, 1),
    ];
    prop_oneof![
        2 => (-500..500).prop_map(|steps| day(2023, 10, 1).walk(steps)),
        1 => (-8..8).prop_map(|steps| day(2023, 10, 1).walk(steps)),
        1 => prop::sample::select(special.to_vec()),
    ]
}

fn length_of_month(year: i32, month: u32) -> u32 {
    let leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A zone's clock, by the rule its government announced (for the years 2007 to 2026).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperZone {
    /// One hour ahead; two from the last Sunday of March to the last of October, changed at 01:00 UTC.
    Brussels,
    /// Eight hours behind; seven from the second Sunday of March, 10:00 UTC, to the first of
    /// November, 09:00 UTC.
    LosAngeles,
    /// Five and a half hours ahead, always.
    Colombo,
}

impl PaperZone {
    pub const NAMES: [(Self, &str); 3] = [
        (Self::Brussels, "Europe/Brussels"),
        (Self::LosAngeles, "America/Los_Angeles"),
        (Self::Colombo, "Asia/Colombo"),
    ];

    /// The day that this zone's calendars show, `minute` minutes into a day of UTC.
    pub fn day_at(self, utc: Day, minute: i32) -> Day {
        let now = (utc, minute);
        let ahead = match self {
            Self::Colombo => 330,
            Self::Brussels => {
                let summer = (sunday(utc.year, 3, 31, Day::previous), 60)
                    ..(sunday(utc.year, 10, 31, Day::previous), 60);
                if summer.contains(&now) { 120 } else { 60 }
            }
            Self::LosAngeles => {
                let summer = (sunday(utc.year, 3, 8, Day::next), 600)
                    ..(sunday(utc.year, 11, 1, Day::next), 540);
                if summer.contains(&now) { -420 } else { -480 }
            }
        };
        match minute + ahead {
            local if local < 0 => utc.previous(),
            local if local >= 24 * 60 => utc.next(),
            _ => utc,
        }
    }
}

/// The Sunday on a day of a month, or the nearest one in the direction of the step.
fn sunday(year: i32, month: u32, of_month: u32, step: fn(Day) -> Day) -> Day {
    let mut here = day(year, month, of_month);
    while here.weekday() != 0 {
        here = step(here);
    }
    here
}
