//! What can go wrong with a request, and which answer each gives.
//!
//! Not visible is 404, the same as not existing; visible but not allowed is 403; a lost race is
//! 409; a bad form is 422; too often is 429; the database away and what is stopped for maintenance
//! are 503; anything else is 500 with a reference number and never its cause. The pages are made in
//! `web::errors`.

use std::fmt;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::stoppages::Stopped;
use crate::web::{FieldErrors, Frame};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug)]
pub enum Error {
    /// Not there, or not theirs to see.
    NotFound,
    /// Theirs to see, not to do; says why in words for the person.
    Forbidden(String),
    /// Nobody is signed in; carries the address to come back to.
    SignedOut(String),
    /// Somebody else was first, or the record's state does not allow it; says so.
    Conflict(String),
    /// What was sent is not right; each fault is tied to its field.
    Invalid(FieldErrors),
    /// Too often; try again after so many seconds.
    TooMany { retry_after: u64 },
    /// More than one person may take at a time; says what, and when it goes on.
    Limited { retry_after: u64, why: String },
    /// The person must set up a second factor before anything else.
    SecondFactorDue,
    /// The request itself is malformed: a type not understood, a body cut short.
    BadRequest(String),
    /// More was sent than is taken, which is so many bytes.
    TooLarge { most: usize },
    /// What was announced did not arrive in time.
    TooSlow,
    /// The database cannot be reached or cannot store.
    Unavailable,
    /// Stopped for maintenance; with the frame of the person's pages where there is one.
    Stopped(Box<Stopped>, Option<Box<Frame>>),
    /// A concurrent write won; the database layer runs this one again.
    LostRace,
    /// A setting is wrong; for the command line, in words for the operator.
    Setting(String),
    /// The group of writes that this one shared a transaction with is in doubt.
    Broken(String),
    /// Our fault. The text is for the log.
    Internal(String),
}

impl Error {
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    pub fn forbidden(why: impl Into<String>) -> Self {
        Self::Forbidden(why.into())
    }

    pub fn conflict(why: impl Into<String>) -> Self {
        Self::Conflict(why.into())
    }

    /// What is said in the frame of a person's pages gets it.
    pub(crate) fn framed(self, frame: impl FnOnce() -> Frame) -> Self {
        match self {
            Self::Stopped(stopped, None) => Self::Stopped(stopped, Some(Box::new(frame()))),
            other => other,
        }
    }

    /// A form refused because of one field.
    pub fn field(name: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(FieldErrors::one(name, message))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("not found"),
            Self::Limited { why, .. } => f.write_str(why),
            Self::SecondFactorDue => f.write_str("a second factor has to be set up first"),
            Self::Forbidden(why) | Self::Conflict(why) | Self::BadRequest(why) => f.write_str(why),
            Self::SignedOut(_) => f.write_str("nobody is signed in"),
            Self::Invalid(errors) => write!(f, "{errors}"),
            Self::TooMany { retry_after } => {
                write!(f, "too often; try again in {retry_after} seconds")
            }
            Self::TooLarge { most } => write!(f, "more than {most} bytes were sent"),
            Self::TooSlow => f.write_str("the request did not arrive in time"),
            Self::Unavailable => f.write_str("the database cannot be reached or cannot store"),
            Self::Stopped(stopped, _) => stopped.fmt(f),
            Self::LostRace => f.write_str("a concurrent change was first"),
            Self::Setting(text) | Self::Broken(text) | Self::Internal(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {}

impl From<DieselError> for Error {
    fn from(fault: DieselError) -> Self {
        match &fault {
            DieselError::NotFound => Self::NotFound,
            DieselError::DatabaseError(kind, said) => match kind {
                DatabaseErrorKind::SerializationFailure => Self::LostRace,
                // A reference is random: drawn twice, it is drawn again.
                DatabaseErrorKind::UniqueViolation if names_a_reference(said.message()) => {
                    Self::LostRace
                }
                // A standby that was not promoted yet is as good as none.
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::ReadOnlyTransaction => Self::Unavailable,
                DatabaseErrorKind::Unknown => unknown_fault(said.message(), &fault),
                _ => Self::internal(fault),
            },
            DieselError::BrokenTransactionManager | DieselError::RollbackErrorOnCommit { .. } => {
                Self::Unavailable
            }
            _ => Self::internal(fault),
        }
    }
}

fn names_a_reference(message: &str) -> bool {
    message.ends_with(".reference") || message.contains("_reference_key")
}

/// Neither diesel nor the engines classify these: their words are all there is to go by.
fn unknown_fault(message: &str, fault: &DieselError) -> Error {
    const LOST: [&str; 1] = ["deadlock detected"];
    const AWAY: [&str; 12] = [
        "database is locked",
        "database or disk is full",
        "disk I/O error",
        "attempt to write a readonly database",
        "unable to open database file",
        "terminating connection",
        "the database system is",
        "server closed the connection",
        "connection to server",
        "could not receive data",
        "no connection to the server",
        "No space left on device",
    ];
    // No keyboard makes a NUL and PostgreSQL stores none; forms refuse it before, with the field.
    if message.contains("invalid byte sequence for encoding") {
        return Error::BadRequest("It contains a character that cannot be stored.".to_owned());
    }
    if LOST.iter().any(|words| message.contains(words)) {
        Error::LostRace
    } else if AWAY.iter().any(|words| message.contains(words)) {
        tracing::warn!(message, "the database cannot serve");
        Error::Unavailable
    } else {
        Error::internal(fault)
    }
}

impl From<diesel::ConnectionError> for Error {
    fn from(fault: diesel::ConnectionError) -> Self {
        tracing::warn!(%fault, "cannot connect to the database");
        Self::Unavailable
    }
}

impl From<r2d2::Error> for Error {
    fn from(_: r2d2::Error) -> Self {
        Self::Unavailable
    }
}

impl From<askama::Error> for Error {
    fn from(fault: askama::Error) -> Self {
        Self::internal(format!("a template failed: {fault}"))
    }
}
