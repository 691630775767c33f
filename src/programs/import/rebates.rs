//! Discounts and promotions: what is in force is not rewritten, what is to come may be.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::Imported;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    categories, discounts, promotion_categories, promotion_pairs, promotions, tiers,
};
use crate::error::{Error, Result};
use crate::programs::pack::{Discount, Pack, Promotion};
use crate::programs::stored;
use crate::reference;

/// What the reference of a promotion begins with.
const PREFIX: &str = "PR";

/// What rows are found by, of one program.
struct Ids {
    program_id: i64,
    tiers: BTreeMap<String, i64>,
    categories: BTreeMap<String, i64>,
}

impl Ids {
    fn of(program_id: i64, conn: &mut Conn) -> Result<Self> {
        let tiers: Vec<(String, i64)> = tiers::table
            .filter(tiers::program_id.eq(program_id))
            .select((tiers::key, tiers::id))
            .load(conn)?;
        let categories: Vec<(String, i64)> = categories::table
            .filter(categories::program_id.eq(program_id))
            .select((categories::key, categories::id))
            .load(conn)?;
        let (tiers, categories) = (tiers.into_iter().collect(), categories.into_iter().collect());
        Ok(Self { program_id, tiers, categories })
    }
}

/// Brings the discounts to what the pack says. `past_until` is the program's day, or nothing for a
/// program that is new; of a program without any discount the past may be told, too.
pub(super) fn import_discounts(
    pack: &Pack,
    program_id: i64,
    past_until: Option<NaiveDate>,
    done: &mut Imported,
    conn: &mut Conn,
) -> Result<()> {
    let ids = Ids::of(program_id, conn)?;
    let known = stored::discounts_of(program_id, conn)?;
    let is_past = |from: NaiveDate| past_until.is_some_and(|today| from <= today);
    let mut changed = 0;
    for (id, old) in &known {
        let wanted = pack.discounts.iter().find(|new| is_same(old, new));
        match wanted {
            Some(new) if new == old => continue,
            Some(_) if is_past(old.from) => return Err(rewritten(old)),
            None if is_past(old.from) => continue,
            _ => diesel::delete(discounts::table.find(id)).execute(conn)?,
        };
        changed += 1;
    }
    for new in &pack.discounts {
        match known.iter().find(|(_, old)| is_same(old, new)) {
            Some((_, old)) if old == new => continue,
            None if is_past(new.from) && !known.is_empty() => return Err(rewritten(new)),
            _ => insert_discount(new, &ids, conn)?,
        }
        changed += 1;
    }
    if changed > 0 {
        done.changes.push(format!("discounts: {} stated", pack.discounts.len()));
    }
    Ok(())
}

/// Whether two say how much the same is of the same day.
fn is_same(a: &Discount, b: &Discount) -> bool {
    (a.level, &a.tier, &a.category, a.from) == (b.level, &b.tier, &b.category, b.from)
}

fn rewritten(discount: &Discount) -> Error {
    Error::conflict(format!(
        "The discount on {} from {} is in force or past and cannot be changed by a pack; state \
         another one with a later day.",
        discount.category, discount.from
    ))
}

fn insert_discount(discount: &Discount, ids: &Ids, conn: &mut Conn) -> Result<()> {
    let row = (
        discounts::program_id.eq(ids.program_id),
        discounts::level.eq(discount.level),
        discounts::tier_id.eq(discount.tier.as_ref().and_then(|key| ids.tiers.get(key))),
        discounts::category_id.eq(ids.categories[&discount.category]),
        discounts::effective_on.eq(discount.from),
        discounts::basis_points.eq(discount.percent.get()),
        discounts::approved_by.eq(&discount.approved_by),
        discounts::source.eq(discount.source.as_deref().unwrap_or_default()),
    );
    diesel::insert_into(discounts::table).values(row).execute(conn)?;
    Ok(())
}

