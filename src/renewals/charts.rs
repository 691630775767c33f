//! The chart of renewals by month: what became of them, the rate, and the table of both.

use super::filter::{Filter, Show};
use super::totals::{Rate, Totals};
use crate::auth::Scope;
use crate::calendar::CalendarMonth;
use crate::locale::Locale;
use crate::web::chart::{Column, Key, Shares, Stacked, is_minor, month_label};

/// From the lowest part of a column up.
const PARTS: [(Show, Key); 4] = [
    (Show::Renewed, Key { tone: "", label: "Renewed" }),
    (Show::Coming, Key { tone: "soft", label: "Coming" }),
    (Show::Late, Key { tone: "bad", label: "Late" }),
    (Show::Lapsed, Key { tone: "plain", label: "Lapsed" }),
];

/// The chart with its table.
pub(super) struct Chart {
    pub stacked: Stacked,
    pub stacked_summary: String,
    pub rate: Option<Shares>,
    pub rate_summary: String,
    pub rows: Vec<MonthRow>,
}

/// A row of the table: a month.
pub(super) struct MonthRow {
    pub month: String,
    pub cells: Vec<Cell>,
    pub rate: String,
    pub rate_by_value: String,
    /// Below the target.
    pub below: bool,
}

/// How many of a tab end in a month, and where they are listed.
pub(super) struct Cell {
    pub label: &'static str,
    pub count: String,
    pub href: Option<String>,
}

impl Chart {
    /// None where there is nothing to draw.
    pub(super) fn new(scope: &Scope, filter: &Filter, totals: &Totals) -> Option<Self> {
        let locale = scope.actor().locale;
        let months: Vec<CalendarMonth> = totals.horizon.charted().collect();
        let counts =
            |month: CalendarMonth| PARTS.map(|(show, _)| totals.month(show, month).count).to_vec();
        if months.iter().all(|month| counts(*month).iter().all(|count| *count == 0)) {
            return None;
        }
        let keys = PARTS.map(|(_, key)| key);
        let columns: Vec<Column> = months
            .iter()
            .map(|month| Column {
                label: month_label(*month, locale),
                minor: is_minor(*month),
                tip: tip(*month, &counts(*month), locale),
                amounts: counts(*month),
            })
            .collect();
        let target = totals.terms.target;
        let rates: Vec<(String, bool, Option<i64>)> = months
            .iter()
            .map(|month| {
                let percent = totals.rate_of(*month).lines.percent();
                (month_label(*month, locale), is_minor(*month), percent)
            })
            .collect();
        let rated = rates.iter().any(|(.., percent)| percent.is_some());
        Some(Self {
            stacked_summary: summary(totals, locale),
            stacked: Stacked::new(&keys, columns, locale),
            rate_summary: rate_summary(totals, locale),
            rate: rated.then(|| Shares::new(rates, target)),
            rows: months.iter().map(|month| row(*month, scope, filter, totals)).collect(),
        })
    }

    pub(super) fn keys(&self) -> &[Key] {
        &self.stacked.keys
    }
}

fn tip(month: CalendarMonth, counts: &[i64], locale: Locale) -> String {
    let parts = PARTS.iter().zip(counts).filter(|(_, count)| **count > 0);
    let parts: Vec<String> = parts
        .map(|((_, key), count)| format!("{} {}", locale.number(*count), key.label.to_lowercase()))
        .collect();
    let what = if parts.is_empty() { "nothing ends".to_owned() } else { parts.join(", ") };
    format!("{}: {what}", locale.month(month.first_day()))
}

fn summary(totals: &Totals, locale: Locale) -> String {
    let parts = PARTS.map(|(show, key)| {
        let count: i64 =
            totals.horizon.charted().map(|month| totals.month(show, month).count).sum();
        format!("{} {}", locale.number(count), key.label.to_lowercase())
    });
    format!("In all {}. The table below has the figures.", parts.join(", "))
}

fn rate_summary(totals: &Totals, locale: Locale) -> String {
    let rate = totals.rate().lines;
    let reached = match rate.percent() {
        Some(percent) => format!(
            "{percent} % over the last twelve whole months, {} of {}.",
            locale.number(rate.renewed),
            locale.number(rate.ended)
        ),
        None => "Nothing ended in the last twelve whole months.".to_owned(),
    };
    match totals.terms.target {
        Some(target) => format!("{reached} The target is {target} %."),
        None => reached,
    }
}

fn row(month: CalendarMonth, scope: &Scope, filter: &Filter, totals: &Totals) -> MonthRow {
    let locale = scope.actor().locale;
    let Rate { lines, .. } = totals.rate_of(month);
    let percent = lines.percent();
    MonthRow {
        month: locale.month(month.first_day()),
        cells: PARTS
            .iter()
            .map(|(show, key)| {
                let count = totals.month(*show, month).count;
                let href = (count > 0).then(|| filter.in_month(month, *show).page(scope));
                Cell { label: key.label, count: locale.number(count), href }
            })
            .collect(),
        rate: match percent {
            Some(percent) => format!("{percent} %"),
            None => "–".to_owned(),
        },
        rate_by_value: Some(totals.rate_of(month).by_value())
            .filter(|rate| !rate.is_empty())
            .unwrap_or_else(|| "–".to_owned()),
        below: percent.zip(totals.terms.target).is_some_and(|(rate, target)| rate < target),
    }
}
