//! Where an order stands.

use crate::text_enum;

text_enum! {
    /// The states of an order.
    pub enum OrderStatus {
        /// With whoever quoted; nobody has released it yet.
        Placed = "placed",
        /// The vendor has made licences of it.
        Processed = "processed",
    }
}

impl OrderStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::Placed => "Placed",
            Self::Processed => "Processed",
        }
    }

    /// The tone of its badge.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Placed => "info",
            Self::Processed => "good",
        }
    }
}
