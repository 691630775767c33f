//! A partner does not want a lead: it goes on to the next of the ranking where the program hands leads
//! out by itself, else back to the vendor; never to one that declined it.

use diesel::prelude::*;

use super::LeadStatus;
use super::actions::DECLINED;
use super::answers::{self, Answer};
use super::assignment::Decision;
use super::distribution::distribute;
use super::model::Lead;
use super::news::{LeadsDeclined, News};
use super::next_steps;
use super::telling::{self, Told};
use super::working::record;
use crate::db::Conn;
use crate::db::schema::leads;
use crate::error::{Error, Result};

/// Declines a lead for the partner that has it, which loses it. Gives the name of the partner that it
/// went on to.
pub fn decline(
    decision: Decision<'_>,
    lead: &Lead,
    why: &str,
    conn: &mut Conn,
) -> Result<Option<String>> {
    answers::keep(decision, lead, Answer::Declined, why, conn)?;
    record(decision, lead, LeadStatus::Declined, &DECLINED, why, conn)?;
    give_back(decision, lead, why, conn)?;
    let after = Lead::find_unscoped(lead.program_id, &lead.reference, conn)?;
    let next = distribute(decision, &after, conn)?;
    let told = Told::of_changed(lead).named(lead);
    telling::tell_desk(decision, lead, conn, |to| {
        LeadsDeclined(News::declined(decision, lead, to, &told, (why, next.as_deref())))
    })?;
    Ok(next)
}

/// Nobody has it, and nobody has opened it.
fn give_back(decision: Decision<'_>, lead: &Lead, why: &str, conn: &mut Conn) -> Result<()> {
    let row = leads::table
        .find(lead.id)
        .filter(leads::status.eq(lead.status))
        .filter(leads::revision.eq(lead.revision));
    let changed = diesel::update(row)
        .set((
            leads::status.eq(LeadStatus::Declined),
            leads::assigned_to_id.eq(None::<i64>),
            leads::assigned_at.eq(None::<crate::clock::Instant>),
            leads::opened_at.eq(None::<crate::clock::Instant>),
            leads::opened_by_id.eq(None::<i64>),
            leads::opened_by.eq(""),
            leads::why.eq(why),
            leads::last_activity_at.eq(decision.now),
            leads::revision.eq(leads::revision + 1),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Err(Error::LostRace);
    }
    next_steps::forget(lead, conn)
}
