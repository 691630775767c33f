//! How the vendor decided on a deal, and how one that was approved ended: kept beside the deal when it
//! happens, so that figures are counted from there and not from the history.

use diesel::prelude::*;

use super::DealStatus;
use super::model::Deal;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::deal_results;
use crate::error::Result;

/// Whether a state is a result: the vendor's decision, or an end.
fn is_result(status: DealStatus) -> bool {
    matches!(
        status,
        DealStatus::Approved
            | DealStatus::Rejected
            | DealStatus::Duplicate
            | DealStatus::Won
            | DealStatus::Lost
            | DealStatus::Expired
            | DealStatus::Revoked
    )
}

/// Keeps that a deal comes into another state, if it does and if that is a result; call it in the
/// transaction of the change.
pub(super) fn keep(
    deal: &Deal,
    to: Option<DealStatus>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let Some(result) = to.filter(|status| is_result(*status)) else { return Ok(()) };
    let submitted_at = deal.submitted_at.unwrap_or(now);
    let row = (
        deal_results::deal_id.eq(deal.id),
        deal_results::result.eq(result),
        deal_results::program_id.eq(deal.program_id),
        deal_results::partner_id.eq(deal.partner_id),
        deal_results::currency.eq(&deal.currency),
        deal_results::msrp_minor.eq(deal.msrp_minor),
        deal_results::at.eq(now),
        // A clock that was set back makes nobody faster than at once.
        deal_results::after.eq(now.seconds_since(submitted_at).max(0)),
    );
    diesel::insert_into(deal_results::table).values(row).execute(conn)?;
    Ok(())
}
