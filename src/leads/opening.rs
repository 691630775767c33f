//! What a partner does with a lead: it opens it, once, and writes down what it did.

use diesel::prelude::*;

use super::LeadStatus;
use super::actions::{NOTED, OPENED};
use super::model::Lead;
use super::rules::Step;
use crate::audit::{self, By, Change};
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::leads;
use crate::error::{Error, Result};

/// What became of an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    Now,
    /// A colleague was first.
    Before,
}

/// Opens a lead for the partner that has it. From then on everyone there sees who it is about, and
/// its clock runs. The caller has found the lead as one of the partner's.
pub fn open(
    program: &Program,
    lead: &Lead,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<Opened> {
    if lead.status != LeadStatus::Assigned {
        return Ok(Opened::Before);
    }
    let row = leads::table
        .find(lead.id)
        .filter(leads::program_id.eq(program.id))
        .filter(leads::status.eq(LeadStatus::Assigned))
        .filter(leads::assigned_to_id.eq(lead.assigned_to_id));
    let changed = diesel::update(row)
        .set((
            leads::status.eq(LeadStatus::Opened),
            leads::opened_at.eq(now),
            leads::opened_by_id.eq(by.contact_id()),
            leads::opened_by.eq(by.name()),
            leads::last_activity_at.eq(now),
            leads::revision.eq(leads::revision + 1),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Err(Error::LostRace);
    }
    let change = Change {
        from: LeadStatus::Assigned.label(),
        to: LeadStatus::Opened.label(),
        ..Change::default()
    };
    audit::record(by, &OPENED, lead.subject(lead.assigned_to_id), change, now, conn)?;
    Ok(Opened::Now)
}

/// Adds a note to a lead that a partner is at work on: activity, which keeps it from expiring.
pub fn add_note(
    program: &Program,
    lead: &Lead,
    note: &str,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    require_at_work(lead)?;
    let row = leads::table
        .find(lead.id)
        .filter(leads::program_id.eq(program.id))
        .filter(leads::status.eq(lead.status));
    let changed = diesel::update(row)
        .set((leads::last_activity_at.eq(now), leads::revision.eq(leads::revision + 1)))
        .execute(conn)?;
    if changed == 0 {
        return Err(Error::LostRace);
    }
    let change = Change { why: note, ..Change::default() };
    audit::record(by, &NOTED, lead.subject(lead.assigned_to_id), change, now, conn)
}

/// A conflict where nobody is at work on a lead, so that there is nothing to note.
pub(super) fn require_at_work(lead: &Lead) -> Result<()> {
    Step::AddNote.why_not(lead.kind, lead.status).map_or(Ok(()), |why| Err(Error::conflict(why)))
}
