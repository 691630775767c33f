//! What the lines of a quote cost by the vendor's recommended prices, on the day that was chosen.

use chrono::NaiveDate;
use iso_currency::Currency;

use super::prices::{Prices, Wanted};
use super::quote::QuoteLine;
use super::translation::{Remark, TranslatedQuote, Translation};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::money::Money;

/// The price list of a day, in the currency in which the person's organisation buys.
pub(super) struct PriceTags {
    currency: Currency,
    prices: Option<Prices>,
}

/// What one unit costs, and all of them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PriceTag {
    pub unit: Money,
    pub total: Money,
}

impl PriceTags {
    /// Reads the prices of some products, by one query; none where no product is known.
    pub(super) fn on(
        day: NaiveDate,
        product_ids: &[i64],
        scope: &Scope,
        conn: &mut Conn,
    ) -> Result<Self> {
        let currency = Currency::from_code(scope.currency())
            .ok_or_else(|| Error::internal("a currency is not known"))?;
        let prices = if product_ids.is_empty() {
            None
        } else {
            let wanted = Wanted::Products(product_ids);
            Prices::on(scope.program().id, currency, day, wanted, conn)?
        };
        Ok(Self { currency, prices })
    }

    /// Reads the prices of a quote's products.
    pub(super) fn of(quote: &TranslatedQuote<'_>, scope: &Scope, conn: &mut Conn) -> Result<Self> {
        let ids = quote.lines.iter().filter_map(|(_, one)| one.product.map(|product| product.id));
        let mut ids: Vec<i64> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        Self::on(quote.day, &ids, scope, conn)
    }

    pub(super) fn currency(&self) -> Currency {
        self.currency
    }

    /// Whether the program has a price list of the currency by that day.
    pub(super) fn are_known(&self) -> bool {
        self.prices.is_some()
    }

    /// What a line costs: the term that is meant, in the band of its quantity.
    pub(super) fn tag(&self, line: &QuoteLine, found: &Translation<'_>) -> Option<PriceTag> {
        if matches!(found.remark, Remark::OtherTerm { .. } | Remark::OnlyTheProduct) {
            return None;
        }
        let product = found.product?;
        let months = found.months.filter(|_| product.kind.has_term());
        let price = self.prices.as_ref()?.unit(product.id, months, line.quantity)?;
        Some(PriceTag {
            unit: Money::new(price.band.unit_minor, self.currency),
            total: Money::new(price.total(line.quantity)?, self.currency),
        })
    }
}
