//! A partner opens a lead, once.

use diesel::prelude::*;

use super::LeadStatus;
use super::actions::OPENED;
use super::assignment::Decision;
use super::model::Lead;
use super::news::{LeadsOpened, News};
use super::telling::{self, Told};
use crate::audit::{self, Change};
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
pub fn open(decision: Decision<'_>, lead: &Lead, conn: &mut Conn) -> Result<Opened> {
    let Decision { program, by, now, .. } = decision;
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
    let told = Told::of_changed(lead).named(lead);
    telling::tell_keeper(decision, lead, conn, |to| {
        LeadsOpened(News::done(decision, lead, to, &told, ("opened {}", "")))
    })?;
    Ok(Opened::Now)
}
