//! Drafts: begun with the customer and the category, filled in, discarded. A returned deal is written
//! in again. Nobody but the partner sees a draft.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::DealStatus;
use super::actions::{BEGUN, DISCARDED, EDITED};
use super::model::{Deal, KIND};
use super::status::Standing;
use super::steps::{Step, changed_meanwhile};
use super::{attachments, standing};
use crate::audit::{self, By, Change, Subject};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::schema::{categories, deal_lines, deals};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::{names, reference};

/// What the reference of a deal begins with.
const PREFIX: &str = "D";

/// The customer, as the partner names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewCustomer {
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// As [`names::domain`] writes it; empty where there is none.
    pub domain: String,
}

impl NewCustomer {
    /// A company, as an address of somebody there tells its domain; a mail provider's tells none.
    pub fn with_address(name: &str, country: &str, email: &str) -> Self {
        let domain = names::domain(email).filter(|domain| !names::is_mail_provider(domain));
        Self {
            name: name.to_owned(),
            country: country.to_owned(),
            domain: domain.unwrap_or_default(),
        }
    }
}

/// A line: a product of the deal's category, and its expected recommended price in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewLine {
    pub product_id: i64,
    pub quantity: i32,
    pub msrp_minor: i64,
}

/// With what a draft begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewDeal {
    pub customer: NewCustomer,
    /// Its key.
    pub category: String,
    pub contact_name: String,
    pub contact_email: String,
    pub found_by: String,
    pub note: String,
    /// What it came of, in words; may be empty.
    pub why: String,
}

/// Everything that a draft says beside its category.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaveDeal {
    pub customer: NewCustomer,
    pub contact_name: String,
    pub contact_email: String,
    pub closes_on: Option<NaiveDate>,
    pub found_by: String,
    pub competitor: String,
    pub is_tender: bool,
    pub note: String,
    pub lines: Vec<NewLine>,
}

/// A draft that was begun, and whether its customer is free; none where too many were asked.
pub struct Begun {
    pub id: i64,
    pub reference: String,
    pub standing: Option<Standing>,
}

/// Begins a draft of the person's organisation in a category, and asks whether the customer is free.
pub fn begin(scope: &Scope, new: &NewDeal, now: Instant, conn: &mut Conn) -> Result<Begun> {
    let category_id: i64 = categories::table
        .filter(categories::program_id.eq(scope.program().id))
        .filter(categories::key.eq(&new.category))
        .select(categories::id)
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::field("category", "Choose a category."))?;
    let (by, drawn) = (By::Person(scope.actor()), reference::draw(PREFIX));
    let row = (
        deals::reference.eq(&drawn),
        deals::program_id.eq(scope.program().id),
        deals::partner_id.eq(scope.organisation_id()),
        deals::category_id.eq(category_id),
        deals::status.eq(DealStatus::Draft),
        columns_of(&new.customer),
        deals::contact_name.eq(&new.contact_name),
        deals::contact_email.eq(&new.contact_email),
        deals::currency.eq(scope.currency()),
        deals::msrp_minor.eq(0_i64),
        (deals::found_by.eq(&new.found_by), deals::competitor.eq(""), deals::note.eq(&new.note)),
        deals::is_tender.eq(false),
        (deals::created_by.eq(by.name()), deals::created_at.eq(now)),
        (deals::submitted_by.eq(""), deals::receipt.eq(""), deals::why.eq("")),
        deals::extension_why.eq(""),
        deals::revision.eq(1_i64),
    );
    let id: i64 =
        diesel::insert_into(deals::table).values(row).returning(deals::id).get_result(conn)?;
    let subject = Subject {
        kind: KIND,
        id,
        reference: &drawn,
        name: &new.customer.name,
        program_id: Some(scope.program().id),
        organisation_id: Some(scope.organisation_id()),
    };
    let change = Change { why: &new.why, ..Change::default() };
    audit::record(by, &BEGUN, subject, change, now, conn)?;
    let deal = Deal::find_unscoped(id, conn)?;
    let standing = standing::ask(scope, &deal, now, conn)?;
    Ok(Begun { id, reference: drawn, standing })
}

