//! How much one person may take out of the portal: so many different records a minute, so many
//! files an hour. Somebody who tries one reference after another gets no further, and neither does
//! a program with somebody's session.
//!
//! A page view should write nothing, so each process remembers for itself which records a person
//! has opened in the minute that runs. The first [`FREE`] of them cost nothing; beyond, each new
//! one is counted in the database, for all processes together. With a limit of L and n processes
//! a person so opens at most L + (n − 1) × `FREE` different records in a minute (never fewer than L
//! at one process), and twice that across the turn of a minute. What does not exist counts like
//! what does.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::Duration;

use super::Actor;
use super::actions::{EXPORTING_STOPPED, READING_STOPPED};
use super::throttle::{self, Limit};
use crate::audit::{self, Action, By, Change};
use crate::clock::Instant;
use crate::db::{Conn, Db};
use crate::error::{Error, Result};

/// Different records that one process lets a person open in a minute before it asks the database.
pub const FREE: u32 = 20;
const RECORDS_A_MINUTE: u32 = 120;
const EXPORTS_AN_HOUR: u32 = 30;

/// What this process remembers of the minute that runs; clones share it.
#[derive(Clone)]
pub struct Reading {
    records_a_minute: u32,
    exports_an_hour: u32,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    minute: i64,
    people: HashMap<i64, Opened>,
    hasher: RandomState,
}

/// What one person has opened in this minute.
#[derive(Default)]
struct Opened {
    records: HashSet<u64>,
    /// How many of them the database has been told of.
    told: u32,
    stopped: bool,
}

/// What is to be done about a record that is about to be opened.
enum Step {
    Nothing,
    /// So many more are to be counted for all processes.
    Tell(u32),
    Refuse,
}

impl Default for Reading {
    fn default() -> Self {
        Self::new(RECORDS_A_MINUTE, EXPORTS_AN_HOUR)
    }
}

impl Reading {
    pub fn new(records_a_minute: u32, exports_an_hour: u32) -> Self {
        Self { records_a_minute, exports_an_hour, seen: Arc::default() }
    }

    /// Counts a record that somebody is about to open, whether it exists or not. Refused beyond the
    /// limit; what was opened in this minute already can be opened again.
    pub async fn open(&self, actor: &Actor, record: &str, now: Instant, db: &Db) -> Result<()> {
        let limit = self.records();
        let stopped = || {
            let most = self.records_a_minute;
            let why = format!(
                "You have opened {most} different records within a minute. So that nobody can copy \
                 the portal record by record, it shows no new ones for a moment; those you have \
                 just seen can still be opened. If your work needs many at once, export the list."
            );
            Err(Error::Limited { retry_after: limit.left(now), why })
        };
        match self.step(actor.contact_id, record, now) {
            Step::Nothing => Ok(()),
            Step::Refuse => stopped(),
            Step::Tell(more) => {
                let actor_id = actor.contact_id;
                let fits = db
                    .write(move |conn| {
                        throttle::take(&limit, &actor_id.to_string(), more, now, conn)
                    })
                    .await?;
                if fits {
                    return Ok(());
                }
                if self.stop(actor_id, record) {
                    note(&READING_STOPPED, self.records_a_minute, actor, now, db).await?;
                }
                stopped()
            }
        }
    }

    /// Counts a file that somebody is about to take away.
    pub async fn export(&self, actor: &Actor, now: Instant, db: &Db) -> Result<()> {
        let (limit, key) = (self.exports(), actor.contact_id.to_string());
        let most = self.exports_an_hour;
        let spent = db.write(move |conn| throttle::take(&limit, &key, 1, now, conn)).await?;
        if spent {
            return Ok(());
        }
        note(&EXPORTING_STOPPED, most, actor, now, db).await?;
        let why = format!(
            "You have taken {most} files within an hour. Wait a while, or ask whoever runs the \
             portal if your work needs more."
        );
        Err(Error::Limited { retry_after: limit.left(now), why })
    }

    fn records(&self) -> Limit {
        Limit::new("records.person", whole(self.records_a_minute), Duration::minutes(1))
    }

    fn exports(&self) -> Limit {
        Limit::new("exports.person", whole(self.exports_an_hour), Duration::hours(1))
    }

    fn step(&self, contact_id: i64, record: &str, now: Instant) -> Step {
        let minute = now.to_datetime().timestamp().div_euclid(60);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // Of two requests at the turn of a minute the earlier one may come later; a clock that was
        // set back by more is another matter.
        if minute > seen.minute || minute < seen.minute - 1 {
            seen.minute = minute;
            seen.people.clear();
        }
        let hash = seen.hasher.hash_one(record);
        let opened = seen.people.entry(contact_id).or_default();
        if opened.records.contains(&hash) {
            return Step::Nothing;
        }
        if opened.stopped {
            return Step::Refuse;
        }
        opened.records.insert(hash);
        let count = u32::try_from(opened.records.len()).unwrap_or(u32::MAX);
        if count <= FREE.min(self.records_a_minute) {
            return Step::Nothing;
        }
        let more = count.saturating_sub(opened.told);
        opened.told = count;
        Step::Tell(more)
    }

    /// Takes back a record that may not be opened, and says whether it is the first such one.
    fn stop(&self, contact_id: i64, record: &str) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let hash = seen.hasher.hash_one(record);
        let opened = seen.people.entry(contact_id).or_default();
        opened.records.remove(&hash);
        !std::mem::replace(&mut opened.stopped, true)
    }
}

fn whole(most: u32) -> i32 {
    i32::try_from(most).unwrap_or(i32::MAX)
}

/// What stays of it: a line of history and one of the log.
async fn note(
    action: &'static Action,
    most: u32,
    actor: &Actor,
    now: Instant,
    db: &Db,
) -> Result<()> {
    tracing::warn!(contact = actor.reference, most, action = action.name, "a limit was reached");
    let actor = actor.clone();
    let write = move |conn: &mut Conn| {
        let most = most.to_string();
        let change = Change { to: &most, ..Change::default() };
        audit::record(By::Person(&actor), action, actor.subject(), change, now, conn)
    };
    db.write(write).await
}
