//! Whom mails about orders go to. No price stands in them.

use super::mail::{OrderCancelled, OrderRefused};
use super::model::{Order, OrderLine};
use super::rules::Refused;
use crate::auth::{Part, Program, Scope};
use crate::clock::Instant;
use crate::contacts::{Role, RoleRecipient, administrators_of, recipients_of};
use crate::db::Conn;
use crate::error::Result;
use crate::mail::{self, Letter};
use crate::web::Site;

/// Tells whoever released the order why it cannot be processed: they can order it anew.
pub(super) fn tell_refused(
    program: &Program,
    order: &Order,
    refused: &[(&OrderLine, &Refused)],
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let (organisation_id, people) = match order.distributor_id {
        Some(id) => (id, of_distributor(program, id, conn)?),
        None => (order.reseller_id, administrators_of(order.reseller_id, conn)?),
    };
    for told in people {
        let letter = Letter {
            to: &told.recipient,
            program: Some(program),
            organisation_id,
            reason: told.reason,
            key: &order.reference,
            message: &OrderRefused::new(program, order, refused, &told.recipient),
        };
        mail::queue(&letter, site, now, conn)?;
    }
    Ok(())
}

/// Tells the partner and the distributor, but not the side that took the order back.
pub(super) fn tell_cancelled(
    scope: &Scope,
    order: &Order,
    why: &str,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let program = scope.program();
    let mut sides = Vec::new();
    if scope.part() != Some(Part::Partner) {
        sides.push((order.reseller_id, administrators_of(order.reseller_id, conn)?));
    }
    if let Some(id) = order.distributor_id.filter(|_| scope.part() != Some(Part::Distributor)) {
        sides.push((id, of_distributor(program, id, conn)?));
    }
    for (organisation_id, told) in
        sides.into_iter().flat_map(|(id, people)| people.into_iter().map(move |one| (id, one)))
    {
        let by = &scope.actor().organisation_name;
        let letter = Letter {
            to: &told.recipient,
            program: Some(program),
            organisation_id,
            reason: told.reason,
            key: &order.reference,
            message: &OrderCancelled::new(program, order, by, why, &told.recipient),
        };
        mail::queue(&letter, site, now, conn)?;
    }
    Ok(())
}

/// A distributor's contacts for pricing inquiries, whose quotes become orders.
fn of_distributor(program: &Program, id: i64, conn: &mut Conn) -> Result<Vec<RoleRecipient>> {
    let found = recipients_of(program, Role::PricingInquiries, &[id], conn)?;
    Ok(found.into_values().flatten().collect())
}
