//! History: every change of state keeps who, when, from, to and why, in the transaction of the
//! change. Shown as a record's timeline, and to the vendor as the log of its program.

mod line;
mod model;

pub use line::Line;
pub use model::{
    Entry, LogFilter, log_of_program, part_of_log, timeline, timeline_in, timeline_of,
};

use std::collections::HashMap;
use std::sync::OnceLock;

use diesel::prelude::*;

use crate::auth::Actor;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::audit_events;
use crate::error::Result;

/// Something that can happen to a record, declared by the slice that does it.
#[derive(Debug)]
pub struct Action {
    /// As it is stored: `contact.added`.
    pub name: &'static str,
    /// As a timeline says it, after who did it: "added this contact".
    pub sentence: &'static str,
}

impl Action {
    pub const fn new(name: &'static str, sentence: &'static str) -> Self {
        Self { name, sentence }
    }
}

static SENTENCES: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();

/// Makes the slices' actions known to the timelines; the first call counts.
pub fn declare(slices: &[&[&Action]]) {
    SENTENCES.get_or_init(|| {
        slices.iter().flat_map(|slice| slice.iter().map(|one| (one.name, one.sentence))).collect()
    });
}

/// What a timeline says of an action; one that no slice declares any more is shown by its name.
fn sentence(action: &str) -> String {
    let known = SENTENCES.get().and_then(|sentences| sentences.get(action));
    known.map_or_else(|| action.replace(['.', '_'], " "), |sentence| (*sentence).to_owned())
}

/// Who did it.
#[derive(Clone, Copy)]
pub enum By<'a> {
    Person(&'a Actor),
    /// A person without a session who has shown who they are: by a password, by a one-time link,
    /// by the signed address in a mail.
    Oneself {
        contact_id: i64,
        name: &'a str,
        organisation: &'a str,
    },
    /// The portal itself: a sweep, an import on the command line.
    Portal(&'a str),
}

impl By<'_> {
    pub fn contact_id(self) -> Option<i64> {
        match self {
            Self::Person(actor) => Some(actor.contact_id),
            Self::Oneself { contact_id, .. } => Some(contact_id),
            Self::Portal(_) => None,
        }
    }

    pub fn name(self) -> String {
        match self {
            Self::Person(actor) => format!("{} ({})", actor.name, actor.organisation_name),
            Self::Oneself { name, organisation, .. } => format!("{name} ({organisation})"),
            Self::Portal(name) => name.to_owned(),
        }
    }
}

/// The record that something happened to.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// `contact`, `enrolment`, `licence`, …
    pub kind: &'static str,
    pub id: i64,
    pub reference: &'a str,
    pub name: &'a str,
    pub program_id: Option<i64>,
    /// The organisation whose history this is part of.
    pub organisation_id: Option<i64>,
}

/// What is kept besides who, when and what.
#[derive(Clone, Copy, Default)]
pub struct Change<'a> {
    pub from: &'a str,
    pub to: &'a str,
    pub why: &'a str,
}

// NULL is written as NULL: SQLite takes many rows in one statement only without defaults.
#[derive(Insertable)]
#[diesel(table_name = audit_events, treat_none_as_default_value = false)]
struct NewEvent {
    at: Instant,
    program_id: Option<i64>,
    organisation_id: Option<i64>,
    subject_kind: &'static str,
    subject_id: i64,
    subject_reference: String,
    subject_name: String,
    action: &'static str,
    actor_id: Option<i64>,
    actor_name: String,
    from_value: String,
    to_value: String,
    why: String,
}

/// Writes one line of history; call it in the transaction of the change.
pub fn record(
    by: By<'_>,
    action: &Action,
    subject: Subject<'_>,
    change: Change<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let event = event(by, action, subject, change, now);
    diesel::insert_into(audit_events::table).values(&event).execute(conn)?;
    Ok(())
}

/// [`record`] for many records that the same happened to, with few statements.
pub fn record_all(
    by: By<'_>,
    action: &Action,
    subjects: &[(Subject<'_>, Change<'_>)],
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let events: Vec<NewEvent> = subjects
        .iter()
        .map(|(subject, change)| event(by, action, *subject, *change, now))
        .collect();
    crate::db::insert_all!(conn, audit_events::table, events);
    Ok(())
}

fn event(
    by: By<'_>,
    action: &Action,
    subject: Subject<'_>,
    change: Change<'_>,
    now: Instant,
) -> NewEvent {
    NewEvent {
        at: now,
        program_id: subject.program_id,
        organisation_id: subject.organisation_id,
        subject_kind: subject.kind,
        subject_id: subject.id,
        subject_reference: subject.reference.to_owned(),
        subject_name: subject.name.to_owned(),
        action: action.name,
        actor_id: by.contact_id(),
        actor_name: by.name(),
        from_value: change.from.to_owned(),
        to_value: change.to.to_owned(),
        why: change.why.to_owned(),
    }
}
