//! What becomes of a lead that a partner has: it is accepted, worked on, and ended for a reason.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::actions::{ACCEPTED, CLOSED, JUNKED, LOST, PROGRESSED};
use super::answers::{self, Answer};
use super::assignment::Decision;
use super::deadline::{Deadlines, Ending};
use super::model::Lead;
use super::news::{LeadsAccepted, LeadsClosed, LeadsJunked, LeadsLost, LeadsProgressed, News};
use super::next_steps;
use super::telling::{self, Told};
use super::{LeadKind, LeadStatus};
use crate::audit::{self, Action, Change};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::leads;
use crate::error::{Error, Result};
use crate::mail::Message;

/// What a step makes of a lead's row.
#[derive(AsChangeset)]
#[diesel(table_name = leads, treat_none_as_null = true)]
pub(super) struct Standing<'a> {
    pub status: LeadStatus,
    pub why: &'a str,
    pub accepted_at: Option<Instant>,
    pub last_activity_at: Option<Instant>,
    pub expires_on: Option<NaiveDate>,
    pub warned_days: Option<i32>,
    pub revision: i64,
}

impl<'a> Standing<'a> {
    /// After an activity; whatever ended it by itself begins anew.
    pub(super) fn active(lead: &Lead, status: LeadStatus, why: &'a str, now: Instant) -> Self {
        Self {
            status,
            why,
            accepted_at: lead.accepted_at,
            last_activity_at: Some(now),
            expires_on: None,
            warned_days: None,
            revision: lead.revision + 1,
        }
    }

    /// After an end that is no activity.
    pub(super) fn ended(lead: &Lead, status: LeadStatus, why: &'a str) -> Self {
        Self {
            status,
            why,
            accepted_at: lead.accepted_at,
            last_activity_at: lead.last_activity_at,
            expires_on: None,
            warned_days: None,
            revision: lead.revision + 1,
        }
    }

    /// The conditional change itself: only if the lead is still as it was read.
    pub(super) fn store(&self, lead: &Lead, conn: &mut Conn) -> Result<()> {
        let row = leads::table
            .find(lead.id)
            .filter(leads::status.eq(lead.status))
            .filter(leads::revision.eq(lead.revision));
        let changed = diesel::update(row).set(self).execute(conn)?;
        match changed {
            0 => Err(Error::LostRace),
            _ if self.status.is_over() => next_steps::forget(lead, conn),
            _ => Ok(()),
        }
    }
}

/// The day on which a partner's own lead ends that is active now; none of a lead that does not end
/// by itself. A conflict where its time is over already, whether or not the night's work has seen it.
pub(super) fn next_end(
    decision: Decision<'_>,
    lead: &Lead,
    conn: &mut Conn,
) -> Result<Option<NaiveDate>> {
    if lead.kind != LeadKind::Generated {
        return Ok(None);
    }
    let Decision { program, now, .. } = decision;
    let deadlines = Deadlines::of(program, conn)?;
    match deadlines.ending(lead.active_at()) {
        Some((day, how)) if day <= program.day_of(now) => {
            let word = match how {
                Ending::Closed => "was closed",
                Ending::Expired => "expired",
            };
            Err(Error::conflict(format!(
                "Lead {} {word} on {day}: nobody had worked on it for too long.",
                lead.reference
            )))
        }
        _ => Ok(deadlines.ending(now).map(|(day, _)| day)),
    }
}

/// Takes a lead that the partner has opened.
pub fn accept(decision: Decision<'_>, lead: &Lead, conn: &mut Conn) -> Result<()> {
    let now = decision.now;
    let standing = Standing {
        accepted_at: Some(now),
        ..Standing::active(lead, LeadStatus::Accepted, "", now)
    };
    standing.store(lead, conn)?;
    answers::keep(decision, lead, Answer::Accepted, "", conn)?;
    record(decision, lead, LeadStatus::Accepted, &ACCEPTED, "", conn)?;
    tell_keeper::<LeadsAccepted>(decision, lead, "accepted {}", "", conn)
}

/// Work on a lead begins.
pub fn progress(decision: Decision<'_>, lead: &Lead, conn: &mut Conn) -> Result<()> {
    let expires_on = next_end(decision, lead, conn)?;
    let standing = Standing::active(lead, LeadStatus::InProgress, "", decision.now);
    Standing { expires_on, ..standing }.store(lead, conn)?;
    record(decision, lead, LeadStatus::InProgress, &PROGRESSED, "", conn)?;
    tell_keeper::<LeadsProgressed>(decision, lead, "began work on {}", "", conn)
}

/// The customer bought elsewhere, or not at all.
pub fn lose(decision: Decision<'_>, lead: &Lead, why: &str, conn: &mut Conn) -> Result<()> {
    end(decision, lead, LeadStatus::Lost, (&LOST, why), conn)?;
    tell_keeper::<LeadsLost>(decision, lead, "lost {}", why, conn)
}

/// There never was anybody who might buy.
pub fn junk(decision: Decision<'_>, lead: &Lead, why: &str, conn: &mut Conn) -> Result<()> {
    end(decision, lead, LeadStatus::Junk, (&JUNKED, why), conn)?;
    tell_keeper::<LeadsJunked>(decision, lead, "marked {} as junk", why, conn)
}

/// Whoever brought a lead closes it: the vendor its own, whoever has it, a partner its own.
pub fn close(decision: Decision<'_>, lead: &Lead, why: &str, conn: &mut Conn) -> Result<()> {
    if lead.kind == LeadKind::Generated {
        end(decision, lead, LeadStatus::Closed, (&CLOSED, why), conn)?;
        return tell_keeper::<LeadsClosed>(decision, lead, "closed {}", why, conn);
    }
    Standing::ended(lead, LeadStatus::Closed, why).store(lead, conn)?;
    record(decision, lead, LeadStatus::Closed, &CLOSED, why, conn)?;
    telling::tell_holder(decision, lead, conn, |program, partner, to, told| {
        LeadsClosed(News::closed(program, partner, to, told, why))
    })
}

/// An end that somebody at the partner decides on.
fn end(
    decision: Decision<'_>,
    lead: &Lead,
    to: LeadStatus,
    (action, why): (&'static Action, &str),
    conn: &mut Conn,
) -> Result<()> {
    next_end(decision, lead, conn)?;
    Standing::active(lead, to, why, decision.now).store(lead, conn)?;
    record(decision, lead, to, action, why, conn)
}

/// A line of the history of the partner that has it, and of the vendor's.
pub(super) fn record(
    decision: Decision<'_>,
    lead: &Lead,
    to: LeadStatus,
    action: &'static Action,
    why: &str,
    conn: &mut Conn,
) -> Result<()> {
    let change = Change { from: lead.status.label(), to: to.label(), why };
    audit::record(
        decision.by,
        action,
        lead.subject(lead.assigned_to_id),
        change,
        decision.now,
        conn,
    )
}

/// Tells whoever handed the lead out, or entered it, what the partner did.
pub(super) fn tell_keeper<M: Message + From<News>>(
    decision: Decision<'_>,
    lead: &Lead,
    did: &str,
    why: &str,
    conn: &mut Conn,
) -> Result<()> {
    let told = Told::of_changed(lead).named(lead);
    telling::tell_keeper(decision, lead, conn, |to| {
        M::from(News::done(decision, lead, to, &told, (did, why)))
    })
}
