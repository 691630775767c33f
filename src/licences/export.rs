//! Lists of licences as files: every line that the filters leave.

use super::list::{LicenceFilter, LicenceLine, list_for, sort_key};
use super::rulebook;
use super::status::Thresholds;
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::money::Money;
use crate::programs::rules_of;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};

const HEADS: [&str; 18] = [
    "reference",
    "customer",
    "customer_country",
    "reseller",
    "product",
    "sku",
    "quantity",
    "unit",
    "kind",
    "months",
    "serial_number",
    "processed_on",
    "activated_on",
    "starts_on",
    "ends_on",
    "status",
    "unit_price",
    "currency",
];

pub(super) struct LicencesFile {
    filter: LicenceFilter,
    thresholds: Thresholds,
}

impl LicencesFile {
    pub(super) fn of(scope: &Scope, filter: LicenceFilter, conn: &mut Conn) -> Result<Self> {
        let thresholds = rulebook::thresholds(&rules_of(scope.program().id, conn)?, scope.today());
        Ok(Self { filter, thresholds })
    }
}

impl CsvList for LicencesFile {
    fn file_name(&self, scope: &Scope) -> String {
        format!("licences-{}-{}.csv", scope.program().slug, scope.today())
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
        let lines = list_for(scope, &self.filter, after, self.thresholds, ROWS_AT_ONCE, conn)?;
        for line in &lines {
            rows.row(cells(line, scope, self.thresholds))?;
        }
        Ok(next_part(&lines, sort_key))
    }
}

fn cells(row: &LicenceLine, scope: &Scope, thresholds: Thresholds) -> [String; 18] {
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
    let status = row.status(scope.today(), thresholds);
    let price = iso_currency::Currency::from_code(&row.currency)
        .map(|currency| Money::new(row.unit_price_minor, currency).plain());
    [
        row.reference.clone(),
        row.customer.clone(),
        row.country.clone(),
        row.reseller.clone(),
        row.product.clone(),
        row.sku.clone(),
        row.quantity.to_string(),
        row.unit.clone(),
        row.kind.to_string(),
        row.months.map_or_else(String::new, |months| months.to_string()),
        row.serial_number.clone(),
        row.processed_on.to_string(),
        day(row.activated_on),
        day(row.starts_on),
        day(row.ends_on),
        status.map_or_else(String::new, |status| status.to_string()),
        price.unwrap_or_default(),
        row.currency.clone(),
    ]
}
