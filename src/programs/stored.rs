//! A program read back as the pack that describes it, so that it can be taken elsewhere.

use diesel::prelude::*;

use super::pack::{
    Category, Colour, Notices, Pack, PartnerType, Product, ProductKind, Tier, Vendor,
};
pub(super) use super::stored_prices::{discounts_of, price_lists_of, promotions_of};
use super::stored_windows::maintenance_of;
use super::{model, skus};
use crate::auth::Program;
use crate::db::Conn;
use crate::db::schema::{categories, organisations, partner_types, products, tiers};
use crate::error::{Error, Result};

/// The program as a pack. The tables keep the sources of policies only; those of other sections
/// are lost, and so is the order of products: they come by category and code.
pub fn pack_of(slug: &str, conn: &mut Conn) -> Result<Pack> {
    let program = Program::find_unscoped(slug, conn)?;
    let (name, country) = organisations::table
        .find(program.vendor_id)
        .select((organisations::name, organisations::country))
        .first(conn)?;
    let rules = model::rules_of(program.id, conn)?;
    let unreadable = || Error::internal(format!("the program {slug} has unreadable facts"));
    Ok(Pack {
        vendor: Vendor { name, country },
        currency: iso_currency::Currency::from_code(&program.currency).ok_or_else(unreadable)?,
        colour: Colour::parse(&program.colour).ok_or_else(unreadable)?,
        renewal_target_percent: rules.renewal_target_percent,
        source: None,
        partner_types: partner_types_of(program.id, conn)?,
        tiers: tiers_of(program.id, conn)?,
        categories: categories_of(program.id, conn)?,
        products: products_of(program.id, conn)?,
        sku: skus::sku_grammar_of(program.id, conn)?,
        legacy_skus: skus::legacy_skus_of(program.id, conn)?,
        price_lists: price_lists_of(program.id, conn)?.into_iter().map(|(.., list)| list).collect(),
        discounts: discounts_of(program.id, conn)?.into_iter().map(|(_, one)| one).collect(),
        promotions: promotions_of(program.id, conn)?.into_iter().map(|(.., one)| one).collect(),
        maintenance: maintenance_of(program.id, program.time_zone, conn)?,
        notices: Notices { ladder: rules.ladder, late_days: rules.late_days, source: None },
        policies: rules.policies,
        slug: program.slug,
        name: program.name,
        time_zone: program.time_zone,
    })
}

/// The program's partner types in their order.
pub(super) fn partner_types_of(program_id: i64, conn: &mut Conn) -> Result<Vec<PartnerType>> {
    let rows: Vec<(String, String)> = partner_types::table
        .filter(partner_types::program_id.eq(program_id))
        .order((partner_types::position, partner_types::key))
        .select((partner_types::key, partner_types::name))
        .load(conn)?;
    let line = |(key, name)| PartnerType { key, name, source: None };
    Ok(rows.into_iter().map(line).collect())
}

/// The program's tiers, the lowest first.
pub(super) fn tiers_of(program_id: i64, conn: &mut Conn) -> Result<Vec<Tier>> {
    let rows: Vec<(String, String, i32)> = tiers::table
        .filter(tiers::program_id.eq(program_id))
        .order(tiers::rank)
        .select((tiers::key, tiers::name, tiers::rank))
        .load(conn)?;
    let line = |(key, name, rank)| Tier { key, name, rank, source: None };
    Ok(rows.into_iter().map(line).collect())
}

fn categories_of(program_id: i64, conn: &mut Conn) -> Result<Vec<Category>> {
    let rows: Vec<(String, String)> = categories::table
        .filter(categories::program_id.eq(program_id))
        .order((categories::position, categories::key))
        .select((categories::key, categories::name))
        .load(conn)?;
    let line = |(key, name)| Category { key, name, source: None };
    Ok(rows.into_iter().map(line).collect())
}

type ProductRow =
    (String, String, String, ProductKind, String, Option<i32>, Option<i32>, bool, Option<String>);

fn products_of(program_id: i64, conn: &mut Conn) -> Result<Vec<Product>> {
    let rows: Vec<ProductRow> = products::table
        .inner_join(categories::table)
        .filter(products::program_id.eq(program_id))
        .order((categories::position, categories::key, products::code))
        .select((
            products::code,
            products::name,
            categories::key,
            products::kind,
            products::unit,
            products::warranty_months,
            products::most_units,
            products::illustrative,
            products::sku_code,
        ))
        .load(conn)?;
    let line =
        |(code, name, category, kind, unit, warranty, most_units, illustrative, sku_code)| {
            Product {
                code,
                name,
                category,
                kind,
                unit,
                warranty_months: warranty,
                most_units,
                illustrative,
                sku_code,
                source: None,
            }
        };
    Ok(rows.into_iter().map(line).collect())
}
