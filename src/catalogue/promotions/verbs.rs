//! Promotions are made, ended and, before they begin, withdrawn.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{Promotion, Standing};
use crate::audit::{self, By, Change};
use crate::auth::Program;
use crate::catalogue::actions::{PROMOTION_ENDED, PROMOTION_MADE, PROMOTION_WITHDRAWN};
use crate::clock::Instant;
use crate::db::schema::{promotion_categories, promotion_pairs, promotions};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::percent::BasisPoints;
use crate::reference;

/// What the reference of a promotion begins with.
const PREFIX: &str = "PR";

/// A promotion that can be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPromotion {
    pub code: String,
    pub name: String,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub percent: BasisPoints,
    pub category_ids: Vec<i64>,
    pub least_units: i32,
    pub with_program: bool,
    pub with_deal: bool,
    /// Ids of the promotions that it goes together with.
    pub combines: Vec<i64>,
    pub approved_by: String,
    pub source: String,
}

/// Makes a promotion; gives its reference.
///
/// # Errors
/// A fault of the field `code` where the program has had the code already, and of `starts_on` where
/// that day has passed.
pub fn make(
    program: &Program,
    new: &NewPromotion,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    if new.starts_on < program.day_of(now) {
        return Err(Error::field("starts_on", "A promotion cannot begin before today."));
    }
    let same = promotions::table
        .filter(promotions::program_id.eq(program.id))
        .filter(promotions::code.eq(&new.code));
    if diesel::select(diesel::dsl::exists(same)).get_result(conn)? {
        let text = format!("There is a promotion {} already; choose another code.", new.code);
        return Err(Error::field("code", text));
    }
    let reference = reference::draw(PREFIX);
    let row = (
        promotions::reference.eq(&reference),
        promotions::program_id.eq(program.id),
        promotions::code.eq(&new.code),
        promotions::name.eq(&new.name),
        promotions::starts_on.eq(new.starts_on),
        promotions::ends_on.eq(new.ends_on),
        promotions::basis_points.eq(new.percent.get()),
        promotions::least_units.eq(new.least_units),
        promotions::with_program.eq(new.with_program),
        promotions::with_deal.eq(new.with_deal),
        promotions::from_pack.eq(false),
        promotions::approved_by.eq(&new.approved_by),
        promotions::source.eq(&new.source),
        promotions::created_at.eq(now),
    );
    let id: i64 = diesel::insert_into(promotions::table)
        .values(row)
        .returning(promotions::id)
        .get_result(conn)
        .map_err(db::first_elsewhere)?;
    relate(id, new, conn)?;
    let references = std::slice::from_ref(&reference);
    if let Some(made) =
        Promotion::all_of(program.id, references, program.day_of(now), conn)?.first()
    {
        let days = format!("{} to {}", new.starts_on, new.ends_on);
        let change = Change { to: &days, ..Change::default() };
        audit::record(by, &PROMOTION_MADE, made.subject(), change, now, conn)?;
    }
    Ok(reference)
}

/// What it is for, and what it goes together with, each pair in both orders.
fn relate(id: i64, new: &NewPromotion, conn: &mut Conn) -> Result<()> {
    for category_id in &new.category_ids {
        let row = (
            promotion_categories::promotion_id.eq(id),
            promotion_categories::category_id.eq(category_id),
        );
        diesel::insert_into(promotion_categories::table).values(row).execute(conn)?;
    }
    for other in &new.combines {
        for (one, other) in [(id, *other), (*other, id)] {
            let row = (promotion_pairs::promotion_id.eq(one), promotion_pairs::other_id.eq(other));
            diesel::insert_into(promotion_pairs::table).values(row).execute(conn)?;
        }
    }
    Ok(())
}

/// Why the last day cannot be moved on a day; nothing where it can.
pub(super) fn why_not_ended(promotion: &Promotion, today: NaiveDate) -> Option<&'static str> {
    (promotion.offer.standing(today) == Standing::Over).then_some("It is over.")
}

/// Sets the last day to one that has not passed. From then on the promotion is the portal's: no
/// pack moves it again.
///
/// # Errors
/// A conflict where it is over, or where its last day is not `seen` any more; a fault of the field
/// `ends_on` where the day has passed or comes before the first.
pub fn end(
    program: &Program,
    promotion: &Promotion,
    last_day: NaiveDate,
    seen: NaiveDate,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let (today, offer) = (program.day_of(now), &promotion.offer);
    if let Some(why_not) = why_not_ended(promotion, today) {
        return Err(Error::conflict(format!("The promotion {}: {why_not}", offer.code)));
    }
    if last_day < today {
        return Err(Error::field("ends_on", "Choose today or a later day."));
    }
    if last_day < offer.starts_on {
        return Err(Error::field("ends_on", "The last day cannot be before the first."));
    }
    let still = promotions::table.find(promotion.id).filter(promotions::ends_on.eq(seen));
    let row = (promotions::ends_on.eq(last_day), promotions::from_pack.eq(false));
    if diesel::update(still).set(row).execute(conn)? == 0 {
        return Err(Error::conflict(format!(
            "Somebody moved the last day of {} since you opened the page: it is {} now.",
            offer.code, offer.ends_on
        )));
    }
    let (from, to) = (seen.to_string(), last_day.to_string());
    let change = Change { from: &from, to: &to, ..Change::default() };
    audit::record(by, &PROMOTION_ENDED, promotion.subject(), change, now, conn)
}

/// Why a promotion cannot be withdrawn on a day; nothing where it can.
pub(super) fn why_kept(promotion: &Promotion, today: NaiveDate) -> Option<&'static str> {
    if promotion.offer.standing(today) != Standing::Announced {
        return Some("It has begun: it can only be ended.");
    }
    promotion
        .from_pack
        .then_some("It is in the program's pack: change the pack and import it again.")
}

/// Takes a promotion back before it begins.
///
/// # Errors
/// A conflict where it has begun or is the pack's.
pub fn withdraw(
    program: &Program,
    promotion: &Promotion,
    why: &str,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    if let Some(why_kept) = why_kept(promotion, program.day_of(now)) {
        let code = &promotion.offer.code;
        return Err(Error::conflict(format!("The promotion {code}: {why_kept}")));
    }
    let id = promotion.id;
    let pairs = promotion_pairs::promotion_id.eq(id).or(promotion_pairs::other_id.eq(id));
    diesel::delete(promotion_pairs::table.filter(pairs)).execute(conn)?;
    let of_it = promotion_categories::table.filter(promotion_categories::promotion_id.eq(id));
    diesel::delete(of_it).execute(conn)?;
    if diesel::delete(promotions::table.find(id)).execute(conn)? == 0 {
        return Err(Error::LostRace);
    }
    let change = Change { from: &promotion.offer.code, why, ..Change::default() };
    audit::record(by, &PROMOTION_WITHDRAWN, promotion.subject(), change, now, conn)
}
