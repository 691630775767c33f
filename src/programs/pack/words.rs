//! The fixed words of a pack, each an enum with the text that stands in files and in the database.

use crate::stoppages::Capability;
use crate::text_enum;

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($words:tt)+ }) => {
        text_enum! {
            $(#[$meta])*
            pub enum $name { $($words)+ }
        }

        impl super::reader::Word for $name {
            fn all() -> &'static [Self] { Self::ALL }
            fn word(self) -> &'static str { self.as_str() }
        }
    };
}

impl super::reader::Word for Capability {
    fn all() -> &'static [Self] {
        Self::ALL
    }
    fn word(self) -> &'static str {
        self.as_str()
    }
}

words! {
    /// What a product is (docs/domain.md, section 3).
    ProductKind {
        /// Licensed for a term, per user, server, device, address….
        Subscription = "subscription",
        /// A device with a serial number and a warranty.
        Hardware = "hardware",
        /// A licence without an end.
        Perpetual = "perpetual",
        /// Work that the vendor does for the customer.
        Service = "service",
        /// Support for a term.
        SupportPlan = "support_plan",
        /// A course or an exam.
        Training = "training",
        /// Paid by the month for what was used.
        Usage = "usage",
    }
}

impl ProductKind {
    /// Whether it is sold for a number of months.
    pub fn has_term(self) -> bool {
        matches!(self, Self::Subscription | Self::SupportPlan)
    }
}

words! {
    /// What the letters of one part of a SKU say (section 3).
    SkuMeaning {
        /// Which product it is.
        Product = "product",
        /// For how many months.
        Months = "months",
        /// Whether it is bought anew or renewed.
        Purpose = "purpose",
        /// Something that is the same for all that is sold, or that the portal only reads.
        Letters = "letters",
    }
}

words! {
    /// What a product is ordered for.
    Purpose {
        /// A licence that the customer did not have.
        New = "new",
        /// More time for a licence that it has.
        Renewal = "renewal",
    }
}

words! {
    /// Where in the waterfall a discount of the program stands (section 4).
    DiscountLevel {
        /// For every partner, by tier and category.
        Program = "program",
        /// For a line of a deal that the partner has registered.
        DealRegistration = "deal_registration",
    }
}

words! {
    /// What starts the term of a new licence (section 5).
    TermStart {
        /// The day the licence is activated.
        Activation = "activation",
        /// The day the order is processed, activated or not.
        Processed = "processed",
    }
}

words! {
    /// What starts a hardware warranty.
    WarrantyStart {
        /// Activation, but the grace days after processing at the latest.
        Activation = "activation",
        /// The day the order is processed.
        Processed = "processed",
    }
}

words! {
    /// The forms of SKU that a program with a SKU grammar may have.
    SkuForm {
        /// The older form, one SKU for each standard term.
        Legacy = "legacy",
        /// The newer form, with the term's months in the SKU.
        New = "new",
    }
}

words! {
    /// How a term that is not one of the standard terms is ordered.
    OddTerms {
        /// n units of the legacy SKU for one month.
        OneMonthMultiples = "one_month_multiples",
        /// The SKU, in the new form, of exactly that many months.
        OwnSku = "own_sku",
        /// Not at all: only standard terms are sold.
        None = "none",
    }
}

words! {
    /// Who turns released orders into licences (section 4).
    OrderProcessing {
        /// The vendor's back office, order by order or many at once.
        ByHand = "by_hand",
        /// The portal, as soon as an order is released.
        Automatic = "automatic",
    }
}

words! {
    /// How a lead of the vendor's comes to a partner (section 7).
    LeadDistribution {
        /// Somebody at the vendor chooses one.
        ByHand = "by_hand",
        /// The portal hands it to the first of the ranking, and on to the next when it is declined.
        Automatic = "automatic",
    }
}

words! {
    /// Who answers a partner's pricing inquiry with a quote (section 4).
    QuotedBy {
        /// The vendor may quote, and so may a distributor.
        Vendor = "vendor",
        /// Only a distributor quotes.
        Distributor = "distributor",
    }
}
