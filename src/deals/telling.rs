//! Who is told of a deal: at the partner those with the role Deal registration and whoever submitted
//! it; at the vendor whoever looks after the partner.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::mail::{self as mails, Told};
use super::model::Deal;
use super::verbs::Act;
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
    let person: Option<(i64, String, String, String)> = contacts::table
        .filter(contacts::id.eq(submitter))
        .filter(contacts::organisation_id.eq(deal.partner_id))
        .filter(contacts::status.eq("active"))
        .select((contacts::id, contacts::name, contacts::email, contacts::locale))
        .first(conn)
        .optional()?;
    people.extend(person.map(|(contact_id, name, email, locale)| {
        let text = "You get this because you submitted this deal.".to_owned();
        let locale = Locale::parse(&locale);
        let recipient = Recipient { contact_id, name, email, locale };
        RoleRecipient { recipient, reason: Reason::concerned(text) }
    }));
    Ok(people)
}
