//! Recurring work: the table of all of it, and what runs it.
//!
//! Every sweep runs once for each program and day, after its hour. Which process does it is decided
//! by a row in `sweep_runs`; a claim whose process died is taken over. By hand a sweep can be run
//! for any day, as often as one likes: what was done once has no second effect.

mod batches;
mod runs;

use std::fmt;
use std::time::Duration;

use chrono::{NaiveDate, Timelike};
use serde::Serialize;
use tokio::time::timeout;

use crate::app::Portal;
use crate::auth::Program;
use crate::catalogue::price_lists;
use crate::clock::Instant;
use crate::deals;
use crate::error::{Error, Result};
use crate::figures;
use crate::leads;
use crate::licences;
use crate::mail::{self, Stop};
use crate::maintenance;
use crate::orders;
use crate::pricing::quotes;
use crate::renewals;
use crate::sweep::{Sweep, SweepOutcome};
use runs::Turn;

/// All recurring work, in the order in which a day's is done: one line for each kind.
#[rustfmt::skip]
pub const SWEEPS: &[Sweep] = &[
    batches::LICENCES,
    leads::SWEEP,
    licences::set_backs::SWEEP,
    maintenance::SWEEP,
    price_lists::SWEEP,
    quotes::SWEEP,
    deals::SWEEP,
    renewals::SWEEP,
    batches::SIGN_IN,
    mail::outbox::SWEEP,
];

/// Work that is looked for all the time, beside the days' work and before it.
pub const STANDING: &[Sweep] = &[orders::SWEEP];

/// How often it is looked whether anything is due.
const LOOK: Duration = Duration::from_secs(5);

/// What one run did.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub sweep: &'static str,
    pub program: String,
    pub day: NaiveDate,
    #[serde(flatten)]
    pub outcome: SweepOutcome,
}

/// Everything that recurs, in the order in which it is done.
pub fn all() -> impl Iterator<Item = &'static Sweep> {
    STANDING.iter().chain(SWEEPS)
}

/// A line of the day's work.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sweep, program, day, outcome } = self;
        write!(f, "{day}  {program}  {sweep}: {}", outcome.text)
    }
}

/// The sweep of this name.
pub fn find(name: &str) -> Result<&'static Sweep> {
    all().find(|sweep| sweep.name == name).ok_or_else(|| {
        let known: Vec<&str> = all().map(|sweep| sweep.name).collect();
        Error::Setting(format!("There is no sweep {name}; there are: {}.", known.join(", ")))
    })
}

/// Runs a sweep for one program, today or as of another day, whether or not it was run before.
pub fn run(
    sweep: &Sweep,
    program: &Program,
    as_of: Option<NaiveDate>,
    portal: &Portal,
) -> Result<Report> {
    let now = portal.clock.now();
    let today = program.day_of(now);
    let (day, now) = match as_of {
        Some(day) if day != today => (day, Instant::noon(day)),
        _ => (today, now),
    };
    perform(sweep, program, day, now, portal)
}

/// Does the standing work of every program. Several processes may be at it at once; work that fails
/// is looked for again the next time, and keeps nothing else from being done.
pub fn run_standing(table: &[Sweep], portal: &Portal) -> Result<Vec<Report>> {
    let now = portal.clock.now();
    let mut reports = Vec::new();
    for program in portal.db.read_blocking(Program::all_unscoped)? {
        let day = program.day_of(now);
        for sweep in table {
            match perform(sweep, &program, day, now, portal) {
                Ok(report) if report.outcome.done > 0 => reports.push(report),
                Ok(_) => {}
                Err(Error::Unavailable) => return Err(Error::Unavailable),
                Err(fault) => told_of(sweep, &program, &fault),
            }
        }
    }
    Ok(reports)
}

fn told_of(sweep: &Sweep, program: &Program, fault: &Error) {
    tracing::error!(sweep = sweep.name, program = program.slug, %fault, "a sweep failed");
}

/// Runs what is due today and was not finished, each where no other process has claimed it.
pub fn run_due(table: &[Sweep], portal: &Portal) -> Result<Vec<Report>> {
    let now = portal.clock.now();
    let mut reports = Vec::new();
    for program in portal.db.read_blocking(Program::all_unscoped)? {
        let day = program.day_of(now);
        let hour = now.to_datetime().with_timezone(&program.time_zone).hour();
        let (id, db) = (program.id, &portal.db);
        let finished = db.read_blocking(|conn| runs::finished(id, day, conn))?;
        let open =
            |sweep: &&Sweep| sweep.hour <= hour && !finished.iter().any(|name| name == sweep.name);
        for sweep in table.iter().filter(open) {
            let name = sweep.name;
            let turn = db.write_blocking(move |conn| runs::take(name, id, day, conn))?;
            if let Some(turn) = turn {
                reports.extend(take_turn(sweep, &program, turn, now, portal)?);
            }
        }
    }
    Ok(reports)
}

/// One sweep of another slice that fails must not keep the others from running.
fn take_turn(
    sweep: &Sweep,
    program: &Program,
    turn: Turn,
    now: Instant,
    portal: &Portal,
) -> Result<Option<Report>> {
    match perform(sweep, program, turn.day, now, portal) {
        Ok(report) => {
            let text = report.outcome.text.clone();
            let finished_at = portal.clock.now();
            portal.db.write_blocking(move |conn| runs::finish(turn, &text, finished_at, conn))?;
            Ok(Some(report))
        }
        Err(fault) => {
            told_of(sweep, program, &fault);
            let why = fault.to_string();
            portal.db.write_blocking(move |conn| runs::put_off(turn, &why, conn))?;
            Ok(None)
        }
    }
}

fn perform(
    sweep: &Sweep,
    program: &Program,
    day: NaiveDate,
    now: Instant,
    portal: &Portal,
) -> Result<Report> {
    let began = std::time::Instant::now();
    let outcome = (sweep.run)(program, day, &portal.site, now, &portal.db)
        .inspect_err(|_| figures::sweep_failed(sweep.name, began.elapsed()))?;
    let ended_at = portal.clock.now().to_datetime().timestamp();
    figures::swept(sweep.name, outcome.done, began.elapsed(), ended_at);
    // What is looked for all the time is told of only when something was found.
    if outcome.done > 0 || !STANDING.iter().any(|standing| standing.name == sweep.name) {
        tracing::info!(
            sweep = sweep.name,
            program = program.slug,
            %day,
            done = outcome.done,
            milliseconds = began.elapsed().as_millis(),
            "swept"
        );
    }
    Ok(Report { sweep: sweep.name, program: program.slug.clone(), day, outcome })
}

/// Runs what is due, each day anew, until it is told to stop. A sweep under way is finished.
pub async fn keep_running(portal: Portal, mut stop: Stop) {
    while !*stop.borrow() {
        let portal = portal.clone();
        let sweep = move || run_standing(STANDING, &portal).and_then(|_| run_due(SWEEPS, &portal));
        let swept = tokio::task::spawn_blocking(sweep).await;
        match swept {
            Ok(Ok(_)) => {}
            Ok(Err(fault)) => tracing::warn!(%fault, "the sweeps wait for the database"),
            Err(fault) => tracing::error!(%fault, "a sweep stopped short"),
        }
        if let Ok(Err(_)) = timeout(LOOK, stop.wait_for(|stopped| *stopped)).await {
            return;
        }
    }
}
