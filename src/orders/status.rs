//! Where an order stands.

use crate::text_enum;

text_enum! {
    /// The states of an order.
    pub enum OrderStatus {
        /// With whoever quoted; nobody has released it yet.
        Placed = "placed",
        /// With the vendor, to be processed.
        Released = "released",
        /// With the vendor, but not to be processed now.
        Held = "held",
        /// The vendor has made licences of it.
        Processed = "processed",
        /// The vendor cannot make licences of it, and says why, line by line.
        Refused = "refused",
        /// Taken back before it was processed.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What holds a released order.
    pub enum Hold {
        /// Nothing.
        None = "",
        /// Order processing is under maintenance: it goes on by itself.
        Maintenance = "maintenance",
        /// Somebody of the vendor's.
        ByHand = "by_hand",
    }
}

impl OrderStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::Placed => "Placed",
            Self::Released => "Released",
            Self::Held => "Held",
            Self::Processed => "Processed",
            Self::Refused => "Refused",
            Self::Cancelled => "Cancelled",
        }
    }

    /// The tone of its badge.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Placed | Self::Released => "info",
            Self::Held => "warn",
            Self::Processed => "good",
            Self::Refused => "bad",
            Self::Cancelled => "plain",
        }
    }

    /// Whether anything can still happen to it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Placed | Self::Released | Self::Held)
    }
}
