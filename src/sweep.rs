//! Recurring work as a slice declares it: what it does, when, and the function that does it. The
//! table of all of it, and what runs it, is `sweeps`.

use chrono::NaiveDate;
use serde::Serialize;

use crate::auth::Program;
use crate::clock::Instant;
use crate::db::Db;
use crate::error::Result;
use crate::web::Site;

/// Does the work of one program and one day. May be run again, late, or by many at once, without a
/// second effect; works in bounded batches; is fast when nothing is due.
pub type Run = fn(&Program, day: NaiveDate, &Site, now: Instant, &Db) -> Result<SweepOutcome>;

/// One kind of recurring work.
#[derive(Clone, Copy, Debug)]
pub struct Sweep {
    /// As the command line and the table of runs name it.
    pub name: &'static str,
    /// What it does, for `portal sweep --help` and the log.
    pub what: &'static str,
    /// Not before this hour of the program's day.
    pub hour: u32,
    pub run: Run,
}

/// What a sweep did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SweepOutcome {
    /// How many records were changed or mails queued; 0 when nothing was due.
    pub done: usize,
    /// The same in words: "12 mails queued about 40 licences".
    pub text: String,
}

impl SweepOutcome {
    pub fn new(done: usize, text: impl Into<String>) -> Self {
        Self { done, text: text.into() }
    }
}
