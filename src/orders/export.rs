//! Orders as a file. What is hidden is an empty cell.

use super::model::{OrderQuery, list_for, sort_key};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::pricing::quotes::plain_amount;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};

/// All orders that the filters leave.
pub(super) struct OrdersFile {
    pub(super) query: OrderQuery,
}

impl CsvList for OrdersFile {
    fn file_name(&self, scope: &Scope) -> String {
        format!("orders-{}-{}.csv", scope.program().slug, scope.today())
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        vec![
            "reference",
            "external_number",
            "status",
            "why",
            "quote",
            "distributor",
            "delivered_to",
            "reseller",
            "customer",
            "customer_country",
            "placed_at",
            "placed_by",
            "released_at",
            "processed_at",
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
        for order in &found {
            let amount = |minor: Option<i64>| {
                minor.map(|minor| plain_amount(minor, &order.currency)).unwrap_or_default()
            };
            let instant = |at: Option<Instant>| at.map(|at| at.to_string()).unwrap_or_default();
            rows.row([
                order.reference.clone(),
                order.external_number.clone(),
                order.status.to_string(),
                order.why.clone(),
                order.quote.clone().unwrap_or_default(),
                order.distributor.clone().unwrap_or_default(),
                order.delivered_to.clone(),
                order.reseller.clone(),
                order.customer.clone(),
                order.country.clone(),
                instant(order.placed_at),
                order.placed_by.clone(),
                instant(order.released_at),
                instant(order.processed_at),
                order.currency.clone(),
                amount(order.msrp_minor),
                amount(order.net_minor),
            ])?;
        }
        Ok(next_part(&found, sort_key))
    }
}
