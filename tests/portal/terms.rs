//! The term rule and the dates of order lines (domain, sections 2 and 5), held against cases worked
//! out by hand and against a clerk who turns the leaves of a paper calendar.

use std::num::NonZeroU16;

use chrono::NaiveDate;
use portal::calendar::{Term, TermMonths, day_of};
use portal::licences::refusal::{Fault, Refusal};
use portal::licences::rules::{
    self, BaseLine, Basis, Goods, LineDates, LineFacts, LineKind, StartedBy, TermPolicies,
    TermPolicy,
};
use portal::licences::status::{Standing, Status, Thresholds};
use proptest::prelude::*;

use crate::support::paper_calendar::{Day, PaperZone, days};
use crate::support::paper_terms as paper;
use crate::support::term_cases::{cases, policies};

fn our_policies(policies: &[paper::Policy]) -> TermPolicies {
    let started_by = |activation| {
        if activation { StartedBy::Activation } else { StartedBy::Processing }
    };
    let ours = policies.iter().map(|policy| TermPolicy {
        from: policy.from.into(),
        term_starts: started_by(policy.term_by_activation),
        warranty_starts: started_by(policy.warranty_by_activation),
        warranty_grace_days: policy.grace as u16,
        renewals_by_key: policy.by_key,
        renewal_lapse_days: policy.lapse as u16,
    });
    TermPolicies::new(ours.rev().collect()).expect("at least one policy")
}

fn our_facts(line: &paper::Line) -> LineFacts {
    LineFacts {
        kind: match line.kind {
            paper::Kind::New => LineKind::New,
            paper::Kind::Renewal => LineKind::Renewal,
            paper::Kind::Change => LineKind::Change,
            paper::Kind::Trial => LineKind::Trial,
            paper::Kind::Nfr => LineKind::Nfr,
        },
        goods: match line.goods {
            paper::Goods::Subscription => Goods::Subscription,
            paper::Goods::Perpetual => Goods::Perpetual,
            paper::Goods::Hardware { warranty_months } => {
                Goods::Hardware { warranty_months: NonZeroU16::new(warranty_months as u16) }
            }
            paper::Goods::Service => Goods::Service,
        },
        months: line.months.map(|months| TermMonths::new(months.into()).unwrap()),
        released_on: None,
        processed_on: line.processed.into(),
        activated_on: line.activated.map(NaiveDate::from),
        base: match line.base {
            paper::Base::None => None,
            paper::Base::Waiting => Some(BaseLine { ends_on: None }),
            paper::Base::Ends(end) => Some(BaseLine { ends_on: Some(end.into()) }),
        },
    }
}

/// Our answer in the clerk's words.
fn on_paper(ours: Result<LineDates, Refusal>) -> paper::Found {
    let dates = ours.map_err(|refusal| refusal_name(&refusal))?;
    let term = (dates.starts_on.map(Day::from), dates.ends_on.map(Day::from));
    let warranty =
        dates.warranty.map(|term| (Day::from(term.starts_on), Day::from(term.ends_on))).unzip();
    Ok((term, warranty))
}

fn refusal_name(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::ReleasedAfterProcessed { .. } => "released-after-processed",
        Refusal::ActivatedBeforeProcessed { .. } => "activated-before-processed",
        Refusal::MonthsMissing => "months-missing",
        Refusal::PerpetualWithMonths { .. } => "perpetual-with-months",
        Refusal::PerpetualRenewed => "perpetual-renewed",
        Refusal::NothingToRenew => "nothing-to-renew",
        Refusal::NothingToChange => "nothing-to-change",
        Refusal::RenewalTooLate { .. } => "renewal-too-late",
        Refusal::ChangedAfterEnd { .. } => "changed-after-end",
    }
}

