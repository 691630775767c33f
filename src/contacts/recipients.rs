//! Who gets a mail: the one place that decides it, for real mails and for the page that says so
//! beforehand.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::Role;
use crate::auth::{Access, Program};
use crate::clock::Instant;
use crate::db::schema::{contact_roles, contacts, organisations};
use crate::db::{Conn, Keep, padded};
use crate::error::Result;
use crate::locale::Locale;
use crate::mail::{Reason, Recipient};

/// Somebody who gets mail of a role, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRecipient {
    pub recipient: Recipient,
    pub reason: Reason,
}

type Person = (i64, i64, String, String, String, String);

/// A contact who may get the mail: by the role that was given to them, or as an administrator.
type Candidate = (Person, Access, Option<(bool, String, Instant)>);

/// Who gets mail of this role about each of these organisations: the active contacts who hold it,
/// or, where nobody does and the role is work, the active administrators. An organisation whose
/// mail goes to nobody is not in the answer. One query, however many organisations.
pub fn recipients_of(
    program: &Program,
    role: Role,
    organisation_ids: &[i64],
    conn: &mut Conn,
) -> Result<BTreeMap<i64, Vec<RoleRecipient>>> {
    let mut holders = BTreeMap::<i64, Vec<RoleRecipient>>::new();
    let mut administrators = BTreeMap::<i64, Vec<RoleRecipient>>::new();
    for (person, access, cell) in candidates(program, role, organisation_ids, conn)? {
        match cell {
            Some((true, given_by, given_at)) => {
                let text = because_held(&person, role, &given_by, program.day_of(given_at));
                let reason = Reason::holder(text, role.as_str());
                holders.entry(person.0).or_default().push(recipient(person, reason));
            }
            _ if access == Access::Administrator && role.falls_on_administrators() => {
                let text = because_administrator(&person, role);
                let reason = Reason::stand_in(text, role.as_str());
                administrators.entry(person.0).or_default().push(recipient(person, reason));
            }
            _ => {}
        }
    }
    for (organisation_id, people) in administrators {
        holders.entry(organisation_id).or_insert(people);
    }
    Ok(holders)
}

/// The active contacts who hold the role or are administrators, in the order of their names.
fn candidates(
    program: &Program,
    role: Role,
    organisation_ids: &[i64],
    conn: &mut Conn,
) -> Result<Vec<Candidate>> {
    Ok(contacts::table
        .inner_join(organisations::table)
        .left_join(
            contact_roles::table.on(contact_roles::contact_id
                .eq(contacts::id)
                .and(contact_roles::program_id.eq(program.id))
                .and(contact_roles::role.eq(role))),
        )
        .filter(contacts::organisation_id.eq_any(padded(organisation_ids)))
        .filter(contacts::status.eq("active"))
        .filter(
            contacts::access
                .eq(Access::Administrator)
                .or(contact_roles::held.assume_not_null().eq(true)),
        )
        .order((contacts::organisation_id, contacts::name_key, contacts::id))
        .select((
            (
                contacts::organisation_id,
                contacts::id,
                contacts::name,
                contacts::email,
                contacts::locale,
                organisations::name,
            ),
            contacts::access,
            (contact_roles::held, contact_roles::changed_by, contact_roles::changed_at).nullable(),
        ))
        .kept()
        .load(conn)?)
}

fn because_held(person: &Person, role: Role, given_by: &str, given_on: NaiveDate) -> String {
    let day = Locale::parse(&person.4).day(given_on);
    format!(
        "You get this because you hold the role {} at {}, given by {given_by} on {day}.",
        role.label(),
        person.5,
    )
}

fn because_administrator(person: &Person, role: Role) -> String {
    format!(
        "You get this because you are an administrator of {} and nobody there holds the role {}.",
        person.5,
        role.label(),
    )
}

fn recipient(person: Person, reason: Reason) -> RoleRecipient {
    let (_, contact_id, name, email, locale, _) = person;
    RoleRecipient {
        recipient: Recipient { contact_id, name, email, locale: Locale::parse(&locale) },
        reason,
    }
}
