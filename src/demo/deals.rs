//! The demo's deals and what became of each, told as its people would do it.

use std::collections::HashMap;

use chrono::{Duration, NaiveDate};
use serde::Deserialize;

use super::content;
use super::inquiries::scope_of;
use crate::audit::By;
use crate::auth::Scope;
use crate::calendar::add_days;
use crate::clock::Instant;
use crate::db::Conn;
use crate::deals::{self, Act, At, Deal, NewCustomer, NewDeal, NewFile, NewLine, SaveDeal};
use crate::error::{Error, Result};
use crate::money::Money;
use crate::names::capitalised;
use crate::paper::{Paper, Party};

/// A deal. Days are counted from the day on which the demo begins: `T-2`, `T+14`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct DealLine {
    program: String,
    /// The address of who registers.
    by: String,
    customer: String,
    domain: String,
    country: String,
    category: String,
    contact: String,
    email: String,
    /// `CODE:QUANTITY:PRICE`, separated by semicolons.
    lines: String,
    closes: String,
    found: String,
    competitor: String,
    note: String,
    begun: String,
    submitted: String,
    /// The address of who decides at the vendor.
    decider: String,
    reviewed: String,
    /// When `decision` was made; what comes after an approval is a day later.
    decided: String,
    decision: String,
    why: String,
    /// Names of the files that were added to the draft, separated by semicolons.
    files: String,
}

/// One step of a story: when it happens, the place of the deal, and which it is.
type Told = (i64, Step, usize);

/// What happened, in the order in which it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Begin,
    Submit,
    Review,
    Decide,
    End,
}

/// Tells every deal's story in the order of the days. Nobody gets a mail of it: it is long read.
pub(super) fn settle(began_on: NaiveDate, conn: &mut Conn) -> Result<()> {
    let lines = content::deals()?;
    let mut steps: Vec<Told> = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let ended = days(&line.decided).map(|day| day + 1);
        for (day, step) in [
            (days(&line.begun), Step::Begin),
            (days(&line.submitted), Step::Submit),
            (days(&line.reviewed), Step::Review),
            (days(&line.decided), Step::Decide),
            (ended.filter(|_| line.outlives_approval()), Step::End),
        ] {
            steps.extend(day.map(|day| (day, step, place)));
        }
    }
    steps.sort_unstable();
    let mut references = HashMap::new();
    for (day, step, place) in steps {
        let line = &lines[place];
        let noon = Instant::noon(began_on + Duration::days(day));
        let now = noon - Duration::hours(4) + Duration::minutes(i64::try_from(place).unwrap_or(0));
        if step == Step::Begin {
            references.insert(place, begin(line, began_on, now, conn)?);
            continue;
        }
        let unknown = || Error::internal(format!("{} was never begun", line.customer));
        let reference = references.get(&place).ok_or_else(unknown)?;
        tell(line, reference, step, began_on, now, conn)?;
    }
    Ok(())
}

/// `T-2` and `T+14` as days.
fn days(cell: &str) -> Option<i64> {
    cell.strip_prefix('T')?.parse().ok()
}

impl DealLine {
    /// Whether it was approved, and something came after.
    fn outlives_approval(&self) -> bool {
        ["won", "lost", "revoked", "expired", "extension"].contains(&self.decision.as_str())
    }

    fn customer(&self) -> NewCustomer {
        NewCustomer {
            name: self.customer.clone(),
            country: self.country.clone(),
            domain: crate::names::domain(&self.domain).unwrap_or_default(),
        }
    }
}

