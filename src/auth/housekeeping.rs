//! Clearing away what has had its time.

use chrono::Duration;
use diesel::prelude::*;

use super::throttle;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{half_sign_ins, one_time_links, sessions, throttles};
use crate::error::Result;

/// Rows of each kind that one call deletes at most, so that a sign-in never waits for it.
const BATCH: i64 = 500;

/// Links are kept so long after their end, so that an operator can tell an expired one from one
/// that never was.
const LINKS_KEPT_FOR: Duration = Duration::days(30);

/// Deletes a batch of sessions, links and counts whose time is over, and gives how many rows that
/// were. Call it until it gives none.
pub fn sweep_expired(now: Instant, conn: &mut Conn) -> Result<usize> {
    let sessions = sweep_sessions(now, conn)? + sweep_half_sign_ins(now, conn)?;
    Ok(sessions + sweep_links(now, conn)? + sweep_throttles(now, conn)?)
}

fn sweep_sessions(now: Instant, conn: &mut Conn) -> Result<usize> {
    let over: Vec<i64> = sessions::table
        .filter(sessions::ends_at.le(now))
        .order(sessions::ends_at)
        .select(sessions::id)
        .limit(BATCH)
        .load(conn)?;
    let idle: Vec<i64> = sessions::table
        .filter(sessions::ends_at.gt(now))
        .filter(sessions::idle_until_at.le(now))
        .order(sessions::ends_at)
        .select(sessions::id)
        .limit(BATCH)
        .load(conn)?;
    let all = sessions::table.filter(sessions::id.eq_any([over, idle].concat()));
    Ok(diesel::delete(all).execute(conn)?)
}

fn sweep_half_sign_ins(now: Instant, conn: &mut Conn) -> Result<usize> {
    let over: Vec<i64> = half_sign_ins::table
        .filter(half_sign_ins::ends_at.le(now))
        .order(half_sign_ins::ends_at)
        .select(half_sign_ins::id)
        .limit(BATCH)
        .load(conn)?;
    Ok(diesel::delete(half_sign_ins::table.filter(half_sign_ins::id.eq_any(over))).execute(conn)?)
}

fn sweep_links(now: Instant, conn: &mut Conn) -> Result<usize> {
    let over: Vec<i64> = one_time_links::table
        .filter(one_time_links::expires_at.le(now - LINKS_KEPT_FOR))
        .order(one_time_links::id)
        .select(one_time_links::id)
        .limit(BATCH)
        .load(conn)?;
    Ok(diesel::delete(one_time_links::table.filter(one_time_links::id.eq_any(over)))
        .execute(conn)?)
}

/// A count's row has no number of its own: a batch is some of the keys of the oldest window.
fn sweep_throttles(now: Instant, conn: &mut Conn) -> Result<usize> {
    let oldest: Option<Instant> = throttles::table
        .filter(throttles::window_at.lt(now - throttle::KEPT_FOR))
        .order(throttles::window_at)
        .select(throttles::window_at)
        .first(conn)
        .optional()?;
    let Some(window_at) = oldest else {
        return Ok(0);
    };
    let of_window = throttles::table.filter(throttles::window_at.eq(window_at));
    let keys: Vec<String> = of_window.select(throttles::key_hash).limit(BATCH).load(conn)?;
    Ok(diesel::delete(of_window.filter(throttles::key_hash.eq_any(keys))).execute(conn)?)
}
