//! Which deals protect a customer now: what an inquiry can carry, and what its prices go by.

use diesel::prelude::*;

use super::DealStatus;
use super::model::{Deal, with_names};
use crate::auth::{Program, Scope};
use crate::db::Conn;
use crate::db::schema::{categories, deals, inquiries, organisations};
use crate::error::Result;
use crate::names;

/// The deals of the person's organisation that are in force for a customer.
pub fn protecting(
    scope: &Scope,
    customer: &str,
    country: &str,
    conn: &mut Conn,
) -> Result<Vec<Deal>> {
    let found: Vec<Deal> = with_names!()
        .filter(deals::program_id.eq(scope.program().id))
        .filter(deals::partner_id.eq(scope.organisation_id()))
        .filter(deals::status.eq(DealStatus::Approved))
        .filter(deals::customer_key.eq(names::company(customer)))
        .filter(deals::customer_country.eq(country))
        .order((deals::created_at, deals::reference))
        .load(conn)?;
    let in_force = |deal: &Deal| deal.is_in_force(scope.program(), scope.today());
    Ok(found.into_iter().filter(in_force).collect())
}

/// The deal that an inquiry carries, if it is in force on a day.
pub fn protecting_inquiry(
    program: &Program,
    inquiry_id: i64,
    day: chrono::NaiveDate,
    conn: &mut Conn,
) -> Result<Option<Deal>> {
    let carried = inquiries::table.find(inquiry_id).select(inquiries::deal_id);
    let Some(id) = carried.first::<Option<i64>>(conn)? else { return Ok(None) };
    let deal = Deal::find_unscoped(id, conn)?;
    Ok(Some(deal).filter(|deal| deal.is_in_force(program, day)))
}
