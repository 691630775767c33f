//! What a quote's lines cost at one instant: recommended prices of one list, and what each rule of
//! that day takes off them.
//!
//! The list is that of the day on which the draft is priced. Where it is still the list of the
//! inquiry (or of the draft's last pricing), units cost what they cost there, so that a price once
//! shown does not move by itself. A draft is priced when it is made and at every change, and once
//! more when it is sent: if anything came out otherwise, it is priced anew and not sent.

use chrono::NaiveDate;
use diesel::prelude::*;
use iso_currency::Currency;

use super::lines::{QuoteLine, Remarks};
use super::special::{Granted, granted_for};
use crate::auth::{Part, Program};
use crate::calendar::TermMonths;
use crate::catalogue::{Prices, Wanted};
use crate::db::Conn;
use crate::db::schema::{enrolments, organisations};
use crate::deals;
use crate::error::{Error, Result};
use crate::partners::EnrolmentStatus;
use crate::percent::BasisPoints;
use crate::pricing::inquiries::{InquiryLine, Purpose};
use crate::pricing::promotions::{self, Line, Offer};
use crate::pricing::rates::{Rate, Rates, offers_of};
use crate::pricing::waterfall::{Level, LevelKind, Waterfall};
use crate::programs::pack::DiscountLevel;

/// A line to be priced.
#[derive(Clone, Debug)]
pub(super) struct Ordered {
    pub product_id: i64,
    pub product: String,
    pub category_id: i64,
    pub kind: Purpose,
    pub quantity: i32,
    pub months: Option<i32>,
    pub base_id: Option<i64>,
    pub sku: String,
    /// What a unit cost when it was priced before.
    pub unit_minor: Option<i64>,
    pub own: BasisPoints,
}

impl Ordered {
    /// A line of an inquiry; the quoter's own level is nothing until it says otherwise.
    pub(super) fn asked(line: InquiryLine) -> Self {
        Self {
            product_id: line.product_id,
            product: line.product.name,
            category_id: line.product.category_id,
            kind: line.kind,
            quantity: line.quantity,
            months: line.months,
            base_id: line.base_id,
            sku: line.sku,
            unit_minor: line.unit_minor,
            own: BasisPoints::NONE,
        }
    }

    /// A line that was priced before.
    pub(super) fn again(line: &QuoteLine) -> Self {
        Self {
            product_id: line.product_id,
            product: line.product.clone(),
            category_id: line.category_id,
            kind: line.kind,
            quantity: line.quantity,
            months: line.months,
            base_id: line.base_id,
            sku: line.sku.clone(),
            unit_minor: Some(line.unit_minor),
            own: line.own,
        }
    }
}

/// What decides the prices beside the lines.
pub(super) struct Question<'a> {
    pub program: &'a Program,
    pub quoter_id: i64,
    pub reseller_id: i64,
    pub currency: &'a str,
    /// None of a quote that nobody asked for.
    pub inquiry_id: Option<i64>,
    /// None of a quote that is not there yet.
    pub quote_id: Option<i64>,
    pub codes: &'a [String],
    /// The list that the lines were priced by before.
    pub known_list_id: Option<i64>,
    pub day: NaiveDate,
    /// From when the quoter's own level holds.
    pub own_since: NaiveDate,
}

/// A line with its price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PricedLine {
    pub unit_minor: i64,
    pub waterfall: Waterfall,
    pub remarks: Remarks,
}

/// All lines with their prices.
#[derive(Clone, Debug)]
pub(super) struct Priced {
    pub price_list_id: i64,
    pub lines: Vec<(Ordered, PricedLine)>,
    pub msrp_minor: i64,
    pub net_minor: i64,
}

/// The rules of a day, as they hold for one reseller and quote.
struct Rulebook {
    rates: Rates,
    offers: Vec<Offer>,
    granted: Vec<Granted>,
    /// The category of the deal that the inquiry carries, and its discount.
    deal: Option<(i64, Rate)>,
    quoter: String,
}

/// Prices lines. A conflict where something has no price, or the reseller takes no part any more.
pub(super) fn price(
    question: &Question<'_>,
    ordered: Vec<Ordered>,
    conn: &mut Conn,
) -> Result<Priced> {
    let prices = prices_of(question, &ordered, conn)?;
    let rules = Rulebook::of(question, conn)?;
    let mut lines = Vec::with_capacity(ordered.len());
    let (mut msrp_minor, mut net_minor) = (0_i64, 0_i64);
    for line in ordered {
        let unit_minor = unit_of(&line, &prices, question.known_list_id)?;
        let msrp = unit_minor.checked_mul(line.quantity.into()).ok_or_else(too_much)?;
        let priced = rules.price(question, &line, unit_minor, msrp);
        msrp_minor = msrp_minor.checked_add(msrp).ok_or_else(too_much)?;
        net_minor += priced.waterfall.net_minor;
        lines.push((line, priced));
    }
    Ok(Priced { price_list_id: prices.list().id, lines, msrp_minor, net_minor })
}

fn too_much() -> Error {
    Error::conflict("The lines together cost more than can be counted.")
}

