//! Who is told of what happens to leads: one mail to each person and batch, in the transaction of
//! the change.

use super::mail::{LeadsAssigned, LeadsRecalled};
use super::model::Lead;
use crate::auth::Program;
use crate::clock::Instant;
use crate::contacts::{Role, RoleRecipient, recipients_of};
use crate::db::Conn;
use crate::error::Result;
use crate::mail::{self, Letter, Message, Recipient};
use crate::web::Site;

/// A lead as far as a mail may tell it.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub reference: String,
    /// The one that the change made: with the reference it names the change.
    pub revision: i64,
    pub country: String,
    pub interest: String,
    pub topic: String,
}

impl Told {
    /// A lead that has just been changed.
    pub(super) fn of_changed(lead: &Lead) -> Self {
        Self {
            reference: lead.reference.clone(),
            revision: lead.revision + 1,
            country: lead.country.clone(),
            interest: lead.interest.clone(),
            topic: lead.topic.name().to_owned(),
        }
    }
}

/// Leads that went to one partner, or were taken from it, at one stroke.
pub(super) struct Batch<'a> {
    pub organisation_id: i64,
    pub organisation: &'a str,
    pub leads: &'a [Told],
}

/// Tells the partner of leads that it got.
pub(super) fn tell_assigned(
    program: &Program,
    batch: &Batch<'_>,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let message = |to: &Recipient| LeadsAssigned::new(program, batch.organisation, to, batch.leads);
    tell(program, batch, message, site, now, conn)
}

/// Tells the partner of leads that it was told of and has not any more.
pub(super) fn tell_recalled(
    program: &Program,
    batch: &Batch<'_>,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let message = |to: &Recipient| LeadsRecalled::new(program, batch.organisation, to, batch.leads);
    tell(program, batch, message, site, now, conn)
}

fn tell<M: Message>(
    program: &Program,
    batch: &Batch<'_>,
    message: impl Fn(&Recipient) -> M,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let Some(first) = batch.leads.first() else { return Ok(()) };
    let key = format!("{}:{}:{}", program.slug, first.reference, first.revision);
    let found = recipients_of(program, Role::Leads, &[batch.organisation_id], conn)?;
    for RoleRecipient { recipient, reason } in found.into_values().flatten() {
        let letter = Letter {
            to: &recipient,
            program: Some(program),
            organisation_id: batch.organisation_id,
            reason,
            key: &key,
            message: &message(&recipient),
        };
        mail::queue(&letter, site, now, conn)?;
    }
    Ok(())
}
