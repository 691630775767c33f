//! The gate: whether something may be done now.

use diesel::prelude::*;

use super::{Capability, Stoppages};
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::programs;
use crate::error::{Error, Result};
use crate::stoppages::Stopped;

/// Lets through what no window stops at this instant. A program that was entered in this transaction
/// (that of a [`crate::auth::Scope`]) has its windows with it; work that holds a program for longer
/// reads them anew with [`current`].
///
/// # Errors
/// [`Error::Stopped`], which is answered with a page that says what is stopped and until when.
pub fn open_for(program: &Program, capability: Capability, now: Instant) -> Result<()> {
    match stopped(program, capability, now) {
        None => Ok(()),
        Some(stopped) => Err(Error::Stopped(Box::new(stopped), None)),
    }
}

/// What a page says in place of what is stopped; nothing where it is not.
pub fn stopped(program: &Program, capability: Capability, now: Instant) -> Option<Stopped> {
    let (window, until) = program.stoppages.stopped(capability, now)?;
    let micros = (until.utc() - now.utc()).num_microseconds().unwrap_or(i64::MAX);
    Some(Stopped {
        capability,
        until,
        message: window.message.clone(),
        path: format!("/p/{}/maintenance/{}", program.slug, window.reference),
        zone: program.time_zone,
        seconds: micros.unsigned_abs().div_ceil(1_000_000),
    })
}

/// The windows of a program as they are in this transaction: for sweeps, and for whatever else holds
/// a program for longer than that.
pub fn current(program: &Program, conn: &mut Conn) -> Result<Stoppages> {
    let kept: String =
        programs::table.find(program.id).select(programs::maintenance).first(conn)?;
    Stoppages::parse(&kept)
}
