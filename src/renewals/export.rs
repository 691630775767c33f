//! The renewals as a file: every line of a tab, as the filters narrow it.

use super::filter::{Filter, Horizon};
use super::model::{Line, key, lines};
use super::outline::Wording;
use super::totals::Totals;
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::licences::status::Thresholds;
use crate::money::Money;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};

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

/// All lines of a tab.
pub(super) struct RenewalsFile {
    filter: Filter,
    horizon: Horizon,
    thresholds: Thresholds,
}

impl RenewalsFile {
    pub(super) fn of(scope: &Scope, filter: Filter, conn: &mut Conn) -> Result<Self> {
        let Totals { horizon, terms, .. } = Totals::of(scope, &filter, conn)?;
        Ok(Self { filter, horizon, thresholds: terms.thresholds })
    }
}

impl CsvList for RenewalsFile {
    fn file_name(&self, scope: &Scope) -> String {
        let slug = &scope.program().slug;
        format!("renewals-{slug}-{}-{}.csv", self.filter.show, self.horizon.today)
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        HEADS.to_vec()
    }

    fn part(
        &self,
        scope: &Scope,
        cursor: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        let wording = Wording {
            scope,
            filter: &self.filter,
            horizon: &self.horizon,
            thresholds: self.thresholds,
            locale: scope.actor().locale,
        };
        let some = lines(scope, &self.filter, &self.horizon, cursor, ROWS_AT_ONCE, conn)?;
        for line in &some {
            rows.row(cells(line, &wording)?)?;
        }
        Ok(next_part(&some, key))
    }
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
