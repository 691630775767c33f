//! Which process does a day's work: a row for each sweep, program and day.

use chrono::{Duration, NaiveDate};
use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::sweep_runs;
use crate::db::{self, Conn};
use crate::error::Result;

/// For how long a claim is its process's. A sweep that takes longer may be joined by another, which
/// does no harm.
const CLAIM: Duration = Duration::minutes(10);

/// When a sweep that failed is tried again.
const AFTER_FAILURE: Duration = Duration::minutes(5);

/// The right to do one day's work, with its number as fence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    name: &'static str,
    program_id: i64,
    pub(super) day: NaiveDate,
    attempt: i32,
}

/// The sweeps that are finished for a program and day.
pub(super) fn finished(program_id: i64, day: NaiveDate, conn: &mut Conn) -> Result<Vec<String>> {
    Ok(sweep_runs::table
        .filter(sweep_runs::program_id.eq(program_id))
        .filter(sweep_runs::day_on.eq(day))
        .filter(sweep_runs::finished_at.is_not_null())
        .select(sweep_runs::name)
        .load(conn)?)
}

/// Claims a day's work; none where it is finished or another process is at it.
pub(super) fn take(
    name: &'static str,
    program_id: i64,
    day: NaiveDate,
    conn: &mut Conn,
) -> Result<Option<Turn>> {
    let now = db::now(conn)?;
    let turn = |attempt| Turn { name, program_id, day, attempt };
    let first = (
        sweep_runs::name.eq(name),
        sweep_runs::program_id.eq(program_id),
        sweep_runs::day_on.eq(day),
        sweep_runs::attempts.eq(1),
        sweep_runs::claimed_until_at.eq(now + CLAIM),
        sweep_runs::outcome.eq(""),
    );
    if db::insert_new!(conn, sweep_runs::table, first) == 1 {
        return Ok(Some(turn(1)));
    }
    let left_behind = sweep_runs::table
        .find((name, program_id, day))
        .filter(sweep_runs::finished_at.is_null())
        .filter(sweep_runs::claimed_until_at.le(now));
    let attempt: Option<i32> = diesel::update(left_behind)
        .set((
            sweep_runs::attempts.eq(sweep_runs::attempts + 1),
            sweep_runs::claimed_until_at.eq(now + CLAIM),
        ))
        .returning(sweep_runs::attempts)
        .get_result(conn)
        .optional()?;
    Ok(attempt.map(turn))
}

/// The work is done. Whoever was overtaken changes nothing.
pub(super) fn finish(turn: Turn, outcome: &str, now: Instant, conn: &mut Conn) -> Result<()> {
    let mine = sweep_runs::table
        .find((turn.name, turn.program_id, turn.day))
        .filter(sweep_runs::attempts.eq(turn.attempt));
    diesel::update(mine)
        .set((sweep_runs::finished_at.eq(Some(now)), sweep_runs::outcome.eq(outcome)))
        .execute(conn)?;
    Ok(())
}

/// The work failed; it is anybody's again after a while.
pub(super) fn put_off(turn: Turn, why: &str, conn: &mut Conn) -> Result<()> {
    let again = db::now(conn)? + AFTER_FAILURE;
    let mine = sweep_runs::table
        .find((turn.name, turn.program_id, turn.day))
        .filter(sweep_runs::attempts.eq(turn.attempt));
    diesel::update(mine)
        .set((sweep_runs::claimed_until_at.eq(again), sweep_runs::outcome.eq(why)))
        .execute(conn)?;
    Ok(())
}