/// Brings the promotions to what the pack says. Of one that has begun only the end may change, to
/// a day that has not passed; one that was made in the portal stays as it is.
pub(super) fn import_promotions(
    pack: &Pack,
    program_id: i64,
    past_until: Option<NaiveDate>,
    now: Instant,
    done: &mut Imported,
    conn: &mut Conn,
) -> Result<()> {
    let ids = Ids::of(program_id, conn)?;
    let known = stored::promotions_of(program_id, conn)?;
    let has_begun = |one: &Promotion| past_until.is_some_and(|today| one.starts <= today);
    let mut said = Vec::new();
    for new in &pack.promotions {
        let code = &new.code;
        match known.iter().find(|(_, _, old)| old.code == *code) {
            Some((_, _, old)) if old == new => continue,
            Some((_, false, _)) => {
                done.kept.push(format!("promotion {code}: kept as it was made in the portal"));
                continue;
            }
            Some((id, _, old)) if has_begun(old) => {
                let ends_only = Promotion { ends: new.ends, ..old.clone() } == *new;
                if !ends_only || past_until.is_some_and(|today| new.ends < today) {
                    return Err(begun(code));
                }
                let end = promotions::ends_on.eq(new.ends);
                diesel::update(promotions::table.find(id)).set(end).execute(conn)?;
                said.push(format!("promotion {code}: ends {}", new.ends));
                continue;
            }
            Some((id, _, _)) => {
                remove_promotion(*id, conn)?;
                said.push(format!("promotion {code}: changed"));
            }
            None => said.push(format!("promotion {code}: added")),
        }
        insert_promotion(new, &ids, now, conn)?;
    }
    for (id, from_pack, old) in &known {
        let wanted = pack.promotions.iter().any(|new| new.code == old.code);
        if *from_pack && !wanted && past_until.is_some() && !has_begun(old) {
            remove_promotion(*id, conn)?;
            said.push(format!("promotion {}: removed", old.code));
        }
    }
    if !said.is_empty() {
        pair(pack, program_id, conn)?;
        done.changes.extend(said);
    }
    Ok(())
}

fn begun(code: &str) -> Error {
    Error::conflict(format!(
        "The promotion {code} has begun: a pack can only move its end, to a day that has not passed."
    ))
}

fn remove_promotion(id: i64, conn: &mut Conn) -> Result<()> {
    let pairs = promotion_pairs::table
        .filter(promotion_pairs::promotion_id.eq(id).or(promotion_pairs::other_id.eq(id)));
    diesel::delete(pairs).execute(conn)?;
    let of_it = promotion_categories::table.filter(promotion_categories::promotion_id.eq(id));
    diesel::delete(of_it).execute(conn)?;
    diesel::delete(promotions::table.find(id)).execute(conn)?;
    Ok(())
}

fn insert_promotion(new: &Promotion, ids: &Ids, now: Instant, conn: &mut Conn) -> Result<()> {
    let row = (
        promotions::reference.eq(reference::draw(PREFIX)),
        promotions::program_id.eq(ids.program_id),
        promotions::code.eq(&new.code),
        promotions::name.eq(&new.name),
        promotions::starts_on.eq(new.starts),
        promotions::ends_on.eq(new.ends),
        promotions::basis_points.eq(new.percent.get()),
        promotions::least_units.eq(new.least_units),
        promotions::with_program.eq(new.with_program),
        promotions::with_deal.eq(new.with_deal),
        promotions::from_pack.eq(true),
        promotions::approved_by.eq(&new.approved_by),
        promotions::source.eq(new.source.as_deref().unwrap_or_default()),
        promotions::created_at.eq(now),
    );
    let id: i64 = diesel::insert_into(promotions::table)
        .values(row)
        .returning(promotions::id)
        .get_result(conn)?;
    for key in &new.categories {
        let row = (
            promotion_categories::promotion_id.eq(id),
            promotion_categories::category_id.eq(ids.categories[key]),
        );
        diesel::insert_into(promotion_categories::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// States which promotions of the pack go together.
fn pair(pack: &Pack, program_id: i64, conn: &mut Conn) -> Result<()> {
    let ids: BTreeMap<String, i64> = promotions::table
        .filter(promotions::program_id.eq(program_id))
        .select((promotions::code, promotions::id))
        .load::<(String, i64)>(conn)?
        .into_iter()
        .collect();
    for promotion in &pack.promotions {
        for other in &promotion.combines {
            let (Some(id), Some(other)) = (ids.get(&promotion.code), ids.get(other)) else {
                continue;
            };
            let row = (promotion_pairs::promotion_id.eq(id), promotion_pairs::other_id.eq(other));
            crate::db::insert_new!(conn, promotion_pairs::table, row);
        }
    }
    Ok(())
}
