//! Resetting a colleague's second factor, for somebody who has lost both app and recovery codes.
//!
//! The administrators of the same organisation do it, because they know who is asking; a vendor
//! does not know a partner's people and has no say. Nobody resets their own: password and code
//! remove that.

use diesel::prelude::*;

use super::Contact;
use crate::audit::By;
use crate::auth::{self, Scope};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::logins;
use crate::error::{Error, Result};
use crate::web::Site;

/// A contact whose second factor the scope's person may reset.
pub(super) fn find_to_reset(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Contact> {
    let contact = Contact::find_to_manage(scope, reference, conn)?;
    if contact.id == scope.actor().contact_id {
        return Err(Error::conflict("Your own second factor is removed on your account page."));
    }
    let since: Option<Option<Instant>> = logins::table
        .filter(logins::contact_id.eq(contact.id))
        .select(logins::second_factor_at)
        .first(conn)
        .optional()?;
    match since.flatten() {
        Some(_) => Ok(contact),
        None => Err(Error::conflict(format!("{} has no second factor.", contact.name))),
    }
}

/// Resets it: the sessions end, the person is told by mail and has to set up another one.
pub(super) fn reset(
    scope: &Scope,
    reference: &str,
    why: &str,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<Contact> {
    let contact = find_to_reset(scope, reference, conn)?;
    auth::second_factor::reset(By::Person(scope.actor()), contact.id, why, site, now, conn)?;
    Ok(contact)
}
