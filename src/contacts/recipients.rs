//! Who gets a mail: the one place that decides it, for real mails and for the page that says so
//! beforehand.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::Role;
use crate::auth::{Access, Program};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{contact_roles, contacts, organisations};
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

/// Who gets mail of this role about each of these organisations: the active contacts who hold it,
/// or, where nobody does and the role is work, the active administrators. An organisation whose
/// mail goes to nobody is not in the answer. Two queries, however many organisations.
pub fn recipients_of(
    program: &Program,
    role: Role,
    organisation_ids: &[i64],
    conn: &mut Conn,
) -> Result<BTreeMap<i64, Vec<RoleRecipient>>> {
    let mut found = holders(program, role, organisation_ids, conn)?;
    if role.falls_on_administrators() {
        let gaps: Vec<i64> =
            organisation_ids.iter().copied().filter(|id| !found.contains_key(id)).collect();
        found.append(&mut administrators(role, &gaps, conn)?);
    }
    Ok(found)
}

fn holders(
    program: &Program,
    role: Role,
    organisation_ids: &[i64],
    conn: &mut Conn,
) -> Result<BTreeMap<i64, Vec<RoleRecipient>>> {
    let rows: Vec<(Person, String, Instant)> = contact_roles::table
        .inner_join(contacts::table.on(contacts::id.eq(contact_roles::contact_id)))
        .inner_join(organisations::table.on(organisations::id.eq(contacts::organisation_id)))
        .filter(contact_roles::program_id.eq(program.id))
        .filter(contact_roles::role.eq(role))
        .filter(contact_roles::held.eq(true))
        .filter(contacts::status.eq("active"))
        .filter(contacts::organisation_id.eq_any(organisation_ids))
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
            contact_roles::changed_by,
            contact_roles::changed_at,
        ))
        .load(conn)?;
    let mut found = BTreeMap::<i64, Vec<RoleRecipient>>::new();
    for (person, given_by, given_at) in rows {
        let locale = Locale::parse(&person.4);
        let day = locale.day(program.day_of(given_at));
        let text = format!(
            "You get this because you hold the role {} at {}, given by {given_by} on {day}.",
            role.label(),
            person.5,
        );
        found.entry(person.0).or_default().push(recipient(person, text, role));
    }
    Ok(found)
}

fn administrators(
    role: Role,
    organisation_ids: &[i64],
    conn: &mut Conn,
) -> Result<BTreeMap<i64, Vec<RoleRecipient>>> {
    let rows: Vec<Person> = contacts::table
        .inner_join(organisations::table)
        .filter(contacts::organisation_id.eq_any(organisation_ids))
        .filter(contacts::access.eq(Access::Administrator))
        .filter(contacts::status.eq("active"))
        .order((contacts::organisation_id, contacts::name_key, contacts::id))
        .select((
            contacts::organisation_id,
            contacts::id,
            contacts::name,
            contacts::email,
            contacts::locale,
            organisations::name,
        ))
        .load(conn)?;
    let mut found = BTreeMap::<i64, Vec<RoleRecipient>>::new();
    for person in rows {
        let text = format!(
            "You get this because you are an administrator of {} and nobody there holds the role \
             {}.",
            person.5,
            role.label(),
        );
        found.entry(person.0).or_default().push(recipient(person, text, role));
    }
    Ok(found)
}

fn recipient(person: Person, text: String, role: Role) -> RoleRecipient {
    let (_, contact_id, name, email, locale, _) = person;
    RoleRecipient {
        recipient: Recipient { contact_id, name, email, locale: Locale::parse(&locale) },
        reason: Reason { text, role: Some(role.as_str()) },
    }
}
