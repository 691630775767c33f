//! What the program takes off by itself, and which promotions there are: read for a day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::promotions::Offer;
use super::waterfall::{Level, LevelKind};
use crate::db::Conn;
use crate::db::schema::{
    categories, discounts, promotion_categories, promotion_pairs, promotions, tiers,
};
use crate::error::{Error, Result};
use crate::percent::BasisPoints;
use crate::programs::pack::DiscountLevel;

/// A discount of the program in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    pub percent: BasisPoints,
    /// Which rule, in words: "Gold, Firewall".
    pub rule: String,
    pub effective_on: NaiveDate,
    pub approved_by: String,
}

impl Rate {
    pub(super) fn level(&self, kind: LevelKind) -> Level {
        Level {
            kind,
            percent: self.percent,
            rule: self.rule.clone(),
            effective_on: self.effective_on,
            approved_by: self.approved_by.clone(),
        }
    }
}

/// The discounts that a partner of one tier gets on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates(BTreeMap<(DiscountLevel, i64), Rate>);

type RateRow = (DiscountLevel, i64, Option<String>, String, NaiveDate, i32, String);

impl Rates {
    /// Of each level and category the latest that is stated for the tier, else the latest that is
    /// stated for partners of every tier. One query.
    pub fn of(
        program_id: i64,
        tier_id: Option<i64>,
        day: NaiveDate,
        conn: &mut Conn,
    ) -> Result<Self> {
        let rows: Vec<RateRow> = discounts::table
            .inner_join(categories::table)
            .left_join(tiers::table)
            .filter(discounts::program_id.eq(program_id))
            .filter(discounts::effective_on.le(day))
            .filter(discounts::tier_id.is_null().or(discounts::tier_id.eq(tier_id)))
            .order(discounts::effective_on)
            .select((
                discounts::level,
                discounts::category_id,
                tiers::name.nullable(),
                categories::name,
                discounts::effective_on,
                discounts::basis_points,
                discounts::approved_by,
            ))
            .load(conn)?;
        let mut found = BTreeMap::<(DiscountLevel, i64), (bool, Rate)>::new();
        for (level, category_id, tier, category, effective_on, points, approved_by) in rows {
            let for_tier = tier.is_some();
            let rule = tier.map_or_else(|| category.clone(), |tier| format!("{tier}, {category}"));
            let rate = Rate { percent: share(points)?, rule, effective_on, approved_by };
            let known = found.get(&(level, category_id));
            if known.is_none_or(|(known_for_tier, _)| for_tier || !known_for_tier) {
                found.insert((level, category_id), (for_tier, rate));
            }
        }
        Ok(Self(found.into_iter().map(|(key, (_, rate))| (key, rate)).collect()))
    }

    pub fn get(&self, level: DiscountLevel, category_id: i64) -> Option<&Rate> {
        self.0.get(&(level, category_id)).filter(|rate| !rate.percent.is_none())
    }
}

fn share(points: i32) -> Result<BasisPoints> {
    BasisPoints::new(points).ok_or_else(|| Error::internal(format!("{points} is no share")))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = promotions)]
struct OfferRow {
    code: String,
    name: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    basis_points: i32,
    least_units: i32,
    with_program: bool,
    with_deal: bool,
    approved_by: String,
}

/// The promotions behind codes; one that does not exist is not among them. One query.
pub fn offers_of(program_id: i64, codes: &[String], conn: &mut Conn) -> Result<Vec<Offer>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let others = diesel::alias!(promotions as others);
    let rows: Vec<(OfferRow, i64, String, Option<String>)> =
        promotions::table
            .inner_join(promotion_categories::table.inner_join(categories::table))
            .left_join(promotion_pairs::table.on(promotion_pairs::promotion_id.eq(promotions::id)))
            .left_join(others.on(
                others.field(promotions::id).nullable().eq(promotion_pairs::other_id.nullable()),
            ))
            .filter(promotions::program_id.eq(program_id))
            .filter(promotions::code.eq_any(codes))
            .order((promotions::code, categories::position))
            .select((
                OfferRow::as_select(),
                categories::id,
                categories::name,
                others.field(promotions::code).nullable(),
            ))
            .load(conn)?;
    let mut offers = BTreeMap::<String, Offer>::new();
    for (row, category_id, category, other) in rows {
        let percent = share(row.basis_points)?;
        let offer = offers.entry(row.code.clone()).or_insert_with(|| Offer {
            code: row.code,
            name: row.name,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            percent,
            category_ids: Vec::new(),
            categories: Vec::new(),
            least_units: row.least_units,
            with_program: row.with_program,
            with_deal: row.with_deal,
            combines: Vec::new(),
            approved_by: row.approved_by,
        });
        if !offer.category_ids.contains(&category_id) {
            offer.category_ids.push(category_id);
            offer.categories.push(category);
        }
        offer.combines.extend(other.filter(|code| !offer.combines.contains(code)));
    }
    Ok(offers.into_values().collect())
}
