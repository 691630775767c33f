//! The notice ladder (domain, section 5), held against a ladder that is climbed day by day on a
//! paper calendar.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use portal::calendar::days_between;
use portal::renewals::ladder::{EndRange, Ladder, Rung};
use proptest::prelude::*;

use crate::support::paper_calendar::{Day, day};

const DEFAULT: [i16; 8] = [90, 60, 30, 14, 7, 1, -1, -30];

fn default_ladder() -> Ladder {
    Ladder::new(&DEFAULT, 30).unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The newest rung passed by a day, on a walk from before the first rung to that day.
fn climbed(rungs: &[i16], late_days: u16, end: Day, today: Day) -> Option<i16> {
    let reached: Vec<(Day, i16)> =
        rungs.iter().map(|&rung| (end.walk(-i32::from(rung)), rung)).collect();
    let (mut leaf, last_leaf) = (reached.first()?.0, reached.last()?.0.walk(late_days.into()));
    let mut newest = None;
    while leaf <= today {
        if leaf > last_leaf {
            return None;
        }
        newest = reached.iter().find(|(day, _)| *day == leaf).map(|(_, rung)| *rung).or(newest);
        leaf = leaf.next();
    }
    newest
}

fn ladders() -> impl Strategy<Value = (Vec<i16>, u16)> {
    let any_rungs = prop::collection::btree_set(-60..120i16, 0..8)
        .prop_map(|set| set.into_iter().rev().collect());
    (prop_oneof![Just(DEFAULT.to_vec()), any_rungs], 0..60u16)
}

#[test]
fn each_rung_is_reached_so_many_days_before_the_end() {
    let ladder = default_ladder();
    let end = date("2024-03-31");
    let days = [
        ("2023-12-31", None),
        ("2024-01-01", Some(90)), // 30 of January, 29 of February, 31 of March
        ("2024-01-30", Some(90)),
        ("2024-01-31", Some(60)),
        ("2024-03-01", Some(30)),
        ("2024-03-17", Some(14)),
        ("2024-03-24", Some(7)),
        ("2024-03-29", Some(7)),
        ("2024-03-30", Some(1)),
        ("2024-03-31", Some(1)),
        ("2024-04-01", Some(-1)),
        ("2024-04-29", Some(-1)),
        ("2024-04-30", Some(-30)),
        ("2024-05-30", Some(-30)),
        ("2024-05-31", None),
    ];
    for (day, rung) in days {
        assert_eq!(ladder.rung_on(end, date(day)), rung.map(Rung::new), "{day}");
    }
}

#[test]
fn the_ranges_of_a_day_cover_the_ends_from_behind_it_to_the_first_rung() {
    let range = |rung, first, last| EndRange {
        rung: Rung::new(rung),
        first_end: date(first),
        last_end: date(last),
    };
    assert_eq!(
        Ladder::new(&[30, 7, -1], 9).unwrap().ranges_on(date("2024-03-01")),
        [
            range(30, "2024-03-09", "2024-03-31"),
            range(7, "2024-03-01", "2024-03-08"),
            range(-1, "2024-02-20", "2024-02-29"),
        ]
    );
}

#[test]
fn rungs_go_down_and_come_once() {
    for rungs in [&[7, 14][..], &[30, 30], &[30, -30, -1]] {
        assert!(Ladder::new(rungs, 30).is_err(), "{rungs:?}");
    }
    assert_eq!(
        Ladder::new(&[90, 7, 14], 30).unwrap_err().to_string(),
        "The rung 14 stands after 7: rungs go down, from the earliest notice to the latest, each once, \
         like 90, 60, 30, 14, 7, 1, -1, -30."
    );
}

#[test]
fn a_line_expires_from_the_first_rung_on() {
    assert_eq!(default_ladder().first_rung_days(), 90);
    assert_eq!(Ladder::new(&[-1, -30], 5).unwrap().first_rung_days(), 0);
    assert_eq!(Ladder::new(&[], 5).unwrap().first_rung_days(), 0);
}

#[test]
fn a_ladder_without_rungs_is_silent() {
    let silent = Ladder::new(&[], 30).unwrap();
    assert_eq!(silent.rung_on(date("2024-03-31"), date("2024-03-31")), None);
    assert_eq!(silent.ranges_on(date("2024-03-31")), []);
}

#[test]
fn a_rung_says_where_it_stands() {
    let said: Vec<String> = [30, 1, 0, -1, -30].map(|days| Rung::new(days).to_string()).into();
    assert_eq!(
        said,
        [
            "30 days before the end",
            "1 day before the end",
            "on the last day",
            "1 day after the end",
            "30 days after the end"
        ]
    );
}

#[test]
fn the_first_and_last_dates_there_are_can_be_asked() {
    let ladder = Ladder::new(&[i16::MAX, 0, i16::MIN], u16::MAX).unwrap();
    let edges = [NaiveDate::MIN, date("2024-02-29"), NaiveDate::MAX];
    for day in edges {
        for range in ladder.ranges_on(day) {
            assert_eq!(ladder.rung_on(range.first_end, day), Some(range.rung));
            assert_eq!(ladder.rung_on(range.last_end, day), Some(range.rung));
        }
        for end in edges {
            assert_eq!(ladder.rung_on(end, day).is_some(), end == day, "{end} on {day}");
        }
    }
    let behind: Vec<Rung> =
        ladder.ranges_on(NaiveDate::MAX).iter().map(|range| range.rung).collect();
    assert_eq!(behind, [Rung::new(0), Rung::new(i16::MIN)], "no line ends after the last date");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_rung_of_a_day_is_the_newest_one_climbed((rungs, late_days) in ladders(), to_end in -400..200, ahead in -150..150) {
        let end = day(2024, 2, 29).walk(to_end);
        let today = end.walk(ahead);
        let ours = Ladder::new(&rungs, late_days).unwrap().rung_on(end.into(), today.into());
        prop_assert_eq!(ours.map(Rung::days_before_end), climbed(&rungs, late_days, end, today));
    }

    #[test]
    fn an_end_lies_in_the_range_of_its_rung_and_in_no_other((rungs, late_days) in ladders(), ahead in -150..150) {
        let ladder = Ladder::new(&rungs, late_days).unwrap();
        let today = day(2023, 10, 1);
        let end = NaiveDate::from(today.walk(ahead));
        let in_ranges: Vec<Rung> = ladder
            .ranges_on(today.into())
            .into_iter()
            .filter(|range| range.first_end <= end && end <= range.last_end)
            .map(|range| range.rung)
            .collect();
        prop_assert_eq!(in_ranges, Vec::from_iter(ladder.rung_on(end, today.into())));
    }

    /// A service that runs on some days and rests on others, and tells each rung once.
    #[test]
    fn after_a_gap_only_the_newest_rung_is_told(
        late_days in 0..60u16,
        days_of_service in prop::collection::btree_set(-100..100i32, 0..60),
    ) {
        let ladder = Ladder::new(&DEFAULT, late_days).unwrap();
        let end = day(2024, 2, 29);
        let mut told: Vec<(i32, i16)> = Vec::new();
        for &ahead in &days_of_service {
            if let Some(rung) = ladder.rung_on(end.into(), end.walk(ahead).into()) {
                let rung = rung.days_before_end();
                if !told.iter().any(|(_, earlier)| *earlier == rung) {
                    told.push((ahead, rung));
                }
            }
        }
        prop_assert!(told.windows(2).all(|pair| pair[0].1 > pair[1].1), "never back up: {told:?}");
        for &(ahead, rung) in &told {
            let newest_passed = DEFAULT.iter().rev().find(|rung| -i32::from(**rung) <= ahead);
            prop_assert_eq!(newest_passed, Some(&rung));
            prop_assert!(rung != -30 || ahead <= 30 + i32::from(late_days));
        }
        let told: BTreeSet<i16> = told.into_iter().map(|(_, rung)| rung).collect();
        for (position, &rung) in DEFAULT.iter().enumerate() {
            let reached = -i32::from(rung);
            let over = DEFAULT.get(position + 1).map_or(31 + i32::from(late_days), |next| -i32::from(*next));
            let served = days_of_service.range(reached..over).next().is_some();
            prop_assert_eq!(told.contains(&rung), served, "rung {}", rung);
        }
    }
}

#[test]
fn a_service_without_gaps_tells_every_rung_on_its_day() {
    let ladder = default_ladder();
    let end = date("2024-02-29");
    let mut told: Vec<(i64, Rung)> = Vec::new();
    let mut leaf = Day::from(end).walk(-120);
    for _ in 0..240 {
        let today = NaiveDate::from(leaf);
        if let Some(rung) = ladder.rung_on(end, today)
            && told.last().is_none_or(|(_, newest)| *newest != rung)
        {
            told.push((days_between(today, end), rung));
        }
        leaf = leaf.next();
    }
    assert_eq!(told, DEFAULT.map(|rung| (i64::from(rung), Rung::new(rung))));
}
