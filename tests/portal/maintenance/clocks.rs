//! Clocks that stop, against a model that counts instants and days one by one.

use std::collections::BTreeSet;

use chrono::{Duration, NaiveDate, NaiveDateTime};
use chrono_tz::{Europe, Tz};
use portal::calendar::start_of_day;
use portal::clock::Instant;
use portal::maintenance::{Capability, Pauses, Stoppages};
use proptest::prelude::*;

const ZONE: Tz = Europe::Brussels;

fn at(text: &str) -> Instant {
    let format = "%Y-%m-%d %H:%M:%S%.f";
    Instant::from_utc(NaiveDateTime::parse_from_str(text, format).unwrap())
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The window of the autumn: the days from 1 to 11 October 2023 in Brussels.
fn autumn() -> (Instant, Instant) {
    (at("2023-09-30 22:00:00"), at("2023-10-11 22:00:00"))
}

#[test]
fn a_window_is_stopped_from_its_start_until_before_its_end() {
    let micros = |at: Instant| at.to_datetime().timestamp_micros();
    let (start, end) = autumn();
    let line =
        format!("MW-1 {} {} licence_activation,quotes New systems.", micros(start), micros(end));
    let windows = Stoppages::parse(&line).unwrap();
    let tick = Duration::microseconds(1);
    let stopped = |now| windows.stopped(Capability::Quotes, now).is_some();
    assert!(!stopped(start - tick));
    assert!(stopped(start));
    assert!(stopped(end - tick));
    assert!(!stopped(end));
    assert!(windows.stopped(Capability::OrderProcessing, start).is_none());
    assert_eq!(windows.stopped(Capability::Quotes, start).unwrap().0.message, "New systems.");
    // Announced from the first instant of the fourteenth day before, in the program's zone.
    let shown = |now| windows.shown(now, ZONE).count();
    assert_eq!(shown(at("2023-09-16 21:59:59.999999")), 0);
    assert_eq!(shown(at("2023-09-16 22:00:00")), 1);
    assert_eq!(shown(end - tick), 1);
    assert_eq!(shown(end), 0);
}

#[test]
fn windows_that_overlap_or_adjoin_are_stopped_until_the_last_end() {
    let lines = [
        "MW-1 1000000 5000000 quotes First.",
        "MW-2 4000000 8000000 quotes Second.",
        "MW-3 8000000 9000000 quotes,order_processing Third.",
        "MW-4 2000000 20000000 order_processing Other.",
    ];
    let windows = Stoppages::parse(&lines.join("\n")).unwrap();
    let second = |seconds: i64| at("1970-01-01 00:00:00") + Duration::seconds(seconds);
    let until = |seconds| windows.stopped(Capability::Quotes, second(seconds)).map(|one| one.1);
    assert_eq!(until(1), Some(second(9)));
    assert_eq!(until(8), Some(second(9)));
    assert_eq!(until(9), None);
}

#[test]
fn what_is_not_a_window_is_refused() {
    for line in ["MW-1 a b quotes x", "MW-1 1 2 everything x", "MW-1 1 2", "x"] {
        assert!(Stoppages::parse(line).is_err(), "{line}");
    }
    assert_eq!(Stoppages::parse("").unwrap(), Stoppages::default());
}

#[test]
fn the_autumn_window_moves_last_days_by_its_eleven_days() {
    let pauses = Pauses::of(vec![autumn()]);
    let sent = at("2023-09-20 10:00:00");
    for (last, moved) in [
        // The day before it: not touched.
        ("2023-09-30", "2023-09-30"),
        ("2023-10-01", "2023-10-12"),
        ("2023-10-05", "2023-10-16"),
        ("2023-10-20", "2023-10-31"),
    ] {
        assert_eq!(pauses.last_day(sent, day(last), ZONE), day(moved), "{last}");
    }
    // Sent when it was over: no day of it counts, though the clocks go back meanwhile.
    let later = at("2023-10-11 22:00:00");
    assert_eq!(pauses.last_day(later, day("2023-10-20"), ZONE), day("2023-10-20"));
    // Two of one day count once; a part of a day is a day.
    let hours = |from: &str, until: &str| {
        let at = |time: &str| at(&format!("2023-11-06 {time}:00"));
        (at(from), at(until))
    };
    let twice = Pauses::of(vec![hours("08:00", "09:00"), hours("20:00", "21:00")]);
    assert_eq!(twice.last_day(sent, day("2023-11-06"), ZONE), day("2023-11-07"));
    assert_eq!(twice.last_day(sent, day("2023-11-05"), ZONE), day("2023-11-05"));
}

#[test]
fn a_window_over_a_change_of_clocks_has_the_hours_that_passed() {
    // From 28 October 12:00 to 29 October 12:00 in Brussels are 25 hours.
    let pauses = Pauses::of(vec![(at("2023-10-28 10:00:00"), at("2023-10-29 11:00:00"))]);
    let since = at("2023-10-01 00:00:00");
    let deadline = at("2023-11-01 00:00:00");
    assert_eq!(pauses.instant(since, deadline), deadline + Duration::hours(25));
    assert_eq!(pauses.last_day(since, day("2023-10-28"), ZONE), day("2023-10-30"));
}

fn start() -> NaiveDate {
    day("2023-09-01")
}

prop_compose! {
    /// Windows of some hours within three months, over the end of summer time.
    fn windows()(starts in prop::collection::vec((0i64..90 * 24, 1i64..200), 0..6))
        -> Vec<(Instant, Instant)> {
        let first = Instant::from_utc(start_of_day(start(), ZONE));
        starts
            .into_iter()
            .map(|(hour, length)| {
                let start = first + Duration::hours(hour);
                (start, start + Duration::hours(length))
            })
            .collect()
    }
}

fn is_stopped(windows: &[(Instant, Instant)], now: Instant) -> bool {
    windows.iter().any(|(start, end)| *start <= now && now < *end)
}

/// The days since an instant of which an hour is stopped. Windows begin and end at full hours.
fn stopped_days(windows: &[(Instant, Instant)], since: Instant) -> BTreeSet<NaiveDate> {
    let hours = (0..200 * 24)
        .map(|hour| Instant::from_utc(start_of_day(start(), ZONE)) + Duration::hours(hour));
    hours
        .filter(|hour| *hour >= since && is_stopped(windows, *hour))
        .map(|hour| hour.to_datetime().with_timezone(&ZONE).date_naive())
        .collect()
}

proptest! {
    /// A clock that stands still while something is stopped has run as long when it ends.
    #[test]
    fn a_deadline_moves_by_the_time_that_was_stopped(
        windows in windows(), since in 0i64..90 * 24, runs in 0i64..60 * 24,
    ) {
        let since = Instant::from_utc(start_of_day(start(), ZONE)) + Duration::hours(since);
        let deadline = since + Duration::hours(runs);
        let mut left = runs;
        let mut now = since;
        while left > 0 {
            if !is_stopped(&windows, now) { left -= 1; }
            now = now + Duration::hours(1);
        }
        // At the very end of the time, a window that begins then does not count.
        prop_assert_eq!(Pauses::of(windows).instant(since, deadline), now.max(deadline));
    }

    /// Day by day: each stopped day up to the last one gives another.
    #[test]
    fn a_last_day_moves_by_the_days_that_were_stopped(
        windows in windows(), since in 0i64..90 * 24, runs in 0i64..60,
    ) {
        let since = Instant::from_utc(start_of_day(start(), ZONE)) + Duration::hours(since);
        let last = since.to_datetime().with_timezone(&ZONE).date_naive() + Duration::days(runs);
        let mut moved = last;
        let stopped = stopped_days(&windows, since);
        for day in &stopped {
            if *day <= moved { moved = moved.succ_opt().unwrap(); }
        }
        let ours = Pauses::of(windows).last_day(since, last, ZONE);
        prop_assert_eq!(ours, moved);
        prop_assert!(ours == last || !stopped.contains(&ours));
    }

    /// What a search takes for still valid is what the rule says, for whatever was not sent while
    /// something was stopped.
    #[test]
    fn a_search_finds_what_is_still_valid(
        windows in windows(), since in 0i64..90 * 24, runs in 0i64..60, today in 0i64..150,
    ) {
        let since = Instant::from_utc(start_of_day(start(), ZONE)) + Duration::hours(since);
        prop_assume!(!is_stopped(&windows, since));
        let last = since.to_datetime().with_timezone(&ZONE).date_naive() + Duration::days(runs);
        let today = start() + Duration::days(today);
        let pauses = Pauses::of(windows);
        let found = pauses.still_valid(today, ZONE).iter().any(|(before, least)| {
            before.is_none_or(|before| since < before) && last >= *least
        });
        prop_assert_eq!(found, pauses.last_day(since, last, ZONE) >= today);
    }
}
