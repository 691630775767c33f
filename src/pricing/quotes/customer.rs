//! What a reseller asks of its own customer: a price for each line of a quote, kept with the quote and
//! nobody else's to see. The paper that it hands over shows these prices, and nothing of how they came
//! about nor of who quoted.

use std::collections::BTreeMap;

use diesel::prelude::*;
use iso_currency::Currency;
use serde::Deserialize;

use super::lines::QuoteLine;
use super::model::{Quote, Revision, amount, plain_amount};
use super::print::Sent;
use crate::audit::{self, By, Change, Subject};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::schema::customer_prices;
use crate::db::{self, Conn, Keep};
use crate::error::{Error, Result};
use crate::money::Money;
use crate::paper::{Column, Paper, Party, Table};
use crate::percent::BasisPoints;
use crate::pricing::actions::CUSTOMER_PRICED;
use crate::web::Fields;

/// What the history calls the prices of a quote for the customer.
const KIND: &str = "customer_paper";

/// What the address of the form carries.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CustomerQuery {
    /// Fills the form in: how far each price is below the recommended one, in percent.
    pub below: String,
}

/// The prices as their form sends them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CustomerForm {
    /// Of each line as a whole, in the order of the lines.
    pub price: Vec<String>,
    /// The revision whose lines the form showed.
    pub number: String,
    /// Where the button leads: `pdf`, or back to the form.
    pub next: String,
}

#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = customer_prices)]
struct PriceRow {
    quote_id: i64,
    position: i32,
    product_id: i64,
    quantity: i32,
    price_minor: i64,
}

/// A quote that was sent, with what its reseller asks of the customer.
pub(super) struct Offer {
    pub quote: Quote,
    pub revision: Revision,
    pub lines: Vec<OfferLine>,
}

pub(super) struct OfferLine {
    pub line: QuoteLine,
    /// What was kept for it; none where nothing was, or for another product or quantity.
    pub kept_minor: Option<i64>,
}

impl OfferLine {
    pub(super) fn price_minor(&self) -> i64 {
        self.kept_minor.unwrap_or(self.line.msrp_minor)
    }
}

impl Offer {
    /// For the reseller. Three queries.
    pub(super) fn read(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let Sent { quote, revision, lines } = Sent::read(scope, reference, conn)?;
        let kept: Vec<PriceRow> = customer_prices::table
            .filter(customer_prices::quote_id.eq(quote.row.id))
            .select(PriceRow::as_select())
            .kept()
            .load(conn)?;
        let kept: BTreeMap<i32, PriceRow> =
            kept.into_iter().map(|row| (row.position, row)).collect();
        let priced = |line: QuoteLine| {
            let own = kept
                .get(&line.position)
                .filter(|row| (row.product_id, row.quantity) == (line.product_id, line.quantity));
            OfferLine { kept_minor: own.map(|row| row.price_minor), line }
        };
        Ok(Self { lines: lines.into_iter().map(priced).collect(), quote, revision })
    }

    /// The paper: one price for each line.
    pub(super) fn paper(&self, scope: &Scope, now: Instant) -> Paper {
        let (row, locale) = (&self.quote.row, scope.actor().locale);
        let show = |minor: i64| amount(minor, &row.currency, locale);
        let mut table = Table::new([
            Column::text("Product").weight(3),
            Column::short("Quantity"),
            Column::short("Term"),
            Column::number("Price"),
        ]);
        for one in &self.lines {
            let line = &one.line;
            let months = line.months.map(|months| format!("{months} months")).unwrap_or_default();
            let count = format!("{} × {}", locale.number(line.quantity.into()), line.unit);
            let price = show(one.price_minor());
            table.row([line.product.clone(), count, months, price]).beneath([
                line.sku.clone(),
                String::new(),
                String::new(),
                String::new(),
            ]);
        }
        table.grand_total("Together", [show(self.lines.iter().map(OfferLine::price_minor).sum())]);
        Paper::new("Offer", &row.reference, locale, now)
            .subtitle(row.customer_name.clone())
            .author(row.reseller.clone())
            .party(Party::new("From", &row.reseller))
            .party(Party::new("For", &row.customer_name).line(&row.customer_country))
            .fact("Valid until", locale.day(self.revision.last_day(scope.program())))
            .table(table)
    }

    /// The prices that the form is to show: what was typed, a share below the recommended ones, or
    /// what is kept.
    pub(super) fn filled_in(&self, query: &CustomerQuery) -> Result<Vec<String>> {
        let plain = |minor: i64| plain_amount(minor, &self.quote.row.currency);
        if query.below.trim().is_empty() {
            return Ok(self.lines.iter().map(|one| plain(one.price_minor())).collect());
        }
        let share = BasisPoints::parse(&query.below).ok_or_else(|| {
            Error::field("below", "Enter a percentage from 0 to 100, such as 5 or 12.5.")
        })?;
        let below = |minor: i64| minor - share.of(minor);
        Ok(self.lines.iter().map(|one| plain(below(one.line.msrp_minor))).collect())
    }

    fn parse(&self, form: &CustomerForm) -> Result<Vec<i64>> {
        let code = &self.quote.row.currency;
        let currency = Currency::from_code(code)
            .ok_or_else(|| Error::internal(format!("{code} is no currency")))?;
        let mut fields = Fields::default();
        let mut prices = Vec::with_capacity(self.lines.len());
        let mut sum = Some(0_i64);
        for (place, one) in self.lines.iter().enumerate() {
            let typed = form.price.get(place).map_or("", |text| text.trim()).replace(',', ".");
            match Money::parse(&typed, currency) {
                Some(price) => {
                    sum = sum.and_then(|sum| sum.checked_add(price.minor));
                    prices.push(price.minor);
                }
                None => fields.refuse(
                    "price",
                    format!(
                        "Line {}, {}: enter an amount in {code}, such as {}.",
                        one.line.position,
                        one.line.product,
                        plain_amount(one.line.msrp_minor, code)
                    ),
                ),
            }
        }
        if sum.is_none() {
            fields.refuse("price", "The sum is more than can be counted.");
        }
        fields.finish(|| Some(prices))
    }

    /// Keeps the prices for the next time.
    pub(super) fn keep(
        &self,
        scope: &Scope,
        form: &CustomerForm,
        now: Instant,
        conn: &mut Conn,
    ) -> Result<()> {
        let prices = self.parse(form)?;
        if form.number.parse() != Ok(self.revision.number) {
            return Err(Error::conflict(format!(
                "Revision {} of the quote was sent meanwhile: its lines may be others. Look at them \
                 again.",
                self.revision.number
            )));
        }
        let row = &self.quote.row;
        let old = customer_prices::table.filter(customer_prices::quote_id.eq(row.id));
        diesel::delete(old).execute(conn)?;
        let rows: Vec<PriceRow> = self
            .lines
            .iter()
            .zip(prices)
            .map(|(one, price_minor)| PriceRow {
                quote_id: row.id,
                position: one.line.position,
                product_id: one.line.product_id,
                quantity: one.line.quantity,
                price_minor,
            })
            .collect();
        db::insert_all!(conn, customer_prices::table, rows);
        let subject = Subject { kind: KIND, ..row.subject(row.reseller_id) };
        let by = By::Person(scope.actor());
        audit::record(by, &CUSTOMER_PRICED, subject, Change::default(), now, conn)
    }
}
