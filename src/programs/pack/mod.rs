//! A program pack: one TOML file that describes a vendor's whole program (docs/packs.md).
//!
//! [`parse`] checks a file whole and names every error with its place and what would be right;
//! [`export`] writes a pack in its canonical form, which reads back as the same pack.
//! Everything here is pure: no database, no clock. docs/domain.md, section 2, is the source.

mod colour;
mod countries;
mod deal_rules;
mod export;
mod lists;
mod maintenance;
mod model;
mod nearest;
mod policies;
mod policy;
mod prices;
mod problem;
mod program;
mod reader;
mod rebates;
mod sku;
mod sku_export;
mod sku_reader;
mod values;
mod words;

use std::ops::Range;

use toml::de::DeTable;

pub use colour::{Colour, Ink};
pub use countries::is_country;
pub use export::export;
pub use model::{
    Category, Discount, MaintenanceWindow, Notices, Pack, PartnerType, Price, PriceList, Product,
    Promotion, Tier, Vendor,
};
pub use nearest::nearest;
pub use policy::{Policy, PolicyTimeline, Threshold};
pub use problem::PackProblem;
pub use sku::{LegacySkus, PartMeaning, SkuGrammar, SkuPart, months_of};
pub use words::{
    DiscountLevel, LeadDistribution, OddTerms, OrderProcessing, ProductKind, Purpose, QuotedBy,
    SkuForm, SkuMeaning, TermStart, WarrantyStart,
};

use problem::Findings;
use reader::Section;

/// A pack larger than this is refused unread.
const LARGEST_FILE: usize = 1024 * 1024;

/// Reads a pack and checks all of it.
///
/// `file_name` is only for the problems, which come in the order of the file. A file that is not
/// TOML has one problem, because what stands after it cannot be understood.
///
/// # Errors
/// Every problem of the file; there is no pack unless there are none.
pub fn parse(file_name: &str, text: &str) -> Result<Pack, Vec<PackProblem>> {
    let findings = Findings::new(file_name, text);
    if text.len() > LARGEST_FILE {
        let what = format!("the file has {} bytes", text.len());
        findings.report(0..0, "", what, format!("keep a pack within {LARGEST_FILE} bytes"));
        return Err(findings.into_problems());
    }
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let place: Range<usize> = error.span().unwrap_or(0..0);
            let what = format!("this is not TOML: {}", error.message().replace('\n', " "));
            findings.report(place, "", what, "correct this first; the rest is checked after it");
            return Err(findings.into_problems());
        }
    };
    let pack = read_pack(&Section::root(&findings, table.get_ref()));
    let problems = findings.into_problems();
    match pack {
        Some(pack) if problems.is_empty() => Ok(pack),
        _ => Err(problems),
    }
}

fn read_pack(root: &Section<'_>) -> Option<Pack> {
    root.allows(&[
        "program",
        "partner_types",
        "tiers",
        "categories",
        "products",
        "sku",
        "legacy_skus",
        "price_lists",
        "discounts",
        "promotions",
        "maintenance",
        "notices",
        "policies",
    ]);
    let program = program::read_program(root);
    let partner_types = lists::read_partner_types(root);
    let tiers = lists::read_tiers(root);
    let categories = lists::CategoryKeys::of(root);
    let category_rows = lists::read_categories(root);
    let products = lists::read_products(root, &categories);
    let price_lists = prices::read_price_lists(root, &lists::ProductKinds::of(root));
    let discounts = rebates::read_discounts(root, &categories);
    let promotions = rebates::read_promotions(root, &categories);
    let zone = program.as_ref().map(|program| program.time_zone);
    let maintenance = maintenance::read_maintenance(root, zone);
    let notices = program::read_notices(root);
    let policies = policies::read_policies(root, &categories);
    let skus = sku_reader::read_skus(root, products.as_deref(), policies.as_ref());
    let program = program?;
    let (sku, legacy_skus) = skus?;
    Some(Pack {
        slug: program.slug,
        name: program.name,
        vendor: program.vendor,
        currency: program.currency,
        time_zone: program.time_zone,
        colour: program.colour,
        renewal_target_percent: program.renewal_target_percent,
        source: program.source,
        partner_types: partner_types?,
        tiers: tiers?,
        categories: category_rows?,
        products: products?,
        sku,
        legacy_skus,
        price_lists: price_lists?,
        discounts: discounts?,
        promotions: promotions?,
        maintenance: maintenance?,
        notices: notices?,
        policies: policies?,
    })
}
