//! The person behind a request, as the session's row and the tables it points at say right now.

use actix_session::Session;
use serde::{Deserialize, Serialize};

use super::Access;
use crate::audit::Subject;
use crate::error::{Error, Result};
use crate::locale::Locale;

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub contact_id: i64,
    pub reference: String,
    pub name: String,
    pub email: String,
    pub access: Access,
    pub locale: Locale,
    pub organisation_id: i64,
    pub organisation_name: String,
    pub session_id: i64,
    pub second_factor: SecondFactor,
}

/// Whether a person's sign-in asks for a code beside the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecondFactor {
    On,
    Off,
    /// Reset by somebody else: whatever the settings say, another one has to come in its place, or
    /// a password that is long enough to be the only factor.
    Owed,
}

impl Actor {
    /// The person as the record that something happened to.
    pub fn subject(&self) -> Subject<'_> {
        Subject {
            kind: "contact",
            id: self.contact_id,
            reference: &self.reference,
            name: &self.name,
            program_id: None,
            organisation_id: Some(self.organisation_id),
        }
    }
}

/// Under these names the session store and the extractors speak through actix-session's state.
pub(super) const ACTOR: &str = "actor";
pub(super) const AWAY: &str = "away";

/// Who the session belongs to; an error where the database could not be asked.
pub fn session_actor(session: &Session) -> Result<Option<Actor>> {
    if session.contains_key(AWAY) {
        return Err(Error::Unavailable);
    }
    session.get::<Actor>(ACTOR).map_err(Error::internal)
}
