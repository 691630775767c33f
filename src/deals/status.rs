//! Where a deal stands, and what its partner learns of others (docs/domain.md, section 6).

use crate::text_enum;

text_enum! {
    /// The states of a deal.
    pub enum DealStatus {
        /// The partner's alone.
        Draft = "draft",
        /// Waits for the vendor.
        Submitted = "submitted",
        InReview = "in_review",
        /// The partner is asked for more.
        Returned = "returned",
        /// Protected until its last day.
        Approved = "approved",
        Rejected = "rejected",
        /// Another registration of the customer was there first.
        Duplicate = "duplicate",
        Withdrawn = "withdrawn",
        Won = "won",
        Lost = "lost",
        Expired = "expired",
        Revoked = "revoked",
    }
}

impl DealStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Submitted => "Submitted",
            Self::InReview => "In review",
            Self::Returned => "Returned",
            Self::Approved => "Approved",
            Self::Rejected => "Rejected",
            Self::Duplicate => "Duplicate",
            Self::Withdrawn => "Withdrawn",
            Self::Won => "Won",
            Self::Lost => "Lost",
            Self::Expired => "Expired",
            Self::Revoked => "Revoked",
        }
    }

    /// The tone of its badge.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Submitted | Self::Returned => "warn",
            Self::InReview => "info",
            Self::Approved => "brand",
            Self::Won => "good",
            Self::Rejected | Self::Duplicate | Self::Revoked => "bad",
            Self::Draft | Self::Withdrawn | Self::Lost | Self::Expired => "plain",
        }
    }

    /// Whether it waits for the vendor's decision.
    pub fn waits(self) -> bool {
        matches!(self, Self::Submitted | Self::InReview)
    }

    /// Whether the partner can still write in it.
    pub fn is_written(self) -> bool {
        matches!(self, Self::Draft | Self::Returned)
    }
}

/// The states in which a deal stands in the way of another one of the same customer.
pub(super) const OPEN: [DealStatus; 4] =
    [DealStatus::Submitted, DealStatus::InReview, DealStatus::Returned, DealStatus::Approved];

text_enum! {
    /// All that a partner learns of what others have registered.
    pub enum Standing {
        Free = "free",
        /// Somebody else has asked for it, and nobody has decided.
        Contested = "contested",
        /// Somebody else's is protected.
        Taken = "taken",
    }
}

impl Standing {
    pub fn label(self) -> &'static str {
        match self {
            Self::Free => "Free",
            Self::Contested => "Contested",
            Self::Taken => "Taken",
        }
    }

    pub fn tone(self) -> &'static str {
        match self {
            Self::Free => "good",
            Self::Contested => "warn",
            Self::Taken => "bad",
        }
    }

    pub fn meaning(self) -> &'static str {
        match self {
            Self::Free => "Nobody else has registered this customer in this category.",
            Self::Contested => {
                "Another registration of this customer in this category waits for a decision. \
                 Yours can be submitted; the vendor decides."
            }
            Self::Taken => {
                "This customer is protected in this category. Yours can be submitted, and will be \
                 approved only if the other one ends."
            }
        }
    }
}