fn begin(line: &DealLine, began_on: NaiveDate, now: Instant, conn: &mut Conn) -> Result<String> {
    let scope = scope_of(&line.by, &line.program, now, conn)?;
    let (customer, category) = (line.customer(), line.category.clone());
    let new = NewDeal { customer, category, ..NewDeal::default() };
    let reference = deals::begin(&scope, &new, now, conn)?.reference;
    if line.lines.is_empty() {
        return Ok(reference);
    }
    let (deal, products) = Deal::with_products(&scope, &reference, conn)?;
    let currency = deal.currency()?;
    let new_line = |item: &str| {
        let mut parts = item.split(':');
        let product = parts.next().and_then(|code| products.iter().find(|one| one.code == code));
        let quantity = parts.next().and_then(|units| units.parse().ok());
        let price = parts.next().and_then(|price| Money::parse(price, currency));
        let line = product.zip(quantity).zip(price).map(|((product, quantity), price)| NewLine {
            product_id: product.id,
            quantity,
            msrp_minor: price.minor,
        });
        line.ok_or_else(|| Error::internal(format!("{item} is no line of a deal")))
    };
    let save = SaveDeal {
        customer: line.customer(),
        contact_name: line.contact.clone(),
        contact_email: line.email.clone(),
        closes_on: days(&line.closes).map(|days| add_days(began_on, days)),
        found_by: line.found.clone(),
        competitor: line.competitor.clone(),
        is_tender: false,
        note: line.note.clone(),
        lines: line.lines.split(';').map(new_line).collect::<Result<_>>()?,
    };
    deals::save(&scope, &deal, &save, deal.revision, now, conn)?;
    for name in line.files.split(';').filter(|name| !name.is_empty()) {
        let deal = Deal::find_for(&scope, &reference, conn)?;
        deals::attach(&scope, &deal, &file(name, line, &scope, now)?, now, conn)?;
    }
    Ok(reference)
}

/// A file as a partner would have it: what it says is of its deal.
fn file(name: &str, line: &DealLine, scope: &Scope, now: Instant) -> Result<NewFile> {
    let title = name.rsplit_once('.').map_or(name, |(stem, _)| stem).replace('-', " ");
    let title = capitalised(&title);
    let content = if name.ends_with(".pdf") {
        Paper::new(title, "", scope.actor().locale, now)
            .party(Party::new("Customer", &line.customer).line(&line.contact))
            .paragraph(format!("Found: {}.", line.found))
            .paragraph(&line.note)
            .pdf()?
    } else {
        let items = line.lines.split(';').map(|item| item.replace(':', ","));
        let rows: Vec<String> = items.collect();
        format!("product,quantity,expected_price\n{}\n", rows.join("\n")).into_bytes()
    };
    NewFile::read(name, content).map_err(Error::Invalid)
}

fn tell(
    line: &DealLine,
    reference: &str,
    step: Step,
    began_on: NaiveDate,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let partner = scope_of(&line.by, &line.program, now, conn)?;
    let deal = Deal::find_for(&partner, reference, conn)?;
    let seen = deal.revision;
    if step == Step::Submit {
        return deals::submit(&partner, reference, seen, None, now, conn).map(drop);
    }
    let by_partner = At { scope: &partner, deal: &deal, seen, site: None, now };
    let why = line.why.as_str();
    match (step, line.decision.as_str()) {
        (Step::Decide, "withdrawn") => return deals::withdraw(by_partner, why, conn),
        (Step::End, "won") => return deals::win(by_partner, why, conn),
        (Step::End, "lost") => return deals::lose(by_partner, why, conn),
        (Step::End, "extension") => {
            let until = add_days(began_on, 120);
            return deals::ask_extension(by_partner, until, why, conn);
        }
        (Step::End, "expired") => {
            let over = deal.last_day(partner.program()).unwrap_or(began_on);
            let now = Instant::noon(add_days(over, 1));
            let by = By::Portal("Deal protection");
            let act = Act { program: partner.program(), by, site: None, now };
            return deals::expire(act, &deal, conn);
        }
        _ => {}
    }
    let vendor = scope_of(&line.decider, &line.program, now, conn)?;
    let at = At { scope: &vendor, deal: &deal, seen, site: None, now };
    match (step, line.decision.as_str()) {
        (Step::Review, _) => deals::review(at, conn),
        (Step::Decide, "returned") => deals::return_it(at, why, conn),
        (Step::Decide, "rejected") => deals::reject(at, why, conn),
        (Step::Decide, "duplicate") => {
            deals::duplicate(at, &first_of(&vendor, &deal, conn)?, why, conn)
        }
        (Step::End, _) => deals::revoke(at, why, conn),
        (_, "first") => deals::approve(at, why, conn).map(drop),
        _ => deals::approve(at, "", conn).map(drop),
    }
}

/// The deal that was there before another one of the same customer.
fn first_of(scope: &Scope, deal: &Deal, conn: &mut Conn) -> Result<String> {
    let first = deals::namesakes(deal, conn)?.into_iter().find(|one| one.id != deal.id);
    let none = || Error::internal(format!("{} duplicates nothing", deal.customer_name));
    let first = first.ok_or_else(none)?;
    Ok(Deal::find_for(scope, &first.reference, conn)?.reference)
}
