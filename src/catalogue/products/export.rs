//! The catalogue as a file: a row for each price in force.

use super::lists::Lists;
use super::query::CatalogueQuery;
use crate::auth::Scope;
use crate::calendar::TermMonths;
use crate::catalogue::{Prices, Product, Wanted};
use crate::db::Conn;
use crate::error::Result;
use crate::money::Money;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList};

/// Products whose prices are read together.
const PRODUCTS_AT_ONCE: usize = 20;

const HEADS: [&str; 12] = [
    "product",
    "name",
    "category",
    "kind",
    "unit",
    "most_units",
    "months",
    "from_quantity",
    "currency",
    "unit_price",
    "effective_from",
    "illustrative",
];

pub(super) struct CatalogueFile {
    products: Vec<Product>,
    lists: Lists,
}

impl CatalogueFile {
    pub(super) fn of(scope: &Scope, query: &CatalogueQuery, conn: &mut Conn) -> Result<Self> {
        let mut products = Product::all(scope.program().id, conn)?;
        products.retain(|product| query.fits(product));
        Ok(Self { products, lists: Lists::of(scope, &query.currency, conn)? })
    }
}

impl CsvList for CatalogueFile {
    fn file_name(&self, scope: &Scope) -> String {
        format!("catalogue-{}-{}.csv", scope.program().slug, scope.today())
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
        let begin = after.and_then(|cursor| cursor.key.parse().ok()).unwrap_or(0);
        let end = self.products.len().min(begin + PRODUCTS_AT_ONCE);
        let part = self.products.get(begin..end).unwrap_or_default();
        let ids: Vec<i64> = part.iter().map(|product| product.id).collect();
        let prices = match self.lists.currency {
            Some(currency) => Prices::on(
                scope.program().id,
                currency,
                scope.today(),
                Wanted::Products(&ids),
                conn,
            )?,
            None => None,
        };
        for product in part {
            write(product, prices.as_ref(), self.lists.currency, rows)?;
        }
        let next = || Cursor { key: end.to_string(), reference: String::new(), backwards: false };
        Ok((end < self.products.len()).then(next))
    }
}

fn write(
    product: &Product,
    prices: Option<&Prices>,
    currency: Option<iso_currency::Currency>,
    rows: &mut Csv,
) -> Result<()> {
    let facts = [
        product.code.clone(),
        product.name.clone(),
        product.category.name.clone(),
        product.kind.to_string(),
        product.unit.clone(),
        product.most_units.map(|most| most.to_string()).unwrap_or_default(),
    ];
    let mut priced = false;
    if let Some((prices, currency)) = prices.zip(currency) {
        for months in prices.terms(product.id) {
            for band in prices.bands(product.id, TermMonths::new(months.into()).ok()) {
                priced = true;
                let illustrative = product.illustrative || prices.list().illustrative;
                rows.row(facts.iter().cloned().chain([
                    if months == 0 { String::new() } else { months.to_string() },
                    band.from_quantity.to_string(),
                    currency.code().to_owned(),
                    Money::new(band.unit_minor, currency).plain(),
                    prices.list().effective_on.to_string(),
                    if illustrative { "yes" } else { "no" }.to_owned(),
                ]))?;
            }
        }
    }
    if !priced {
        let nothing = std::iter::repeat_n(String::new(), HEADS.len() - facts.len() - 1);
        let illustrative = if product.illustrative { "yes" } else { "no" }.to_owned();
        rows.row(facts.iter().cloned().chain(nothing).chain([illustrative]))?;
    }
    Ok(())
}
