//! What a partner did about a lead, and what it means to do next: activity, which keeps its own leads
//! from expiring.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::actions::NOTED;
use super::assignment::Decision;
use super::model::Lead;
use super::next_steps;
use super::rules::Step;
use super::working::next_end;
use crate::audit::{self, Change};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::schema::{lead_activities, leads};
use crate::db::{Conn, Keep};
use crate::error::{Error, Result};
use crate::text_enum;

/// The most that a lead's page shows.
const SHOWN: i64 = 50;

text_enum! {
    /// What was done.
    pub enum ActivityKind {
        Note = "note",
        Call = "call",
        Mail = "mail",
        Meeting = "meeting",
    }
}

impl ActivityKind {
    pub fn label(self) -> &'static str {
        match self {
            Self::Note => "Note",
            Self::Call => "Call",
            Self::Mail => "E-mail",
            Self::Meeting => "Meeting",
        }
    }
}

/// An activity as somebody writes it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewActivity {
    pub kind: ActivityKind,
    pub text: String,
    /// Empty where nothing is planned.
    pub next_step: String,
    pub next_on: Option<NaiveDate>,
}

impl NewActivity {
    pub fn note(text: impl Into<String>) -> Self {
        let (kind, next_step) = (ActivityKind::Note, String::new());
        Self { kind, text: text.into(), next_step, next_on: None }
    }
}

/// An activity as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = lead_activities)]
pub struct Activity {
    pub kind: ActivityKind,
    pub text: String,
    pub next_step: String,
    pub next_on: Option<NaiveDate>,
    pub at: Instant,
    pub by_name: String,
}

impl Activity {
    /// The newest of a lead's that the person may read: the vendor all of them, a partner its own.
    pub(super) fn of(lead: &Lead, scope: &Scope, conn: &mut Conn) -> Result<Vec<Self>> {
        let mut query = lead_activities::table
            .filter(lead_activities::lead_id.eq(lead.id))
            .order(lead_activities::id.desc())
            .limit(SHOWN)
            .select(Self::as_select())
            .into_boxed();
        if !scope.is_vendor() {
            query = query.filter(lead_activities::organisation_id.eq(scope.organisation_id()));
        }
        Ok(query.kept().load(conn)?)
    }
}

/// Adds a note to a lead that a partner is at work on.
pub fn add_note(
    decision: Decision<'_>,
    lead: &Lead,
    new: &NewActivity,
    conn: &mut Conn,
) -> Result<()> {
    require_at_work(lead)?;
    let Decision { by, now, .. } = decision;
    let Some(partner_id) = lead.assigned_to_id else { return Err(Error::NotFound) };
    let expires_on = next_end(decision, lead, conn)?;
    let row = leads::table.find(lead.id).filter(leads::status.eq(lead.status));
    let changed = diesel::update(row)
        .set((
            leads::last_activity_at.eq(now),
            leads::expires_on.eq(expires_on),
            leads::warned_days.eq(None::<i32>),
            leads::revision.eq(leads::revision + 1),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Err(Error::LostRace);
    }
    let row = (
        lead_activities::lead_id.eq(lead.id),
        lead_activities::organisation_id.eq(partner_id),
        lead_activities::kind.eq(new.kind),
        lead_activities::text.eq(&new.text),
        lead_activities::next_step.eq(&new.next_step),
        lead_activities::next_on.eq(new.next_on),
        lead_activities::at.eq(now),
        lead_activities::by_id.eq(by.contact_id()),
        lead_activities::by_name.eq(by.name()),
    );
    diesel::insert_into(lead_activities::table).values(row).execute(conn)?;
    next_steps::plan(lead, partner_id, new, conn)?;
    let change = Change { why: &new.text, ..Change::default() };
    audit::record(by, &NOTED, lead.subject(lead.assigned_to_id), change, now, conn)
}

/// A conflict where nobody is at work on a lead, so that there is nothing to note.
pub(super) fn require_at_work(lead: &Lead) -> Result<()> {
    let why_not = Step::AddNote.why_not(lead.kind, lead.status);
    why_not.map_or(Ok(()), |why| Err(Error::conflict(why)))
}
