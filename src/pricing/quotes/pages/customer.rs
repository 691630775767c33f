//! The form for a reseller's prices for its own customer.

use askama::Template;

use crate::auth::Scope;
use crate::pricing::quotes::customer::{CustomerQuery, Offer, OfferLine};
use crate::web::{FieldErrors, Frame};

#[derive(Template)]
#[template(path = "quotes/customer.html")]
pub(in crate::pricing::quotes) struct CustomerPage {
    frame: Frame,
    path: String,
    list_href: String,
    reference: String,
    customer: String,
    currency: String,
    number: i32,
    below: String,
    lines: Vec<Line>,
    /// Lines of another product or quantity than when prices were kept.
    changed: bool,
    errors: FieldErrors,
}

struct Line {
    position: i32,
    product: String,
    sku: String,
    count: String,
    months: String,
    msrp: String,
    /// As it was typed, or is proposed.
    price: String,
}

impl CustomerPage {
    pub(in crate::pricing::quotes) fn new(
        frame: Frame,
        scope: &Scope,
        offer: &Offer,
        prices: &[String],
        query: CustomerQuery,
        errors: FieldErrors,
    ) -> Self {
        let row = &offer.quote.row;
        let locale = scope.actor().locale;
        let any_kept = offer.lines.iter().any(|one| one.kept_minor.is_some());
        let line = |(place, one): (usize, &OfferLine)| Line {
            position: one.line.position,
            product: one.line.product.clone(),
            sku: one.line.sku.clone(),
            count: format!("{} × {}", locale.number(one.line.quantity.into()), one.line.unit),
            months: one.line.months.map(|months| format!("{months} months")).unwrap_or_default(),
            msrp: row.amount(one.line.msrp_minor, locale),
            price: prices.get(place).cloned().unwrap_or_default(),
        };
        Self {
            frame,
            path: row.path(scope),
            list_href: scope.path("/quotes"),
            reference: row.reference.clone(),
            customer: row.customer_name.clone(),
            currency: row.currency.clone(),
            number: offer.revision.number,
            below: query.below,
            lines: offer.lines.iter().enumerate().map(line).collect(),
            changed: any_kept && offer.lines.iter().any(|one| one.kept_minor.is_none()),
            errors,
        }
    }
}
