//! Prices level by level: what is printed adds up, promotions never vanish in silence.

use chrono::NaiveDate;
use portal::percent::BasisPoints;
use portal::pricing::promotions::{Choice, Line, Offer, WhyNot, choose};
use portal::pricing::rates::Rate;
use portal::pricing::waterfall::{Level, LevelKind, Waterfall};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn points(points: i32) -> BasisPoints {
    BasisPoints::new(points).unwrap()
}

fn level(kind: LevelKind, percent: i32) -> Level {
    Level {
        kind,
        percent: points(percent),
        rule: String::new(),
        effective_on: day("2024-01-01"),
        approved_by: String::new(),
    }
}

/// Half-even by hand: on decimal digits, with nothing of the portal's.
fn paper_share(amount: i64, percent: i32) -> i64 {
    let product = i128::from(amount) * i128::from(percent);
    let digits = format!("{product:05}");
    let (whole, rest) = digits.split_at(digits.len() - 4);
    let (whole, rest): (i64, i64) = (whole.parse().unwrap(), rest.parse().unwrap());
    match rest {
        0..5_000 => whole,
        5_000 if whole % 2 == 0 => whole,
        _ => whole + 1,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn what_is_printed_adds_up_to_the_last_unit(
        unit in 0_i64..50_000_000,
        quantity in 1_i64..20_000,
        percents in prop::collection::vec(0_i32..=10_000, 5),
        present in prop::collection::vec(any::<bool>(), 5),
    ) {
        let msrp = unit * quantity;
        let chosen: Vec<(LevelKind, i32)> = LevelKind::ALL
            .iter()
            .copied()
            .zip(percents)
            .zip(&present)
            .filter(|(_, here)| **here)
            .map(|(pair, _)| pair)
            .collect();
        let mut shuffled: Vec<Level> = chosen.iter().map(|(kind, p)| level(*kind, *p)).collect();
        shuffled.reverse();
        let waterfall = Waterfall::of(msrp, shuffled);
        let mut left = msrp;
        let mut taken = Vec::new();
        for (_, percent) in chosen.iter().filter(|(_, percent)| *percent > 0) {
            let amount = paper_share(left, *percent);
            left -= amount;
            taken.push(amount);
        }
        let printed: Vec<i64> = waterfall.steps.iter().map(|step| step.amount_minor).collect();
        prop_assert_eq!(&printed, &taken);
        prop_assert_eq!(waterfall.net_minor, left);
        prop_assert_eq!(waterfall.msrp_minor - printed.iter().sum::<i64>(), waterfall.net_minor);
        prop_assert!(waterfall.net_minor >= 0);
    }
}

#[test]
fn a_share_is_rounded_to_the_even_neighbour() {
    for (amount, percent, share) in [
        (5, 1_000, 0),    // 0.5 down to 0
        (15, 1_000, 2),   // 1.5 up to 2
        (25, 1_000, 2),   // 2.5 down to 2
        (35, 1_000, 4),   // 3.5 up to 4
        (100, 1_250, 12), // 12.5 down to 12
        (300, 1_250, 38), // 37.5 up to 38
        (999, 10_000, 999),
        (1, 4_999, 0),
        (1, 5_001, 1),
        (0, 5_000, 0),
        (9_007_199_254_740_993, 1, 900_719_925_474), // beyond what a float can hold
    ] {
        assert_eq!(points(percent).of(amount), share, "{percent} of {amount}");
    }
}

#[test]
fn percentages_are_read_and_written_as_people_do() {
    for (text, read) in [
        ("0", Some(0)),
        ("12", Some(1_200)),
        ("12.5", Some(1_250)),
        ("12,55 %", Some(1_255)),
        ("100", Some(10_000)),
        ("100.01", None),
        ("-1", None),
        ("1.234", None),
        (".5", None),
        ("", None),
        ("12.5.1", None),
        ("1e2", None),
    ] {
        assert_eq!(BasisPoints::parse(text).map(BasisPoints::get), read, "{text}");
    }
    assert_eq!(points(1_250).plain(), "12.5");
    assert_eq!(points(1_205).plain(), "12.05");
    assert_eq!(points(10_000).plain(), "100");
}

fn offer(code: &str, percent: i32) -> Offer {
    Offer {
        code: code.to_owned(),
        name: format!("Offer {code}"),
        starts_on: day("2026-01-01"),
        ends_on: day("2026-06-30"),
        percent: points(percent),
        category_ids: vec![1],
        categories: vec!["Alarms".to_owned()],
        least_units: 1,
        with_program: true,
        with_deal: true,
        combines: Vec::new(),
        approved_by: "Guild council".to_owned(),
    }
}

fn rate(percent: i32) -> Rate {
    Rate {
        percent: points(percent),
        rule: "Knight, Alarms".to_owned(),
        effective_on: day("2024-01-01"),
        approved_by: "Guild council".to_owned(),
    }
}

fn line(program: &Rate) -> Line<'_> {
    Line { category_id: 1, quantity: 10, msrp_minor: 100_000, program: Some(program), deal: None }
}

fn chosen(codes: &[&str], offers: &[Offer], line: Line<'_>, on: &str) -> Choice {
    let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
    choose(&codes, offers, line, day(on))
}

