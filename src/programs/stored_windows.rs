//! Maintenance windows read back as a pack states them.

use chrono_tz::Tz;
use diesel::prelude::*;

use super::pack::MaintenanceWindow;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{maintenance_capabilities, maintenance_windows};
use crate::error::Result;
use crate::stoppages::Capability;

/// A window of a program, wherever it came from.
pub(super) struct StoredWindow {
    pub id: i64,
    pub reference: String,
    /// None of what was declared in the portal.
    pub key: Option<String>,
    pub from_pack: bool,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub message: String,
    pub source: String,
    pub cancelled: bool,
    pub stops: Vec<Capability>,
}

type Row = (i64, String, Option<String>, bool, Instant, Instant, String, String, Option<Instant>);

/// The windows of a program, in the order of their starts.
pub(super) fn windows_of(program_id: i64, conn: &mut Conn) -> Result<Vec<StoredWindow>> {
    let rows: Vec<Row> = maintenance_windows::table
        .filter(maintenance_windows::program_id.eq(program_id))
        .order((maintenance_windows::starts_at, maintenance_windows::reference))
        .select((
            maintenance_windows::id,
            maintenance_windows::reference,
            maintenance_windows::pack_key,
            maintenance_windows::from_pack,
            maintenance_windows::starts_at,
            maintenance_windows::ends_at,
            maintenance_windows::message,
            maintenance_windows::source,
            maintenance_windows::cancelled_at,
        ))
        .load(conn)?;
    let stopped: Vec<(i64, Capability)> = maintenance_capabilities::table
        .inner_join(maintenance_windows::table)
        .filter(maintenance_windows::program_id.eq(program_id))
        .select((maintenance_capabilities::window_id, maintenance_capabilities::capability))
        .load(conn)?;
    let window =
        |(id, reference, key, from_pack, starts_at, ends_at, message, source, cancelled): Row| {
            let of_it = stopped.iter().filter(|(of, _)| *of == id);
            let mut stops: Vec<Capability> = of_it.map(|(_, capability)| *capability).collect();
            stops.sort_unstable();
            let cancelled = cancelled.is_some();
            StoredWindow {
                id,
                reference,
                key,
                from_pack,
                starts_at,
                ends_at,
                message,
                source,
                cancelled,
                stops,
            }
        };
    Ok(rows.into_iter().map(window).collect())
}

/// Those that a pack of the program has: what was declared in the portal has no key.
pub(super) fn maintenance_of(
    program_id: i64,
    zone: Tz,
    conn: &mut Conn,
) -> Result<Vec<MaintenanceWindow>> {
    let local = |at: Instant| at.to_datetime().with_timezone(&zone).naive_local();
    let mut windows: Vec<MaintenanceWindow> = windows_of(program_id, conn)?
        .into_iter()
        .filter(|window| !window.cancelled)
        .filter_map(|window| {
            Some(MaintenanceWindow {
                key: window.key?,
                starts: local(window.starts_at),
                ends: local(window.ends_at),
                stops: window.stops,
                message: window.message,
                source: Some(window.source).filter(|source| !source.is_empty()),
            })
        })
        .collect();
    windows.sort_by(|a, b| (a.starts, &a.key).cmp(&(b.starts, &b.key)));
    Ok(windows)
}
