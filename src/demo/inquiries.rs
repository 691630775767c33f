//! The demo's pricing inquiries, made as their people would: some wait, one is still a draft.

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
use crate::pricing::inquiries::{
    Head, Inquiry, NewLine, Purpose, Surroundings, VENDOR, begin, submit,
};
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
}

/// Makes them all, in the order of their days; whoever was asked is told.
pub(super) fn settle(began_on: NaiveDate, site: &Site, conn: &mut Conn) -> Result<()> {
    let mut told = content::inquiries()?;
    told.sort_by_key(|line| std::cmp::Reverse(days(&line.sent).unwrap_or(0).abs()));
    for line in told {
        let at = Instant::noon(began_on + Duration::days(days(&line.sent).unwrap_or(0)))
            - Duration::hours(3);
        make(&line, began_on, site, at, conn)?;
    }
    Ok(())
}

fn make(
    line: &InquiryLine,
    began_on: NaiveDate,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
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
        return Ok(());
    }
    let inquiry = Inquiry::find_for(&scope, &reference, conn)?;
    let whom = Surroundings::of(&scope, conn)?;
    let asked = |one: &&crate::pricing::inquiries::Quoter| match line.asked.as_str() {
        VENDOR => one.value == VENDOR,
        name => one.label == name,
    };
    let unknown = || Error::internal(format!("{} is not asked by {}", line.asked, line.by));
    let quoter = whom.quoters.iter().find(asked).ok_or_else(unknown)?;
    submit(&scope, &inquiry, &quoter.value, inquiry.revision, site, now, conn)
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