#[test]
fn a_code_that_does_not_apply_says_why() {
    let own = rate(1_000);
    let elsewhere = Offer { category_ids: vec![2], ..offer("ELSEWHERE", 500) };
    let many = Offer { least_units: 11, ..offer("MANY", 500) };
    let offers = [offer("GOOD", 500), elsewhere, many];
    let all = ["GOOD", "NOBODY", "ELSEWHERE", "MANY"];
    let choice = chosen(&all, &offers, line(&own), "2026-03-02");
    assert_eq!(choice.used, ["GOOD"]);
    assert_eq!(
        choice.refused,
        [
            ("NOBODY".to_owned(), WhyNot::Unknown),
            ("ELSEWHERE".to_owned(), WhyNot::OtherCategory("Alarms".to_owned())),
            ("MANY".to_owned(), WhyNot::TooFew(11)),
        ]
    );
    for (on, why) in [
        ("2025-12-31", Some(WhyNot::NotYet(day("2026-01-01")))),
        ("2026-01-01", None),
        ("2026-06-30", None),
        ("2026-07-01", Some(WhyNot::Over(day("2026-06-30")))),
    ] {
        let choice = chosen(&["GOOD"], &offers, line(&own), on);
        assert_eq!(choice.refused.first().map(|(_, why)| why.clone()), why, "{on}");
    }
}

#[test]
fn the_cheapest_permitted_set_is_taken() {
    let own = rate(1_000);
    let alone = |percent| Offer { with_program: false, ..offer("ALONE", percent) };
    // 10 % of the program and 5 % of GOOD leave 85,500; ALONE would have to beat that by itself.
    let choice =
        chosen(&["GOOD", "ALONE"], &[offer("GOOD", 500), alone(1_400)], line(&own), "2026-03-02");
    assert_eq!(choice.used, ["GOOD"]);
    let beside = vec!["Program discount".to_owned(), "GOOD".to_owned()];
    assert_eq!(choice.refused, [("ALONE".to_owned(), WhyNot::NotBeside(beside))]);
    assert!(choice.displaced.is_empty());

    let choice =
        chosen(&["GOOD", "ALONE"], &[offer("GOOD", 500), alone(1_500)], line(&own), "2026-03-02");
    assert_eq!(choice.used, ["ALONE"], "85,000 are left");
    assert_eq!(choice.displaced, [LevelKind::Program]);
    let beside = vec!["ALONE".to_owned()];
    assert_eq!(choice.refused, [("GOOD".to_owned(), WhyNot::NotBeside(beside))]);

    let pair = |code: &str, other: &str, percent| Offer {
        combines: vec![other.to_owned()],
        ..offer(code, percent)
    };
    let twins = [pair("ONE", "TWO", 300), pair("TWO", "ONE", 400), offer("THREE", 600)];
    let choice = chosen(&["ONE", "TWO", "THREE"], &twins, line(&own), "2026-03-02");
    assert_eq!(choice.used, ["ONE", "TWO"], "3 % and 4 % take more than 6 %");
}

/// Every permitted set is priced here by trying all of them in another way: no set that the rules
/// permit is cheaper than the chosen one.
fn cheapest_by_hand(offers: &[Offer], program: i32, msrp: i64) -> i64 {
    let mut best = i64::MAX;
    for set in 0..1_u32 << offers.len() {
        for with_program in [false, true] {
            let used: Vec<&Offer> = (0..offers.len())
                .filter(|place| set >> place & 1 == 1)
                .map(|place| &offers[place])
                .collect();
            let together = used
                .iter()
                .all(|a| used.iter().all(|b| a.code == b.code || a.combines.contains(&b.code)));
            let beside = !with_program || used.iter().all(|offer| offer.with_program);
            if together && beside {
                let mut left = msrp;
                if with_program {
                    left -= paper_share(left, program);
                }
                for offer in used {
                    left -= paper_share(left, offer.percent.get());
                }
                best = best.min(left);
            }
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_permitted_set_is_cheaper(
        percents in prop::collection::vec(1_i32..4_000, 1..5),
        pairs in prop::collection::vec(any::<bool>(), 16),
        beside in prop::collection::vec(any::<bool>(), 5),
        program in 1_i32..4_000,
        msrp in 1_i64..10_000_000,
    ) {
        let code = |place: usize| format!("C{place}");
        let goes = |a: usize, b: usize| a != b && pairs[a.min(b) * 4 + a.max(b)];
        let offers: Vec<Offer> = percents
            .iter()
            .enumerate()
            .map(|(place, percent)| Offer {
                combines: (0..percents.len()).filter(|b| goes(place, *b)).map(code).collect(),
                with_program: beside[place],
                ..offer(&code(place), *percent)
            })
            .collect();
        let codes: Vec<String> = (0..percents.len()).map(code).collect();
        let own = rate(program);
        let line = Line { msrp_minor: msrp, ..line(&own) };
        let choice = choose(&codes, &offers, line, day("2026-03-02"));
        let net = Waterfall::of(msrp, choice.levels.clone()).net_minor;
        prop_assert_eq!(net, cheapest_by_hand(&offers, program, msrp));
        prop_assert_eq!(choice.used.len() + choice.refused.len(), codes.len());
    }
}