fn prices_of(question: &Question<'_>, lines: &[Ordered], conn: &mut Conn) -> Result<Prices> {
    let code = question.currency;
    let none = || Error::conflict(format!("The program has no price list in {code} yet."));
    let currency = Currency::from_code(code).ok_or_else(none)?;
    let ids: Vec<i64> = lines.iter().map(|line| line.product_id).collect();
    let program_id = question.program.id;
    Prices::on(program_id, currency, question.day, Wanted::Products(&ids), conn)?.ok_or_else(none)
}

fn unit_of(line: &Ordered, prices: &Prices, known_list_id: Option<i64>) -> Result<i64> {
    let same_list = known_list_id == Some(prices.list().id);
    if let Some(known) = line.unit_minor.filter(|_| same_list) {
        return Ok(known);
    }
    let months = line.months.and_then(|months| TermMonths::new(months.into()).ok());
    let unit = prices.unit(line.product_id, months, line.quantity);
    unit.map(|unit| unit.band.unit_minor).ok_or_else(|| {
        let term = line.months.map_or_else(String::new, |months| format!(" for {months} months"));
        Error::conflict(format!(
            "The price list {} has no price for {} {}{term}.",
            prices.list().reference,
            line.quantity,
            line.product
        ))
    })
}

impl Rulebook {
    fn of(question: &Question<'_>, conn: &mut Conn) -> Result<Self> {
        let program = question.program;
        let tier_id = tier_of(program, question.reseller_id, conn)?;
        let quoter = organisations::table.find(question.quoter_id).select(organisations::name);
        let rates = Rates::of(program.id, tier_id, question.day, conn)?;
        Ok(Self {
            deal: deal_of(question, &rates, conn)?,
            rates,
            offers: offers_of(program.id, question.codes, conn)?,
            granted: match question.quote_id {
                Some(quote_id) => granted_for(quote_id, conn)?,
                None => Vec::new(),
            },
            quoter: quoter.first(conn)?,
        })
    }

    fn price(
        &self,
        question: &Question<'_>,
        line: &Ordered,
        unit_minor: i64,
        msrp_minor: i64,
    ) -> PricedLine {
        let facts = Line {
            category_id: line.category_id,
            quantity: line.quantity,
            msrp_minor,
            program: self.rates.get(DiscountLevel::Program, line.category_id),
            deal: self
                .deal
                .as_ref()
                .filter(|(category_id, _)| *category_id == line.category_id)
                .map(|(_, rate)| rate),
        };
        let choice = promotions::choose(question.codes, &self.offers, facts, question.day);
        let mut levels = choice.levels;
        levels.extend(Granted::on(&self.granted, line.product_id).map(Granted::level));
        levels.push(Level {
            kind: LevelKind::Distributor,
            percent: line.own,
            rule: self.quoter.clone(),
            effective_on: question.own_since,
            approved_by: self.quoter.clone(),
        });
        PricedLine {
            unit_minor,
            waterfall: Waterfall::of(msrp_minor, levels),
            remarks: Remarks { refused: choice.refused, displaced: choice.displaced },
        }
    }
}

/// What the program takes off for the deal that an inquiry carries, while the deal is in force. The
/// rule names the deal.
fn deal_of(question: &Question<'_>, rates: &Rates, conn: &mut Conn) -> Result<Option<(i64, Rate)>> {
    let Some(inquiry_id) = question.inquiry_id else { return Ok(None) };
    let deal = deals::protecting_inquiry(question.program, inquiry_id, question.day, conn)?;
    Ok(deal.and_then(|deal| {
        let rate = rates.get(DiscountLevel::DealRegistration, deal.category_id)?.clone();
        let rule = format!("{}, deal {}", rate.rule, deal.reference);
        Some((deal.category_id, Rate { rule, ..rate }))
    }))
}

fn tier_of(program: &Program, reseller_id: i64, conn: &mut Conn) -> Result<Option<i64>> {
    let found: Option<Option<i64>> = enrolments::table
        .filter(enrolments::program_id.eq(program.id))
        .filter(enrolments::organisation_id.eq(reseller_id))
        .filter(enrolments::part.eq(Part::Partner))
        .filter(enrolments::status.eq(EnrolmentStatus::Active))
        .select(enrolments::tier_id)
        .first(conn)
        .optional()?;
    found.ok_or_else(|| {
        Error::conflict(format!("The reseller's part in {} is not active.", program.name))
    })
}

/// Whether lines that were priced before would cost the same now, level by level.
pub(super) fn is_as_before(priced: &Priced, list_id: Option<i64>, before: &[QuoteLine]) -> bool {
    let same = |(line, now): (&QuoteLine, &(Ordered, PricedLine))| {
        let (_, now) = now;
        line.unit_minor == now.unit_minor
            && line.msrp_minor == now.waterfall.msrp_minor
            && line.steps == now.waterfall.steps
            && line.remarks == now.remarks
    };
    list_id == Some(priced.price_list_id)
        && before.len() == priced.lines.len()
        && before.iter().zip(&priced.lines).all(same)
}
