//! Charts of deals, each with what it says in words and in a table.

use iso_currency::Currency;

use crate::calendar::CalendarMonth;
use crate::deals::figures::{Close, Expected, Figures, Month, OUTCOMES, Sum, share};
use crate::deals::status::OPEN;
use crate::error::{Error, Result};
use crate::locale::Locale;
use crate::money::Money;
use crate::web::chart::{Column, Key, Shares, Stacked, begun_hours, is_minor, month_label, span};

/// As [`OPEN`] has them: how far a deal has come, the furthest last.
const STAGES: [Key; 4] = [
    Key { tone: "plain", label: "Submitted" },
    Key { tone: "soft", label: "In review" },
    Key { tone: "bad", label: "Returned" },
    Key { tone: "", label: "Approved" },
];
const RESPONSE: [Key; 1] = [Key { tone: "", label: "Until decided" }];

/// A chart with what it says in words and in a table.
pub(super) struct Drawing<C> {
    pub id: String,
    pub title: String,
    pub hint: &'static str,
    pub keys: &'static [Key],
    pub chart: C,
    pub summary: String,
    pub table: Table,
}

pub(super) struct Table {
    pub heads: Vec<String>,
    /// The head of each row, and its cells.
    pub rows: Vec<(String, Vec<String>)>,
}

pub(super) fn known(currency: &str) -> Result<Currency> {
    Currency::from_code(currency)
        .ok_or_else(|| Error::internal(format!("{currency} is no currency")))
}

fn named(word: &str) -> Vec<String> {
    vec![word.to_owned()]
}

/// What is open, state by state.
pub(super) fn stages(figures: &Figures, locale: Locale) -> Result<Table> {
    let currencies: Vec<Currency> =
        figures.open_currencies().into_iter().map(known).collect::<Result<_>>()?;
    let cells = |sum: &Sum| {
        let mut cells = vec![locale.number(sum.deals())];
        cells.extend(currencies.iter().map(|one| worth(sum, *one).show(locale)));
        cells
    };
    let mut rows: Vec<(String, Vec<String>)> = OPEN
        .iter()
        .enumerate()
        .map(|(place, state)| (state.label().to_owned(), cells(&figures.stage(place))))
        .collect();
    let all = Sum::of_all(figures.pipeline.iter().flat_map(|one| &one.stages));
    rows.push(("In all".to_owned(), cells(&all)));
    let mut heads = vec!["Status".to_owned(), "Deals".to_owned()];
    heads.extend(currencies.iter().map(|one| format!("Value, {}", one.code())));
    Ok(Table { heads, rows })
}

fn worth(sum: &Sum, currency: Currency) -> Money {
    Money::new(sum.minor(currency.code()), currency)
}

impl Close {
    fn words(self, locale: Locale) -> String {
        match self {
            Self::Overdue => "Overdue".to_owned(),
            Self::In(month) => locale.month(month.first_day()),
            Self::Later => "Later".to_owned(),
        }
    }

    /// What stands below its column.
    fn label(self, locale: Locale) -> String {
        match self {
            Self::In(month) => month_label(month, locale),
            _ => self.words(locale),
        }
    }

    fn is_minor(self) -> bool {
        matches!(self, Self::In(month) if is_minor(month))
    }
}

fn heads_of_stages() -> Vec<String> {
    let mut heads = named("Expected close");
    heads.extend(STAGES.iter().map(|key| key.label.to_owned()));
    heads
}

/// Columns of open deals by when they are expected to be decided.
fn columns(
    figures: &Figures,
    locale: Locale,
    amount: impl Fn(&Sum) -> i64,
    shown: impl Fn(&Sum) -> String,
) -> Vec<Column> {
    let column = |expected: &Expected| Column {
        label: expected.close.label(locale),
        minor: expected.close.is_minor(),
        tip: format!(
            "{}: {}",
            expected.close.words(locale),
            shown(&Sum::of_all(expected.stages.iter()))
        ),
        amounts: expected.stages.iter().map(&amount).collect(),
    };
    figures.pipeline.iter().map(column).collect()
}

fn rows(figures: &Figures, locale: Locale, shown: impl Fn(&Sum) -> String) -> Table {
    let row = |expected: &Expected| {
        (expected.close.words(locale), expected.stages.iter().map(&shown).collect())
    };
    Table { heads: heads_of_stages(), rows: figures.pipeline.iter().map(row).collect() }
}

pub(super) fn open_by_number(figures: &Figures, locale: Locale) -> Option<Drawing<Stacked>> {
    let all = Sum::of_all(figures.pipeline.iter().flat_map(|one| &one.stages));
    let counted = |sum: &Sum| match sum.deals() {
        1 => "1 deal".to_owned(),
        many => format!("{} deals", locale.number(many)),
    };
    let columns = columns(figures, locale, Sum::deals, counted);
    (all.deals() > 0).then(|| Drawing {
        id: "open".to_owned(),
        title: "Open deals".to_owned(),
        hint: "By the month in which the customer is expected to decide, and where they stand now.",
        keys: &STAGES,
        chart: Stacked::new(&STAGES, columns, locale),
        summary: format!("In all {}. The table has the figures.", counted(&all)),
        table: rows(figures, locale, |sum| locale.number(sum.deals())),
    })
}

