//! Where a quote, one of its revisions and a special price stand.

use crate::text_enum;

text_enum! {
    /// The states of a quote.
    pub enum QuoteStatus {
        /// Nothing of it was sent yet: the quoter's alone.
        Draft = "draft",
        /// The reseller may accept it.
        Sent = "sent",
        Accepted = "accepted",
        Declined = "declined",
        /// Its last day went by.
        Expired = "expired",
        /// Taken back by whoever quoted.
        Withdrawn = "withdrawn",
    }
}

impl QuoteStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Sent => "Sent",
            Self::Accepted => "Accepted",
            Self::Declined => "Declined",
            Self::Expired => "Expired",
            Self::Withdrawn => "Withdrawn",
        }
    }

    /// The tone of its badge.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Draft => "warn",
            Self::Sent => "info",
            Self::Accepted => "good",
            Self::Declined | Self::Expired | Self::Withdrawn => "plain",
        }
    }

    /// Whether it may still be revised, accepted, declined or withdrawn.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Sent)
    }
}

text_enum! {
    /// The states of a revision.
    pub enum RevisionStatus {
        Draft = "draft",
        /// What the reseller sees.
        Sent = "sent",
        /// A later one was sent.
        Superseded = "superseded",
    }
}

text_enum! {
    /// The states of a request for a special price.
    pub enum SpecialStatus {
        Submitted = "submitted",
        Approved = "approved",
        Rejected = "rejected",
        Withdrawn = "withdrawn",
    }
}

impl SpecialStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::Submitted => "To be decided",
            Self::Approved => "Approved",
            Self::Rejected => "Rejected",
            Self::Withdrawn => "Withdrawn",
        }
    }

    /// The tone of its badge.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Submitted => "warn",
            Self::Approved => "good",
            Self::Rejected | Self::Withdrawn => "plain",
        }
    }
}
