//! Maintenance windows: what has begun, and what was changed in the portal, is not rewritten.

use diesel::prelude::*;

use super::Imported;
use crate::audit::{self, By, Change, Subject};
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{maintenance_capabilities, maintenance_windows};
use crate::error::{Error, Result};
use crate::names;
use crate::programs::pack::{MaintenanceWindow, Pack};
use crate::programs::stored_windows::{StoredWindow, windows_of};
use crate::programs::{MAINTENANCE_STATED, MAINTENANCE_UNSTATED};
use crate::stoppages::{self, Capability};
use crate::{reference, text_enum};

/// What the reference of a window begins with.
const PREFIX: &str = "MW";

text_enum! {
    /// What the pack did to a window.
    pub enum Stated {
        Declared = "declared",
        Edited = "edited",
        Cancelled = "cancelled",
    }
}

/// Who imports a pack, and when.
pub(super) struct Importing<'a> {
    pub pack: &'a Pack,
    pub by: By<'a>,
    pub now: Instant,
    /// Whether the program is new: then the pack may tell its past.
    pub anew: bool,
}

/// Brings the windows to what the pack says.
pub(super) fn import_maintenance(
    importing: &Importing<'_>,
    done: &mut Imported,
    conn: &mut Conn,
) -> Result<()> {
    let Importing { pack, now, anew, .. } = *importing;
    let program = Program::find_unscoped(&pack.slug, conn)?;
    let known = windows_of(program.id, conn)?;
    let before = done.changes.len();
    for new in &pack.maintenance {
        let key = &new.key;
        let (starts_at, ends_at) = instants(new, &program)?;
        let same = |old: &StoredWindow| {
            (old.starts_at, old.ends_at, &old.message, &old.stops)
                == (starts_at, ends_at, &new.message, &new.stops)
                && !old.cancelled
        };
        match known.iter().find(|old| old.key.as_ref() == Some(key)) {
            Some(old) if same(old) => {}
            Some(old) if !old.from_pack => {
                done.kept.push(format!("maintenance {key}: kept as it was changed in the portal"));
            }
            Some(old) if old.ends_at <= now && !old.cancelled => {
                done.kept.push(format!("maintenance {key}: kept as it was, because it is over"));
            }
            Some(old) if old.starts_at <= now && !old.cancelled => return Err(begun(key)),
            _ if starts_at <= now && !anew => {
                done.kept.push(format!(
                    "maintenance {key}: left out, because it would have begun before now; declare \
                     it in the portal"
                ));
            }
            Some(old) => {
                restate(importing, &program, old, new, conn)?;
                done.changes.push(format!("maintenance {key}: changed"));
            }
            None => {
                insert(importing, &program, new, conn)?;
                done.changes.push(format!("maintenance {key}: added"));
            }
        }
    }
    for old in known.iter().filter(|old| old.from_pack && !old.cancelled && old.starts_at > now) {
        let Some(key) = &old.key else { continue };
        if pack.maintenance.iter().all(|new| new.key != *key) {
            take_out(importing, &program, old, conn)?;
            done.changes.push(format!("maintenance {key}: removed"));
        }
    }
    if done.changes.len() > before {
        stoppages::keep(program.id, now, conn)?;
    }
    Ok(())
}

fn begun(key: &str) -> Error {
    Error::conflict(format!(
        "The maintenance {key} has begun and cannot be changed by a pack; move its end in the portal."
    ))
}

fn instants(window: &MaintenanceWindow, program: &Program) -> Result<(Instant, Instant)> {
    let (starts, ends) = window
        .instants(program.time_zone)
        .ok_or_else(|| Error::internal("a pack was read with times that do not exist"))?;
    Ok((Instant::from_utc(starts), Instant::from_utc(ends)))
}

