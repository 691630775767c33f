//! A refused order, ordered anew: the same parties, units and prices, under the SKUs that are right.

use diesel::prelude::*;

use super::model::{Order, OrderLine};
use super::placing::{NewLine, NewOrder, PREFIX};
use super::steps::Step;
use super::verbs::allowed;
use super::{CORRECTED, OrderStatus};
use crate::audit::{self, By, Change};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::schema::{order_lines, orders};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::reference;

/// Why an order cannot be ordered anew at the press of a button; nothing where it can.
pub(super) fn why_not(lines: &[OrderLine]) -> Option<String> {
    let stuck = lines.iter().find(|line| !line.refusal.is_empty() && line.instead_sku.is_empty());
    stuck
        .map(|line| format!("No other SKU mends line {}: ask a price for it again.", line.position))
}

/// Places the order that stands in for a refused one; gives its reference.
pub(super) fn correct(
    scope: &Scope,
    reference: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    let order = allowed(scope, reference, Step::Correct, conn)?;
    if let Some(next) = &order.corrected_by {
        return Err(Error::conflict(format!("This order was ordered anew already, as {next}.")));
    }
    let lines = OrderLine::of(order.id, conn)?;
    if let Some(why) = why_not(&lines) {
        return Err(Error::conflict(why));
    }
    // The wall hides the price from some; the order keeps it.
    let order = Order::find_unscoped(order.id, conn)?;
    let by = By::Person(scope.actor());
    let new = reference::draw(PREFIX);
    let id = insert(&order, &new, by, now, conn)?;
    insert_lines(id, &lines, conn)?;
    let subject = Order::subject_of(id, &new, order.program_id, order.reseller_id);
    let why = format!("In place of {}.", order.reference);
    let change = Change { from: "", to: OrderStatus::Placed.label(), why: &why };
    audit::record(by, &CORRECTED, subject, change, now, conn)?;
    Ok(new)
}

fn insert(
    order: &Order,
    reference: &str,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<i64> {
    let quote_id: Option<i64> =
        orders::table.find(order.id).select(orders::quote_id).first(conn)?;
    let row = NewOrder {
        reference,
        program_id: order.program_id,
        external_number: reference,
        distributor_id: order.distributor_id,
        reseller_id: order.reseller_id,
        customer_id: order.customer_id,
        delivered_to: &order.delivered_to,
        digest: "",
        created_at: now,
        status: OrderStatus::Placed,
        quote_id,
        placed_at: Some(now),
        placed_by: by.name(),
        ordered_at: now,
        currency: &order.currency,
        msrp_minor: order.msrp_minor,
        net_minor: order.net_minor,
        corrects_id: Some(order.id),
    };
    let inserted = diesel::insert_into(orders::table).values(&row).returning(orders::id);
    inserted.get_result(conn).map_err(db::first_elsewhere)
}

fn insert_lines(order_id: i64, lines: &[OrderLine], conn: &mut Conn) -> Result<()> {
    let rows: Vec<NewLine<'_>> = lines
        .iter()
        .map(|line| {
            let sku = match line.instead_sku.is_empty() {
                true => &line.sku,
                false => &line.instead_sku,
            };
            NewLine {
                order_id,
                position: line.position,
                product_id: line.product_id,
                kind: line.kind,
                quantity: line.quantity,
                months: line.months,
                base_id: line.base_id,
                sku,
                serial_number: &line.serial_number,
                unit_minor: line.unit_minor,
                msrp_minor: line.msrp_minor,
                net_minor: line.net_minor,
                refusal: "",
                instead_sku: "",
            }
        })
        .collect();
    db::insert_all!(conn, order_lines::table, rows);
    Ok(())
}
