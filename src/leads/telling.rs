//! Who is told of what happens to leads: one mail to each person and batch, in the transaction of
//! the change.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::LeadKind;
use super::assignment::Decision;
use super::deadline::Ending;
use super::mail::{LeadsAssigned, LeadsRecalled};
use super::model::Lead;
use crate::auth::Program;
use crate::clock::Instant;
use crate::contacts::{Role, RoleRecipient, recipients_of};
use crate::db::Conn;
use crate::db::schema::contacts;
use crate::error::Result;
use crate::locale::Locale;
use crate::mail::{self, Letter, Message, Reason, Recipient};
use crate::partners::vendor_desk;
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
    /// Who it is about; empty where its reader may not know that.
    pub name: String,
    /// When and how it ends by itself, where that is what is told.
    pub ends: Option<(NaiveDate, Ending)>,
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
            name: String::new(),
            ends: None,
        }
    }

    /// For a reader who knows who it is about.
    pub(super) fn named(self, lead: &Lead) -> Self {
        Self { name: lead.details().company.clone(), ..self }
    }

    /// For the partner that has it, by whether it has opened it.
    pub(super) fn to_holder(lead: &Lead) -> Self {
        let told = Self::of_changed(lead);
        if lead.is_hidden() { told } else { told.named(lead) }
    }

    /// What a sentence calls it.
    pub(super) fn label(&self) -> String {
        match self.name.as_str() {
            "" => format!("lead {}", self.reference),
            name => name.to_owned(),
        }
    }
}

/// Leads that the same happened to at one stroke, of one partner.
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
    tell(program, batch, "", message, site, now, conn)
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
    tell(program, batch, "", message, site, now, conn)
}

/// One mail to each of a partner's contacts for leads. `what` tells apart what can happen to a lead
/// that does not change by it.
pub(super) fn tell<M: Message>(
    program: &Program,
    batch: &Batch<'_>,
    what: &str,
    message: impl Fn(&Recipient) -> M,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let Some(first) = batch.leads.first() else { return Ok(()) };
    let key = format!("{}:{}:{}{what}", program.slug, first.reference, first.revision);
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

/// Tells the partner that has a lead what the vendor did with it.
pub(super) fn tell_holder<M: Message>(
    decision: Decision<'_>,
    lead: &Lead,
    conn: &mut Conn,
    message: impl Fn(&Program, &str, &Recipient, &Told) -> M,
) -> Result<()> {
    let Decision { program, site, now, .. } = decision;
    let (Some(site), Some(organisation_id)) = (site, lead.assigned_to_id) else { return Ok(()) };
    let told = Told::to_holder(lead);
    let organisation = lead.partner_name();
    let leads = std::slice::from_ref(&told);
    let batch = Batch { organisation_id, organisation, leads };
    let message = |to: &Recipient| message(program, organisation, to, &told);
    tell(program, &batch, "", message, site, now, conn)
}

/// Tells whoever handed a lead out, else those who look after the partner; of a partner's own, whoever
/// entered it. Nobody is told what they did themselves.
pub(super) fn tell_keeper<M: Message>(
    decision: Decision<'_>,
    lead: &Lead,
    conn: &mut Conn,
    message: impl Fn(&Recipient) -> M,
) -> Result<()> {
    if decision.site.is_none() {
        return Ok(());
    }
    let own = lead.kind == LeadKind::Generated;
    let organisation_id = match lead.assigned_to_id.filter(|_| own) {
        Some(partner_id) => partner_id,
        None => decision.program.vendor_id,
    };
    let keepers = keepers(decision.program, lead, organisation_id, conn)?;
    send(decision, lead, organisation_id, &keepers, message, conn)
}

/// Tells the vendor's people what became of a lead that needs somebody: whoever handed it out, and
/// those who look after the partner.
pub(super) fn tell_desk<M: Message>(
    decision: Decision<'_>,
    lead: &Lead,
    conn: &mut Conn,
    message: impl Fn(&Recipient) -> M,
) -> Result<()> {
    let (Some(_), Some(partner_id)) = (decision.site, lead.assigned_to_id) else { return Ok(()) };
    let program = decision.program;
    let mut people = keepers(program, lead, program.vendor_id, conn)?;
    for one in vendor_desk(program, partner_id, lead.partner_name(), conn)? {
        if people.iter().all(|other| other.recipient.contact_id != one.recipient.contact_id) {
            people.push(one);
        }
    }
    send(decision, lead, program.vendor_id, &people, message, conn)
}

fn send<M: Message>(
    decision: Decision<'_>,
    lead: &Lead,
    organisation_id: i64,
    people: &[RoleRecipient],
    message: impl Fn(&Recipient) -> M,
    conn: &mut Conn,
) -> Result<()> {
    let Decision { program, by, site: Some(site), now } = decision else { return Ok(()) };
    let key = format!("{}:{}:{}", program.slug, lead.reference, lead.revision + 1);
    for RoleRecipient { recipient, reason } in people {
        if by.contact_id() == Some(recipient.contact_id) {
            continue;
        }
        let letter = Letter {
            to: recipient,
            program: Some(program),
            organisation_id,
            reason: reason.clone(),
            key: &key,
            message: &message(recipient),
        };
        mail::queue(&letter, site, now, conn)?;
    }
    Ok(())
}

type Person = (i64, String, String, String);

/// Whoever handed a lead out or entered it, while they are active in that organisation.
fn keepers(
    program: &Program,
    lead: &Lead,
    organisation_id: i64,
    conn: &mut Conn,
) -> Result<Vec<RoleRecipient>> {
    let person: Option<Person> = contacts::table
        .filter(contacts::id.nullable().eq(lead.assigned_by_id))
        .filter(contacts::status.eq("active"))
        .filter(contacts::organisation_id.eq(organisation_id))
        .select((contacts::id, contacts::name, contacts::email, contacts::locale))
        .first(conn)
        .optional()?;
    let own = lead.kind == LeadKind::Generated;
    match (person, lead.assigned_to_id) {
        (Some((contact_id, name, email, locale)), _) => {
            let did = if own { "entered" } else { "assigned" };
            let text = format!("You get this because you {did} the lead {}.", lead.reference);
            let recipient = Recipient { contact_id, name, email, locale: Locale::parse(&locale) };
            Ok(vec![RoleRecipient { recipient, reason: Reason::concerned(text) }])
        }
        (None, Some(partner_id)) if !own => {
            vendor_desk(program, partner_id, lead.partner_name(), conn)
        }
        _ => Ok(Vec::new()),
    }
}
