//! Discounts as they are stored.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{categories, discounts, tiers};
use crate::error::{Error, Result};
use crate::percent::BasisPoints;
use crate::programs::pack::DiscountLevel;

/// A discount and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Discount {
    pub level: DiscountLevel,
    pub category: String,
    /// None: partners of every tier, and those without one, unless their own tier has another.
    pub tier: Option<String>,
    pub percent: BasisPoints,
    pub from: NaiveDate,
    pub phase: Phase,
    pub approved_by: String,
    pub source: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    InForce,
    Announced,
    Past,
}

type Row =
    (DiscountLevel, i64, String, Option<i64>, Option<String>, i32, NaiveDate, String, String);

/// All discounts of the program by level, category and tier, the latest first. One query.
pub(super) fn all_for(scope: &Scope, conn: &mut Conn) -> Result<Vec<Discount>> {
    if !scope.is_vendor() {
        return Err(Error::NotFound);
    }
    let rows: Vec<Row> = discounts::table
        .inner_join(categories::table)
        .left_join(tiers::table)
        .filter(discounts::program_id.eq(scope.program().id))
        .order((
            discounts::level.desc(),
            categories::position,
            tiers::rank.desc(),
            discounts::effective_on.desc(),
        ))
        .select((
            discounts::level,
            discounts::category_id,
            categories::name,
            discounts::tier_id,
            tiers::name.nullable(),
            discounts::basis_points,
            discounts::effective_on,
            discounts::approved_by,
            discounts::source,
        ))
        .load(conn)?;
    let today = scope.today();
    let mut since = HashMap::<(DiscountLevel, i64, Option<i64>), NaiveDate>::new();
    for (level, category_id, _, tier_id, _, _, from, ..) in &rows {
        if *from <= today {
            let latest = since.entry((*level, *category_id, *tier_id)).or_insert(*from);
            *latest = (*latest).max(*from);
        }
    }
    rows.into_iter()
        .map(|(level, category_id, category, tier_id, tier, points, from, approved_by, source)| {
            let phase = match since.get(&(level, category_id, tier_id)) {
                _ if from > today => Phase::Announced,
                Some(latest) if *latest == from => Phase::InForce,
                _ => Phase::Past,
            };
            let percent = BasisPoints::new(points)
                .ok_or_else(|| Error::internal(format!("{points} is no share")))?;
            Ok(Discount { level, category, tier, percent, from, phase, approved_by, source })
        })
        .collect()
}
