//! Where an enrolment stands.

use crate::text_enum;

text_enum! {
    /// The state of an organisation's part in a program; only an active one opens it.
    pub enum EnrolmentStatus {
        Applied = "applied",
        Active = "active",
        Suspended = "suspended",
        Ended = "ended",
    }
}

impl EnrolmentStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::Applied => "Applied",
            Self::Active => "Active",
            Self::Suspended => "Suspended",
            Self::Ended => "Ended",
        }
    }

    /// The tone of its badge.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Applied => "info",
            Self::Active => "good",
            Self::Suspended => "warn",
            Self::Ended => "plain",
        }
    }
}
