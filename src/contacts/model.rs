//! Contacts as they are stored, and who may see which.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::auth::{Access, Scope, Seats};
use crate::db::Conn;
use crate::db::schema::{contacts, enrolments};
use crate::error::{Error, Result};
use crate::locale::Locale;
use crate::text_enum;

text_enum! {
    /// Whether a contact gets mail and may sign in.
    pub enum Status {
        Active = "active",
        Deactivated = "deactivated",
    }
}

impl Status {
    pub fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Deactivated => "Deactivated",
        }
    }

    pub fn tone(self) -> &'static str {
        match self {
            Self::Active => "good",
            Self::Deactivated => "plain",
        }
    }
}

/// A person of an organisation.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = contacts)]
pub struct Contact {
    pub id: i64,
    pub reference: String,
    pub organisation_id: i64,
    pub name: String,
    pub name_key: String,
    pub email: String,
    pub email_key: String,
    pub job_title: String,
    pub phone: String,
    pub locale: String,
    pub access: Access,
    pub status: Status,
}

impl Contact {
    pub fn locale(&self) -> Locale {
        Locale::parse(&self.locale)
    }

    pub fn is_active(&self) -> bool {
        self.status == Status::Active
    }

    /// Whether the organisation would have nobody to manage it if this were its only one.
    pub fn manages(&self) -> bool {
        self.is_active() && self.access.manages_organisation()
    }

    /// Within the scope: one's own organisation's, and for the vendor those of every organisation
    /// that takes part in the program.
    pub fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let mut query = contacts::table
            .filter(contacts::reference.eq(reference))
            .select(Self::as_select())
            .into_boxed();
        let own = contacts::organisation_id.eq(scope.organisation_id());
        query = if scope.is_vendor() {
            let enrolled = enrolments::table
                .filter(enrolments::organisation_id.eq(contacts::organisation_id))
                .filter(enrolments::program_id.eq(scope.program().id));
            query.filter(own.or(exists(enrolled)))
        } else {
            query.filter(own)
        };
        Ok(query.first(conn)?)
    }

    /// [`Contact::find_for`], to be changed: only the managers of its own organisation may.
    pub fn find_to_manage(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let contact = Self::find_for(scope, reference, conn)?;
        if !contact.may_be_managed_by(scope) {
            return Err(Error::forbidden(
                "Contacts are kept by the administrators of their own organisation.",
            ));
        }
        Ok(contact)
    }

    pub fn may_be_managed_by(&self, scope: &Scope) -> bool {
        self.organisation_id == scope.organisation_id() && Seats::MANAGERS.has(scope.seat())
    }
}
