//! Deals in figures: what is open by the month in which the customer is expected to decide, what came
//! of approved deals, and how fast the vendor decides. Amounts are at recommended prices, each currency
//! by itself.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use diesel::prelude::*;
use diesel::query_builder::BoxedSqlQuery;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Date, Text, Timestamp};
use serde::{Deserialize, Serialize};

use super::DealStatus;
use super::status::OPEN;
use crate::auth::Scope;
use crate::calendar::{CalendarMonth, start_of_day};
use crate::clock::Instant;
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::names;

/// Months that are told of, this one included: to come of what is open, gone of what is over.
pub(super) const MONTHS: usize = 12;

/// How approved deals end that count. What the vendor took back, and what never was approved, says
/// nothing of how the customer decided.
pub(super) const OUTCOMES: [DealStatus; 3] =
    [DealStatus::Won, DealStatus::Lost, DealStatus::Expired];

/// The vendor's decisions on what was submitted.
const DECISIONS: [DealStatus; 3] =
    [DealStatus::Approved, DealStatus::Rejected, DealStatus::Duplicate];

/// What the address of the page carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct FiguresQuery {
    /// Part of the partner's name; for the vendor.
    pub partner: String,
}

/// Some deals: in each currency how many there are and what they are worth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    by_currency: BTreeMap<String, (i64, i64)>,
}

impl Sum {
    pub(super) fn deals(&self) -> i64 {
        self.by_currency.values().map(|(deals, _)| deals).sum()
    }

    pub(super) fn minor(&self, currency: &str) -> i64 {
        self.by_currency.get(currency).map_or(0, |(_, minor)| *minor)
    }

    /// Each currency with its deals and what they are worth.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&str, i64, i64)> {
        self.by_currency
            .iter()
            .map(|(currency, (deals, minor))| (currency.as_str(), *deals, *minor))
    }

    fn add(&mut self, currency: &str, deals: i64, minor: i64) {
        let sum = self.by_currency.entry(currency.to_owned()).or_default();
        sum.0 += deals;
        sum.1 += minor;
    }

    pub(super) fn of_all<'a>(sums: impl Iterator<Item = &'a Self>) -> Self {
        let mut all = Self::default();
        for (currency, deals, minor) in sums.flat_map(Self::parts) {
            all.add(currency, deals, minor);
        }
        all
    }
}

/// When customers are expected to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Close {
    /// Before this month.
    Overdue,
    In(CalendarMonth),
    Later,
}

/// The open deals of one time of expected close, by state as [`OPEN`] has them.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    pub close: Close,
    pub stages: [Sum; 4],
}

/// What happened in a month.
#[derive(Clone, Debug)]
pub(super) struct Month {
    pub month: CalendarMonth,
    /// Approved deals that ended in it, as [`OUTCOMES`] has them.
    pub outcomes: [Sum; 3],
    /// Decisions on submitted deals, and the seconds that they took in all.
    pub decided: i64,
    pub decided_after: i64,
}

impl Month {
    pub(super) fn ended(&self) -> Sum {
        Sum::of_all(self.outcomes.iter())
    }

    /// The mean seconds from the submission to the decision.
    pub(super) fn response(&self) -> Option<i64> {
        self.decided_after.checked_div(self.decided)
    }
}

/// Whole per cents, rounded down; none of nothing.
pub(super) fn share(part: i64, whole: i64) -> Option<i64> {
    let share = (i128::from(part) * 100).checked_div(i128::from(whole))?;
    i64::try_from(share).ok()
}

#[derive(Clone, Debug)]
pub(super) struct Figures {
    pub pipeline: Vec<Expected>,
    pub months: Vec<Month>,
}

impl Figures {
    /// The currencies of open deals, in order.
    pub(super) fn open_currencies(&self) -> BTreeSet<&str> {
        currencies(self.pipeline.iter().flat_map(|one| &one.stages))
    }

    /// The currencies of deals that ended, in order.
    pub(super) fn ended_currencies(&self) -> BTreeSet<&str> {
        currencies(self.months.iter().flat_map(|one| &one.outcomes))
    }

    pub(super) fn stage(&self, place: usize) -> Sum {
        Sum::of_all(self.pipeline.iter().filter_map(|one| one.stages.get(place)))
    }
}

fn currencies<'a>(sums: impl Iterator<Item = &'a Sum>) -> BTreeSet<&'a str> {
    sums.flat_map(Sum::parts).map(|(currency, _, _)| currency).collect()
}

/// Whose deals are counted.
enum Whose {
    All,
    Partner(i64),
    /// Partners with this in their folded name.
    Named(String),
}

impl Whose {
    fn of(scope: &Scope, query: &FiguresQuery) -> Self {
        let name = names::fold(&query.partner);
        match scope.is_vendor() {
            false => Self::Partner(scope.organisation_id()),
            true if name.is_empty() => Self::All,
            true => Self::Named(format!("%{}%", names::escape_like(&name))),
        }
    }

    /// The condition, with the numbers of the parameters of the program and of itself.
    fn condition(&self, program: usize, own: usize) -> String {
        match self {
            Self::All => String::new(),
            Self::Partner(_) => format!("AND partner_id = ${own}"),
            Self::Named(_) => format!(
                "AND partner_id IN (SELECT organisation_id FROM enrolments \
                 WHERE program_id = ${program} AND name_key LIKE ${own} ESCAPE '\\')"
            ),
        }
    }

    fn bind(self, query: Boxed) -> Boxed {
        match self {
            Self::All => query,
            Self::Partner(id) => query.bind::<BigInt, _>(id),
            Self::Named(pattern) => query.bind::<Text, _>(pattern),
        }
    }
}

