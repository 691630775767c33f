//! Who is told of a deal: at the partner those with the role Deal registration and whoever submitted
//! it; at the vendor whoever looks after the partner.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::mail::{self as mails, Told};
use super::model::Deal;
use super::verbs::Act;
use crate::auth::{Access, Program};
use crate::contacts::{Role, RoleRecipient, recipients_of};
use crate::db::Conn;
use crate::db::schema::contacts;
use crate::error::Result;
use crate::locale::Locale;
use crate::mail::{self, Letter, Message, Reason, Recipient};
use crate::partners::vendor_desk;

/// Tells the partner of the state that its deal has come to.
pub(super) fn tell_partner<M: Message>(
    act: Act<'_>,
    deal: &Deal,
    message: impl Fn(Told) -> M,
    conn: &mut Conn,
) -> Result<()> {
    let key = key_of(act, deal);
    for one in partner_people(act, deal, conn)? {
        let told = message(Told::of_state(act.program, deal, &one.recipient)?);
        queue(act, deal.partner_id, one, &key, &told, conn)?;
    }
    Ok(())
}

/// Both sides learn that a deal was submitted.
pub(super) fn tell_submitted(act: Act<'_>, deal: &Deal, conn: &mut Conn) -> Result<()> {
    tell_partner(act, deal, mails::Submitted, conn)?;
    tell_vendor(act, deal, |to| Ok(mails::Received(Told::received(act.program, deal, to)?)), conn)
}

/// Both sides learn that a deal was withdrawn.
pub(super) fn tell_withdrawn(act: Act<'_>, deal: &Deal, conn: &mut Conn) -> Result<()> {
    tell_partner(act, deal, mails::Withdrawn, conn)?;
    tell_vendor(
        act,
        deal,
        |to| Ok(mails::TakenBack(Told::taken_back(act.program, deal, to)?)),
        conn,
    )
}

/// Whoever looks after the partner is to approve a deal as the second; where nobody is left of them
/// but who was the first, the program's managers are.
pub(super) fn tell_second_wanted(
    act: Act<'_>,
    deal: &Deal,
    first: i64,
    conn: &mut Conn,
) -> Result<()> {
    let is_other = |one: &RoleRecipient| one.recipient.contact_id != first;
    let mut people = vendor_desk(act.program, deal.partner_id, &deal.names.partner, conn)?;
    people.retain(is_other);
    if people.is_empty() {
        people = managers(act.program, conn)?;
        people.retain(is_other);
    }
    let key = key_of(act, deal);
    for one in people {
        let told = mails::SecondWanted(Told::second_wanted(act.program, deal, &one.recipient)?);
        queue(act, act.program.vendor_id, one, &key, &told, conn)?;
    }
    Ok(())
}

pub(super) fn tell_extension_asked(act: Act<'_>, deal: &Deal, conn: &mut Conn) -> Result<()> {
    let message =
        |to: &Recipient| Ok(mails::ExtensionAsked(Told::extension_asked(act.program, deal, to)?));
    tell_vendor(act, deal, message, conn)
}

/// The protection of a deal is over in so many days.
pub(super) fn tell_reminder(
    act: Act<'_>,
    deal: &Deal,
    last: NaiveDate,
    left: i64,
    rung: i32,
    conn: &mut Conn,
) -> Result<()> {
    let key = format!("{}:{}:{last}:{rung}", act.program.slug, deal.reference);
    for one in partner_people(act, deal, conn)? {
        let told = Told::reminder(act.program, deal, last, left, &one.recipient)?;
        queue(act, deal.partner_id, one, &key, &mails::ExpiresSoon(told), conn)?;
    }
    Ok(())
}

fn tell_vendor<M: Message>(
    act: Act<'_>,
    deal: &Deal,
    message: impl Fn(&Recipient) -> Result<M>,
    conn: &mut Conn,
) -> Result<()> {
    let key = key_of(act, deal);
    for one in vendor_desk(act.program, deal.partner_id, &deal.names.partner, conn)? {
        let told = message(&one.recipient)?;
        queue(act, act.program.vendor_id, one, &key, &told, conn)?;
    }
    Ok(())
}

/// With the event it names the change.
fn key_of(act: Act<'_>, deal: &Deal) -> String {
    format!("{}:{}:{}", act.program.slug, deal.reference, deal.revision)
}

fn queue<M: Message>(
    act: Act<'_>,
    organisation_id: i64,
    to: RoleRecipient,
    key: &str,
    message: &M,
    conn: &mut Conn,
) -> Result<()> {
    let Some(site) = act.site else { return Ok(()) };
    let letter = Letter {
        to: &to.recipient,
        program: Some(act.program),
        organisation_id,
        reason: to.reason,
        key,
        message,
    };
    mail::queue(&letter, site, act.now, conn)?;
    Ok(())
}

/// Those with the role, and whoever submitted the deal, as long as they are there.
fn partner_people(act: Act<'_>, deal: &Deal, conn: &mut Conn) -> Result<Vec<RoleRecipient>> {
    let found = recipients_of(act.program, Role::DealRegistration, &[deal.partner_id], conn)?;
    let mut people: Vec<RoleRecipient> = found.into_values().flatten().collect();
    let Some(submitter) = deal.submitted_by_id else { return Ok(people) };
    if people.iter().any(|one| one.recipient.contact_id == submitter) {
        return Ok(people);
    }
    let person: Option<Person> = contacts::table
        .filter(contacts::id.eq(submitter))
        .filter(contacts::organisation_id.eq(deal.partner_id))
        .filter(contacts::status.eq("active"))
        .select((contacts::id, contacts::name, contacts::email, contacts::locale))
        .first(conn)
        .optional()?;
    people
        .extend(person.map(|row| concerned(row, "You get this because you submitted this deal.")));
    Ok(people)
}

/// Who manages the program.
fn managers(program: &Program, conn: &mut Conn) -> Result<Vec<RoleRecipient>> {
    let people: Vec<Person> = contacts::table
        .filter(contacts::organisation_id.eq(program.vendor_id))
        .filter(contacts::status.eq("active"))
        .filter(contacts::access.eq(Access::ProgramManager))
        .order((contacts::name_key, contacts::id))
        .select((contacts::id, contacts::name, contacts::email, contacts::locale))
        .load(conn)?;
    let why = format!("You get this because you manage {}.", program.name);
    Ok(people.into_iter().map(|row| concerned(row, &why)).collect())
}

/// The id, name, address and locale of a contact.
type Person = (i64, String, String, String);

fn concerned((contact_id, name, email, locale): Person, why: &str) -> RoleRecipient {
    let recipient = Recipient { contact_id, name, email, locale: Locale::parse(&locale) };
    RoleRecipient { recipient, reason: Reason::concerned(why.to_owned()) }
}
