//! How many renewals there are and what they are worth, by month: one grouped query over an index
//! (or over the running totals, where the lines are many), folded into the tabs' months and the
//! renewal rate.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::dsl::{count, count_star, max, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use iso_currency::Currency;

use super::filter::{Filter, Horizon, Show};
use super::model::{SOUGHT_CATEGORIES, SOUGHT_CUSTOMERS, SOUGHT_PRODUCTS, narrowed};
use crate::auth::{Part, Scope};
use crate::calendar::CalendarMonth;
use crate::db::schema::{
    categories, customers, licence_tallies, licences, notice_rungs, policies, products,
};
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::licences::status::Thresholds;
use crate::locale::Locale;
use crate::money::Money;

/// The share of licences that a channel is expected to renew, in per cent.
pub(super) const RATE_GOAL: i64 = 90;

/// A number of licences and their value by currency, in minor units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Figure {
    pub count: i64,
    value: BTreeMap<String, i64>,
}

impl Figure {
    fn add(&mut self, count: i64, currency: &str, minor: i64) {
        if count > 0 {
            self.count += count;
            *self.value.entry(currency.to_owned()).or_default() += minor;
        }
    }

    /// `JPY 1,200`, or the amounts of several currencies; empty where there is nothing.
    pub(super) fn value(&self, locale: Locale) -> String {
        let amounts: Vec<String> =
            self.value.iter().map(|(currency, minor)| amount(*minor, currency, locale)).collect();
        amounts.join(" + ")
    }
}

/// An amount as a person reads it; a currency that no list knows any more is named by its code.
pub(super) fn amount(minor: i64, currency: &str, locale: Locale) -> String {
    match Currency::from_code(currency) {
        Some(currency) => Money::new(minor, currency).show(locale),
        None => format!("{currency}\u{a0}{}", locale.number(minor)),
    }
}

/// Of the licences that have ended, how many were renewed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rate {
    pub ended: i64,
    pub renewed: i64,
}

impl Rate {
    /// In whole per cent, rounded down; none where nothing has ended.
    pub(super) fn percent(self) -> Option<i64> {
        (self.ended > 0).then(|| self.renewed * 100 / self.ended)
    }
}

/// One day's licences in one currency, and the program's dates, which are the same in every row.
#[derive(Queryable)]
struct DayTotal {
    due_on: NaiveDate,
    currency: String,
    all: i64,
    renewed: i64,
    open_minor: i64,
    renewed_minor: i64,
    dates: Dates,
}

/// The days before the first rung, and after which a licence lapses: by the policy in force, and by
/// the first one, which holds before its own day as well.
type Dates = (Option<i32>, Option<i32>, Option<i32>);

/// Whose running totals answer: all of the program's, or a distributor's. None where a partner asks,
/// whose lines are few, or where a search narrows them down.
fn tallied(scope: &Scope, filter: &Filter) -> Option<Option<i64>> {
    let narrowed = !filter.search.is_empty() || !filter.category.is_empty();
    match scope.part() {
        _ if narrowed => None,
        None => Some(None),
        Some(Part::Distributor) => Some(Some(scope.organisation_id())),
        Some(Part::Partner) => None,
    }
}

const OPEN_VALUE: &str = "CAST(SUM(CASE WHEN licences.renewed_by_id IS NULL \
     THEN licences.quantity * licences.unit_price_minor ELSE 0 END) AS BIGINT)";
const RENEWED_VALUE: &str = "CAST(SUM(CASE WHEN licences.renewed_by_id IS NULL THEN 0 \
     ELSE licences.quantity * licences.unit_price_minor END) AS BIGINT)";

/// All figures of the page.
#[derive(Clone, Debug)]
pub(super) struct Totals {
    pub horizon: Horizon,
    pub thresholds: Thresholds,
    coming: BTreeMap<CalendarMonth, Figure>,
    late: BTreeMap<CalendarMonth, Figure>,
    renewed: BTreeMap<CalendarMonth, Figure>,
    rates: BTreeMap<CalendarMonth, Rate>,
}

