//! Orders as a file. What is hidden is an empty cell.

use super::model::{OrderQuery, list_for, sort_key};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::pricing::quotes::plain_amount;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};

/// All placed orders that the filters leave.
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
            "status",
            "quote",
            "distributor",
            "delivered_to",
            "reseller",
            "customer",
            "customer_country",
            "placed_at",
            "placed_by",
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
            let net = order.net_minor.map(|net| plain_amount(net, &order.currency));
            rows.row([
                order.reference.clone(),
                order.status.to_string(),
                order.quote.clone(),
                order.distributor.clone().unwrap_or_default(),
                order.delivered_to.clone(),
                order.reseller.clone(),
                order.customer.clone(),
                order.country.clone(),
                order.placed_at.to_string(),
                order.placed_by.clone(),
                order.currency.clone(),
                plain_amount(order.msrp_minor, &order.currency),
                net.unwrap_or_default(),
            ])?;
        }
        Ok(next_part(&found, sort_key))
    }
}