fn insert(
    importing: &Importing<'_>,
    program: &Program,
    new: &MaintenanceWindow,
    conn: &mut Conn,
) -> Result<()> {
    let (now, by) = (importing.now, importing.by);
    let (starts_at, ends_at) = instants(new, program)?;
    let reference = reference::draw(PREFIX);
    let row = (
        maintenance_windows::reference.eq(&reference),
        maintenance_windows::program_id.eq(program.id),
        maintenance_windows::pack_key.eq(Some(&new.key)),
        maintenance_windows::from_pack.eq(true),
        maintenance_windows::starts_at.eq(starts_at),
        maintenance_windows::ends_at.eq(ends_at),
        maintenance_windows::message.eq(&new.message),
        maintenance_windows::message_key.eq(names::fold(&new.message)),
        maintenance_windows::source.eq(new.source.as_deref().unwrap_or_default()),
        maintenance_windows::declared_at.eq(now),
        maintenance_windows::declared_by_id.eq(by.contact_id()),
        maintenance_windows::declared_by.eq(by.name()),
        maintenance_windows::change.eq(Stated::Declared),
        maintenance_windows::revision.eq(1),
        maintenance_windows::told_revision.eq(0),
        maintenance_windows::announced.eq(false),
        maintenance_windows::after_name_key.eq(""),
        maintenance_windows::after_reference.eq(""),
    );
    let id: i64 = diesel::insert_into(maintenance_windows::table)
        .values(row)
        .returning(maintenance_windows::id)
        .get_result(conn)?;
    stop(id, &new.stops, conn)?;
    record(importing, program, (id, &reference), new, conn)
}

fn stop(window_id: i64, stops: &[Capability], conn: &mut Conn) -> Result<()> {
    for capability in stops {
        let row = (
            maintenance_capabilities::window_id.eq(window_id),
            maintenance_capabilities::capability.eq(capability),
        );
        diesel::insert_into(maintenance_capabilities::table).values(row).execute(conn)?;
    }
    Ok(())
}

fn restate(
    importing: &Importing<'_>,
    program: &Program,
    old: &StoredWindow,
    new: &MaintenanceWindow,
    conn: &mut Conn,
) -> Result<()> {
    let (starts_at, ends_at) = instants(new, program)?;
    diesel::update(maintenance_windows::table.find(old.id))
        .set((
            maintenance_windows::starts_at.eq(starts_at),
            maintenance_windows::ends_at.eq(ends_at),
            maintenance_windows::message.eq(&new.message),
            maintenance_windows::message_key.eq(names::fold(&new.message)),
            maintenance_windows::source.eq(new.source.as_deref().unwrap_or_default()),
            maintenance_windows::cancelled_at.eq(None::<Instant>),
        ))
        .execute(conn)?;
    revise(old.id, Stated::Edited, conn)?;
    let of_it = maintenance_capabilities::window_id.eq(old.id);
    diesel::delete(maintenance_capabilities::table.filter(of_it)).execute(conn)?;
    stop(old.id, &new.stops, conn)?;
    record(importing, program, (old.id, &old.reference), new, conn)
}

/// The next revision, of which nobody was told.
fn revise(id: i64, change: Stated, conn: &mut Conn) -> Result<()> {
    diesel::update(maintenance_windows::table.find(id))
        .set((
            maintenance_windows::change.eq(change),
            maintenance_windows::revision.eq(maintenance_windows::revision + 1),
            maintenance_windows::after_name_key.eq(""),
            maintenance_windows::after_reference.eq(""),
        ))
        .execute(conn)?;
    Ok(())
}

fn record(
    importing: &Importing<'_>,
    program: &Program,
    (id, reference): (i64, &str),
    new: &MaintenanceWindow,
    conn: &mut Conn,
) -> Result<()> {
    let what = Capability::list(&new.stops);
    let time = |at: chrono::NaiveDateTime| at.format("%Y-%m-%d %H:%M").to_string();
    let to = format!("{} to {}: {what}", time(new.starts), time(new.ends));
    let subject = subject(program, id, reference, &what);
    let change = Change { to: &to, ..Change::default() };
    audit::record(importing.by, &MAINTENANCE_STATED, subject, change, importing.now, conn)
}

fn subject<'a>(program: &Program, id: i64, reference: &'a str, what: &'a str) -> Subject<'a> {
    Subject {
        kind: "maintenance",
        id,
        reference,
        name: what,
        program_id: Some(program.id),
        organisation_id: None,
    }
}

/// What the pack has no more is cancelled.
fn take_out(
    importing: &Importing<'_>,
    program: &Program,
    old: &StoredWindow,
    conn: &mut Conn,
) -> Result<()> {
    let cancelled = maintenance_windows::cancelled_at.eq(Some(importing.now));
    diesel::update(maintenance_windows::table.find(old.id)).set(cancelled).execute(conn)?;
    revise(old.id, Stated::Cancelled, conn)?;
    let what = Capability::list(&old.stops);
    let subject = subject(program, old.id, &old.reference, &what);
    let change = Change { to: "Cancelled", ..Change::default() };
    audit::record(importing.by, &MAINTENANCE_UNSTATED, subject, change, importing.now, conn)
}
