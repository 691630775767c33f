//! Where a lead stands, and who brought it (docs/domain.md, section 7).

use crate::text_enum;

text_enum! {
    /// The states of a lead, from the first to the last.
    pub enum LeadStatus {
        /// The vendor's, and nobody's yet.
        New = "new",
        /// A partner's, who has not looked at it yet.
        Assigned = "assigned",
        Opened = "opened",
        Accepted = "accepted",
        InProgress = "in_progress",
        Converted = "converted",
        Lost = "lost",
        /// Its partner does not want it: the vendor's again.
        Declined = "declined",
        Junk = "junk",
        Closed = "closed",
        Expired = "expired",
        /// Taken back before it was accepted: the vendor's again.
        Recalled = "recalled",
    }
}

impl LeadStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Assigned => "Assigned",
            Self::Opened => "Opened",
            Self::Accepted => "Accepted",
            Self::InProgress => "In progress",
            Self::Converted => "Converted",
            Self::Lost => "Lost",
            Self::Declined => "Declined",
            Self::Junk => "Junk",
            Self::Closed => "Closed",
            Self::Expired => "Expired",
            Self::Recalled => "Recalled",
        }
    }

    /// The tone of its badge.
    pub fn tone(self) -> &'static str {
        match self {
            Self::New | Self::Recalled | Self::Declined => "warn",
            Self::Assigned => "info",
            Self::Opened | Self::Accepted | Self::InProgress => "brand",
            Self::Converted => "good",
            Self::Lost | Self::Junk | Self::Closed | Self::Expired => "plain",
        }
    }

    /// Whether no partner has it: it can be assigned.
    pub fn is_unassigned(self) -> bool {
        matches!(self, Self::New | Self::Recalled | Self::Declined)
    }

    /// Whether the partner that has it, if any, has not accepted it.
    pub fn is_unaccepted(self) -> bool {
        self.is_unassigned() || matches!(self, Self::Assigned | Self::Opened)
    }

    /// Whether it is over for good.
    pub fn is_over(self) -> bool {
        !self.is_unassigned() && self != Self::Assigned && !self.is_at_work()
    }

    /// Whether a partner is at work on it.
    pub fn is_at_work(self) -> bool {
        matches!(self, Self::Opened | Self::Accepted | Self::InProgress)
    }
}

text_enum! {
    /// Who brought a lead.
    pub enum LeadKind {
        /// The vendor, who hands it to a partner.
        Distributed = "distributed",
        /// The partner that works on it.
        Generated = "generated",
    }
}

impl LeadKind {
    pub fn label(self) -> &'static str {
        match self {
            Self::Distributed => "From the vendor",
            Self::Generated => "Partner's own",
        }
    }
}
