//! Where a person sits in a program, and the sets of seats that routes are opened to.

use crate::text_enum;

text_enum! {
    /// What a contact may do in their organisation.
    pub enum Access {
        Administrator = "administrator",
        Member = "member",
        ProgramManager = "program_manager",
        Cam = "cam",
        BackOffice = "back_office",
    }
}

impl Access {
    /// The levels of a vendor's staff; the others are those of partners and distributors.
    pub fn is_vendor(self) -> bool {
        matches!(self, Self::ProgramManager | Self::Cam | Self::BackOffice)
    }

    /// The level that manages its own organisation; the last one of these cannot be lost.
    pub fn manages_organisation(self) -> bool {
        matches!(self, Self::Administrator | Self::ProgramManager)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Member => "Member",
            Self::ProgramManager => "Program manager",
            Self::Cam => "Channel account manager",
            Self::BackOffice => "Back office",
        }
    }

    /// The levels that contacts of the same kind of organisation can have.
    pub fn choices(self) -> &'static [Self] {
        if self.is_vendor() {
            &[Self::ProgramManager, Self::Cam, Self::BackOffice]
        } else {
            &[Self::Administrator, Self::Member]
        }
    }
}

text_enum! {
    /// What an organisation is in a program.
    pub enum Part {
        Distributor = "distributor",
        Partner = "partner",
    }
}

impl Part {
    pub fn label(self) -> &'static str {
        match self {
            Self::Distributor => "Distributor",
            Self::Partner => "Partner",
        }
    }
}

text_enum! {
    /// Where a person sits in one program: the organisation's part and the person's access.
    pub enum Seat {
        PartnerAdministrator = "partner_administrator",
        PartnerMember = "partner_member",
        DistributorAdministrator = "distributor_administrator",
        DistributorMember = "distributor_member",
        ProgramManager = "program_manager",
        Cam = "cam",
        BackOffice = "back_office",
    }
}

impl Seat {
    /// The seat of a person with this access; `part` is none in the vendor's own program. None
    /// where the two do not go together.
    pub fn of(access: Access, part: Option<Part>) -> Option<Self> {
        Some(match (part, access) {
            (Some(Part::Partner), Access::Administrator) => Self::PartnerAdministrator,
            (Some(Part::Partner), Access::Member) => Self::PartnerMember,
            (Some(Part::Distributor), Access::Administrator) => Self::DistributorAdministrator,
            (Some(Part::Distributor), Access::Member) => Self::DistributorMember,
            (None, Access::ProgramManager) => Self::ProgramManager,
            (None, Access::Cam) => Self::Cam,
            (None, Access::BackOffice) => Self::BackOffice,
            _ => return None,
        })
    }

    pub fn is_vendor(self) -> bool {
        matches!(self, Self::ProgramManager | Self::Cam | Self::BackOffice)
    }
}

/// Who may use a route. The default is nobody: what is not named here is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Anyone,
    /// Anyone on a demo; on a real portal the address does not exist.
    AnyoneOnDemo,
    /// Whoever has a session, even one whose owner must set up a second factor before anything else.
    AnySession,
    /// Whoever is signed in, in no program in particular.
    SignedIn,
    /// These seats of the program in the address.
    Seats(Seats),
}

/// A set of seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seats(u8);

impl Seats {
    pub const PARTNER: Self =
        Self::one(Seat::PartnerAdministrator).and(Self::one(Seat::PartnerMember));
    pub const DISTRIBUTOR: Self =
        Self::one(Seat::DistributorAdministrator).and(Self::one(Seat::DistributorMember));
    pub const CHANNEL: Self = Self::PARTNER.and(Self::DISTRIBUTOR);
    pub const CHANNEL_ADMINISTRATORS: Self =
        Self::one(Seat::PartnerAdministrator).and(Self::one(Seat::DistributorAdministrator));
    pub const PROGRAM_MANAGER: Self = Self::one(Seat::ProgramManager);
    pub const BACK_OFFICE: Self = Self::one(Seat::BackOffice);
    pub const VENDOR: Self = Self::PROGRAM_MANAGER.and(Self::one(Seat::Cam)).and(Self::BACK_OFFICE);
    /// Those who manage an organisation: the vendor's own, a distributor's, a partner's.
    pub const MANAGERS: Self = Self::CHANNEL_ADMINISTRATORS.and(Self::PROGRAM_MANAGER);
    pub const ALL: Self = Self::CHANNEL.and(Self::VENDOR);

    pub const fn one(seat: Seat) -> Self {
        Self(1 << seat as u8)
    }

    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn has(self, seat: Seat) -> bool {
        self.0 & (1 << seat as u8) != 0
    }
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Anyone => f.write_str("anyone"),
            Self::AnyoneOnDemo => f.write_str("anyone, on a demo"),
            Self::AnySession => {
                f.write_str("signed in, with or without a second factor that is due")
            }
            Self::SignedIn => f.write_str("signed in"),
            Self::Seats(seats) => {
                let names: Vec<&str> = Seat::ALL
                    .iter()
                    .filter(|seat| seats.has(**seat))
                    .map(|seat| seat.as_str())
                    .collect();
                f.write_str(&names.join(", "))
            }
        }
    }
}
