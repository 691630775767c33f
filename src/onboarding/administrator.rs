//! The first person of an organisation who can sign in.

use diesel::prelude::*;

use crate::audit::{self, Action, By, Change, Subject};
use crate::auth::Access;
use crate::clock::Instant;
use crate::contacts::Status;
use crate::db::Conn;
use crate::db::schema::{contacts, logins};
use crate::error::Result;
use crate::locale::Locale;
use crate::{names, reference};

const ADDED: Action = Action::new("contact.added", "added this contact");

/// Who is invited as the administrator of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Administrator {
    pub name: String,
    pub email: String,
}

impl Administrator {
    /// Adds the contact and gives its key.
    pub(super) fn add_to(
        &self,
        organisation_id: i64,
        by: By<'_>,
        now: Instant,
        conn: &mut Conn,
    ) -> Result<i64> {
        let reference = reference::draw("C");
        let row = (
            contacts::reference.eq(&reference),
            contacts::organisation_id.eq(organisation_id),
            contacts::name.eq(&self.name),
            contacts::name_key.eq(names::fold(&self.name)),
            contacts::email.eq(&self.email),
            contacts::email_key.eq(names::fold_email(&self.email)),
            contacts::job_title.eq(""),
            contacts::phone.eq(""),
            contacts::locale.eq(Locale::default().tag()),
            contacts::access.eq(Access::Administrator),
            contacts::status.eq(Status::Active),
            contacts::created_at.eq(now),
            contacts::updated_at.eq(now),
        );
        let id = diesel::insert_into(contacts::table)
            .values(row)
            .returning(contacts::id)
            .get_result(conn)?;
        let subject = Subject {
            kind: "contact",
            id,
            reference: &reference,
            name: &self.name,
            program_id: None,
            organisation_id: Some(organisation_id),
        };
        audit::record(by, &ADDED, subject, Change::default(), now, conn)?;
        Ok(id)
    }
}

/// Those of these addresses, folded, that cannot be a new contact of the organisation: they sign
/// in already, or belong to one of its contacts.
pub(super) fn taken(
    email_keys: &[String],
    organisation_id: Option<i64>,
    conn: &mut Conn,
) -> Result<Vec<String>> {
    let mut taken: Vec<String> = logins::table
        .filter(logins::email_key.eq_any(email_keys))
        .select(logins::email_key)
        .load(conn)?;
    if let Some(organisation_id) = organisation_id {
        let own: Vec<String> = contacts::table
            .filter(contacts::organisation_id.eq(organisation_id))
            .filter(contacts::email_key.eq_any(email_keys))
            .select(contacts::email_key)
            .load(conn)?;
        taken.extend(own);
    }
    Ok(taken)
}
