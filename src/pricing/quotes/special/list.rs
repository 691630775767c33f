//! Lists of special prices, the newest first.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ASKED_BY, Special, SpecialStatus, with_quote, within_requests};
use crate::auth::{Part, Scope};
use crate::db::schema::{organisations, products, quotes, special_prices};
use crate::db::{Conn, Keep};
use crate::error::{Error, Result};
use crate::percent::BasisPoints;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};
use crate::{names, newest_first, reference};

/// What the list's address carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::pricing::quotes) struct SpecialQuery {
    /// Part of the customer's name, or the reference of the request or its quote.
    pub q: String,
    pub status: String,
    #[serde(skip_serializing)]
    pub page: String,
}

impl SpecialQuery {
    pub(in crate::pricing::quotes) fn is_filtered(&self) -> bool {
        [&self.q, &self.status].iter().any(|field| !field.trim().is_empty())
    }

    pub(in crate::pricing::quotes) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }
}

/// The requests that the person may see: from a row on, at most so many.
pub(in crate::pricing::quotes) fn list_for(
    scope: &Scope,
    list: &SpecialQuery,
    cursor: Option<&Cursor>,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<Special>> {
    let mut query = within_requests!(with_quote!().into_boxed(), scope);
    let sought = names::fold(&list.q);
    if !sought.is_empty() {
        let pattern = format!("%{}%", names::escape_like(&sought));
        let exact = reference::normalise(&list.q);
        query = query.filter(
            special_prices::reference
                .eq(exact.clone())
                .or(quotes::reference.eq(exact))
                .or(quotes::customer_key.like(pattern).escape('\\')),
        );
    }
    if let Ok(status) = list.status.parse::<SpecialStatus>() {
        query = query.filter(special_prices::status.eq(status));
    }
    let by_time =
        newest_first!(query, special_prices::requested_at, special_prices::reference, cursor, most);
    Ok(by_time.kept().load(conn)?)
}

/// Where a page after this request goes on.
pub(in crate::pricing::quotes) fn sort_key(special: &Special) -> (String, String) {
    Cursor::key_of(special.requested_at, &special.reference)
}

/// All requests that the filters leave, as a file.
pub(in crate::pricing::quotes) struct SpecialsFile {
    pub query: SpecialQuery,
}

impl CsvList for SpecialsFile {
    fn file_name(&self, scope: &Scope) -> String {
        format!("special-prices-{}-{}.csv", scope.program().slug, scope.today())
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        vec![
            "reference",
            "status",
            "quote",
            "customer",
            "reseller",
            "asked_by",
            "product",
            "asked_percent",
            "granted_percent",
            "reason",
            "requested_at",
            "decided_at",
            "decided_by",
            "why",
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
        for special in &found {
            rows.row([
                special.reference.clone(),
                special.status.to_string(),
                special.quote.clone(),
                special.customer.clone(),
                special.reseller.clone(),
                special.quoter.clone(),
                special.product.clone().unwrap_or_default(),
                special.asked().plain(),
                special.granted().map(BasisPoints::plain).unwrap_or_default(),
                special.reason.clone(),
                special.requested_at.to_string(),
                special.decided_at.map(|at| at.to_string()).unwrap_or_default(),
                special.decided_by.clone(),
                special.why.clone(),
            ])?;
        }
        Ok(next_part(&found, sort_key))
    }
}
