//! The demo's own time: how far its clock stands from the system's, kept beside its data, so that
//! every command that works on the same folder lives on the same day.

use chrono::{Duration, NaiveDate};
use diesel::prelude::*;

use crate::auth::{setting, store_setting};
use crate::clock::{Clock, Instant};
use crate::db::Conn;
use crate::db::schema::sessions;
use crate::error::{Error, Result};

const OFFSET: &str = "demo.clock_offset_us";
const BEGAN_ON: &str = "demo.began_on";
const BUILT: &str = "demo.built";
const ADDRESS: &str = "demo.address";

/// Where a demo stands.
#[derive(Clone, Debug)]
pub struct Standing {
    offset: Duration,
    /// The day that its story is counted from.
    pub(super) began_on: NaiveDate,
    /// Whether all of it is there; a build may have been stopped.
    pub(super) built: bool,
    /// Where it was served last: links in its mails begin with it.
    pub address: String,
}

impl Standing {
    /// How far its clock stands from the system's.
    pub fn offset(&self) -> Duration {
        self.offset
    }

    /// A clock that tells the demo's time.
    pub fn clock(&self) -> Clock {
        let clock = Clock::default();
        clock.set_offset(self.offset);
        clock
    }
}

/// Where the demo in this database stands; none where it is not one.
pub fn standing(conn: &mut Conn) -> Result<Option<Standing>> {
    let Some(offset) = setting(OFFSET, conn)? else {
        return Ok(None);
    };
    let began_on = setting(BEGAN_ON, conn)?.unwrap_or_default();
    Ok(Some(Standing {
        began_on: began_on.parse().map_err(Error::internal)?,
        built: setting(BUILT, conn)?.is_some(),
        offset: Duration::microseconds(offset.parse().map_err(Error::internal)?),
        address: setting(ADDRESS, conn)?.unwrap_or_default(),
    }))
}

fn keep(offset: Duration, conn: &mut Conn) -> Result<()> {
    let micros = offset.num_microseconds().unwrap_or(0);
    store_setting(OFFSET, &micros.to_string(), conn)
}

/// Makes the database a demo that begins today.
pub(super) fn begin(clock: &Clock, conn: &mut Conn) -> Result<()> {
    store_setting(BEGAN_ON, &clock.now().utc().date().to_string(), conn)?;
    keep(clock.offset(), conn)
}

/// From now on nothing is missing.
pub(super) fn finish(conn: &mut Conn) -> Result<()> {
    store_setting(BUILT, "yes", conn)
}

/// Lets sessions last as much longer as the clock will be moved on from where the caller believes
/// that it stands: a step of the demo's days signs nobody out.
pub(super) fn prolong_sessions(from: Duration, by: Duration, conn: &mut Conn) -> Result<()> {
    check(from, conn)?;
    let open: Vec<(i64, Instant, Instant, Instant)> = sessions::table
        .select((sessions::id, sessions::seen_at, sessions::idle_until_at, sessions::ends_at))
        .load(conn)?;
    for (id, seen_at, idle_until_at, ends_at) in open {
        diesel::update(sessions::table.find(id))
            .set((
                sessions::seen_at.eq(seen_at + by),
                sessions::idle_until_at.eq(idle_until_at + by),
                sessions::ends_at.eq(ends_at + by),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Makes known that the clock was moved on.
pub(super) fn move_on(from: Duration, to: Duration, conn: &mut Conn) -> Result<()> {
    check(from, conn)?;
    keep(to, conn)
}

/// Of two who move the clock at once one is too late.
fn check(believed: Duration, conn: &mut Conn) -> Result<()> {
    match standing(conn)? {
        Some(standing) if standing.offset == believed => Ok(()),
        _ => Err(Error::conflict(
            "Somebody else moved the demo's clock meanwhile: look which day it is, and go on from \
             there.",
        )),
    }
}

/// Keeps where the demo is served.
pub(super) fn keep_address(address: &str, conn: &mut Conn) -> Result<()> {
    store_setting(ADDRESS, address, conn)
}

/// The clock that a demo of this day begins with: noon there, or now.
pub(super) fn beginning(as_of: Option<NaiveDate>) -> Clock {
    let clock = Clock::default();
    if let Some(day) = as_of {
        clock.set(Instant::noon(day));
    }
    clock
}

/// A demo goes on to a later day only. Going back would leave it with a past that has not happened
/// yet.
pub(super) fn refuse_earlier(day: NaiveDate, today: NaiveDate) -> Result<()> {
    if day < today {
        return Err(Error::Setting(format!(
            "This demo has come to {today} and cannot go back to {day}; delete its folder or \
             choose another one with --data."
        )));
    }
    Ok(())
}