pub(super) fn open_by_value(
    figures: &Figures,
    currency: Currency,
    locale: Locale,
) -> Drawing<Stacked> {
    let shown = |sum: &Sum| worth(sum, currency).show(locale);
    let all = Sum::of_all(figures.pipeline.iter().flat_map(|one| &one.stages));
    let columns = columns(figures, locale, |sum| worth(sum, currency).whole_units(), shown);
    Drawing {
        id: format!("open-{}", currency.code().to_lowercase()),
        title: format!("Value of open deals, {}", currency.code()),
        hint: "At recommended prices, by the month in which the customer is expected to decide.",
        keys: &STAGES,
        chart: Stacked::new(&STAGES, columns, locale),
        summary: format!("In all {}. The table has the figures.", shown(&all)),
        table: rows(figures, locale, shown),
    }
}

pub(super) fn rate_by_number(figures: &Figures, locale: Locale) -> Option<Drawing<Shares>> {
    let rate = |month: &Month| share(month.outcomes[0].deals(), month.ended().deals());
    let won: i64 = figures.months.iter().map(|month| month.outcomes[0].deals()).sum();
    let ended: i64 = figures.months.iter().map(|month| month.ended().deals()).sum();
    let row = |month: &Month| {
        let mut cells: Vec<String> =
            month.outcomes.iter().map(|sum| locale.number(sum.deals())).collect();
        cells.push(per_cent(rate(month)));
        cells
    };
    let mut heads = named("Month");
    heads.extend(OUTCOMES.iter().map(|state| state.label().to_owned()));
    heads.push("Win rate".to_owned());
    Some(Drawing {
        id: "rate".to_owned(),
        title: "Win rate".to_owned(),
        hint: "Won of all approved deals that were won, lost or expired, by the month in which that happened. Revoked ones do not count.",
        keys: &[],
        chart: shares(&figures.months, locale, rate),
        summary: format!(
            "{} % in all, {} of {}. The table has the figures.",
            share(won, ended)?,
            locale.number(won),
            locale.number(ended)
        ),
        table: Table { heads, rows: by_month(&figures.months, locale, row) },
    })
}

pub(super) fn rate_by_value(
    figures: &Figures,
    currency: Currency,
    locale: Locale,
) -> Option<Drawing<Shares>> {
    let code = currency.code();
    let rate = |month: &Month| share(month.outcomes[0].minor(code), month.ended().minor(code));
    let won = Sum::of_all(figures.months.iter().map(|month| &month.outcomes[0]));
    let ended = Sum::of_all(figures.months.iter().flat_map(|month| &month.outcomes));
    let row = |month: &Month| {
        let shown = |sum: &Sum| worth(sum, currency).show(locale);
        vec![shown(&month.outcomes[0]), shown(&month.ended()), per_cent(rate(month))]
    };
    Some(Drawing {
        id: format!("rate-{}", code.to_lowercase()),
        title: format!("Win rate by value, {code}"),
        hint: "The same by what the deals are worth at recommended prices.",
        keys: &[],
        chart: shares(&figures.months, locale, rate),
        summary: format!(
            "{} % in all, {} of {}. The table has the figures.",
            share(won.minor(code), ended.minor(code))?,
            worth(&won, currency).show(locale),
            worth(&ended, currency).show(locale)
        ),
        table: Table {
            heads: ["Month", "Won", "Won, lost or expired", "Win rate"].map(str::to_owned).to_vec(),
            rows: by_month(&figures.months, locale, row),
        },
    })
}

fn shares(months: &[Month], locale: Locale, rate: impl Fn(&Month) -> Option<i64>) -> Shares {
    let column = |one: &Month| (month_label(one.month, locale), is_minor(one.month), rate(one));
    Shares::new(months.iter().map(column).collect(), None)
}

fn by_month(
    months: &[Month],
    locale: Locale,
    cells: impl Fn(&Month) -> Vec<String>,
) -> Vec<(String, Vec<String>)> {
    months.iter().map(|one| (full(one.month, locale), cells(one))).collect()
}

fn full(month: CalendarMonth, locale: Locale) -> String {
    locale.month(month.first_day())
}

fn per_cent(share: Option<i64>) -> String {
    share.map_or_else(dash, |share| format!("{share} %"))
}

fn dash() -> String {
    "–".to_owned()
}

pub(super) fn response(months: &[Month], locale: Locale) -> Option<Drawing<Stacked>> {
    let decided: i64 = months.iter().map(|month| month.decided).sum();
    let after: i64 = months.iter().map(|month| month.decided_after).sum();
    let mean = after.checked_div(decided)?;
    let column = |month: &Month| Column {
        label: month_label(month.month, locale),
        minor: is_minor(month.month),
        tip: match month.response() {
            None => format!("{}: no decision", full(month.month, locale)),
            Some(after) => format!("{}: {}", full(month.month, locale), span(after)),
        },
        amounts: vec![month.response().map_or(0, begun_hours)],
    };
    let row = |month: &Month| {
        vec![locale.number(month.decided), month.response().map_or_else(dash, span)]
    };
    Some(Drawing {
        id: "response".to_owned(),
        title: "Time to a decision".to_owned(),
        hint: "Hours from the last submission until a deal was approved, rejected or found to be a duplicate; the mean of each month's decisions.",
        keys: &RESPONSE,
        chart: Stacked::new(&RESPONSE, months.iter().map(column).collect(), locale),
        summary: format!("{} on average. The table has the figures.", span(mean)),
        table: Table {
            heads: ["Month", "Decisions", "Mean"].map(str::to_owned).to_vec(),
            rows: by_month(months, locale, row),
        },
    })
}