type Boxed = BoxedSqlQuery<'static, <Conn as Connection>::Backend, diesel::query_builder::SqlQuery>;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    word: String,
    #[diesel(sql_type = Text)]
    currency: String,
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = BigInt)]
    deals: i64,
    #[diesel(sql_type = BigInt)]
    amount: i64,
    #[diesel(sql_type = BigInt)]
    seconds: i64,
}

impl Row {
    fn place(&self) -> usize {
        usize::try_from(self.place).unwrap_or(usize::MAX)
    }

    /// Adds it to the sum of its state.
    fn add_to(&self, states: &[DealStatus], sums: &mut [Sum]) {
        let of = states.iter().zip(sums);
        for (_, sum) in of.filter(|(state, _)| state.as_str() == self.word) {
            sum.add(&self.currency, self.deals, self.amount);
        }
    }
}

/// The figures of the deals that the person may see and that the filter leaves: two queries.
pub(super) fn read(scope: &Scope, query: &FiguresQuery, conn: &mut Conn) -> Result<Figures> {
    Ok(Figures {
        pipeline: pipeline(scope, Whose::of(scope, query), conn)?,
        months: months(scope, Whose::of(scope, query), conn)?,
    })
}

/// In which of the stretches between the parameters from `first` on something lies; behind them is
/// the last one.
fn places(column: &str, first: usize, edges: usize) -> String {
    let cases: Vec<String> = (0..edges)
        .map(|place| format!("WHEN {column} < ${} THEN {place}", first + place))
        .collect();
    format!("CAST(CASE {} ELSE {edges} END AS BIGINT)", cases.join(" "))
}

fn pipeline(scope: &Scope, whose: Whose, conn: &mut Conn) -> Result<Vec<Expected>> {
    let this_month = CalendarMonth::of(scope.today());
    let edges: Vec<CalendarMonth> = this_month.run(MONTHS + 1).collect();
    // Parameters are numbered in the order in which they first stand: SQLite counts them so. The
    // states are those of the index.
    let program = edges.len() + 1;
    let text = format!(
        "SELECT status AS word, currency, {places} AS place, COUNT(*) AS deals, \
         CAST(SUM(msrp_minor) AS BIGINT) AS amount, CAST(0 AS BIGINT) AS seconds FROM deals \
         WHERE program_id = ${program} {whose} \
         AND status IN ('submitted', 'in_review', 'returned', 'approved') GROUP BY 1, 2, 3",
        places = places("closes_on", 1, edges.len()),
        whose = whose.condition(program, program + 1),
    );
    let mut query = sql_query(text).into_boxed();
    for month in &edges {
        query = query.bind::<Date, _>(month.first_day());
    }
    let query = whose.bind(query.bind::<BigInt, _>(scope.program().id));
    let rows: Vec<Row> = query.kept().load(conn)?;
    let mut closes = vec![Close::Overdue];
    closes.extend(this_month.run(MONTHS).map(Close::In));
    closes.push(Close::Later);
    let expected = |close| Expected { close, stages: Default::default() };
    let mut pipeline: Vec<Expected> = closes.into_iter().map(expected).collect();
    for row in rows {
        if let Some(expected) = pipeline.get_mut(row.place()) {
            row.add_to(&OPEN, &mut expected.stages);
        }
    }
    Ok(pipeline)
}

fn months(scope: &Scope, whose: Whose, conn: &mut Conn) -> Result<Vec<Month>> {
    let months = last_months(scope);
    let zone = scope.program().time_zone;
    let edges: Vec<Instant> = months.iter().map(|month| begin(month.next(), zone)).collect();
    let (last, program, first) = (edges.len(), edges.len() + 1, edges.len() + 2);
    let text = format!(
        "SELECT result AS word, currency, {places} AS place, COUNT(*) AS deals, \
         CAST(SUM(msrp_minor) AS BIGINT) AS amount, CAST(SUM(after) AS BIGINT) AS seconds \
         FROM deal_results WHERE program_id = ${program} AND at >= ${first} AND at < ${last} \
         {whose} GROUP BY 1, 2, 3",
        places = places("at", 1, last),
        whose = whose.condition(program, first + 1),
    );
    let mut query = sql_query(text).into_boxed();
    for edge in &edges {
        query = query.bind::<Timestamp, _>(*edge);
    }
    let begun = months.first().map_or(Instant::noon(scope.today()), |month| begin(*month, zone));
    let query = query.bind::<BigInt, _>(scope.program().id).bind::<Timestamp, _>(begun);
    let rows: Vec<Row> = whose.bind(query).kept().load(conn)?;
    let month = |month| Month { month, outcomes: Default::default(), decided: 0, decided_after: 0 };
    let mut found: Vec<Month> = months.into_iter().map(month).collect();
    for row in rows {
        let Some(month) = found.get_mut(row.place()) else { continue };
        if DECISIONS.iter().any(|decision| decision.as_str() == row.word) {
            month.decided += row.deals;
            month.decided_after += row.seconds;
        }
        row.add_to(&OUTCOMES, &mut month.outcomes);
    }
    Ok(found)
}

fn last_months(scope: &Scope) -> Vec<CalendarMonth> {
    let mut first = CalendarMonth::of(scope.today());
    for _ in 1..MONTHS {
        first = first.previous();
    }
    first.run(MONTHS).collect()
}

fn begin(month: CalendarMonth, zone: Tz) -> Instant {
    Instant::from_utc(start_of_day(month.first_day(), zone))
}
