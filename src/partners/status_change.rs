//! What can be decided about an enrolment's state, when, and what it means.

use super::{ENDED, EnrolmentStatus, REACTIVATED, SUSPENDED};
use crate::audit::Action;

/// A decision of the program manager. Each is a resource of the enrolment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusChange {
    Suspend,
    Reactivate,
    End,
}

impl StatusChange {
    pub const ALL: [Self; 3] = [Self::Suspend, Self::Reactivate, Self::End];

    /// The last part of its address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Suspend => "suspension",
            Self::Reactivate => "reactivation",
            Self::End => "ending",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Suspend => "Suspend",
            Self::Reactivate => "Reactivate",
            Self::End => "End",
        }
    }

    pub fn leads_to(self) -> EnrolmentStatus {
        match self {
            Self::Suspend => EnrolmentStatus::Suspended,
            Self::Reactivate => EnrolmentStatus::Active,
            Self::End => EnrolmentStatus::Ended,
        }
    }

    pub fn action(self) -> &'static Action {
        match self {
            Self::Suspend => &SUSPENDED,
            Self::Reactivate => &REACTIVATED,
            Self::End => &ENDED,
        }
    }

    /// What it means for the partner, told before it is done.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Suspend => {
                "From their next page on, its people cannot use this program; they are told to ask \
                 their channel account manager. Contacts, roles and licences stay, and mail still \
                 goes out."
            }
            Self::Reactivate => {
                "From their next page on, its people can use this program again, with the contacts, \
                 roles and licences it had."
            }
            Self::End => {
                "From their next page on, this program is gone for its people, as if they had never \
                 been part of it. Contacts, roles and licences are kept."
            }
        }
    }

    /// Why it cannot be done in this state; nothing where it can.
    pub fn why_not(self, status: EnrolmentStatus) -> Option<&'static str> {
        use EnrolmentStatus::{Active, Applied, Ended, Suspended};
        match (self, status) {
            (Self::Suspend, Active)
            | (Self::Reactivate, Suspended | Ended)
            | (Self::End, Applied | Active | Suspended) => None,
            (Self::Suspend, Applied) => Some("The application has not been decided yet."),
            (Self::Suspend, Suspended) => Some("It is suspended already."),
            (Self::Suspend, Ended) => Some("It has ended."),
            (Self::Reactivate, Active) => Some("It is active."),
            (Self::Reactivate, Applied) => Some("It has never been active."),
            (Self::End, Ended) => Some("It has ended already."),
        }
    }
}
