//! The renewals as a file: every line of a tab, as the filters narrow it.

use super::filter::Filter;
use super::model::{Line, after, lines};
use super::outline::Wording;
use super::totals::Totals;
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::money::Money;
use crate::web::downloads::Csv;

/// Lines that are read together.
const ROWS_AT_ONCE: i64 = 2_000;

const HEADS: [&str; 14] = [
    "licence",
    "partner",
    "customer",
    "category",
    "product",
    "sku",
    "quantity",
    "unit",
    "ends_on",
    "status",
    "currency",
    "unit_price",
    "value",
    "renewed_by",
];

/// All lines of the tab, read a part at a time, and the file's name.
pub(super) fn file(scope: &Scope, filter: &Filter, conn: &mut Conn) -> Result<(String, Csv)> {
    let totals = Totals::of(scope, filter, conn)?;
    let horizon = totals.horizon;
    let wording = Wording {
        scope,
        filter,
        horizon: &horizon,
        thresholds: totals.thresholds,
        locale: scope.actor().locale,
    };
    let mut csv = Csv::with_heads(&HEADS)?;
    let mut cursor = None;
    loop {
        let some = lines(scope, filter, &horizon, cursor.as_ref(), ROWS_AT_ONCE, conn)?;
        for line in &some {
            csv.row(cells(line, &wording)?)?;
        }
        cursor = match some.last() {
            Some(last) => Some(after(last)),
            None => break,
        };
    }
    let slug = &scope.program().slug;
    let name = format!("renewals-{slug}-{}-{}.csv", filter.show, horizon.today);
    Ok((name, csv))
}

fn cells(line: &Line, wording: &Wording<'_>) -> Result<[String; 14]> {
    let currency = iso_currency::Currency::from_code(&line.currency)
        .ok_or_else(|| Error::internal(format!("no such currency: {}", line.currency)))?;
    let plain = |minor: i64| Money::new(minor, currency).plain();
    let renewal = line.renewal.as_ref();
    Ok([
        line.reference.clone(),
        line.reseller.clone(),
        line.customer.clone(),
        line.category.clone(),
        line.product.clone(),
        line.sku.clone(),
        line.quantity.to_string(),
        line.unit.clone(),
        line.due_on.to_string(),
        wording.badge(line).text.to_lowercase(),
        line.currency.clone(),
        plain(line.unit_price_minor),
        plain(Wording::value_minor(line)),
        renewal.map_or_else(String::new, |renewal| renewal.reference.clone()),
    ])
}
