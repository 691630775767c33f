//! Deals in figures: charts, each with its table, and the same as a file.

use askama::Template;

use super::charts::{
    Drawing, Table, known, open_by_number, open_by_value, rate_by_number, rate_by_value, response,
    stages,
};
use crate::auth::Scope;
use crate::db::Conn;
use crate::deals::DealStatus;
use crate::deals::figures::{Close, FiguresQuery, OUTCOMES, Sum, read};
use crate::deals::status::OPEN;
use crate::error::Result;
use crate::money::Money;
use crate::web::chart::{Shares, Stacked, begun_hours};
use crate::web::downloads::Csv;
use crate::web::{Frame, Visit, list_address};

#[derive(Template)]
#[template(path = "deals/figures.html")]
pub(in crate::deals) struct FiguresPage {
    frame: Frame,
    path: String,
    list_href: String,
    csv_href: String,
    is_vendor: bool,
    query: FiguresQuery,
    stages: Table,
    /// What is open: how many deals, then what they are worth in each currency.
    open: Vec<Drawing<Stacked>>,
    /// What came of approved deals: by their number, then by value in each currency.
    rates: Vec<Drawing<Shares>>,
    response: Option<Drawing<Stacked>>,
}

impl FiguresPage {
    /// Two queries.
    pub(in crate::deals) fn read(
        visit: &Visit,
        scope: &Scope,
        query: FiguresQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let figures = read(scope, &query, conn)?;
        let locale = scope.actor().locale;
        let mut open: Vec<_> = open_by_number(&figures, locale).into_iter().collect();
        for currency in figures.open_currencies() {
            open.push(open_by_value(&figures, known(currency)?, locale));
        }
        let mut rates: Vec<_> = rate_by_number(&figures, locale).into_iter().collect();
        for currency in figures.ended_currencies() {
            rates.extend(rate_by_value(&figures, known(currency)?, locale));
        }
        Ok(Self {
            frame: visit.frame(scope),
            path: scope.path("/deals/figures"),
            list_href: scope.path("/deals"),
            csv_href: list_address(&scope.path("/deals/figures.csv"), &query, None),
            is_vendor: scope.is_vendor(),
            query,
            stages: stages(&figures, locale)?,
            open,
            rates,
            response: response(&figures.months, locale),
        })
    }

    fn is_empty(&self) -> bool {
        self.open.is_empty() && self.rates.is_empty() && self.response.is_none()
    }
}

/// A line says one thing of one period: `open` deals by status, deals that `ended`, `decisions`.
const HEADS: [&str; 7] = ["figure", "period", "status", "currency", "deals", "value", "mean_hours"];

/// The same figures as a file; what is 0 has no line.
pub(in crate::deals) fn file(scope: &Scope, query: &FiguresQuery, conn: &mut Conn) -> Result<Csv> {
    let figures = read(scope, query, conn)?;
    let mut csv = Csv::with_heads(&HEADS)?;
    for expected in &figures.pipeline {
        let period = match expected.close {
            Close::Overdue => "overdue".to_owned(),
            Close::In(month) => month.to_string(),
            Close::Later => "later".to_owned(),
        };
        lines(&mut csv, ["open", &period], &OPEN, &expected.stages)?;
    }
    for month in &figures.months {
        lines(&mut csv, ["ended", &month.month.to_string()], &OUTCOMES, &month.outcomes)?;
    }
    for month in &figures.months {
        let Some(after) = month.response() else { continue };
        let (period, hours) = (month.month.to_string(), begun_hours(after).to_string());
        csv.row(["decisions", &period, "", "", &month.decided.to_string(), "", &hours])?;
    }
    Ok(csv)
}

fn lines(
    csv: &mut Csv,
    [figure, period]: [&str; 2],
    of: &[DealStatus],
    sums: &[Sum],
) -> Result<()> {
    for (state, sum) in of.iter().zip(sums) {
        for (currency, deals, minor) in sum.parts() {
            let value = Money::new(minor, known(currency)?).plain();
            let deals = deals.to_string();
            csv.row([figure, period, state.as_str(), currency, &deals, &value, ""])?;
        }
    }
    Ok(())
}
