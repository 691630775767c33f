//! Windows are declared, edited and cancelled before they begin, and moved at their end while they
//! run. What is over stays as it is.

use diesel::prelude::*;

use super::actions::{CANCELLED, DECLARED, EDITED, EXTENDED, SHORTENED};
use super::model::{LastChange, Window};
use super::rules::{Standing, not_before, why_no_end};
use super::{Capability, notices};
use crate::audit::{self, Action, By, Change};
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{maintenance_capabilities, maintenance_windows};
use crate::error::{Error, Result};
use crate::web::Site;
use crate::{names, reference, stoppages};

/// What the reference of a window begins with.
pub(super) const PREFIX: &str = "MW";

/// A window as somebody wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWindow {
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub message: String,
    /// At least one, in the order of [`Capability::ALL`].
    pub capabilities: Vec<Capability>,
}

/// Who changes windows of which program, where, and when.
#[derive(Clone, Copy)]
pub struct Decision<'a> {
    pub program: &'a Program,
    pub by: By<'a>,
    pub site: &'a Site,
    pub now: Instant,
}

/// Declares a window; gives its reference.
///
/// # Errors
/// A fault of a field where it would begin in the past or end before it begins.
pub fn declare(new: &NewWindow, decision: Decision<'_>, conn: &mut Conn) -> Result<String> {
    let Decision { program, by, now, .. } = decision;
    let starts_at = checked(new, now)?;
    let reference = reference::draw(PREFIX);
    let row = (
        maintenance_windows::reference.eq(&reference),
        maintenance_windows::program_id.eq(program.id),
        maintenance_windows::from_pack.eq(false),
        maintenance_windows::starts_at.eq(starts_at),
        maintenance_windows::ends_at.eq(new.ends_at),
        maintenance_windows::message.eq(&new.message),
        maintenance_windows::message_key.eq(names::fold(&new.message)),
        maintenance_windows::source.eq(""),
        maintenance_windows::declared_at.eq(now),
        maintenance_windows::declared_by_id.eq(by.contact_id()),
        maintenance_windows::declared_by.eq(by.name()),
        maintenance_windows::change.eq(LastChange::Declared),
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
    stop(id, &new.capabilities, conn)?;
    let window = Window::find_unscoped(id, conn)?;
    changed(&window, &DECLARED, ("", ""), decision, conn)?;
    Ok(reference)
}

/// When the window begins, if it can be as it is wanted.
fn checked(new: &NewWindow, now: Instant) -> Result<Instant> {
    let starts_at = not_before(new.starts_at, now).ok_or_else(|| {
        Error::field("starts_on", "It cannot begin in the past: choose a time to come.")
    })?;
    match why_no_end(starts_at, new.ends_at) {
        Some(why) => Err(Error::field("ends_on", why)),
        None => Ok(starts_at),
    }
}

fn stop(window_id: i64, capabilities: &[Capability], conn: &mut Conn) -> Result<()> {
    for capability in capabilities {
        let row = (
            maintenance_capabilities::window_id.eq(window_id),
            maintenance_capabilities::capability.eq(capability),
        );
        diesel::insert_into(maintenance_capabilities::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Changes a window that has not begun. From then on no pack changes it again.
///
/// # Errors
/// A conflict where it has begun, was cancelled, or is not the revision that was seen.
pub fn edit(
    window: &Window,
    seen: i64,
    new: &NewWindow,
    why: &str,
    decision: Decision<'_>,
    conn: &mut Conn,
) -> Result<()> {
    let Decision { program, now, .. } = decision;
    if let Some(why) = why_not_changed(window, now) {
        return Err(Error::conflict(why));
    }
    let starts_at = checked(new, now)?;
    let spans = (window.starts_at, window.ends_at) != (starts_at, new.ends_at);
    let stops = window.capabilities != new.capabilities;
    // Whoever was told of it is not told again for a word of the message.
    let only_words = !spans && !stops;
    let told = window.telling.told_revision;
    let told = if only_words && told == window.revision { told + 1 } else { told };
    let row = (
        maintenance_windows::starts_at.eq(starts_at),
        maintenance_windows::ends_at.eq(new.ends_at),
        maintenance_windows::message.eq(&new.message),
        maintenance_windows::message_key.eq(names::fold(&new.message)),
        maintenance_windows::told_revision.eq(told),
    );
    revise(window, seen, LastChange::Edited, now, conn)?;
    diesel::update(maintenance_windows::table.find(window.id)).set(row).execute(conn)?;
    if stops {
        let of_it = maintenance_capabilities::window_id.eq(window.id);
        diesel::delete(maintenance_capabilities::table.filter(of_it)).execute(conn)?;
        stop(window.id, &new.capabilities, conn)?;
    }
    let after = Window::find_unscoped(window.id, conn)?;
    let from = said(window, program);
    changed(&after, &EDITED, (&from, why), decision, conn)
}

/// Moves the end of a window that runs: later, or earlier but not into the past.
///
/// # Errors
/// A conflict where it does not run, or is not the revision that was seen; a fault of the field
/// `ends_on` where that time has passed or is the one that it has.
pub fn move_end(
    window: &Window,
    seen: i64,
    ends_at: Instant,
    why: &str,
    decision: Decision<'_>,
    conn: &mut Conn,
) -> Result<()> {
    let Decision { program, now, .. } = decision;
    if let Some(why) = why_end_stays(window, now) {
        return Err(Error::conflict(why));
    }
    let Some(ends_at) = not_before(ends_at, now) else {
        return Err(Error::field("ends_on", "That has passed: choose a time to come."));
    };
    if ends_at == window.ends_at {
        return Err(Error::field("ends_on", "It ends then already: choose another time."));
    }
    if let Some(why) = why_no_end(window.starts_at, ends_at) {
        return Err(Error::field("ends_on", why));
    }
    let longer = ends_at > window.ends_at;
    let (change, action) = if longer {
        (LastChange::Extended, &EXTENDED)
    } else {
        (LastChange::Shortened, &SHORTENED)
    };
    revise(window, seen, change, now, conn)?;
    let end = maintenance_windows::ends_at.eq(ends_at);
    diesel::update(maintenance_windows::table.find(window.id)).set(end).execute(conn)?;
    let after = Window::find_unscoped(window.id, conn)?;
    let from = local(window.ends_at, program);
    changed(&after, action, (&from, why), decision, conn)
}

/// Takes a window back that has not begun.
///
/// # Errors
/// A conflict where it has begun, was cancelled, or is not the revision that was seen.
pub fn cancel(
    window: &Window,
    seen: i64,
    why: &str,
    decision: Decision<'_>,
    conn: &mut Conn,
) -> Result<()> {
    let Decision { program, now, .. } = decision;
    if let Some(why) = why_not_changed(window, now) {
        return Err(Error::conflict(why));
    }
    revise(window, seen, LastChange::Cancelled, now, conn)?;
    let cancelled = maintenance_windows::cancelled_at.eq(Some(now));
    diesel::update(maintenance_windows::table.find(window.id)).set(cancelled).execute(conn)?;
    let after = Window::find_unscoped(window.id, conn)?;
    let from = said(window, program);
    changed(&after, &CANCELLED, (&from, why), decision, conn)
}

/// Why a window can neither be edited nor cancelled; nothing where it can.
pub(super) fn why_not_changed(window: &Window, now: Instant) -> Option<&'static str> {
    match window.standing(now) {
        Standing::Upcoming => None,
        Standing::Running => Some("It has begun: only its end can be moved."),
        Standing::Over => Some("It is over."),
        Standing::Cancelled => Some("It was cancelled."),
    }
}

/// Why the end of a window cannot be moved; nothing where it can.
pub(super) fn why_end_stays(window: &Window, now: Instant) -> Option<&'static str> {
    match window.standing(now) {
        Standing::Running => None,
        Standing::Upcoming => Some("It has not begun: edit it instead."),
        Standing::Over => Some("It is over."),
        Standing::Cancelled => Some("It was cancelled."),
    }
}

/// Takes the next revision, if the window is still the one that was seen. Nobody was told of it yet.
fn revise(
    window: &Window,
    seen: i64,
    change: LastChange,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let still = maintenance_windows::table
        .find(window.id)
        .filter(maintenance_windows::revision.eq(seen))
        .filter(maintenance_windows::ends_at.gt(now))
        .filter(maintenance_windows::cancelled_at.is_null());
    let changed = diesel::update(still)
        .set((
            maintenance_windows::change.eq(change),
            maintenance_windows::revision.eq(maintenance_windows::revision + 1),
            maintenance_windows::from_pack.eq(false),
            maintenance_windows::after_name_key.eq(""),
            maintenance_windows::after_reference.eq(""),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Err(Error::conflict(
            "Somebody changed this window since you opened the page. Look at it again.",
        ));
    }
    Ok(())
}

/// Keeps the windows with the program, writes the history, and tells whoever is to be told.
fn changed(
    after: &Window,
    action: &Action,
    (from, why): (&str, &str),
    decision: Decision<'_>,
    conn: &mut Conn,
) -> Result<()> {
    let Decision { program, by, site, now } = decision;
    stoppages::keep(program.id, now, conn)?;
    let what = after.what();
    let to = match after.telling.change {
        LastChange::Cancelled => "Cancelled".to_owned(),
        LastChange::Extended | LastChange::Shortened => local(after.ends_at, program),
        LastChange::Declared | LastChange::Edited => said(after, program),
    };
    let change = Change { from, to: &to, why };
    audit::record(by, action, after.subject(&what), change, now, conn)?;
    notices::spread(program, after, site, now, conn)
}

/// A window in one line of its history.
fn said(window: &Window, program: &Program) -> String {
    let (from, until) = (local(window.starts_at, program), local(window.ends_at, program));
    format!("{from} to {until}: {}", window.what())
}

/// An instant as the program's clocks show it, for files and histories.
pub(super) fn local(at: Instant, program: &Program) -> String {
    let local = at.to_datetime().with_timezone(&program.time_zone);
    local.format("%Y-%m-%d %H:%M").to_string()
}
