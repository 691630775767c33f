//! Where an inquiry stands, and what a line of it asks for.

use crate::licences::rules::LineKind;
use crate::text_enum;

text_enum! {
    /// The states of an inquiry.
    pub enum InquiryStatus {
        /// The reseller's alone.
        Draft = "draft",
        /// Waits for a quote.
        Submitted = "submitted",
        Quoted = "quoted",
        Accepted = "accepted",
        Declined = "declined",
        Expired = "expired",
        Withdrawn = "withdrawn",
    }
}

impl InquiryStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Submitted => "Submitted",
            Self::Quoted => "Quoted",
            Self::Accepted => "Accepted",
            Self::Declined => "Declined",
            Self::Expired => "Expired",
            Self::Withdrawn => "Withdrawn",
        }
    }

    /// The tone of its badge.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Draft => "plain",
            Self::Submitted => "warn",
            Self::Quoted => "info",
            Self::Accepted => "good",
            Self::Declined | Self::Expired | Self::Withdrawn => "plain",
        }
    }

    /// Whether it is with whoever it was sent to, and nothing is settled yet.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Submitted | Self::Quoted)
    }
}

text_enum! {
    /// What a line asks for.
    pub enum Purpose {
        New = "new",
        /// The next term of a licence.
        Renewal = "renewal",
        /// More units of a running licence, to its end.
        Change = "change",
    }
}

impl Purpose {
    pub fn label(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Renewal => "Renewal",
            Self::Change => "Change",
        }
    }
}

impl From<Purpose> for LineKind {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::New => Self::New,
            Purpose::Renewal => Self::Renewal,
            Purpose::Change => Self::Change,
        }
    }
}
