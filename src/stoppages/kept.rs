//! The windows of a program as one text in its row: a line for each, written with every change.

use chrono::{DateTime, Duration};
use diesel::prelude::*;

use super::{Capability, Stoppage};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{maintenance_capabilities, maintenance_windows, programs};
use crate::error::Result;

/// For how many days a window is kept that is over. A quote is open for a year and a day at most, from
/// when it is sent; a window counts for one that was sent before it.
const KEPT_DAYS: i64 = 800;

/// Writes the windows of a program into its row; call it in the transaction of each change.
pub fn keep(program_id: i64, now: Instant, conn: &mut Conn) -> Result<()> {
    let text = recounted(program_id, now, conn)?;
    diesel::update(programs::table.find(program_id))
        .set(programs::maintenance.eq(text))
        .execute(conn)?;
    Ok(())
}

/// What the row of a program has to say, read from the windows themselves.
pub fn recounted(program_id: i64, now: Instant, conn: &mut Conn) -> Result<String> {
    type Row = (i64, String, Instant, Instant, String);
    let since = now - Duration::days(KEPT_DAYS);
    let rows: Vec<Row> = maintenance_windows::table
        .filter(maintenance_windows::program_id.eq(program_id))
        .filter(maintenance_windows::ends_at.gt(since))
        .filter(maintenance_windows::cancelled_at.is_null())
        .order((maintenance_windows::starts_at, maintenance_windows::reference))
        .select((
            maintenance_windows::id,
            maintenance_windows::reference,
            maintenance_windows::starts_at,
            maintenance_windows::ends_at,
            maintenance_windows::message,
        ))
        .load(conn)?;
    let ids: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let stopped: Vec<(i64, Capability)> = maintenance_capabilities::table
        .filter(maintenance_capabilities::window_id.eq_any(&ids))
        .select((maintenance_capabilities::window_id, maintenance_capabilities::capability))
        .load(conn)?;
    let lines = rows.into_iter().map(|(id, reference, starts_at, ends_at, message)| {
        let mut capabilities: Vec<Capability> =
            stopped.iter().filter(|(of, _)| *of == id).map(|(_, one)| *one).collect();
        capabilities.sort_unstable();
        // Nobody reads the words of one that is over here.
        let message = if ends_at > now { message } else { String::new() };
        write(&Stoppage { reference, starts_at, ends_at, capabilities, message })
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

fn write(one: &Stoppage) -> String {
    let micros = |at: Instant| at.to_datetime().timestamp_micros();
    let words: Vec<&str> = one.capabilities.iter().map(|capability| capability.as_str()).collect();
    format!(
        "{} {} {} {} {}",
        one.reference,
        micros(one.starts_at),
        micros(one.ends_at),
        words.join(","),
        one.message
    )
}

pub(super) fn read(line: &str) -> Option<Stoppage> {
    let mut parts = line.splitn(5, ' ');
    let reference = parts.next()?.to_owned();
    let mut instant = || {
        let micros = parts.next()?.parse().ok()?;
        Some(Instant::from_utc(DateTime::from_timestamp_micros(micros)?.naive_utc()))
    };
    let (starts_at, ends_at) = (instant()?, instant()?);
    let words = parts.next()?.split(',').filter(|word| !word.is_empty());
    let capabilities = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
    let message = parts.next()?.to_owned();
    Some(Stoppage { reference, starts_at, ends_at, capabilities, message })
}
