//! How many renewals there are and what they are worth, by month and tab, and the renewal rate.

use std::collections::BTreeMap;

use iso_currency::Currency;

use super::filter::{Filter, Horizon, Show};
use super::sums::{Sum, Terms, sums};
use crate::auth::Scope;
use crate::calendar::CalendarMonth;
use crate::db::Conn;
use crate::error::Result;
use crate::locale::Locale;
use crate::money::Money;

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

/// What was renewed of what has ended: licences, or minor units of one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    pub renewed: i64,
    pub ended: i64,
}

impl Share {
    /// In whole per cent, rounded down, so that a target counts as met when it is; none where
    /// nothing has ended.
    pub(super) fn percent(self) -> Option<i64> {
        let hundredths = i128::from(self.renewed) * 100;
        let percent = hundredths.checked_div(self.ended.into())?;
        i64::try_from(percent).ok()
    }

    fn add(&mut self, other: Self) {
        self.renewed += other.renewed;
        self.ended += other.ended;
    }
}

/// The renewal rate of some months (docs/domain.md, section 5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rate {
    pub lines: Share,
    /// By currency: what cannot be added up is not.
    pub value: BTreeMap<String, Share>,
}

impl Rate {
    fn add(&mut self, other: &Self) {
        self.lines.add(other.lines);
        for (currency, share) in &other.value {
            self.value.entry(currency.clone()).or_default().add(*share);
        }
    }

    /// `91 %`, or `EUR 91 %, USD 80 %`; empty where nothing of any worth has ended.
    pub(super) fn by_value(&self) -> String {
        let rates: Vec<(&String, i64)> = self
            .value
            .iter()
            .filter_map(|(currency, share)| Some((currency, share.percent()?)))
            .collect();
        match rates.as_slice() {
            [(_, percent)] => format!("{percent} %"),
            several => {
                let several: Vec<String> =
                    several.iter().map(|(of, percent)| format!("{of} {percent} %")).collect();
                several.join(", ")
            }
        }
    }

    /// The lowest of its rates by value.
    pub(super) fn lowest_by_value(&self) -> Option<i64> {
        self.value.values().filter_map(|share| share.percent()).min()
    }
}

/// All figures of the page: of everything that the scope allows and the search finds, whatever the
/// tab and the month.
#[derive(Clone, Debug)]
pub(super) struct Totals {
    pub horizon: Horizon,
    pub terms: Terms,
    figures: BTreeMap<(Show, CalendarMonth), Figure>,
    rates: BTreeMap<CalendarMonth, Rate>,
}

impl Totals {
    pub(super) fn of(scope: &Scope, filter: &Filter, conn: &mut Conn) -> Result<Self> {
        let (terms, sums) = sums(scope, filter, conn)?;
        let mut totals = Self {
            horizon: Horizon::new(scope.today(), terms.thresholds.lapse_days),
            terms,
            figures: BTreeMap::new(),
            rates: BTreeMap::new(),
        };
        for sum in &sums {
            totals.add(sum);
        }
        Ok(totals)
    }

    /// A sum of a month lies in one tab as a whole: where days differ it is of a day.
    fn add(&mut self, sum: &Sum) {
        let horizon = self.horizon;
        let month = CalendarMonth::of(sum.due_on);
        let mut put = |show: Show, count: i64, minor: i64| {
            let figure = self.figures.entry((show, month)).or_default();
            figure.add(count, &sum.currency, minor);
        };
        put(horizon.open_tab(sum.due_on), sum.lines - sum.renewed, sum.open_minor);
        if sum.due_on >= horizon.rated_from {
            put(Show::Renewed, sum.renewed, sum.renewed_minor);
        }
        if sum.due_on < horizon.today {
            let rate = self.rates.entry(month).or_default();
            rate.lines.add(Share { renewed: sum.renewed, ended: sum.lines });
            let ended = sum.open_minor.saturating_add(sum.renewed_minor);
            let value = rate.value.entry(sum.currency.clone()).or_default();
            value.add(Share { renewed: sum.renewed_minor, ended });
        }
    }

    pub(super) fn month(&self, show: Show, month: CalendarMonth) -> Figure {
        self.figures.get(&(show, month)).cloned().unwrap_or_default()
    }

    /// A tab's figure over all of its months.
    pub(super) fn all(&self, show: Show) -> Figure {
        let mut all = Figure::default();
        for ((_, _), figure) in self.figures.iter().filter(|((of, _), _)| *of == show) {
            all.count += figure.count;
            for (currency, minor) in &figure.value {
                *all.value.entry(currency.clone()).or_default() += minor;
            }
        }
        all
    }

    /// Of what has ended in a month so far.
    pub(super) fn rate_of(&self, month: CalendarMonth) -> Rate {
        self.rates.get(&month).cloned().unwrap_or_default()
    }

    /// Over the twelve whole months before this one.
    pub(super) fn rate(&self) -> Rate {
        let horizon = self.horizon;
        let (first, this) =
            (CalendarMonth::of(horizon.rated_from), CalendarMonth::of(horizon.today));
        let mut all = Rate::default();
        for (_, rate) in self.rates.range(first..this) {
            all.add(rate);
        }
        all
    }
}
