//! What partners said to leads that they were handed: how fast, and who said no.

use diesel::prelude::*;

use super::assignment::Decision;
use super::model::Lead;
use crate::db::Conn;
use crate::db::schema::lead_answers;
use crate::error::{Error, Result};
use crate::text_enum;

text_enum! {
    pub enum Answer {
        Accepted = "accepted",
        Declined = "declined",
    }
}

/// Keeps the answer of the partner that has a lead; call it in the transaction of the change.
pub(super) fn keep(
    decision: Decision<'_>,
    lead: &Lead,
    answer: Answer,
    why: &str,
    conn: &mut Conn,
) -> Result<()> {
    let (Some(organisation_id), Some(assigned_at)) = (lead.assigned_to_id, lead.assigned_at) else {
        return Err(Error::internal(format!("lead {} has no partner to answer", lead.reference)));
    };
    // A clock that was set back makes nobody faster than at once.
    let opened_after = lead.opened_at.map(|at| at.seconds_since(assigned_at).max(0));
    let row = (
        lead_answers::lead_id.eq(lead.id),
        lead_answers::organisation_id.eq(organisation_id),
        lead_answers::program_id.eq(lead.program_id),
        lead_answers::answer.eq(answer),
        lead_answers::answered_at.eq(decision.now),
        lead_answers::answered_by.eq(decision.by.name()),
        lead_answers::opened_after.eq(opened_after),
        lead_answers::answered_after.eq(decision.now.seconds_since(assigned_at).max(0)),
        lead_answers::why.eq(why),
    );
    diesel::insert_into(lead_answers::table).values(row).execute(conn)?;
    Ok(())
}

/// Of these leads those that a partner has declined before.
pub(super) fn declined_by(
    organisation_id: i64,
    lead_ids: &[i64],
    conn: &mut Conn,
) -> Result<Vec<i64>> {
    Ok(lead_answers::table
        .filter(lead_answers::lead_id.eq_any(lead_ids))
        .filter(lead_answers::organisation_id.eq(organisation_id))
        .filter(lead_answers::answer.eq(Answer::Declined))
        .select(lead_answers::lead_id)
        .load(conn)?)
}
