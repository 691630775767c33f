//! What a pack holds once all of it is known to be right.

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use iso_currency::Currency;

use super::colour::Colour;
use super::policy::{Policy, PolicyTimeline};
use super::sku::{LegacySkus, SkuGrammar};
use super::words::{DiscountLevel, ProductKind};
use crate::percent::BasisPoints;
use crate::stoppages::Capability;

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
    /// How many of a hundred licences it means to see renewed; nothing where it does not say.
    pub renewal_target_percent: Option<i32>,
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
    /// How SKUs are built; nothing where the program's codes are plain.
    pub sku: Option<SkuGrammar>,
    /// The older SKUs, product by product.
    pub legacy_skus: Vec<LegacySkus>,
    /// By currency and day; empty where the pack says nothing of prices.
    pub price_lists: Vec<PriceList>,
    /// What the program takes off by itself, sorted.
    pub discounts: Vec<Discount>,
    /// By their codes.
    pub promotions: Vec<Promotion>,
    /// In the order of their starts.
    pub maintenance: Vec<MaintenanceWindow>,
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
    /// The most units that one customer may have; nothing where there is no limit.
    pub most_units: Option<i32>,
    /// Whether code or name were invented to show how the portal works.
    pub illustrative: bool,
    /// What stands for the product in a SKU, where that is not its code.
    pub sku_code: Option<String>,
    /// Where the fact is from.
    pub source: Option<String>,
}

impl Product {
    /// What stands for the product in a SKU.
    pub fn code_in_skus(&self) -> &str {
        self.sku_code.as_deref().unwrap_or(&self.code)
    }
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

/// What everything costs from a day on, in one currency: the vendor's recommended prices (MSRP).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    /// The first day of it; it holds until the next list of its currency.
    pub from: NaiveDate,
    /// What its amounts are in.
    pub currency: Currency,
    /// Whether the prices were invented to show how the portal works.
    pub illustrative: bool,
    /// Where the prices are from.
    pub source: Option<String>,
    /// By product, term and quantity; at least one.
    pub prices: Vec<Price>,
}

/// What one unit of a product costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The code of one of the pack's products.
    pub product: String,
    /// The length of the term; 0 for what has none.
    pub months: i32,
    /// The quantity band: it holds from so many units on.
    pub from_quantity: i32,
    /// In the minor unit of the list's currency.
    pub unit_minor: i64,
}

/// What the program takes off a price by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Discount {
    /// Where it stands in the waterfall.
    pub level: DiscountLevel,
    /// The key of a tier; nothing where it holds for partners of every tier.
    pub tier: Option<String>,
    /// The key of a category.
    pub category: String,
    /// The first day of it; it holds until another for the same is stated.
    pub from: NaiveDate,
    /// Of what the levels before it left.
    pub percent: BasisPoints,
    /// Who answers for it.
    pub approved_by: String,
    /// Where the fact is from.
    pub source: Option<String>,
}

/// Something taken off for whoever names its code in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promotion {
    /// What people type.
    pub code: String,
    /// As people read it.
    pub name: String,
    /// The first day of it.
    pub starts: NaiveDate,
    /// The last day of it.
    pub ends: NaiveDate,
    /// Of what the levels before it left.
    pub percent: BasisPoints,
    /// The keys of the categories it is for, sorted.
    pub categories: Vec<String>,
    /// A line of fewer units gets nothing.
    pub least_units: i32,
    /// Whether it goes together with the program's own discount.
    pub with_program: bool,
    /// Whether it goes together with the discount of a registered deal.
    pub with_deal: bool,
    /// The codes of the promotions it goes together with, sorted.
    pub combines: Vec<String>,
    /// Who answers for it.
    pub approved_by: String,
    /// Where the fact is from.
    pub source: Option<String>,
}

/// A time in which something stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaintenanceWindow {
    /// Under which it is found again.
    pub key: String,
    /// By the program's clocks.
    pub starts: NaiveDateTime,
    /// The first minute that is no longer part of it.
    pub ends: NaiveDateTime,
    /// What stops, in the order of `Capability::ALL`.
    pub stops: Vec<Capability>,
    /// For everybody in the program.
    pub message: String,
    /// Where it comes from.
    pub source: Option<String>,
}
