//! One protected deal for each customer and category. What decides is the key of the table of claims,
//! not a look at who is there: of many approvals at once one goes through.

use diesel::prelude::*;

use super::due;
use super::model::Deal;
use super::verbs::Act;
use crate::db::schema::deal_claims;
use crate::db::{self, Conn};
use crate::error::{Error, Result};

/// What a customer is known by.
fn claims_of(deal: &Deal) -> Vec<String> {
    let mut claims = vec![format!("name:{}:{}", deal.customer_country, deal.customer_key)];
    if !deal.customer_domain.is_empty() {
        claims.push(format!("domain:{}", deal.customer_domain));
    }
    claims
}

#[derive(Insertable)]
#[diesel(table_name = deal_claims, treat_none_as_default_value = false)]
struct NewClaim {
    program_id: i64,
    category_id: i64,
    claim: String,
    deal_id: i64,
}

/// Claims the customer of a deal for it. A deal whose last day is over makes room, even before the
/// sweep has come to it.
///
/// # Errors
/// A conflict that names the deal that protects the customer, for the vendor.
pub(super) fn claim(act: Act<'_>, deal: &Deal, conn: &mut Conn) -> Result<()> {
    for holder in holders(deal, conn)? {
        if is_over(act, &holder) && holder.id != deal.id {
            due::expire(act, &holder, conn)?;
        }
    }
    let rows: Vec<NewClaim> = claims_of(deal)
        .into_iter()
        .map(|claim| NewClaim {
            program_id: deal.program_id,
            category_id: deal.category_id,
            claim,
            deal_id: deal.id,
        })
        .collect();
    let made = db::insert_new!(conn, deal_claims::table, &rows);
    if made == rows.len() {
        return Ok(());
    }
    Err(taken(&holders(deal, conn)?.into_iter().next().ok_or(Error::LostRace)?))
}

/// Refuses a deal whose customer another one protects, without claiming anything for it.
pub(super) fn refuse_taken(act: Act<'_>, deal: &Deal, conn: &mut Conn) -> Result<()> {
    let mut holders = holders(deal, conn)?.into_iter();
    match holders.find(|holder| holder.id != deal.id && !is_over(act, holder)) {
        Some(first) => Err(taken(&first)),
        None => Ok(()),
    }
}

/// Whether the last day of a deal that protects a customer is over.
fn is_over(act: Act<'_>, holder: &Deal) -> bool {
    holder.last_day(act.program).is_some_and(|last| last < act.program.day_of(act.now))
}

fn taken(first: &Deal) -> Error {
    Error::conflict(format!(
        "Deal {} of {} protects {} in this category already. Reject this one, or call it a duplicate.",
        first.reference, first.names.partner, first.customer_name
    ))
}

/// The deals that have claimed what this one claims.
fn holders(deal: &Deal, conn: &mut Conn) -> Result<Vec<Deal>> {
    let mut ids: Vec<i64> = deal_claims::table
        .filter(deal_claims::program_id.eq(deal.program_id))
        .filter(deal_claims::category_id.eq(deal.category_id))
        .filter(deal_claims::claim.eq_any(claims_of(deal)))
        .select(deal_claims::deal_id)
        .load(conn)?;
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().map(|id| Deal::find_unscoped(id, conn)).collect()
}

/// Whatever protected a deal ends: its customer is free again.
pub(super) fn release(deal: &Deal, conn: &mut Conn) -> Result<()> {
    let own = deal_claims::table.filter(deal_claims::deal_id.eq(deal.id));
    diesel::delete(own).execute(conn)?;
    Ok(())
}
