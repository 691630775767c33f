//! What a process counts and measures for its operators: every figure by name, and the one way to
//! note each. Nothing is kept unless somebody collects it (see `monitoring`). No label takes a
//! value from outside: a route goes by its name, an answer by its class.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

/// How a figure behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows, from 0 at the start of the process.
    Counter,
    /// Is what it is when it is asked for.
    Gauge,
    /// How many there were of each size.
    Histogram,
}

/// A figure as it is published; its name stays.
#[derive(Debug)]
pub struct Figure {
    pub name: &'static str,
    pub kind: Kind,
    /// Its labels, separated by spaces.
    pub labels: &'static str,
    pub what: &'static str,
}

macro_rules! figures {
    ($($constant:ident $kind:ident $name:literal ($labels:literal) $what:literal;)+) => {
        $(const $constant: &str = $name;)+

        /// Every figure there is.
        pub const FIGURES: &[Figure] = &[
            $(Figure { name: $name, kind: Kind::$kind, labels: $labels, what: $what }),+
        ];
    };
}

figures! {
    BUILD Gauge "portal_build_info" ("version engine") "1; the labels say which portal this is";
    STARTED Gauge "portal_process_start_time_seconds" ("") "when the process began, in Unix time";
    MEMORY Gauge "portal_process_resident_memory_bytes" ("") "memory that the process holds";
    CPU Gauge "portal_process_cpu_seconds_total" ("") "processor time spent since the start";
    FILES Gauge "portal_process_open_files" ("") "files and connections that are open";
    REQUESTS Histogram "portal_http_request_seconds" ("method route status")
        "requests by name of the route (see `portal routes`) and class of the answer, until its head was sent";
    DATABASE Gauge "portal_database_up" ("") "1 while the database answers, else 0";
    POOL_SIZE Gauge "portal_database_connections_max" ("pool") "connections that a pool may open";
    POOL_USED Gauge "portal_database_connections_used" ("pool") "connections that are at work";
    POOL_WAIT Histogram "portal_database_wait_seconds" ("pool") "how long a request waited for its turn";
    COMMIT Histogram "portal_database_commit_seconds" ("") "a write from its begin to its commit; on SQLite, a group of them";
    GROUP Histogram "portal_database_commit_writes" ("") "writes that shared a commit";
    OUTBOX Gauge "portal_outbox_mails" ("status") "mails that are queued, held or failed";
    OLDEST Gauge "portal_outbox_oldest_due_seconds" ("") "for how long the mail that waits longest has been due; 0 if none is";
    CLAIMED Counter "portal_outbox_claimed_total" ("") "mails that this process took from the outbox";
    SENT Histogram "portal_mail_send_seconds" ("outcome") "mails sent, failed or put off, and how long each took";
    SWEEP Histogram "portal_sweep_seconds" ("sweep outcome") "recurring work by name, for one program: done or failed";
    SWEPT Counter "portal_sweep_records_total" ("sweep") "records that recurring work changed";
    SWEPT_AT Gauge "portal_sweep_last_done_time_seconds" ("sweep") "when recurring work was last done by this process, in Unix time";
    SIGN_IN Counter "portal_sign_in_total" ("outcome") "sign-ins with a password: admitted or refused";
    SESSIONS Gauge "portal_sessions" ("") "sessions that have not ended";
}

/// Whether anybody collects: what costs something to find out is left alone otherwise.
static COLLECTED: AtomicBool = AtomicBool::new(false);

pub fn are_collected() -> bool {
    COLLECTED.load(Ordering::Relaxed)
}

/// From now on there is a recorder. Says what each figure is.
pub fn begin() {
    COLLECTED.store(true, Ordering::Relaxed);
    for Figure { name, kind, what, .. } in FIGURES {
        match kind {
            Kind::Counter => describe_counter!(*name, *what),
            Kind::Gauge => describe_gauge!(*name, *what),
            Kind::Histogram => describe_histogram!(*name, *what),
        }
    }
}

pub fn request(method: &'static str, route: &'static str, status: u16, took: Duration) {
    let class = match status {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    };
    histogram!(REQUESTS, "method" => method, "route" => route, "status" => class).record(took);
}

pub fn waited_for_turn(pool: &'static str, took: Duration) {
    histogram!(POOL_WAIT, "pool" => pool).record(took);
}

pub fn committed(writes: usize, took: Duration) {
    histogram!(COMMIT).record(took);
    histogram!(GROUP).record(as_number(writes));
}

pub fn claimed(mails: usize) {
    counter!(CLAIMED).increment(mails as u64);
}

pub fn sent(outcome: &'static str, took: Duration) {
    histogram!(SENT, "outcome" => outcome).record(took);
}

pub fn swept(sweep: &'static str, records: usize, took: Duration, at: i64) {
    histogram!(SWEEP, "sweep" => sweep, "outcome" => "done").record(took);
    counter!(SWEPT, "sweep" => sweep).increment(records as u64);
    gauge!(SWEPT_AT, "sweep" => sweep).set(at as f64);
}

pub fn sweep_failed(sweep: &'static str, took: Duration) {
    histogram!(SWEEP, "sweep" => sweep, "outcome" => "failed").record(took);
}

pub fn sign_in(admitted: bool) {
    let outcome = if admitted { "admitted" } else { "refused" };
    counter!(SIGN_IN, "outcome" => outcome).increment(1);
}

pub fn build(version: &'static str, engine: &'static str) {
    gauge!(BUILD, "version" => version, "engine" => engine).set(1.0);
}

/// What the system says of the process.
#[derive(Clone, Copy, Debug)]
pub struct Process {
    pub started_at: f64,
    pub resident_bytes: u64,
    pub cpu_seconds: f64,
    pub open_files: usize,
}

pub fn process(facts: Process) {
    gauge!(STARTED).set(facts.started_at);
    gauge!(MEMORY).set(facts.resident_bytes as f64);
    gauge!(CPU).set(facts.cpu_seconds);
    gauge!(FILES).set(as_number(facts.open_files));
}

pub fn pool(name: &'static str, used: u32, most: u32) {
    gauge!(POOL_USED, "pool" => name).set(f64::from(used));
    gauge!(POOL_SIZE, "pool" => name).set(f64::from(most));
}

pub fn database(answers: bool) {
    gauge!(DATABASE).set(if answers { 1.0 } else { 0.0 });
}

pub fn outbox(status: &'static str, mails: i64) {
    gauge!(OUTBOX, "status" => status).set(mails as f64);
}

pub fn oldest_due(seconds: i64) {
    gauge!(OLDEST).set(seconds as f64);
}

pub fn sessions(count: i64) {
    gauge!(SESSIONS).set(count as f64);
}

fn as_number(count: usize) -> f64 {
    count as f64
}
