//! People made outside of any program: by the first set-up and by the command line.

use diesel::prelude::*;

use super::{Access, create_login};
use crate::audit::By;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{contacts, programs};
use crate::error::{Error, Result};
use crate::locale::Locale;
use crate::{names, reference};

/// Somebody who is to have a login.
#[derive(Clone, Debug)]
pub struct NewPerson {
    pub organisation_id: i64,
    pub name: String,
    pub email: String,
    pub access: Access,
}

/// Makes a contact with a login, or a login for a contact that the organisation has under this
/// address already, which then keeps its name and access. Gives the contact's id.
pub fn add_person(
    by: By<'_>,
    person: &NewPerson,
    password_hash: Option<&str>,
    now: Instant,
    conn: &mut Conn,
) -> Result<i64> {
    let is_vendor: bool = diesel::select(diesel::dsl::exists(
        programs::table.filter(programs::vendor_id.eq(person.organisation_id)),
    ))
    .get_result(conn)?;
    if person.access.is_vendor() != is_vendor {
        let whose = if is_vendor { "a vendor" } else { "a partner or distributor" };
        return Err(Error::field(
            "access",
            format!("The organisation is {whose}; its people cannot be {}.", person.access),
        ));
    }
    let email_key = names::fold_email(&person.email);
    let known: Option<i64> = contacts::table
        .filter(contacts::organisation_id.eq(person.organisation_id))
        .filter(contacts::email_key.eq(&email_key))
        .select(contacts::id)
        .first(conn)
        .optional()?;
    let contact_id = match known {
        Some(id) => id,
        None => insert_contact(person, &email_key, now, conn)?,
    };
    create_login(by, contact_id, password_hash, now, conn)?;
    Ok(contact_id)
}

fn insert_contact(
    person: &NewPerson,
    email_key: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<i64> {
    let row = (
        contacts::reference.eq(reference::draw("C")),
        contacts::organisation_id.eq(person.organisation_id),
        contacts::name.eq(&person.name),
        contacts::name_key.eq(names::fold(&person.name)),
        contacts::email.eq(&person.email),
        contacts::email_key.eq(email_key),
        contacts::job_title.eq(""),
        contacts::phone.eq(""),
        contacts::locale.eq(Locale::default().tag()),
        contacts::access.eq(person.access),
        contacts::status.eq("active"),
        contacts::created_at.eq(now),
        contacts::updated_at.eq(now),
    );
    Ok(diesel::insert_into(contacts::table).values(row).returning(contacts::id).get_result(conn)?)
}
