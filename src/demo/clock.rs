//! The demo's own time: how far its clock stands from the system's, kept beside its data, so that
//! every command that works on the same folder lives on the same day.

use chrono::{Duration, NaiveDate};
use diesel::prelude::*;

use crate::auth::{setting, store_setting};
use crate::clock::{Clock, Instant};
use crate::db::schema::sessions;
use crate::db::{Conn, Db};
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

/// Keeps where the clock stands.
pub(super) fn keep(clock: &Clock, conn: &mut Conn) -> Result<()> {
    let micros = clock.offset().num_microseconds().unwrap_or(0);
    store_setting(OFFSET, &micros.to_string(), conn)
}

/// Makes the database a demo that begins today.
pub(super) fn begin(clock: &Clock, conn: &mut Conn) -> Result<()> {
    store_setting(BEGAN_ON, &clock.now().utc().date().to_string(), conn)?;
    keep(clock, conn)
}

/// From now on nothing is missing.
pub(super) fn finish(conn: &mut Conn) -> Result<()> {
    store_setting(BUILT, "yes", conn)
}

/// Keeps where the clock stands after it was moved on, and takes the sessions along: a step of the
/// demo's days signs nobody out.
pub(super) fn step(clock: &Clock, by: Duration, conn: &mut Conn) -> Result<()> {
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
    keep(clock, conn)
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

/// Sets the clock of a demo that is there to a later day. Going back would leave it with a past
/// that has not happened yet.
pub(super) fn set(standing: &Standing, day: NaiveDate, db: &Db) -> Result<()> {
    let clock = standing.clock();
    let today = clock.now().utc().date();
    if day < today {
        return Err(Error::Setting(format!(
            "This demo has come to {today} and cannot go back to {day}; delete its folder or \
             choose another one with --data."
        )));
    }
    if day > today {
        clock.set(Instant::noon(day));
    }
    db.write_blocking(move |conn| keep(&clock, conn))
}
