//! Orders that nobody has to look at: those that maintenance held are processed when it is over, in
//! the order in which they were released, and so are all where the policy says so.

use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::model::Order;
use super::processing::{Outcome, Processor};
use super::{HELD, Hold, OrderStatus};
use crate::audit::{self, By, Change};
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::schema::orders;
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::maintenance::{self, Capability};
use crate::programs::pack::OrderProcessing;
use crate::programs::rules_of;
use crate::sweep::{Sweep, SweepOutcome};
use crate::web::Site;

/// Orders looked at, and held, in one transaction.
const BATCH: i64 = 200;
pub(super) const NAME: &str = "Order processing";
const BY: By<'static> = By::Portal(NAME);

pub const SWEEP: Sweep = Sweep {
    name: "orders",
    what: "holds released orders during maintenance, and processes what waits when it is over",
    hour: 0,
    run: process_due,
};

fn process_due(
    program: &Program,
    _: NaiveDate,
    site: &Site,
    now: Instant,
    db: &Db,
) -> Result<SweepOutcome> {
    let (mut done, mut refused, mut held) = (0, 0, 0);
    let mut after = None;
    loop {
        let batch = db.read_blocking(|conn| Due::next(program, after, now, conn))?;
        let Some(last) = batch.orders.last() else { break };
        after = Some((last.0, last.1));
        for (_, id) in &batch.orders {
            let (id, is_stopped) = (*id, batch.is_stopped);
            let (program, site) = (program.clone(), site.clone());
            let step = db.write_blocking(move |conn| match is_stopped {
                true => hold(&program, id, now, conn),
                false => process(&program, id, &site, now, conn),
            });
            match step {
                Ok(Step::Held) => held += 1,
                Ok(Step::Settled(Outcome::Processed { .. })) => done += 1,
                Ok(Step::Settled(Outcome::Refused { .. })) => refused += 1,
                Ok(Step::None) => {}
                // One order that cannot be processed must not keep the others waiting.
                Err(fault) if !matches!(fault, Error::Unavailable) => {
                    tracing::error!(order = id, %fault, "an order could not be processed");
                }
                Err(fault) => return Err(fault),
            }
        }
    }
    let text = format!("{done} orders processed, {refused} refused, {held} held");
    Ok(SweepOutcome::new(done + refused + held, text))
}

/// What became of an order that was due when it was looked for.
enum Step {
    /// Somebody else was first.
    None,
    Held,
    Settled(Outcome),
}

/// Orders that something is to be done with.
struct Due {
    is_stopped: bool,
    /// When each was released, and its id.
    orders: Vec<(Option<Instant>, i64)>,
}

impl Due {
    fn next(
        program: &Program,
        after: Option<(Option<Instant>, i64)>,
        now: Instant,
        conn: &mut Conn,
    ) -> Result<Self> {
        let mut query = orders::table
            .filter(orders::program_id.eq(program.id))
            // Written out, so that both engines see that the index of waiting orders is meant.
            .filter(sql::<Bool>("orders.status IN ('released', 'held')"))
            .order((orders::released_at, orders::id))
            .limit(BATCH)
            .select((orders::released_at, orders::id))
            .into_boxed();
        if let Some((at, id)) = after {
            let later = orders::released_at.gt(at);
            let beside = orders::released_at.eq(at).and(orders::id.gt(id));
            query = query.filter(later.or(beside).assume_not_null());
        }
        let is_stopped = maintenance::stopped(program, Capability::OrderProcessing, now).is_some();
        if is_stopped {
            query = query.filter(orders::status.eq(OrderStatus::Released));
        } else if !is_automatic(program, now, conn)? {
            query = query.filter(orders::hold.eq(Hold::Maintenance));
        } else {
            query = query.filter(orders::hold.ne(Hold::ByHand));
        }
        Ok(Self { is_stopped, orders: query.load(conn)? })
    }
}

/// Whether the policy of the day processes orders by itself.
pub(super) fn is_automatic(program: &Program, now: Instant, conn: &mut Conn) -> Result<bool> {
    let rules = rules_of(program.id, conn)?;
    let policy = rules.policies.at(program.day_of(now));
    Ok(policy.order_processing == OrderProcessing::Automatic)
}

fn hold(program: &Program, id: i64, now: Instant, conn: &mut Conn) -> Result<Step> {
    let order = Order::find_unscoped(id, conn)?;
    if order.program_id != program.id || order.status != OrderStatus::Released {
        return Ok(Step::None);
    }
    hold_for_maintenance(&order, BY, now, conn)?;
    Ok(Step::Held)
}

/// Marks a released order as held until maintenance is over.
pub(super) fn hold_for_maintenance(
    order: &Order,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    const WHY: &str = "Order processing is under maintenance.";
    let row = orders::table.find(order.id).filter(orders::status.eq(OrderStatus::Released));
    let changed = diesel::update(row)
        .set((
            orders::status.eq(OrderStatus::Held),
            orders::hold.eq(Hold::Maintenance),
            orders::held_at.eq(now),
            orders::why.eq(WHY),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Err(Error::LostRace);
    }
    let (from, to) = (OrderStatus::Released.label(), OrderStatus::Held.label());
    audit::record(by, &HELD, order.subject(), Change { from, to, why: WHY }, now, conn)
}

fn process(program: &Program, id: i64, site: &Site, now: Instant, conn: &mut Conn) -> Result<Step> {
    let order = Order::find_unscoped(id, conn)?;
    let waits = matches!(order.status, OrderStatus::Released | OrderStatus::Held);
    if !waits || order.hold == Hold::ByHand || is_held_after(id, order.hold, now, conn)? {
        return Ok(Step::None);
    }
    let processor = Processor::of(program, site, BY, now, conn)?;
    Ok(Step::Settled(processor.process(&order, conn)?))
}

/// Whether maintenance held it by a clock that is ahead of this one: here it has not begun yet, and is
/// not over.
fn is_held_after(id: i64, hold: Hold, now: Instant, conn: &mut Conn) -> Result<bool> {
    if hold != Hold::Maintenance {
        return Ok(false);
    }
    let held_at: Option<Instant> = orders::table.find(id).select(orders::held_at).first(conn)?;
    Ok(held_at > Some(now))
}
