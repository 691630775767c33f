//! Deals as CSV: what the list shows, and what each says.

use super::list::{DealQuery, list_for, sort_key};
use super::model::Deal;
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};

/// All deals that the filters leave.
pub(super) struct DealFile {
    pub query: DealQuery,
}

const HEADS: [&str; 20] = [
    "reference",
    "status",
    "partner",
    "customer",
    "domain",
    "country",
    "category",
    "value",
    "currency",
    "contact_name",
    "contact_email",
    "expected_close",
    "found",
    "competitor",
    "tender",
    "begun_at",
    "submitted_at",
    "protected_until",
    "receipt",
    "why",
];

impl CsvList for DealFile {
    fn file_name(&self, scope: &Scope) -> String {
        format!("deals-{}.csv", scope.program().slug)
    }

    fn heads(&self, scope: &Scope) -> Vec<&'static str> {
        let mut heads = HEADS.to_vec();
        heads.extend(scope.is_vendor().then_some("first_approved_by"));
        heads
    }

    fn part(
        &self,
        scope: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        let found = list_for(scope, &self.query, after, ROWS_AT_ONCE, conn)?;
        for deal in &found {
            rows.row(cells(deal, scope)?)?;
        }
        Ok(next_part(&found, |deal| sort_key(scope, &self.query, deal)))
    }
}

fn cells(deal: &Deal, scope: &Scope) -> Result<Vec<String>> {
    let at = |instant: Option<Instant>| instant.map(|at| at.to_string()).unwrap_or_default();
    let last_day = deal.last_day(scope.program());
    let mut cells = vec![
        deal.reference.clone(),
        deal.status.to_string(),
        deal.names.partner.clone(),
        deal.customer_name.clone(),
        deal.customer_domain.clone(),
        deal.customer_country.clone(),
        deal.names.category.clone(),
        deal.value()?.plain(),
        deal.currency.clone(),
        deal.contact_name.clone(),
        deal.contact_email.clone(),
        deal.closes_on.map(|day| day.to_string()).unwrap_or_default(),
        deal.found_by.clone(),
        deal.competitor.clone(),
        if deal.is_tender { "yes" } else { "no" }.to_owned(),
        deal.created_at.to_string(),
        at(deal.submitted_at),
        last_day.map(|day| day.to_string()).unwrap_or_default(),
        deal.receipt.clone(),
        deal.why.clone(),
    ];
    if scope.is_vendor() {
        let first = deal.names.first_approval.as_ref();
        cells.push(first.map(|first| first.approved_by.clone()).unwrap_or_default());
    }
    Ok(cells)
}
