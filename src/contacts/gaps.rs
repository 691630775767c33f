//! Whether anybody of an organisation is there for its renewals, kept with its enrolments: the
//! vendor's start page names the partners where nobody is, and does not look for them among all.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::{Role, Status};
use crate::db::schema::{contact_roles, contacts, enrolments};
use crate::db::{Conn, ROWS_PER_STATEMENT};
use crate::error::Result;

/// To be called in the transaction of whatever gives or takes roles, or ends or begins a contact's
/// part, of these organisations.
pub(crate) fn note_gaps(organisations: &[i64], conn: &mut Conn) -> Result<()> {
    for some in organisations.chunks(ROWS_PER_STATEMENT) {
        let holder = contact_roles::table
            .inner_join(contacts::table.on(contacts::id.eq(contact_roles::contact_id)))
            .filter(contacts::organisation_id.eq(enrolments::organisation_id))
            .filter(contacts::status.eq(Status::Active))
            .filter(contact_roles::program_id.eq(enrolments::program_id))
            .filter(contact_roles::role.eq(Role::Renewals))
            .filter(contact_roles::held.eq(true));
        diesel::update(enrolments::table.filter(enrolments::organisation_id.eq_any(some)))
            .set(enrolments::lacks_renewals.eq(not(exists(holder))))
            .execute(conn)?;
    }
    Ok(())
}
