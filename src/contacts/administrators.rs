//! Who looks after an organisation.

use diesel::prelude::*;

use super::RoleRecipient;
use crate::auth::Access;
use crate::db::Conn;
use crate::db::schema::{contacts, organisations};
use crate::error::Result;
use crate::locale::Locale;
use crate::mail::{Reason, Recipient};

/// The active administrators of an organisation by their names, each with that as the reason.
pub fn administrators_of(organisation_id: i64, conn: &mut Conn) -> Result<Vec<RoleRecipient>> {
    let people: Vec<(i64, String, String, String, String)> = contacts::table
        .inner_join(organisations::table)
        .filter(contacts::organisation_id.eq(organisation_id))
        .filter(contacts::access.eq(Access::Administrator))
        .filter(contacts::status.eq("active"))
        .order((contacts::name_key, contacts::id))
        .select((
            contacts::id,
            contacts::name,
            contacts::email,
            contacts::locale,
            organisations::name,
        ))
        .load(conn)?;
    let told = people.into_iter().map(|(contact_id, name, email, locale, organisation)| {
        let recipient = Recipient { contact_id, name, email, locale: Locale::parse(&locale) };
        RoleRecipient { recipient, reason: Reason::administrator(&organisation) }
    });
    Ok(told.collect())
}
