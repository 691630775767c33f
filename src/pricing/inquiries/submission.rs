//! A draft becomes an inquiry: its prices are taken from one list at one instant, and whoever is
//! asked is told. And it is taken back before it is accepted.

use diesel::prelude::*;
use iso_currency::Currency;

use super::configured::{Configured, configure, terms_of, total};
use super::model::{Inquiry, InquiryLine};
use super::quoters::{Quoter, Surroundings};
use super::settling::{changed_meanwhile, move_to};
use super::telling::Event;
use super::{InquiryStatus, Purpose, registered, telling};
use crate::audit::{self, By, Change};
use crate::auth::Scope;
use crate::catalogue::{Prices, Purpose as SkuPurpose, Shelf, SkuBook, Wanted};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{inquiries, inquiry_lines};
use crate::error::{Error, Result};
use crate::pricing::actions::{INQUIRY_SUBMITTED, INQUIRY_WITHDRAWN};
use crate::pricing::quotes;
use crate::programs::pack::Policy;
use crate::programs::rules_of;
use crate::web::{FieldErrors, Site};

/// The currency of an inquiry.
pub fn currency_of(inquiry: &Inquiry) -> Result<Currency> {
    Currency::from_code(&inquiry.currency)
        .ok_or_else(|| Error::internal(format!("{} is no currency", inquiry.currency)))
}

/// Everything that keeps a draft from being sent, each with its field.
fn faults(inquiry: &Inquiry, lines: &[Configured]) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if inquiry.customer_key.is_empty() {
        errors.add("customer_name", "Enter the end customer, and save.");
    }
    if inquiry.customer_country.is_empty() {
        errors.add("customer_country", "Enter the customer's country, and save.");
    }
    if lines.is_empty() {
        errors.add("lines", "Add at least one product.");
    }
    if lines.iter().any(|line| line.problem.is_some()) {
        errors.add("lines", "Some lines cannot be sent as they stand; each says why.");
    } else if total(lines).is_none() {
        errors.add("lines", "The sum is more than can be counted; make two inquiries.");
    }
    errors
}

/// Sends a draft that was shown as of a revision.
pub fn submit(
    scope: &Scope,
    inquiry: &Inquiry,
    to: &str,
    seen: i64,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    if inquiry.status != InquiryStatus::Draft || inquiry.revision != seen {
        return Err(changed_meanwhile(inquiry));
    }
    let surroundings = Surroundings::of(scope, conn)?;
    let quoter =
        surroundings.quoter(to).ok_or_else(|| Error::field("quoter", "Choose whom to ask."))?;
    let (lines, list_id) = priced(scope, inquiry, &surroundings, conn)?;
    let mut errors = faults(inquiry, &lines);
    if let Some(fault) = registered::fault(scope, inquiry, conn)? {
        errors.add("deal", fault);
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let book = SkuBook::read(scope.program().id, conn)?;
    let rules = rules_of(scope.program().id, conn)?;
    for line in &lines {
        let sku = sku_of(line, &book, rules.policies.at(scope.today()));
        keep_price(line, &sku, conn)?;
    }
    let sum = total(&lines).unwrap_or_default();
    settle(inquiry, quoter, list_id, sum, now, conn)?;
    let by = By::Person(scope.actor());
    let change = Change {
        from: InquiryStatus::Draft.label(),
        to: InquiryStatus::Submitted.label(),
        why: &format!("To {}", quoter.label),
    };
    audit::record(by, &INQUIRY_SUBMITTED, inquiry.subject(), change, now, conn)?;
    telling::tell_submitted(Event { scope, inquiry, site, now }, quoter, &lines, sum, conn)
}

/// The lines with the prices of today, and the list that these are of.
fn priced(
    scope: &Scope,
    inquiry: &Inquiry,
    surroundings: &Surroundings,
    conn: &mut Conn,
) -> Result<(Vec<Configured>, Option<i64>)> {
    let (program_id, today) = (scope.program().id, scope.today());
    let currency = currency_of(inquiry)?;
    let lines = InquiryLine::of(inquiry.id, conn)?;
    let terms = terms_of(&lines, today);
    let shelf = Shelf::of(program_id, currency, today, &terms, conn)?;
    let none = Wanted::Products(&[]);
    let list = Prices::on(program_id, currency, today, none, conn)?;
    let lines = configure(lines, &shelf, &surroundings.terms, today)?;
    Ok((lines, list.map(|prices| prices.list().id)))
}

/// The SKU under which a line can be ordered today; a change is ordered like something new for the
/// months that are left.
fn sku_of(line: &Configured, book: &SkuBook, policy: &Policy) -> String {
    let purpose = match line.line.kind {
        Purpose::Renewal => SkuPurpose::Renewal,
        Purpose::New | Purpose::Change => SkuPurpose::New,
    };
    let order = book.order_as(line.line.product_id, line.months, purpose, policy);
    order.map_or_else(|| line.line.product.code.clone(), |order| order.to_string())
}

fn keep_price(line: &Configured, sku: &str, conn: &mut Conn) -> Result<()> {
    diesel::update(inquiry_lines::table.find(line.line.id))
        .set((
            inquiry_lines::months.eq(line.months.map(|months| i32::from(months.get()))),
            inquiry_lines::sku.eq(sku),
            inquiry_lines::unit_minor.eq(line.unit.map(|unit| unit.band.unit_minor)),
            inquiry_lines::msrp_minor.eq(line.total_minor),
        ))
        .execute(conn)?;
    Ok(())
}

fn settle(
    inquiry: &Inquiry,
    quoter: &Quoter,
    price_list_id: Option<i64>,
    msrp_minor: i64,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let row = inquiries::table
        .find(inquiry.id)
        .filter(inquiries::status.eq(InquiryStatus::Draft))
        .filter(inquiries::revision.eq(inquiry.revision));
    let changed = diesel::update(row)
        .set((
            inquiries::status.eq(InquiryStatus::Submitted),
            inquiries::quoter_id.eq(quoter.organisation_id),
            inquiries::price_list_id.eq(price_list_id),
            inquiries::submitted_at.eq(now),
            inquiries::msrp_minor.eq(msrp_minor),
            inquiries::revision.eq(inquiries::revision + 1),
        ))
        .execute(conn)?;
    if changed == 0 { Err(changed_meanwhile(inquiry)) } else { Ok(()) }
}

/// Takes an inquiry back before its quote is accepted; a quote that is there goes with it.
pub fn withdraw(
    scope: &Scope,
    inquiry: &Inquiry,
    why: &str,
    seen: i64,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    if !inquiry.status.is_open() || inquiry.revision != seen {
        return Err(changed_meanwhile(inquiry));
    }
    let by = By::Person(scope.actor());
    move_to(inquiry, InquiryStatus::Withdrawn, &INQUIRY_WITHDRAWN, why, by, now, conn)?;
    quotes::end_with_inquiry(inquiry, by, now, conn)?;
    telling::tell_withdrawn(Event { scope, inquiry, site, now }, why, conn)
}
