//! Days, months and terms, held against a calendar on paper and the clocks of real zones.

use chrono::{Days, Months, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use portal::calendar::{self, CalendarMonth, Term, TermMonths};
use proptest::prelude::*;

use crate::support::paper_calendar::{Day, PaperZone, days};
use crate::support::paper_terms as paper;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn instant(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_term_ends_where_the_leaves_end(start in days(), months in 1..=60u32) {
        let end = calendar::term_end(start.into(), TermMonths::new(months.into()).unwrap());
        prop_assert_eq!(Day::from(end), paper::last_day(start, months));
    }

    #[test]
    fn a_day_is_the_one_on_the_wall_of_the_zone(utc in days(), minute in 0..24 * 60, zone in 0..3usize) {
        let (paper_zone, name) = PaperZone::NAMES[zone];
        let instant = NaiveDate::from(utc).and_hms_opt(minute as u32 / 60, minute as u32 % 60, 0).unwrap();
        let ours = calendar::day_of(instant, name.parse().unwrap());
        prop_assert_eq!(Day::from(ours), paper_zone.day_at(utc, minute));
    }

    #[test]
    fn a_day_starts_at_its_first_second(utc in days(), zone in prop::sample::select(&chrono_tz::TZ_VARIANTS[..])) {
        let day = NaiveDate::from(utc);
        let start = calendar::start_of_day(day, zone);
        prop_assert_eq!(calendar::day_of(start, zone), day);
        prop_assert!(calendar::day_of(start - chrono::TimeDelta::seconds(1), zone) < day);
    }

    #[test]
    fn months_left_are_the_fewest_that_reach_the_end(from in days(), to_end in 0..2000) {
        let end = from.walk(to_end);
        let left = calendar::months_left(from.into(), end.into());
        prop_assert!(left >= 1);
        prop_assert!(paper::last_day(from, left) >= end);
        prop_assert!(left == 1 || paper::last_day(from, left - 1) < end);
    }
}

#[test]
fn terms_adjoin() {
    let first = Term::from_start(date("2023-10-15"), Months::new(12));
    let second = Term::from_start(first.ends_on + Days::new(1), Months::new(12));
    assert_eq!((second.starts_on, second.ends_on), (date("2024-10-15"), date("2025-10-14")));
}

#[test]
fn a_term_beyond_the_last_date_ends_on_it() {
    assert_eq!(calendar::term_end(NaiveDate::MAX, Months::new(1)), NaiveDate::MAX);
    assert_eq!(calendar::add_days(NaiveDate::MAX, 1), NaiveDate::MAX);
    assert_eq!(calendar::add_days(NaiveDate::MIN, -1), NaiveDate::MIN);
}

/// The first and the last dates there are, and some between.
const EDGES: [NaiveDate; 5] = [
    NaiveDate::MIN,
    NaiveDate::from_ymd_opt(0, 2, 29).unwrap(),
    NaiveDate::from_ymd_opt(2023, 10, 1).unwrap(),
    NaiveDate::MAX.pred_opt().unwrap(),
    NaiveDate::MAX,
];

#[test]
fn no_date_is_too_far_for_the_calendar() {
    for day in EDGES {
        let month = CalendarMonth::of(day);
        assert!(month.first_day() <= day && day <= month.last_day(), "{day}");
        assert!(month.previous() <= month && month <= month.next(), "{day}");
        for zone in [Tz::Pacific__Kiritimati, Tz::UTC, Tz::Pacific__Pago_Pago] {
            let there_and_back = calendar::day_of(calendar::start_of_day(day, zone), zone);
            assert!(calendar::days_between(there_and_back, day).abs() <= 1, "{day} in {zone}");
        }
        for other in EDGES {
            assert_eq!(calendar::months_left(day, other) == 0, other < day, "{day} to {other}");
        }
    }
}

#[test]
fn terms_run_from_1_to_60_months() {
    for months in [1, 12, 60] {
        assert_eq!(i64::from(TermMonths::new(months).unwrap().get()), months);
    }
    for months in [i64::MIN, -1, 0, 61, 256 + 12, i64::MAX] {
        assert!(TermMonths::new(months).is_err(), "{months}");
    }
    assert_eq!(" 36 ".parse(), TermMonths::new(36));
    for text in ["", "12.0", "1 year", "0", "61"] {
        assert_eq!(
            text.parse::<TermMonths>().unwrap_err().to_string(),
            "A term is a whole number of months from 1 to 60."
        );
    }
}

/// Each day with its first instant in UTC, from the announcements of the governments.
#[test]
fn a_day_that_lost_or_repeated_its_midnight_has_one_start() {
    let starts = [
        // Cairo: on 28 April 2023 midnight became 1 o'clock (UTC+2 to UTC+3).
        ("2023-04-28", "Africa/Cairo", "2023-04-27T22:00"),
        // Havana: on 5 November 2023 1 o'clock became midnight again (UTC−4 to UTC−5).
        ("2023-11-05", "America/Havana", "2023-11-05T04:00"),
        // Apia: 30 December 2011 was left out (UTC−10 to UTC+14).
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00"),
        ("2011-12-31", "Pacific/Apia", "2011-12-30T10:00"),
        // Brussels: its summer of 2023 ended in the night of 29 October.
        ("2023-10-29", "Europe/Brussels", "2023-10-28T22:00"),
        ("2023-10-30", "Europe/Brussels", "2023-10-29T23:00"),
    ];
    for (day, zone, start) in starts {
        let zone: Tz = zone.parse().unwrap();
        assert_eq!(calendar::start_of_day(date(day), zone), instant(start), "{day} {zone}");
    }
}

#[test]
fn months_follow_one_another_over_the_new_year() {
    let november: CalendarMonth = "2023-11".parse().unwrap();
    let run: Vec<String> = november.run(4).map(|month| month.to_string()).collect();
    assert_eq!(run, ["2023-11", "2023-12", "2024-01", "2024-02"]);
    let february = CalendarMonth::of(date("2024-02-17"));
    assert_eq!(
        (february.first_day(), february.last_day()),
        (date("2024-02-01"), date("2024-02-29"))
    );
    assert_eq!(february.previous().previous().to_string(), "2023-12");
}

#[test]
fn a_month_is_written_as_four_digits_and_two() {
    for text in
        ["", "2023", "2023-13", "2023-00", "23-10", "2023-1", "+023-10", "2023-10-01", "２023-10"]
    {
        let refusal = text.parse::<CalendarMonth>().unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "A month is written as year and month, like 2023-10.",
            "{text}"
        );
    }
}