fn basis_name(basis: Basis) -> &'static str {
    match basis {
        Basis::Waiting => "waiting",
        Basis::Activated => "activated",
        Basis::Processed => "processed",
        Basis::SetBack => "set-back",
        Basis::AfterOldEnd => "after-old-end",
        Basis::LateRenewal => "late-renewal",
        Basis::Change => "change",
        Basis::Perpetual => "perpetual",
        Basis::NoTerm => "no-term",
    }
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn every_case_worked_out_by_hand_comes_out() {
    let cases = cases();
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    for case in &cases {
        let processed = day_of(case.processed_at(), case.zone()).into();
        let (line, policies) = (case.line(processed), case.policies());
        let today = case.day("today").unwrap();
        let ours = rules::line_dates(&our_facts(&line), &our_policies(&policies), today.into());

        let outcome = ours.as_ref().map_or_else(refusal_name, |dates| basis_name(dates.basis));
        assert_eq!(outcome, case.cell("outcome"), "{:?}", case.cells);
        let expected = if ours.is_ok() { Ok(case.expected()) } else { Err(outcome) };
        assert_eq!(on_paper(ours), expected, "{:?}", case.cells);
        assert_eq!(paper::find(&line, &policies, today), expected, "the clerk: {:?}", case.cells);
        assert!(!case.cell("source").is_empty(), "no source: {:?}", case.cells);
    }
}

fn goods() -> impl Strategy<Value = paper::Goods> {
    prop_oneof![
        4 => Just(paper::Goods::Subscription),
        1 => Just(paper::Goods::Perpetual),
        2 => (1..=60u32).prop_map(|warranty_months| paper::Goods::Hardware { warranty_months }),
        1 => Just(paper::Goods::Service),
    ]
}

/// Lines of every kind: mostly such as can be had, with old ends from long before to long after.
fn lines() -> impl Strategy<Value = paper::Line> {
    use paper::Kind::{Change, New, Nfr, Renewal, Trial};
    let kinds =
        prop::sample::select(&[New, New, Renewal, Renewal, Renewal, Change, Trial, Nfr][..]);
    let months = prop::option::weighted(0.8, 1..=60u32);
    let activation_after =
        prop::option::weighted(0.6, prop_oneof![1 => -2..3, 4 => 0..120, 2 => 0..500]);
    let old_end_after = prop_oneof![1 => Just(None), 1 => Just(Some(None)), 12 => (-380..400).prop_map(|n| Some(Some(n)))];
    (kinds, goods(), months, days(), activation_after, old_end_after).prop_map(
        |(kind, goods, months, processed, activation_after, old_end_after)| paper::Line {
            kind,
            goods,
            months: months.filter(|_| goods != paper::Goods::Perpetual || processed.day % 7 == 0),
            processed,
            activated: activation_after.map(|steps| processed.walk(steps)),
            base: match old_end_after {
                None => paper::Base::None,
                Some(None) => paper::Base::Waiting,
                Some(Some(steps)) => paper::Base::Ends(processed.walk(steps)),
            },
        },
    )
}

