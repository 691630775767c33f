//! Contact roles: which notifications a contact gets in a program (docs/domain.md, section 1).

use crate::auth::Part;
use crate::text_enum;

text_enum! {
    /// What a contact is told of.
    pub enum Role {
        Renewals = "renewals",
        Leads = "leads",
        DealRegistration = "deal_registration",
        ProgramUpdates = "program_updates",
        Marketing = "marketing",
        PricingInquiries = "pricing_inquiries",
    }
}

impl Role {
    /// The roles that contacts of a partner or of a distributor can hold.
    pub fn of_part(part: Part) -> &'static [Self] {
        match part {
            Part::Partner => &Self::ALL[..5],
            Part::Distributor => Self::ALL,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Renewals => "Renewals",
            Self::Leads => "Leads",
            Self::DealRegistration => "Deal registration",
            Self::ProgramUpdates => "Program updates",
            Self::Marketing => "Marketing",
            Self::PricingInquiries => "Pricing inquiries",
        }
    }

    /// What its mails are about.
    pub fn tells_of(self) -> &'static str {
        match self {
            Self::Renewals => "Licences of your customers that end soon or have just ended.",
            Self::Leads => "New leads, and leads that are about to expire.",
            Self::DealRegistration => {
                "Decisions on your deal registrations, and when they run out."
            }
            Self::ProgramUpdates => "Changes of the program that take effect on a date.",
            Self::Marketing => "Campaigns, events and offers.",
            Self::PricingInquiries => "Resellers that ask you for a price.",
        }
    }

    /// Whether mail of this role goes to the organisation's administrators while nobody holds it.
    /// The others then go to nobody: they are news, not work that somebody must do.
    pub fn falls_on_administrators(self) -> bool {
        !matches!(self, Self::ProgramUpdates | Self::Marketing)
    }
}
