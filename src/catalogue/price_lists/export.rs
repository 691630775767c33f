//! The prices of a list as a file: with the columns of the import, so that it can be edited and
//! published anew.

use diesel::prelude::*;
use iso_currency::Currency;

use super::import::Column;
use super::model::ListRecord;
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{prices, products};
use crate::error::Result;
use crate::money::Money;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};

pub(super) struct PricesFile {
    list: ListRecord,
    currency: Currency,
}

impl PricesFile {
    pub(super) fn of(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let list = ListRecord::find_for(scope, reference, conn)?;
        let currency = list.currency()?;
        Ok(Self { list, currency })
    }
}

/// Product, months, quantity and price, and the product's id.
type Row = (String, i32, i32, i64, i64);

impl CsvList for PricesFile {
    fn file_name(&self, scope: &Scope) -> String {
        let (code, day) = (self.currency.code(), self.list.effective_on);
        format!("prices-{}-{code}-{day}.csv", scope.program().slug)
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        Column::ALL.iter().map(|column| column.name()).collect()
    }

    fn part(
        &self,
        _: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        let mut query = prices::table
            .inner_join(products::table)
            .filter(prices::price_list_id.eq(self.list.id))
            .order((prices::product_id, prices::months, prices::from_quantity))
            .select((
                products::code,
                prices::months,
                prices::from_quantity,
                prices::unit_minor,
                prices::product_id,
            ))
            .limit(ROWS_AT_ONCE)
            .into_boxed();
        if let Some((product, months, from)) = after.and_then(place) {
            let same_product = prices::product_id.eq(product);
            let later = prices::months
                .gt(months)
                .or(prices::months.eq(months).and(prices::from_quantity.gt(from)));
            query = query
                .filter(prices::product_id.ge(product))
                .filter(prices::product_id.gt(product).or(same_product.and(later)));
        }
        let found: Vec<Row> = query.load(conn)?;
        for (code, months, from_quantity, unit_minor, _) in &found {
            rows.row([
                code.clone(),
                if *months == 0 { String::new() } else { months.to_string() },
                from_quantity.to_string(),
                Money::new(*unit_minor, self.currency).plain(),
            ])?;
        }
        Ok(next_part(&found, |(_, months, from, _, product)| {
            (format!("{product}:{months}:{from}"), String::new())
        }))
    }
}

fn place(cursor: &Cursor) -> Option<(i64, i32, i32)> {
    let mut parts = cursor.key.split(':');
    let product = parts.next()?.parse().ok()?;
    Some((product, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
