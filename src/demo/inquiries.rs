//! The demo's pricing inquiries and what became of each, told as its people would do it: some wait,
//! one is still a draft, some were quoted, one was accepted and one declined.

use std::collections::HashMap;

use chrono::{Duration, NaiveDate};
use diesel::prelude::*;
use serde::Deserialize;

use super::content;
use crate::auth::{Access, Actor, Scope, Seats, SecondFactor, Who};
use crate::catalogue::Product;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{contacts, organisations};
use crate::error::{Error, Result};
use crate::locale::Locale;
use crate::maintenance::{self, Capability};
use crate::orders;
use crate::percent::BasisPoints;
use crate::pricing::inquiries::{
    Head, Inquiry, NewLine, Purpose, Quoter, Surroundings, VENDOR, begin, submit,
};
use crate::pricing::quotes::{self, EditDraft, Quote, Request, Shown};
use crate::web::Site;

/// An inquiry. Days are counted from the day on which the demo begins: `T-2`, `T+14`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct InquiryLine {
    program: String,
    /// The address of who asks.
    by: String,
    customer: String,
    country: String,
    /// A distributor's name, or `vendor`; empty where nobody is asked yet.
    asked: String,
    /// `CODE:QUANTITY:MONTHS`, separated by semicolons.
    lines: String,
    wanted: String,
    codes: String,
    note: String,
    sent: String,
    /// The address of who answers; empty where nobody has yet.
    quoted_by: String,
    /// When the quote was sent; empty where it is still a draft.
    quoted: String,
    /// The quoter's own percentage.
    own: String,
    quote_note: String,
    /// `PERCENT:REASON` of a special price that is asked for.
    special: String,
    /// When it was accepted, or declined where there is a reason.
    settled: String,
    settled_why: String,
}

/// Makes them all, in the order of their days; whoever was asked is told.
pub(super) fn settle(began_on: NaiveDate, site: &Site, conn: &mut Conn) -> Result<()> {
    let mut told = content::inquiries()?;
    told.sort_by_key(|line| days(&line.sent).unwrap_or(0));
    for line in told {
        let at = |cell: &str, hour: i64| {
            let day = began_on + Duration::days(days(cell).unwrap_or(0));
            Instant::noon(day) - Duration::hours(hour)
        };
        let reference = make(&line, began_on, site, at(&line.sent, 4), conn)?;
        if !line.quoted_by.is_empty() {
            let cell = if line.quoted.is_empty() { &line.sent } else { &line.quoted };
            let quote = answer(&line, &reference, site, at(cell, 3), conn)?;
            settle_quote(&line, &quote, site, at(&line.settled, 2), conn)?;
        }
    }
    Ok(())
}

/// Whoever was asked quotes, and asks the vendor for a special price where the story says so; gives
/// the quote's reference.
fn answer(
    line: &InquiryLine,
    inquiry: &str,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    let scope = scope_of(&line.quoted_by, &line.program, now, conn)?;
    let (reference, _) = quotes::begin(&scope, inquiry, now, conn)?;
    let quote = Quote::find_for(&scope, &reference, conn)?;
    if let (Some(draft), Some(own)) = (quote.draft(), BasisPoints::parse(&line.own)) {
        let edited = EditDraft {
            own: vec![own; line.lines.split(';').count()],
            codes: line.codes.split_whitespace().map(str::to_owned).collect(),
            valid_until_on: draft.valid_until_on,
            note: line.quote_note.clone(),
            private_note: String::new(),
            seen: draft.edition,
        };
        quotes::edit(&scope, &quote, &edited, now, conn)?;
    }
    // A story that falls into a maintenance window stays a draft.
    if maintenance::stopped(scope.program(), Capability::Quotes, now).is_some() {
        return Ok(reference);
    }
    if let Some((percent, reason)) = line.special.split_once(':') {
        let unreadable = || Error::internal(format!("{percent} is no percentage"));
        let percent = BasisPoints::parse(percent).ok_or_else(unreadable)?;
        let asked = Request { percent, product_id: None, reason: reason.to_owned() };
        quotes::request(&scope, &quote, &asked, site, now, conn)?;
    }
    if !line.quoted.is_empty() {
        let quote = Quote::find_for(&scope, &reference, conn)?;
        let seen = quote.draft().map_or(0, |draft| draft.edition);
        quotes::send(&scope, &quote, seen, site, now, conn)?;
    }
    Ok(reference)
}

