//! An organisation joins: organisation, enrolment, administrator and invitation in one
//! transaction.

use chrono::NaiveDate;

use super::Administrator;
use crate::audit::By;
use crate::auth::{self, Part, Program};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::partners::{self, Enrol, EnrolmentStatus, Organisation, Terms};
use crate::web::Site;

/// Which organisation joins.
#[derive(Clone, Debug)]
pub enum Joining {
    Existing(Organisation),
    New {
        name: String,
        /// ISO 3166-1 alpha-2.
        country: String,
    },
}

impl Joining {
    pub fn name(&self) -> &str {
        match self {
            Self::Existing(organisation) => &organisation.name,
            Self::New { name, .. } => name,
        }
    }
}

/// The decision to enrol an organisation.
#[derive(Clone, Debug)]
pub struct Onboard {
    pub joining: Joining,
    pub part: Part,
    pub status: EnrolmentStatus,
    pub enrolled_on: NaiveDate,
    pub terms: Terms,
    /// Is added to the organisation's contacts and invited by mail.
    pub administrator: Option<Administrator>,
}

/// Enrols an organisation; gives the enrolment's key and reference.
pub fn onboard(
    by: By<'_>,
    program: &Program,
    command: &Onboard,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<(i64, String)> {
    let organisation_id = match &command.joining {
        Joining::Existing(organisation) => organisation.id,
        Joining::New { name, country } => partners::add_organisation(name, country, now, conn)?,
    };
    let enrol = Enrol {
        organisation_id,
        organisation_name: command.joining.name().to_owned(),
        part: command.part,
        status: command.status,
        enrolled_on: command.enrolled_on,
        terms: command.terms.clone(),
    };
    let enrolled = partners::enrol(by, program, &enrol, now, conn)?;
    if let Some(administrator) = &command.administrator {
        let contact_id = administrator.add_to(organisation_id, by, now, conn)?;
        auth::invite(by, contact_id, Some(program), site, now, conn)?;
    }
    Ok(enrolled)
}
