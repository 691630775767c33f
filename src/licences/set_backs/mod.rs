//! What a change of policy cost: licences that still waited for their activation on the day on
//! which it ended the waiting, and whose terms so began with their orders (docs/domain.md,
//! section 2). The partner sees its own, the distributor those bought through it, the vendor all.
//!
//! The row is written with the dates that it explains; [`SWEEP`] tells the partner of all that came
//! in a day, in one mail.

pub mod cost;
pub(super) mod handlers;
mod list;
mod mail;
mod page;
mod telling;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::audit::Action;
use crate::calendar::Term;
use crate::db::Conn;
use crate::db::schema::{licences, set_backs};
use crate::error::Result;
use crate::sweep::Sweep;

pub(crate) const TOLD: Action =
    Action::new("licence.set_back_told", "told the partner that the term began with the order");

/// The mails about a day's set-back licences.
pub const SWEEP: Sweep = Sweep {
    name: "set_backs",
    what: "tells partners of licences whose terms began with their orders when a policy changed",
    hour: 6,
    run: telling::sweep,
};

/// What it cost one licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = set_backs)]
pub(super) struct SetBack {
    /// The first day of the policy that ended the waiting.
    pub changed_on: NaiveDate,
    pub days_gone: i32,
    pub days_left: i32,
}

/// Notes that a licence's term was set back.
pub(super) fn note(
    licence_id: i64,
    term: Term,
    changed_on: NaiveDate,
    conn: &mut Conn,
) -> Result<()> {
    let cost = cost::of(term, changed_on);
    let (reference, program_id, reseller_id, distributor_id): (String, i64, i64, Option<i64>) =
        licences::table
            .find(licence_id)
            .select((
                licences::reference,
                licences::program_id,
                licences::reseller_id,
                licences::distributor_id,
            ))
            .first(conn)?;
    diesel::insert_into(set_backs::table)
        .values((
            set_backs::licence_id.eq(licence_id),
            set_backs::reference.eq(reference),
            set_backs::program_id.eq(program_id),
            set_backs::reseller_id.eq(reseller_id),
            set_backs::distributor_id.eq(distributor_id),
            set_backs::changed_on.eq(changed_on),
            set_backs::days_gone.eq(cost.days_gone),
            set_backs::days_left.eq(cost.days_left),
        ))
        .execute(conn)?;
    Ok(())
}
