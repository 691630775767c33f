//! What a pack holds once all of it is known to be right.

use chrono::NaiveDate;
use chrono_tz::Tz;
use iso_currency::Currency;

use super::colour::Colour;
use super::policy::{Policy, PolicyTimeline};
use super::words::ProductKind;

/// A vendor's program, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack {
    /// Stands in every address of the program: `/p/{slug}/…`.
    pub slug: String,
    /// The program's name, as people read it.
    pub name: String,
    /// Whose program it is.
    pub vendor: Vendor,
    /// The currency of prices unless an enrolment has another; it has minor units.
    pub currency: Currency,
    /// Decides which day it is for every date of the program.
    pub time_zone: Tz,
    /// Marks the program in pages and mails.
    pub colour: Colour,
    /// Where the facts about the program are from.
    pub source: Option<String>,
    /// In the order of the file; at least one.
    pub partner_types: Vec<PartnerType>,
    /// From the lowest rank to the highest; empty where the program has none.
    pub tiers: Vec<Tier>,
    /// In the order of the file; at least one.
    pub categories: Vec<Category>,
    /// In the order of the file; at least one.
    pub products: Vec<Product>,
    /// When renewals are told.
    pub notices: Notices,
    /// The dated rules.
    pub policies: PolicyTimeline,
}

impl Pack {
    /// The policy in force on `day`, a day of the program's time zone.
    pub fn policy_at(&self, day: NaiveDate) -> &Policy {
        self.policies.at(day)
    }
}

/// The organisation whose program it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vendor {
    /// The organisation's name.
    pub name: String,
    /// Two letters of ISO 3166-1.
    pub country: String,
}

/// What a partner does; a partner may be of several types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerType {
    /// Names the type in files and in the database.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// Where the fact is from.
    pub source: Option<String>,
}

/// A partner's level in the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// Names the tier in files and in the database.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// The higher, the better; no two tiers share one.
    pub rank: i32,
    /// Where the fact is from.
    pub source: Option<String>,
}

/// A group of products that rules speak of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Names the category in files and in the database.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// Where the fact is from.
    pub source: Option<String>,
}

/// Something that the vendor sells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The SKU, or the part of it that names the product where the program's SKUs have a grammar.
    pub code: String,
    /// As people read it.
    pub name: String,
    /// The key of one of the pack's categories.
    pub category: String,
    /// What it is.
    pub kind: ProductKind,
    /// What a quantity counts, in the singular: "user", "device".
    pub unit: String,
    /// How long hardware is under warranty; nothing where that is not known, or not hardware.
    pub warranty_months: Option<i32>,
    /// Whether code or name were invented to show how the portal works.
    pub illustrative: bool,
    /// Where the fact is from.
    pub source: Option<String>,
}

/// When contacts are told of a licence that ends (section 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notices {
    /// Days before the end, the earliest rung first; a negative rung is that many days after it.
    pub ladder: Vec<i32>,
    /// For how many days after the last rung was due it is still told, when no sweep ran.
    pub late_days: i32,
    /// Where the fact is from.
    pub source: Option<String>,
}
