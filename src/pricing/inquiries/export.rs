//! Inquiries as CSV: the list, and the lines of one. Recommended prices only.

use super::list::{InquiryQuery, list_for, sort_key};
use super::model::{Inquiry, InquiryLine};
use super::submission::currency_of;
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::money::Money;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};

/// All inquiries that the filters leave.
pub(super) struct InquiryFile {
    pub query: InquiryQuery,
}

const HEADS: [&str; 11] = [
    "reference",
    "status",
    "customer",
    "country",
    "partner",
    "asked",
    "lines",
    "msrp",
    "currency",
    "wanted_on",
    "submitted_at",
];

impl CsvList for InquiryFile {
    fn file_name(&self, scope: &Scope) -> String {
        format!("inquiries-{}.csv", scope.program().slug)
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        HEADS.to_vec()
    }

    fn part(
        &self,
        scope: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        let found = list_for(scope, &self.query, after, ROWS_AT_ONCE, conn)?;
        for inquiry in &found {
            rows.row(cells(inquiry)?)?;
        }
        Ok(next_part(&found, |inquiry| sort_key(scope, inquiry)))
    }
}

fn cells(inquiry: &Inquiry) -> Result<Vec<String>> {
    let currency = currency_of(inquiry)?;
    let msrp = inquiry.msrp_minor.map(|minor| Money::new(minor, currency).plain());
    Ok(vec![
        inquiry.reference.clone(),
        inquiry.status.to_string(),
        inquiry.customer_name.clone(),
        inquiry.customer_country.clone(),
        inquiry.reseller.clone(),
        inquiry.quoter.clone().unwrap_or_default(),
        inquiry.lines.to_string(),
        msrp.unwrap_or_default(),
        inquiry.currency.clone(),
        inquiry.wanted_on.map(|day| day.to_string()).unwrap_or_default(),
        inquiry.submitted_at.map(|at| at.to_string()).unwrap_or_default(),
    ])
}

const LINE_HEADS: [&str; 12] = [
    "position",
    "sku",
    "product",
    "name",
    "kind",
    "renews_or_changes",
    "quantity",
    "unit",
    "months",
    "unit_msrp",
    "msrp",
    "currency",
];

/// The lines of one inquiry that was sent.
pub(super) fn lines_file(inquiry: &Inquiry, lines: &[InquiryLine]) -> Result<Csv> {
    let currency = currency_of(inquiry)?;
    let plain = |minor: Option<i64>| {
        minor.map(|minor| Money::new(minor, currency).plain()).unwrap_or_default()
    };
    let mut csv = Csv::with_heads(&LINE_HEADS)?;
    for (line, position) in lines.iter().zip(1..) {
        let position: i32 = position;
        csv.row([
            position.to_string(),
            line.sku.clone(),
            line.product.code.clone(),
            line.product.name.clone(),
            line.kind.to_string(),
            line.base.reference.clone().unwrap_or_default(),
            line.quantity.to_string(),
            line.product.unit.clone(),
            line.months.map(|months| months.to_string()).unwrap_or_default(),
            plain(line.unit_minor),
            plain(line.msrp_minor),
            inquiry.currency.clone(),
        ])?;
    }
    Ok(csv)
}