impl Totals {
    /// Of everything that the scope allows and the search finds, whatever the tab and the month.
    /// The dates by which tabs are told apart come with it: a page has few queries.
    pub(super) fn of(scope: &Scope, filter: &Filter, conn: &mut Conn) -> Result<Self> {
        let program_id = scope.program().id;
        let (first, last) = Horizon::whole(scope.today());
        let rung = notice_rungs::table
            .filter(notice_rungs::program_id.eq(program_id))
            .select(max(notice_rungs::days_before));
        let in_force = policies::table
            .filter(policies::program_id.eq(program_id))
            .filter(policies::effective_on.le(scope.today()))
            .order(policies::effective_on.desc())
            .select(policies::renewal_lapse_days)
            .limit(1);
        // Before its own day the first policy holds as well.
        let earliest = policies::table
            .filter(policies::program_id.eq(program_id))
            .order(policies::effective_on.asc())
            .select(policies::renewal_lapse_days)
            .limit(1);
        let dates = (rung.single_value(), in_force.single_value(), earliest.single_value());
        let days: Vec<DayTotal> = match tallied(scope, filter) {
            Some(distributor_id) => {
                let by_day = licence_tallies::table
                    .group_by((licence_tallies::due_on, licence_tallies::currency))
                    .select((
                        licence_tallies::due_on,
                        licence_tallies::currency,
                        sql::<BigInt>("CAST(SUM(licence_tallies.lines) AS BIGINT)"),
                        sql::<BigInt>("CAST(SUM(licence_tallies.renewed) AS BIGINT)"),
                        sql::<BigInt>("CAST(SUM(licence_tallies.open_minor) AS BIGINT)"),
                        sql::<BigInt>("CAST(SUM(licence_tallies.renewed_minor) AS BIGINT)"),
                        dates,
                    ))
                    .into_boxed();
                match distributor_id {
                    None => by_day.filter(licence_tallies::distributor_id.is_null()),
                    Some(id) => by_day.filter(licence_tallies::distributor_id.eq(id)),
                }
                .filter(licence_tallies::program_id.eq(program_id))
                .filter(licence_tallies::due_on.between(first, last))
                .kept()
                .load(conn)?
            }
            None => {
                let by_day = licences::table
                    .group_by((licences::due_on, licences::currency))
                    .select((
                        licences::due_on,
                        licences::currency,
                        count_star(),
                        count(licences::renewed_by_id),
                        sql::<BigInt>(OPEN_VALUE),
                        sql::<BigInt>(RENEWED_VALUE),
                        dates,
                    ))
                    .into_boxed();
                narrowed!(by_day, scope, filter)
                    .filter(licences::due_on.between(first, last))
                    .kept()
                    .load(conn)?
            }
        };
        Ok(Self::fold(scope.today(), &days))
    }

    /// No days is no licences: then it does not matter where the tabs would part.
    fn fold(today: NaiveDate, days: &[DayTotal]) -> Self {
        let dates = days.first().map(|day| day.dates).unwrap_or_default();
        let whole = |days: Option<i32>| u16::try_from(days.unwrap_or(0)).unwrap_or(0);
        let thresholds =
            Thresholds { first_rung_days: whole(dates.0), lapse_days: whole(dates.1.or(dates.2)) };
        let mut totals = Self {
            horizon: Horizon::new(today, thresholds.lapse_days),
            thresholds,
            coming: BTreeMap::new(),
            late: BTreeMap::new(),
            renewed: BTreeMap::new(),
            rates: BTreeMap::new(),
        };
        for day in days {
            totals.add(day);
        }
        totals
    }

    fn add(&mut self, day: &DayTotal) {
        let horizon = self.horizon;
        let month = CalendarMonth::of(day.due_on);
        let open = day.all - day.renewed;
        for show in Show::ALL {
            let (first, last) = horizon.span(*show);
            if day.due_on < first || last < day.due_on {
                continue;
            }
            let (count, minor) = match show {
                Show::Coming | Show::Late => (open, day.open_minor),
                Show::Renewed => (day.renewed, day.renewed_minor),
            };
            let figure = self.months_mut(*show).entry(month).or_default();
            figure.add(count, &day.currency, minor);
        }
        if (horizon.rated_from..=horizon.yesterday()).contains(&day.due_on) {
            let rate = self.rates.entry(month).or_default();
            rate.ended += day.all;
            rate.renewed += day.renewed;
        }
    }

    fn months_mut(&mut self, show: Show) -> &mut BTreeMap<CalendarMonth, Figure> {
        match show {
            Show::Coming => &mut self.coming,
            Show::Late => &mut self.late,
            Show::Renewed => &mut self.renewed,
        }
    }

    fn months(&self, show: Show) -> &BTreeMap<CalendarMonth, Figure> {
        match show {
            Show::Coming => &self.coming,
            Show::Late => &self.late,
            Show::Renewed => &self.renewed,
        }
    }

    pub(super) fn month(&self, show: Show, month: CalendarMonth) -> Figure {
        self.months(show).get(&month).cloned().unwrap_or_default()
    }

    /// A tab's figure over all of its months.
    pub(super) fn all(&self, show: Show) -> Figure {
        let mut all = Figure::default();
        for figure in self.months(show).values() {
            all.count += figure.count;
            for (currency, minor) in &figure.value {
                *all.value.entry(currency.clone()).or_default() += minor;
            }
        }
        all
    }

    pub(super) fn rate_of(&self, month: CalendarMonth) -> Rate {
        self.rates.get(&month).copied().unwrap_or_default()
    }

    /// Over the twelve months up to yesterday.
    pub(super) fn rate(&self) -> Rate {
        self.rates.values().fold(Rate::default(), |sum, rate| Rate {
            ended: sum.ended + rate.ended,
            renewed: sum.renewed + rate.renewed,
        })
    }
}
