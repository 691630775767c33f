//! Lists of quotes, the newest first: for whoever quotes by when they were begun, for the others by
//! when they were sent. What somebody may not know neither finds a quote nor orders it.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde::{Deserialize, Serialize};

use super::QuoteStatus;
use super::held::found_open;
use super::model::{QUOTED_BY, QuoteRow, Viewer, plain_amount, with_parties, within};
use crate::auth::{Part, Scope};
use crate::calendar::{add_days, start_of_day};
use crate::clock::Instant;
use crate::db::schema::{inquiries, orders, organisations, quotes};
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};
use crate::{names, newest_first, reference};

/// What the list's address carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct QuoteQuery {
    /// Part of the customer's name, or the reference.
    pub q: String,
    pub status: String,
    /// Not older than so many days.
    pub age: String,
    /// Of the vendor's list: those that it makes itself, drafts among them.
    pub whose: String,
    /// The reference of a maintenance window that found them open.
    pub held: String,
    #[serde(skip_serializing)]
    pub page: String,
}

/// Of the filter by who quotes: one's own.
pub(super) const OWN: &str = "own";
/// Of the filter by age: days.
pub(super) const AGES: [i64; 4] = [7, 30, 90, 365];

impl QuoteQuery {
    pub(super) fn is_filtered(&self) -> bool {
        let fields = [&self.q, &self.status, &self.age, &self.whose, &self.held];
        fields.iter().any(|field| !field.trim().is_empty())
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }

    /// Whether the list is of quotes that the person's organisation makes.
    pub(super) fn is_own(&self, scope: &Scope) -> bool {
        match scope.part() {
            Some(part) => part == Part::Distributor,
            None => self.whose == OWN,
        }
    }
}

/// The quotes that the person may see: from a row on, at most so many.
pub(super) fn list_for(
    scope: &Scope,
    list: &QuoteQuery,
    cursor: Option<&Cursor>,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<QuoteRow>> {
    let mut query = within!(with_parties!().select(QuoteRow::as_select()).into_boxed(), scope);
    let sought = names::fold(&list.q);
    if !sought.is_empty() {
        let pattern = format!("%{}%", names::escape_like(&sought));
        let by_reference = quotes::reference.eq(reference::normalise(&list.q));
        query = query.filter(by_reference.or(quotes::customer_key.like(pattern).escape('\\')));
    }
    if let Ok(status) = list.status.parse::<QuoteStatus>() {
        query = query.filter(quotes::status.eq(status));
    }
    if !list.held.is_empty() {
        let window = scope.program().stoppages.find(&list.held);
        let open = window.map_or_else(|| "1 = 0".to_owned(), |one| found_open(scope, one));
        query = query.filter(sql::<Bool>(&open));
    }
    let age: Option<i64> = list.age.parse().ok().filter(|days| AGES.contains(days));
    let since = age.map(|days| {
        let day = add_days(scope.today(), -days);
        Instant::from_utc(start_of_day(day, scope.program().time_zone))
    });
    let own = list.is_own(scope);
    if let Some(since) = since {
        query = if own {
            query.filter(quotes::created_at.ge(since))
        } else {
            query.filter(quotes::sent_at.ge(since))
        };
    }
    let rows: Vec<QuoteRow> = if own {
        let query = query.filter(quotes::quoter_id.eq(scope.organisation_id()));
        newest_first!(query, quotes::created_at, quotes::reference, cursor, most)
            .kept()
            .load(conn)?
    } else {
        let query = query.filter(quotes::sent_at.is_not_null());
        let sent_at = quotes::sent_at.assume_not_null();
        newest_first!(query, sent_at, quotes::reference, cursor, most).kept().load(conn)?
    };
    Ok(rows
        .into_iter()
        .map(|row| {
            let viewer = Viewer::of(scope, row.quoter_id);
            row.hidden_from(viewer)
        })
        .collect())
}

/// Where a page after this quote goes on.
pub(super) fn sort_key(own: bool, quote: &QuoteRow) -> (String, String) {
    let at = quote.sent_at.filter(|_| !own).unwrap_or(quote.created_at);
    Cursor::key_of(at, &quote.reference)
}

/// All quotes that the filters leave, as a file. What is hidden is an empty cell.
pub(super) struct QuotesFile {
    pub query: QuoteQuery,
}

impl CsvList for QuotesFile {
    fn file_name(&self, scope: &Scope) -> String {
        format!("quotes-{}-{}.csv", scope.program().slug, scope.today())
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        vec![
            "reference",
            "status",
            "customer",
            "customer_country",
            "reseller",
            "quoted_by",
            "inquiry",
            "order",
            "sent_at",
            "valid_until",
            "currency",
            "msrp",
            "net",
        ]
    }

    fn part(
        &self,
        scope: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        let found = list_for(scope, &self.query, after, ROWS_AT_ONCE, conn)?;
        for quote in &found {
            let amount = |minor: Option<i64>| {
                minor.map(|minor| plain_amount(minor, &quote.currency)).unwrap_or_default()
            };
            rows.row([
                quote.reference.clone(),
                quote.status.to_string(),
                quote.customer_name.clone(),
                quote.customer_country.clone(),
                quote.reseller.clone(),
                quote.quoter.clone(),
                quote.inquiry.clone().unwrap_or_default(),
                quote.order.clone().unwrap_or_default(),
                quote.sent_at.map(|at| at.to_string()).unwrap_or_default(),
                quote.last_day(scope.program()).map(|day| day.to_string()).unwrap_or_default(),
                quote.currency.clone(),
                amount(quote.msrp_minor),
                amount(quote.net_minor),
            ])?;
        }
        let own = self.query.is_own(scope);
        Ok(next_part(&found, |quote| sort_key(own, quote)))
    }
}
