//! Moving the demo's clock: on by days, or to a day. It goes hour by hour, so that what is due
//! comes in its turn in every zone, and is made known a day at a time, when that day's work is done:
//! until then other processes live on the day before, and do none of it a second time.

use std::sync::Arc;

use chrono::{Duration, NaiveDate};

use super::clock;
use crate::auth::Program;
use crate::calendar::start_of_hour;
use crate::clock::{Clock, Instant};
use crate::db::{Conn, Db};
use crate::error::{Error, Result};

/// The most that the clock is moved at once.
const LONGEST: Duration = Duration::days(366);

/// Where the clock is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Days(i64),
    /// Noon of a day, in the program where it comes last.
    To(NaiveDate),
}

/// A stretch of a day at most, all of whose work is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// How far the clock then stands from the system's.
    pub offset: Duration,
    /// What was done on the way, in words.
    pub done: Vec<String>,
}

/// The recurring work that a moved clock makes due.
pub trait DueWork: Send + Sync {
    /// Does what is due by a clock, and tells in words what was done.
    fn catch_up(&self, clock: &Clock) -> Result<Vec<String>>;

    /// Delivers the mail that is due by a clock.
    fn deliver(&self, clock: &Clock) -> Result<()>;
}

/// What the days of a demo bring. Whoever puts the demo together says what it is; elsewhere there
/// is nothing.
#[derive(Clone, Default)]
pub struct EachDay(Option<Arc<dyn DueWork>>);

impl EachDay {
    pub fn new(work: impl DueWork + 'static) -> Self {
        Self(Some(Arc::new(work)))
    }

    fn catch_up(&self, clock: &Clock) -> Result<Vec<String>> {
        self.0.as_ref().map_or_else(|| Ok(Vec::new()), |work| work.catch_up(clock))
    }

    fn deliver(&self, clock: &Clock) -> Result<()> {
        self.0.as_ref().map_or(Ok(()), |work| work.deliver(clock))
    }
}

/// Moves the clock of the demo in this database, and tells of each day that is done. Stopped on
/// the way, it leaves the clock on the last of them; moved on again, it goes on from there.
/// A conflict where somebody else moves it at the same time.
pub fn move_on(
    how: Move,
    each_day: &EachDay,
    db: &Db,
    mut told: impl FnMut(Moved) -> Result<()>,
) -> Result<()> {
    let (clock, end) = db.read_blocking(|conn| aim(how, conn))?;
    while clock.now() < end {
        let (from, now) = (clock.offset(), clock.now());
        let stretch = end.min(now + Duration::days(1));
        let by = stretch.utc() - now.utc();
        // Before the work, which clears away what has expired.
        db.write_blocking(move |conn| clock::prolong_sessions(from, by, conn))?;
        let mut done = Vec::new();
        while clock.now() < stretch {
            clock.advance((stretch.utc() - clock.now().utc()).min(Duration::hours(1)));
            done.extend(each_day.catch_up(&clock)?);
        }
        each_day.deliver(&clock)?;
        let to = clock.offset();
        db.write_blocking(move |conn| clock::move_on(from, to, conn))?;
        told(Moved { offset: to, done })?;
    }
    Ok(())
}

/// A clock of its own that stands where the demo's does, and where it is to go.
fn aim(how: Move, conn: &mut Conn) -> Result<(Clock, Instant)> {
    let standing = clock::standing(conn)?.ok_or_else(|| Error::internal("this is no demo"))?;
    let clock = standing.clock();
    let now = clock.now();
    let refused = |text: &str| Err(Error::field("days", text));
    let end = match how {
        Move::Days(days) if !(1..=LONGEST.num_days()).contains(&days) => {
            return refused("The clock goes on by 1 to 366 days.");
        }
        Move::Days(days) => now + Duration::days(days),
        Move::To(day) => {
            let noon = |program: Program| start_of_hour(day, 12, program.time_zone);
            let noons = Program::all_unscoped(conn)?.into_iter().map(noon);
            let end = noons.max().map_or_else(|| Instant::noon(day), Instant::from_utc);
            if day < now.utc().date() {
                return Err(Error::field(
                    "date",
                    format!(
                        "It is {} already, and the clock does not go back: choose a later day.",
                        now.utc().date()
                    ),
                ));
            }
            end
        }
    };
    if end > now + LONGEST {
        return Err(Error::field("date", "The clock goes on by 366 days at most."));
    }
    Ok((clock, end))
}
