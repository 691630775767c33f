//! A login with the contact that it belongs to, as the tables say right now.

use diesel::prelude::*;

use super::password_rules::About;
use crate::audit::{By, Subject};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{contacts, logins, organisations};
use crate::error::Result;
use crate::locale::Locale;
use crate::mail::Recipient;
use crate::names;

/// Whose way in it is, and whether it is open.
#[derive(Clone, Debug, Queryable)]
pub(super) struct Login {
    pub id: i64,
    pub contact_id: i64,
    pub reference: String,
    pub name: String,
    pub email: String,
    pub locale: String,
    pub contact_status: String,
    pub organisation_id: i64,
    pub organisation_name: String,
    /// None until a password was set.
    pub password_hash: Option<String>,
    pub locked_at: Option<Instant>,
    /// Since when a code is asked for beside the password.
    pub second_factor_at: Option<Instant>,
}

/// By what a login is looked up.
enum Key {
    Address(String),
    Contact(i64),
}

impl Login {
    /// The login of an address, however it is written.
    pub(super) fn of_address(email: &str, conn: &mut Conn) -> Result<Option<Self>> {
        Self::find(&Key::Address(names::fold_email(email)), conn)
    }

    pub(super) fn of_contact(contact_id: i64, conn: &mut Conn) -> Result<Option<Self>> {
        Self::find(&Key::Contact(contact_id), conn)
    }

    /// One query, whether there is such a login or not.
    fn find(key: &Key, conn: &mut Conn) -> Result<Option<Self>> {
        let all = logins::table
            .inner_join(contacts::table)
            .inner_join(organisations::table.on(organisations::id.eq(contacts::organisation_id)))
            .select((
                logins::id,
                contacts::id,
                contacts::reference,
                contacts::name,
                contacts::email,
                contacts::locale,
                contacts::status,
                organisations::id,
                organisations::name,
                logins::password_hash,
                logins::locked_at,
                logins::second_factor_at,
            ))
            .into_boxed();
        let one = match key {
            Key::Address(email_key) => all.filter(logins::email_key.eq(email_key)),
            Key::Contact(id) => all.filter(logins::contact_id.eq(id)),
        };
        Ok(one.first(conn).optional()?)
    }

    /// Whether the person may come in at all, whatever the password.
    pub(super) fn is_open(&self) -> bool {
        self.contact_status == "active" && self.locked_at.is_none()
    }

    /// The hash to check a password against; none where no password opens this login.
    pub(super) fn usable_hash(&self) -> Option<String> {
        self.password_hash.clone().filter(|_| self.is_open())
    }

    pub(super) fn about(&self) -> About {
        About {
            name: self.name.clone(),
            email: self.email.clone(),
            organisation: self.organisation_name.clone(),
            second_factor: self.second_factor_at.is_some(),
        }
    }

    pub(super) fn subject(&self) -> Subject<'_> {
        Subject {
            kind: "contact",
            id: self.contact_id,
            reference: &self.reference,
            name: &self.name,
            program_id: None,
            organisation_id: Some(self.organisation_id),
        }
    }

    /// The person who has just shown who they are, by a password or a link.
    pub(super) fn oneself(&self) -> By<'_> {
        By::Oneself {
            contact_id: self.contact_id,
            name: &self.name,
            organisation: &self.organisation_name,
        }
    }

    pub(super) fn recipient(&self) -> Recipient {
        Recipient {
            contact_id: self.contact_id,
            name: self.name.clone(),
            email: self.email.clone(),
            locale: Locale::parse(&self.locale),
        }
    }
}
