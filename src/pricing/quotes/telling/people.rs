//! Whom a mail about a quote goes to, and why them.

use diesel::prelude::*;

use super::super::model::Quote;
use crate::auth::Program;
use crate::contacts::{Role, RoleRecipient, administrators_of, recipients_of};
use crate::db::Conn;
use crate::db::schema::{contacts, inquiries};
use crate::error::Result;
use crate::locale::Locale;
use crate::mail::{Reason, Recipient};
use crate::partners::vendor_desk;

type Person = (i64, String, String, String);

/// At the reseller: whoever sent the inquiry, else the administrators.
pub(super) fn resellers(quote: &Quote, conn: &mut Conn) -> Result<Vec<RoleRecipient>> {
    let row = &quote.row;
    if let Some(id) = row.inquiry_id {
        let author: Option<Person> = inquiries::table
            .inner_join(contacts::table.on(inquiries::created_by_id.eq(contacts::id.nullable())))
            .filter(inquiries::id.eq(id))
            .filter(contacts::status.eq("active"))
            .filter(contacts::organisation_id.eq(row.reseller_id))
            .select((contacts::id, contacts::name, contacts::email, contacts::locale))
            .first(conn)
            .optional()?;
        if let Some(author) = author {
            let inquiry = row.inquiry.as_deref().unwrap_or_default();
            let text = format!("You get this because you sent the inquiry {inquiry}.");
            return Ok(vec![told(author, Reason::concerned(text))]);
        }
    }
    administrators_of(row.reseller_id, conn)
}

/// At whoever quoted: a distributor's contacts for pricing inquiries; at the vendor whoever sent the
/// quote, else those who look after the reseller.
pub fn quoters(program: &Program, quote: &Quote, conn: &mut Conn) -> Result<Vec<RoleRecipient>> {
    let row = &quote.row;
    if !quote.is_by_vendor(program.vendor_id) {
        return of_role(program, row.quoter_id, conn);
    }
    let sender = quote.sent().and_then(|sent| sent.sent_by_id);
    let text = format!("You get this because you sent the quote {}.", row.reference);
    match sender {
        Some(id) => or_desk(program, (row.reseller_id, &row.reseller), id, text, conn),
        None => vendor_desk(program, row.reseller_id, &row.reseller, conn),
    }
}

/// A distributor's contacts for pricing inquiries.
pub(super) fn of_role(
    program: &Program,
    organisation_id: i64,
    conn: &mut Conn,
) -> Result<Vec<RoleRecipient>> {
    let found = recipients_of(program, Role::PricingInquiries, &[organisation_id], conn)?;
    Ok(found.into_values().flatten().collect())
}

/// One of the vendor's people, else those who look after a reseller.
pub(super) fn or_desk(
    program: &Program,
    (reseller_id, reseller): (i64, &str),
    contact_id: i64,
    because: String,
    conn: &mut Conn,
) -> Result<Vec<RoleRecipient>> {
    let person: Option<Person> = contacts::table
        .find(contact_id)
        .filter(contacts::status.eq("active"))
        .filter(contacts::organisation_id.eq(program.vendor_id))
        .select((contacts::id, contacts::name, contacts::email, contacts::locale))
        .first(conn)
        .optional()?;
    match person {
        Some(person) => Ok(vec![told(person, Reason::concerned(because))]),
        None => vendor_desk(program, reseller_id, reseller, conn),
    }
}

fn told(person: Person, reason: Reason) -> RoleRecipient {
    let (contact_id, name, email, locale) = person;
    let recipient = Recipient { contact_id, name, email, locale: Locale::parse(&locale) };
    RoleRecipient { recipient, reason }
}
