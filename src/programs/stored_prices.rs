//! Price lists, discounts and promotions read back as a pack states them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use iso_currency::Currency;

use super::pack::{Discount, DiscountLevel, Price, PriceList, Promotion};
use crate::db::Conn;
use crate::db::schema::{
    categories, discounts, price_lists, prices, products, promotion_categories, promotion_pairs,
    promotions, tiers,
};
use crate::error::{Error, Result};
use crate::percent::BasisPoints;

type ListRow = (i64, bool, String, NaiveDate, bool, String);

/// The price lists of a program, each with its id and whether a pack brought it.
pub(super) fn price_lists_of(
    program_id: i64,
    conn: &mut Conn,
) -> Result<Vec<(i64, bool, PriceList)>> {
    let rows: Vec<ListRow> = price_lists::table
        .filter(price_lists::program_id.eq(program_id))
        .order((price_lists::currency, price_lists::effective_on))
        .select((
            price_lists::id,
            price_lists::from_pack,
            price_lists::currency,
            price_lists::effective_on,
            price_lists::illustrative,
            price_lists::source,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, from_pack, currency, from, illustrative, source)| {
            let list = PriceList {
                from,
                currency: Currency::from_code(&currency)
                    .ok_or_else(|| Error::internal(format!("{currency} is no currency")))?,
                illustrative,
                source: stated(source),
                prices: prices_of(id, conn)?,
            };
            Ok((id, from_pack, list))
        })
        .collect()
}

fn stated(source: String) -> Option<String> {
    Some(source).filter(|source| !source.is_empty())
}

fn prices_of(price_list_id: i64, conn: &mut Conn) -> Result<Vec<Price>> {
    let rows: Vec<(String, i32, i32, i64)> = prices::table
        .inner_join(products::table)
        .filter(prices::price_list_id.eq(price_list_id))
        .select((products::code, prices::months, prices::from_quantity, prices::unit_minor))
        .load(conn)?;
    let price = |(product, months, from_quantity, unit_minor)| Price {
        product,
        months,
        from_quantity,
        unit_minor,
    };
    let mut prices: Vec<Price> = rows.into_iter().map(price).collect();
    prices.sort_by(|a, b| {
        (&a.product, a.months, a.from_quantity).cmp(&(&b.product, b.months, b.from_quantity))
    });
    Ok(prices)
}

fn share(points: i32) -> Result<BasisPoints> {
    BasisPoints::new(points).ok_or_else(|| Error::internal(format!("{points} is no share")))
}

type DiscountRow = (i64, DiscountLevel, Option<String>, String, NaiveDate, i32, String, String);

/// The discounts of a program, each with its id, sorted.
pub(super) fn discounts_of(program_id: i64, conn: &mut Conn) -> Result<Vec<(i64, Discount)>> {
    let rows: Vec<DiscountRow> = discounts::table
        .inner_join(categories::table)
        .left_join(tiers::table)
        .filter(discounts::program_id.eq(program_id))
        .select((
            discounts::id,
            discounts::level,
            tiers::key.nullable(),
            categories::key,
            discounts::effective_on,
            discounts::basis_points,
            discounts::approved_by,
            discounts::source,
        ))
        .load(conn)?;
    let mut found = rows
        .into_iter()
        .map(|(id, level, tier, category, from, points, approved_by, source)| {
            let percent = share(points)?;
            let source = stated(source);
            Ok((id, Discount { level, tier, category, from, percent, approved_by, source }))
        })
        .collect::<Result<Vec<_>>>()?;
    found.sort_by(|(_, a), (_, b)| a.cmp(b));
    Ok(found)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = promotions)]
struct PromotionRow {
    id: i64,
    code: String,
    name: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    basis_points: i32,
    least_units: i32,
    with_program: bool,
    with_deal: bool,
    from_pack: bool,
    approved_by: String,
    source: String,
}

/// The promotions of a program by their codes, each with its id and whether a pack brought it.
pub(super) fn promotions_of(
    program_id: i64,
    conn: &mut Conn,
) -> Result<Vec<(i64, bool, Promotion)>> {
    let rows: Vec<PromotionRow> = promotions::table
        .filter(promotions::program_id.eq(program_id))
        .select(PromotionRow::as_select())
        .load(conn)?;
    let codes: BTreeMap<i64, String> = rows.iter().map(|row| (row.id, row.code.clone())).collect();
    let mut of_categories = BTreeMap::<i64, Vec<String>>::new();
    let found: Vec<(i64, String)> = promotion_categories::table
        .inner_join(categories::table)
        .filter(categories::program_id.eq(program_id))
        .select((promotion_categories::promotion_id, categories::key))
        .load(conn)?;
    found.into_iter().for_each(|(id, key)| of_categories.entry(id).or_default().push(key));
    let mut combines = BTreeMap::<i64, Vec<String>>::new();
    let pairs: Vec<(i64, i64)> = promotion_pairs::table
        .filter(promotion_pairs::promotion_id.eq_any(codes.keys().copied()))
        .select((promotion_pairs::promotion_id, promotion_pairs::other_id))
        .load(conn)?;
    for (id, other) in pairs {
        combines.entry(id).or_default().extend(codes.get(&other).cloned());
    }
    let sorted = |lists: &mut BTreeMap<i64, Vec<String>>, id: i64| {
        let mut list = lists.remove(&id).unwrap_or_default();
        list.sort();
        list
    };
    let mut promotions = rows
        .into_iter()
        .map(|row| {
            let promotion = Promotion {
                categories: sorted(&mut of_categories, row.id),
                combines: sorted(&mut combines, row.id),
                percent: share(row.basis_points)?,
                code: row.code,
                name: row.name,
                starts: row.starts_on,
                ends: row.ends_on,
                least_units: row.least_units,
                with_program: row.with_program,
                with_deal: row.with_deal,
                approved_by: row.approved_by,
                source: stated(row.source),
            };
            Ok((row.id, row.from_pack, promotion))
        })
        .collect::<Result<Vec<_>>>()?;
    promotions.sort_by(|(.., a), (.., b)| a.code.cmp(&b.code));
    Ok(promotions)
}