/// The columns that the customer fills.
type CustomerColumns<'a> = (
    diesel::dsl::Eq<deals::customer_name, &'a str>,
    diesel::dsl::Eq<deals::customer_key, String>,
    diesel::dsl::Eq<deals::customer_country, &'a str>,
    diesel::dsl::Eq<deals::customer_domain, &'a str>,
);

fn columns_of(customer: &NewCustomer) -> CustomerColumns<'_> {
    (
        deals::customer_name.eq(customer.name.as_str()),
        deals::customer_key.eq(names::company(&customer.name)),
        deals::customer_country.eq(customer.country.as_str()),
        deals::customer_domain.eq(customer.domain.as_str()),
    )
}

#[derive(Insertable)]
#[diesel(table_name = deal_lines)]
struct LineRow {
    deal_id: i64,
    product_id: i64,
    quantity: i32,
    msrp_minor: i64,
}

/// What a save gave.
pub struct Saved {
    /// Whether the customer is another one than before; then it was asked anew whether it is free.
    pub asked: bool,
    pub standing: Option<Standing>,
}

/// Saves a draft, or a returned deal, that was shown as of a revision.
pub fn save(
    scope: &Scope,
    deal: &Deal,
    save: &SaveDeal,
    seen: i64,
    now: Instant,
    conn: &mut Conn,
) -> Result<Saved> {
    Step::Edit.allow(scope, deal, seen)?;
    let sum = save.lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.msrp_minor));
    let sum = sum.ok_or_else(|| {
        Error::field("lines", "The sum is more than can be counted; make two registrations.")
    })?;
    let changed = diesel::update(as_read(deal))
        .set((
            columns_of(&save.customer),
            deals::contact_name.eq(&save.contact_name),
            deals::contact_email.eq(&save.contact_email),
            deals::msrp_minor.eq(sum),
            deals::closes_on.eq(save.closes_on),
            deals::found_by.eq(&save.found_by),
            deals::competitor.eq(&save.competitor),
            deals::is_tender.eq(save.is_tender),
            deals::note.eq(&save.note),
            deals::revision.eq(deals::revision + 1),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Err(changed_meanwhile(deal));
    }
    diesel::delete(deal_lines::table.filter(deal_lines::deal_id.eq(deal.id))).execute(conn)?;
    let rows: Vec<LineRow> = save
        .lines
        .iter()
        .map(|line| LineRow {
            deal_id: deal.id,
            product_id: line.product_id,
            quantity: line.quantity,
            msrp_minor: line.msrp_minor,
        })
        .collect();
    db::insert_all!(conn, deal_lines::table, rows);
    if deal.status == DealStatus::Returned {
        let (by, subject) = (By::Person(scope.actor()), deal.subject(Some(deal.partner_id)));
        audit::record(by, &EDITED, subject, Change::default(), now, conn)?;
    }
    let is_another = deal.customer_key != names::company(&save.customer.name)
        || deal.customer_country != save.customer.country
        || deal.customer_domain != save.customer.domain;
    if !is_another {
        return Ok(Saved { asked: false, standing: None });
    }
    let saved = Deal::find_unscoped(deal.id, conn)?;
    Ok(Saved { asked: true, standing: standing::ask(scope, &saved, now, conn)? })
}

/// Throws a draft away, with its files.
pub(super) fn discard(
    scope: &Scope,
    deal: &Deal,
    seen: i64,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    Step::Discard.allow(scope, deal, seen)?;
    attachments::discard_all(deal, conn)?;
    diesel::delete(deal_lines::table.filter(deal_lines::deal_id.eq(deal.id))).execute(conn)?;
    if diesel::delete(as_read(deal)).execute(conn)? == 0 {
        return Err(changed_meanwhile(deal));
    }
    let (by, subject) = (By::Person(scope.actor()), deal.subject(Some(deal.partner_id)));
    audit::record(by, &DISCARDED, subject, Change::default(), now, conn)
}

/// The deal's row, as long as nobody has changed it meanwhile.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn as_read(deal: &Deal) -> _ {
    let (id, status, revision): (i64, DealStatus, i64) = (deal.id, deal.status, deal.revision);
    deals::table.find(id).filter(deals::status.eq(status)).filter(deals::revision.eq(revision))
}
