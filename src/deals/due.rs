//! What the days bring: protection runs out, and its end is told before.

use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::actions::EXPIRED;
use super::model::Deal;
use super::verbs::{Act, move_to};
use super::{DealStatus, mail, telling};
use crate::audit::By;
use crate::auth::Program;
use crate::calendar::{add_days, days_between};
use crate::clock::Instant;
use crate::db::schema::{deal_reminders, deals};
use crate::db::{self, Conn, Db};
use crate::error::Result;
use crate::maintenance::{self, Capability};
use crate::sweep::{Sweep, SweepOutcome};
use crate::web::Site;

/// Days before the last one on which it is told, the nearest first.
const RUNGS: [i32; 3] = [1, 7, 14];
const FIRST_RUNG: i64 = 14;
/// Deals that are looked at in one transaction.
const BATCH: i64 = 200;

pub const SWEEP: Sweep = Sweep {
    name: "deals",
    what: "lets the protection of deals run out, and tells of it before",
    hour: 0,
    run: look,
};

/// The last day and the id of a deal: behind it the next batch begins.
type Place = (NaiveDate, i64);

#[derive(Clone, Copy, Default)]
struct Done {
    expired: usize,
    told: usize,
}

fn look(
    program: &Program,
    day: NaiveDate,
    site: &Site,
    now: Instant,
    db: &Db,
) -> Result<SweepOutcome> {
    let (mut done, mut after) = (Done::default(), None);
    loop {
        let (program, site) = (program.clone(), site.clone());
        let (batch, next) =
            db.write_blocking(move |conn| look_at_batch(&program, day, after, &site, now, conn))?;
        done.expired += batch.expired;
        done.told += batch.told;
        after = next;
        if after.is_none() {
            let Done { expired, told } = done;
            let text = format!("{expired} deals ran out, the end of {told} was told");
            return Ok(SweepOutcome::new(expired + told, text));
        }
    }
}

/// Nothing runs out, and nothing is told, while registration is stopped: the last days still move.
fn look_at_batch(
    program: &Program,
    day: NaiveDate,
    after: Option<Place>,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<(Done, Option<Place>)> {
    let windows = maintenance::current(program, conn)?;
    if windows.stopped(Capability::DealRegistration, now).is_some() {
        return Ok((Done::default(), None));
    }
    let program = &Program { stoppages: windows, ..program.clone() };
    let mut query = deals::table
        .filter(deals::program_id.eq(program.id))
        // Written out, so that both engines see that the index of protected deals is meant.
        .filter(sql::<Bool>("deals.status = 'approved'"))
        .filter(deals::protected_until_on.le(add_days(day, FIRST_RUNG)))
        .order((deals::protected_until_on, deals::id))
        .limit(BATCH)
        .select((deals::id, deals::protected_until_on.assume_not_null()))
        .into_boxed();
    if let Some((last, id)) = after {
        let same_day = deals::protected_until_on.eq(last).and(deals::id.gt(id));
        let later = deals::protected_until_on.gt(last).or(same_day).assume_not_null();
        query = query.filter(deals::protected_until_on.ge(last)).filter(later);
    }
    let found: Vec<(i64, NaiveDate)> = query.load(conn)?;
    let act = Act { program, by: By::Portal("Deal protection"), site: Some(site), now };
    let mut done = Done::default();
    for (id, _) in &found {
        let deal = Deal::find_unscoped(*id, conn)?;
        let Some(last) = deal.last_day(program) else { continue };
        if last < day {
            expire(act, &deal, conn)?;
            done.expired += 1;
        } else if remind(act, &deal, last, day, conn)? {
            done.told += 1;
        }
    }
    let full = i64::try_from(found.len()).is_ok_and(|count| count >= BATCH);
    let next = found.last().filter(|_| full).map(|(id, given)| (*given, *id));
    Ok((done, next))
}

/// The protection of a deal is over.
pub fn expire(act: Act<'_>, deal: &Deal, conn: &mut Conn) -> Result<()> {
    let act = Act { by: By::Portal("Deal protection"), ..act };
    let deal = move_to(act, deal, DealStatus::Expired, &EXPIRED, "", conn)?;
    telling::tell_partner(act, &deal, mail::Expired, conn)
}

#[derive(Insertable)]
#[diesel(table_name = deal_reminders)]
struct NewReminder {
    deal_id: i64,
    until_on: NaiveDate,
    days: i32,
    told_on: NaiveDate,
}

/// Tells of the newest rung that was reached, once; those that were missed before it are not told.
fn remind(
    act: Act<'_>,
    deal: &Deal,
    last: NaiveDate,
    day: NaiveDate,
    conn: &mut Conn,
) -> Result<bool> {
    let left = days_between(day, last);
    let Some(days) = RUNGS.into_iter().find(|rung| left <= i64::from(*rung)) else {
        return Ok(false);
    };
    let row = NewReminder { deal_id: deal.id, until_on: last, days, told_on: day };
    if db::insert_new!(conn, deal_reminders::table, &row) == 0 {
        return Ok(false);
    }
    telling::tell_reminder(act, deal, last, left, days, conn)?;
    Ok(true)
}
