//! What people do with an order before it is processed: release, hold, resume, cancel.

use diesel::prelude::*;

use super::model::Order;
use super::steps::Step;
use super::{CANCELLED, HELD, Hold, OrderStatus, RELEASED, RESUMED, telling};
use crate::audit::{self, Action, By, Change};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::orders;
use crate::error::{Error, Result};
use crate::web::Site;

/// Gives a placed order to the vendor. Its SKUs are judged on this day.
pub fn release(scope: &Scope, reference: &str, now: Instant, conn: &mut Conn) -> Result<Order> {
    let order = allowed(scope, reference, Step::Release, conn)?;
    let changed = diesel::update(as_read(&order))
        .set((orders::status.eq(OrderStatus::Released), orders::released_at.eq(now)))
        .execute(conn)?;
    won(changed)?;
    record(&order, OrderStatus::Released, &RELEASED, "", By::Person(scope.actor()), now, conn)?;
    Order::find_for(scope, reference, conn)
}

/// Keeps a released order from being processed until it is resumed.
pub fn hold(scope: &Scope, order: &Order, why: &str, now: Instant, conn: &mut Conn) -> Result<()> {
    order.allow(Step::Hold, scope)?;
    let changed = diesel::update(as_read(order))
        .set((
            orders::status.eq(OrderStatus::Held),
            orders::hold.eq(Hold::ByHand),
            orders::held_at.eq(now),
            orders::why.eq(why),
        ))
        .execute(conn)?;
    won(changed)?;
    record(order, OrderStatus::Held, &HELD, why, By::Person(scope.actor()), now, conn)
}

/// Lets an order that was held by hand go on.
pub(super) fn resume(scope: &Scope, order: &Order, now: Instant, conn: &mut Conn) -> Result<()> {
    order.allow(Step::Resume, scope)?;
    let changed = diesel::update(as_read(order))
        .set((
            orders::status.eq(OrderStatus::Released),
            orders::hold.eq(Hold::None),
            orders::why.eq(""),
        ))
        .execute(conn)?;
    won(changed)?;
    record(order, OrderStatus::Released, &RESUMED, "", By::Person(scope.actor()), now, conn)
}

/// Takes an order back, for a reason that its other parties read.
pub fn cancel(
    scope: &Scope,
    order: &Order,
    why: &str,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    order.allow(Step::Cancel, scope)?;
    let changed = diesel::update(as_read(order))
        .set((
            orders::status.eq(OrderStatus::Cancelled),
            orders::hold.eq(Hold::None),
            orders::why.eq(why),
        ))
        .execute(conn)?;
    won(changed)?;
    let by = By::Person(scope.actor());
    record(order, OrderStatus::Cancelled, &CANCELLED, why, by, now, conn)?;
    telling::tell_cancelled(scope, order, why, site, now, conn)
}

/// An order that the person sees and may take a step with.
pub(super) fn allowed(
    scope: &Scope,
    reference: &str,
    step: Step,
    conn: &mut Conn,
) -> Result<Order> {
    let order = Order::find_for(scope, reference, conn)?;
    order.allow(step, scope)?;
    Ok(order)
}

/// The order's row, as long as nobody has changed it meanwhile.
#[diesel::dsl::auto_type(no_type_alias)]
fn as_read(order: &Order) -> _ {
    let (id, status, hold): (i64, OrderStatus, Hold) = (order.id, order.status, order.hold);
    orders::table.find(id).filter(orders::status.eq(status)).filter(orders::hold.eq(hold))
}

fn won(changed: usize) -> Result<()> {
    if changed == 0 { Err(Error::LostRace) } else { Ok(()) }
}

fn record(
    order: &Order,
    to: OrderStatus,
    action: &Action,
    why: &str,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let change = Change { from: order.status.label(), to: to.label(), why };
    audit::record(by, action, order.subject(), change, now, conn)
}