/// The policies of the cases, and such as nobody has had yet: each rule changes on its own.
fn any_policies() -> impl Strategy<Value = Vec<paper::Policy>> {
    let names = prop::sample::select(&["change", "activation", "processing", "there-and-back"][..]);
    let named = (names, any::<bool>()).prop_map(|(name, is_firewall)| policies(name, is_firewall));
    let rules = (any::<bool>(), any::<bool>(), any::<bool>(), 0..120, 0..400);
    let invented = prop::collection::btree_map(days(), rules, 1..5).prop_map(|by_day| {
        let policy =
            |(from, (term_by_activation, warranty_by_activation, by_key, grace, lapse))| {
                paper::Policy {
                    from,
                    term_by_activation,
                    warranty_by_activation,
                    grace,
                    by_key,
                    lapse,
                }
            };
        by_day.into_iter().map(policy).collect()
    });
    prop_oneof![named, invented]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_line_has_the_dates_the_clerk_finds(line in lines(), policies in any_policies(), days_on in -5..700) {
        let today = line.processed.walk(days_on);
        let ours = rules::line_dates(&our_facts(&line), &our_policies(&policies), today.into());
        prop_assert_eq!(on_paper(ours), paper::find(&line, &policies, today));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// An order comes as an instant: the day it is of is the program's, and all else follows from it.
    #[test]
    fn any_order_has_the_dates_of_its_programs_day(
        utc in days(),
        minute in 0..24 * 60i32,
        zone in 0..PaperZone::NAMES.len(),
        mut line in lines(),
        is_firewall: bool,
        days_on in -5..700,
    ) {
        let (paper_zone, name) = PaperZone::NAMES[zone];
        let at = NaiveDate::from(utc).and_hms_opt(0, 0, 0).unwrap() + chrono::TimeDelta::minutes(minute.into());
        let shift = line.processed.steps_to(paper_zone.day_at(utc, minute));
        line.processed = line.processed.walk(shift);
        line.activated = line.activated.map(|day| day.walk(shift));
        if let paper::Base::Ends(end) = line.base {
            line.base = paper::Base::Ends(end.walk(shift));
        }
        let policies = policies("change", is_firewall);
        let today = line.processed.walk(days_on);
        let facts = LineFacts { processed_on: day_of(at, name.parse().unwrap()), ..our_facts(&line) };
        let ours = rules::line_dates(&facts, &our_policies(&policies), today.into());
        prop_assert_eq!(on_paper(ours), paper::find(&line, &policies, today));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_date_is_too_far_for_the_rules(
        line in lines(),
        policies in any_policies(),
        ends in prop::collection::vec(prop::sample::select(&EDGES[..]), 4),
    ) {
        let facts = LineFacts {
            processed_on: ends[0],
            activated_on: line.activated.map(|_| ends[1]),
            base: Some(BaseLine { ends_on: Some(ends[2]) }),
            ..our_facts(&line)
        };
        if let Ok(dates) = rules::line_dates(&facts, &our_policies(&policies), ends[3]) {
            let term_runs_forward = dates.starts_on.zip(dates.ends_on).is_none_or(|(start, end)| start <= end);
            prop_assert!(term_runs_forward);
        }
        let _ = rules::change_months(ends[0], ends[1]);
        rules::lost_days(ends[0], ends[1]);
        let thresholds = Thresholds { first_rung_days: u16::MAX, lapse_days: u16::MAX };
        Standing { starts_on: Some(ends[0]), ends_on: Some(ends[1]), is_renewed: false }.on(ends[2], thresholds);
    }
}

const EDGES: [NaiveDate; 6] = [
    NaiveDate::MIN,
    NaiveDate::MIN.succ_opt().unwrap(),
    NaiveDate::from_ymd_opt(0, 2, 29).unwrap(),
    NaiveDate::from_ymd_opt(2023, 10, 1).unwrap(),
    NaiveDate::MAX.pred_opt().unwrap(),
    NaiveDate::MAX,
];

#[test]
fn a_change_is_priced_by_the_months_left_rounded_up() {
    let left = |from, to| rules::change_months(date(from), date(to)).map(TermMonths::get);
    assert_eq!(left("2023-11-10", "2024-06-30"), Some(8), "seven months end on 9 June");
    assert_eq!(left("2024-06-01", "2024-06-30"), Some(1), "a whole June");
    assert_eq!(left("2024-05-31", "2024-06-30"), Some(1), "June has no 31st");
    assert_eq!(left("2024-05-30", "2024-06-30"), Some(2), "one month ends on 29 June");
    assert_eq!(left("2024-06-30", "2024-06-30"), Some(1), "one day");
    assert_eq!(left("2024-07-01", "2024-06-30"), None, "over");
    assert_eq!(left("2023-10-12", "2028-10-11"), Some(60));
    assert_eq!(left("2023-10-12", "2028-10-12"), None, "longer than any term");
}

#[test]
fn a_trial_ends_the_day_before_the_paid_term_starts() {
    let trial = Term { starts_on: date("2023-11-01"), ends_on: date("2023-11-30") };
    let end = |paid_start| rules::trial_end_before(date(paid_start), trial).to_string();
    assert_eq!(end("2023-11-16"), "2023-11-15");
    assert_eq!(end("2023-11-02"), "2023-11-01");
    assert_eq!(end("2023-11-30"), "2023-11-29");
    assert_eq!(end("2023-12-01"), "2023-11-30", "over by then");
    assert_eq!(end("2023-11-01"), "2023-11-30", "began with the paid term");
    assert_eq!(end("2023-06-01"), "2023-11-30", "began inside the paid term");
}

#[test]
fn lost_days_run_from_the_start_to_the_activation() {
    assert_eq!(
        rules::lost_days(date("2023-06-01"), date("2023-10-20")),
        141,
        "29 + 31 + 31 + 30 + 20"
    );
    assert_eq!(rules::lost_days(date("2023-06-01"), date("2023-06-01")), 0);
    assert_eq!(
        rules::lost_days(date("2024-01-01"), date("2023-12-01")),
        0,
        "activated before it started"
    );
}

#[test]
fn a_line_goes_through_its_statuses_in_order() {
    let thresholds = Thresholds { first_rung_days: 90, lapse_days: 365 };
    let line = Standing {
        starts_on: Some(date("2023-10-15")),
        ends_on: Some(date("2024-10-14")),
        is_renewed: false,
    };
    let days = [
        ("2023-10-14", Status::Scheduled, Status::Scheduled),
        ("2023-10-15", Status::Active, Status::Renewed),
        ("2024-07-15", Status::Active, Status::Renewed),
        ("2024-07-16", Status::Expiring, Status::Renewed),
        ("2024-10-14", Status::Expiring, Status::Renewed),
        ("2024-10-15", Status::Expired, Status::Renewed),
        ("2025-10-14", Status::Expired, Status::Renewed),
        ("2025-10-15", Status::Lapsed, Status::Renewed),
    ];
    for (day, status, once_renewed) in days {
        assert_eq!(line.on(date(day), thresholds), status, "{day}");
        assert_eq!(
            Standing { is_renewed: true, ..line }.on(date(day), thresholds),
            once_renewed,
            "{day}"
        );
    }
    let perpetual = Standing { ends_on: None, ..line };
    assert_eq!(perpetual.on(date("2099-01-01"), thresholds), Status::Active);
    let shelf = Standing { starts_on: None, ends_on: None, is_renewed: false };
    assert_eq!(shelf.on(date("2023-10-15"), thresholds), Status::Pending);
}

#[test]
fn the_first_policy_covers_everything_before_it() {
    assert_eq!(TermPolicies::new(vec![]), None);
    let policies = our_policies(&policies("change", false));
    assert_eq!(policies.at(NaiveDate::MIN).term_starts, StartedBy::Activation);
    assert_eq!(policies.at(date("2023-09-30")).term_starts, StartedBy::Activation);
    assert_eq!(policies.at(date("2023-10-01")).term_starts, StartedBy::Processing);
}

#[test]
fn a_refusal_says_what_would_be_right() {
    let facts = LineFacts {
        kind: LineKind::Renewal,
        goods: Goods::Subscription,
        months: TermMonths::new(12).ok(),
        released_on: Some(date("2024-01-01")),
        processed_on: date("2024-01-02"),
        activated_on: None,
        base: Some(BaseLine { ends_on: Some(date("2022-12-31")) }),
    };
    let policies = our_policies(&policies("change", false));
    let refusal =
        |facts: LineFacts| rules::line_dates(&facts, &policies, date("2024-01-02")).unwrap_err();

    let too_late = refusal(facts);
    assert_eq!(
        too_late.to_string(),
        "The licence ended on 2022-12-31 and was renewed on 2024-01-02, but it can be renewed for only \
         365 days after its end: buy it as new."
    );
    assert_eq!(too_late.fault(), Fault::Kind);
    let out_of_order = refusal(LineFacts { released_on: Some(date("2024-01-03")), ..facts });
    assert_eq!(
        out_of_order.to_string(),
        "The order was released on 2024-01-03, after it was processed on 2024-01-02: release comes first, \
         or on the same day."
    );
    assert_eq!(out_of_order.fault(), Fault::Released);
    let same_day = LineFacts { released_on: Some(date("2024-01-02")), ..facts };
    assert_eq!(refusal(same_day), too_late, "released on the day of processing is in order");
    let endless = refusal(LineFacts { months: None, ..facts });
    assert_eq!(endless.to_string(), "The term is missing: give its months, from 1 to 60.");
    assert_eq!(endless.fault(), Fault::Months);
}