/// The reseller accepts the quote, or declines it where there is a reason.
fn settle_quote(
    line: &InquiryLine,
    reference: &str,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    if line.settled.is_empty() {
        return Ok(());
    }
    let scope = scope_of(&line.by, &line.program, now, conn)?;
    let quote = Quote::find_for(&scope, reference, conn)?;
    let stopped = maintenance::stopped(scope.program(), Capability::Quotes, now).is_some();
    let Some(sent) = quote.sent().filter(|_| !stopped) else { return Ok(()) };
    let shown = Shown { number: sent.number, revision: quote.row.revision };
    if line.settled_why.is_empty() {
        return orders::place(&scope, reference, shown, site, now, conn).map(drop);
    }
    quotes::decline(&scope, &quote, shown, &line.settled_why, site, now, conn)
}

fn make(
    line: &InquiryLine,
    began_on: NaiveDate,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    let scope = scope_of(&line.by, &line.program, now, conn)?;
    let products: HashMap<String, Product> = Product::all(scope.program().id, conn)?
        .into_iter()
        .map(|product| (product.code.clone(), product))
        .collect();
    let head = Head {
        customer_name: line.customer.clone(),
        customer_country: line.country.clone(),
        wanted_on: days(&line.wanted).map(|days| began_on + Duration::days(days)),
        note: line.note.clone(),
        promotion_codes: line.codes.split_whitespace().map(str::to_owned).collect(),
    };
    let lines = line.lines.split(';').map(|item| new_line(item, &products));
    let reference = begin(&scope, &head, &lines.collect::<Result<Vec<_>>>()?, now, conn)?;
    if line.asked.is_empty() {
        return Ok(reference);
    }
    let inquiry = Inquiry::find_for(&scope, &reference, conn)?;
    let whom = Surroundings::of(&scope, conn)?;
    let asked = |one: &&Quoter| match line.asked.as_str() {
        VENDOR => one.value == VENDOR,
        name => one.label == name,
    };
    let unknown = || Error::internal(format!("{} is not asked by {}", line.asked, line.by));
    let quoter = whom.quoters.iter().find(asked).ok_or_else(unknown)?;
    submit(&scope, &inquiry, &quoter.value, inquiry.revision, site, now, conn)?;
    Ok(reference)
}

fn new_line(item: &str, products: &HashMap<String, Product>) -> Result<NewLine> {
    let unreadable = || Error::internal(format!("{item} is no line of an inquiry"));
    let mut parts = item.split(':');
    let product = parts.next().and_then(|code| products.get(code)).ok_or_else(unreadable)?;
    let quantity = parts.next().and_then(|units| units.parse().ok()).ok_or_else(unreadable)?;
    let months = parts.next().and_then(|months| months.parse().ok());
    Ok(NewLine { product_id: product.id, purpose: Purpose::New, quantity, months, base_id: None })
}

/// `T-2` and `T+14` as days.
fn days(cell: &str) -> Option<i64> {
    cell.strip_prefix('T')?.parse().ok()
}

type Person = (i64, String, String, Access, String, i64, String);

/// Somebody of the demo in a program, as if signed in.
pub(super) fn scope_of(email: &str, slug: &str, now: Instant, conn: &mut Conn) -> Result<Scope> {
    let person: Person = contacts::table
        .inner_join(organisations::table)
        .filter(contacts::email.eq(email))
        .select((
            contacts::id,
            contacts::reference,
            contacts::name,
            contacts::access,
            contacts::locale,
            organisations::id,
            organisations::name,
        ))
        .first(conn)?;
    let (contact_id, reference, name, access, locale, organisation_id, organisation_name) = person;
    let actor = Actor {
        contact_id,
        reference,
        name,
        email: email.to_owned(),
        access,
        locale: Locale::parse(&locale),
        organisation_id,
        organisation_name,
        session_id: 0,
        second_factor: SecondFactor::Off,
    };
    Scope::enter(&actor, slug, Who::Seats(Seats::ALL), now, conn)
}
