//! Many of a partner's own leads are decided on at once, each with an answer of its own.

use super::LeadStatus;
use super::activities::{NewActivity, add_note};
use super::assignment::{Decision, refuse_other_revision};
use super::forms::{Chosen, DecideMany, Many};
use super::model::Lead;
use super::rules::Step;
use super::working;
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::{Error, Result};

/// What became of one of them.
pub(super) struct Answered {
    pub reference: String,
    /// Why nothing was done with it; none where it was.
    pub refused: Option<String>,
}

/// Decides on each; what was changed meanwhile is left alone and says so.
pub(super) fn decide(
    decision: Decision<'_>,
    scope: &Scope,
    command: &DecideMany,
    conn: &mut Conn,
) -> Result<Vec<Answered>> {
    let one = |chosen: &Chosen| {
        let refused = match decide_one(decision, scope, command, chosen, conn) {
            Ok(()) => None,
            Err(Error::Conflict(why)) => Some(why),
            Err(fault) => return Err(fault),
        };
        Ok(Answered { reference: chosen.reference.clone(), refused })
    };
    command.chosen.iter().map(one).collect()
}

fn decide_one(
    decision: Decision<'_>,
    scope: &Scope,
    command: &DecideMany,
    chosen: &Chosen,
    conn: &mut Conn,
) -> Result<()> {
    let lead = Lead::find_for(scope, &chosen.reference, conn)?;
    refuse_other_revision(&lead, chosen.revision)?;
    match command.what {
        Many::Close => {
            lead.allow(Step::Close, scope)?;
            working::close(decision, &lead, &command.text, conn)
        }
        Many::Progress if lead.status == LeadStatus::Accepted => {
            lead.allow(Step::Progress, scope)?;
            working::progress(decision, &lead, conn)?;
            if command.text.is_empty() {
                return Ok(());
            }
            let lead = Lead::find_for(scope, &chosen.reference, conn)?;
            add_note(decision, &lead, &NewActivity::note(&command.text), conn)
        }
        Many::Progress => {
            lead.allow(Step::AddNote, scope)?;
            let text = if command.text.is_empty() { "Work goes on." } else { &command.text };
            add_note(decision, &lead, &NewActivity::note(text), conn)
        }
    }
}
