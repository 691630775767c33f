//! The basket: licences that a person of a partner has put aside, page by page, to ask for the
//! prices of their renewals together. It is the person's own, in each program one.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::filter::Horizon;
use super::model::mine;
use super::sums::Terms;
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::schema::{basket_lines, customers, licences, products};
use crate::db::{self, Conn, Keep, padded};
use crate::error::{Error, Result};
use crate::licences::rules::LineKind;
use crate::pricing::inquiries::begin_renewals;

/// More are refused: each has to be looked at before it is asked for.
pub(super) const MOST_LINES: usize = 250;

/// A licence in the basket.
#[derive(Clone, Debug, Queryable)]
pub(super) struct BasketLine {
    pub reference: String,
    pub sku: String,
    pub quantity: i32,
    pub unit_price_minor: i64,
    pub currency: String,
    pub due_on: NaiveDate,
    renewed_by_id: Option<i64>,
    pub product: String,
    pub unit: String,
    pub customer_id: i64,
    pub customer: String,
}

/// Why a licence in the basket cannot be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gone {
    Renewed,
    Lapsed,
}

impl BasketLine {
    pub(super) fn gone(&self, horizon: &Horizon) -> Option<Gone> {
        if self.renewed_by_id.is_some() {
            Some(Gone::Renewed)
        } else if self.due_on < horizon.renewable_from {
            Some(Gone::Lapsed)
        } else {
            None
        }
    }
}

/// What lies in the person's basket, customer by customer, in the order of their ends; with the
/// days by which it is told what can be renewed.
pub(super) fn basket_of(scope: &Scope, conn: &mut Conn) -> Result<(Horizon, Vec<BasketLine>)> {
    let terms = Terms::of(scope, conn)?;
    let horizon = Horizon::new(scope.today(), terms.thresholds.lapse_days);
    let lines = basket_lines::table
        .inner_join(licences::table.inner_join(products::table).inner_join(customers::table))
        .filter(basket_lines::contact_id.eq(scope.actor().contact_id))
        .filter(basket_lines::program_id.eq(scope.program().id))
        .filter(licences::reseller_id.eq(scope.organisation_id()))
        .order((customers::name_key, customers::id, licences::due_on, licences::reference))
        .select((
            licences::reference,
            licences::sku,
            licences::quantity,
            licences::unit_price_minor,
            licences::currency,
            licences::due_on,
            licences::renewed_by_id,
            products::name,
            products::unit,
            customers::id,
            customers::name,
        ))
        .limit(i64::try_from(MOST_LINES).unwrap_or(0))
        .kept()
        .load(conn)?;
    Ok((horizon, lines))
}

/// What became of licences that were chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Put {
    /// In the basket now, and not before.
    pub added: usize,
    /// Renewed meanwhile, or lapsed.
    pub gone: usize,
    /// All that lies in it.
    pub all: usize,
}

/// Puts licences of the person's own organisation in. Not found where one is not theirs.
pub(super) fn put(
    scope: &Scope,
    references: &[String],
    now: Instant,
    conn: &mut Conn,
) -> Result<Put> {
    let mut wanted = references.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.len() > MOST_LINES {
        return Err(full());
    }
    let bound = Horizon::lapse_bound(scope.today(), Terms::of(scope, conn)?.thresholds.lapse_days);
    let found: Vec<(i64, NaiveDate, Option<i64>)> = licences::table
        .filter(licences::program_id.eq(scope.program().id))
        .filter(licences::reseller_id.eq(scope.organisation_id()))
        .filter(licences::kind.eq_any(LineKind::RENEWABLE))
        .filter(licences::ends_on.is_not_null())
        .filter(licences::reference.eq_any(padded(&wanted)))
        .select((licences::id, licences::due_on, licences::renewed_by_id))
        .load(conn)?;
    if found.len() < wanted.len() {
        return Err(Error::NotFound);
    }
    let open: Vec<i64> = found
        .iter()
        .filter(|(_, due_on, renewed_by)| renewed_by.is_none() && *due_on >= bound)
        .map(|(id, ..)| *id)
        .collect();
    let mut added = 0;
    for id in &open {
        let row = (
            basket_lines::contact_id.eq(scope.actor().contact_id),
            basket_lines::program_id.eq(scope.program().id),
            basket_lines::licence_id.eq(*id),
            basket_lines::added_at.eq(now),
        );
        added += db::insert_new!(conn, basket_lines::table, row);
    }
    let all: i64 = mine!(scope).count().get_result(conn)?;
    let all = usize::try_from(all).unwrap_or(0);
    if all > MOST_LINES {
        return Err(full());
    }
    Ok(Put { added, gone: found.len() - open.len(), all })
}

fn full() -> Error {
    Error::conflict(format!(
        "A basket holds {MOST_LINES} licences. Ask for the prices of those that are in it first."
    ))
}

/// Takes licences out again; what is not in it is out already. All of them where none is named.
pub(super) fn take_out(
    scope: &Scope,
    references: Option<&[String]>,
    conn: &mut Conn,
) -> Result<usize> {
    let Some(references) = references else {
        return Ok(diesel::delete(mine!(scope)).execute(conn)?);
    };
    let ids: Vec<i64> = licences::table
        .filter(licences::program_id.eq(scope.program().id))
        .filter(licences::reference.eq_any(references))
        .select(licences::id)
        .load(conn)?;
    let chosen = mine!(scope).filter(basket_lines::licence_id.eq_any(ids));
    Ok(diesel::delete(chosen).execute(conn)?)
}

/// Begins an inquiry for each customer of the basket and takes what is asked for out of it; gives
/// their references. A conflict where nothing in it can be renewed.
pub(super) fn ask(scope: &Scope, now: Instant, conn: &mut Conn) -> Result<Vec<String>> {
    let (horizon, lines) = basket_of(scope, conn)?;
    let asked: Vec<String> = lines
        .iter()
        .filter(|line| line.gone(&horizon).is_none())
        .map(|line| line.reference.clone())
        .collect();
    if asked.is_empty() {
        return Err(Error::conflict(
            "There is nothing in the basket that can be renewed. Somebody may have asked for it \
             already, in another window.",
        ));
    }
    let begun = begin_renewals(scope, &asked, now, conn)?;
    take_out(scope, Some(&asked), conn)?;
    Ok(begun)
}
