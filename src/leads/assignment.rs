//! Leads are handed to a partner, and taken back while it has not accepted them.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::actions::{ASSIGNED, RECALLED};
use super::answers;
use super::forms::Chosen;
use super::model::{Lead, with_all};
use super::next_steps;
use super::rules::Step;
use super::telling::{Batch, Told, tell_assigned, tell_recalled};
use super::{LeadKind, LeadStatus};
use crate::audit::{self, By, Change};
use crate::auth::{Part, Program, Scope};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{categories, enrolments, leads, organisations, products};
use crate::error::{Error, Result};
use crate::maintenance::{self, Capability};
use crate::partners::EnrolmentStatus;
use crate::web::Site;

/// A partner that leads can be assigned to: one whose enrolment is active.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Receiver {
    pub organisation_id: i64,
    pub name: String,
}

impl Receiver {
    /// By the reference of its enrolment. The caller is of the program's vendor.
    pub fn find(program: &Program, reference: &str, conn: &mut Conn) -> Result<Option<Self>> {
        Ok(enrolments::table
            .inner_join(organisations::table)
            .filter(enrolments::program_id.eq(program.id))
            .filter(enrolments::reference.eq(reference))
            .filter(enrolments::part.eq(Part::Partner))
            .filter(enrolments::status.eq(EnrolmentStatus::Active))
            .select((organisations::id, organisations::name))
            .first(conn)
            .optional()?)
    }
}

/// The leads that were chosen, in the order in which they were; refused where one is not as it was
/// when it was chosen.
pub(super) fn chosen(scope: &Scope, chosen: &[Chosen], conn: &mut Conn) -> Result<Vec<Lead>> {
    let references: Vec<&str> = chosen.iter().map(|one| one.reference.as_str()).collect();
    let found = all_of(scope, &references, conn)?;
    for (lead, one) in found.iter().zip(chosen) {
        refuse_other_revision(lead, one.revision)?;
    }
    Ok(found)
}

/// A decision on a lead that was changed since it was shown.
pub(super) fn refuse_other_revision(lead: &Lead, seen: i64) -> Result<()> {
    if lead.revision == seen { Ok(()) } else { Err(changed_meanwhile(lead)) }
}

/// The leads of these references, in their order. Not found where one is not in the scope.
pub(super) fn all_of(scope: &Scope, references: &[&str], conn: &mut Conn) -> Result<Vec<Lead>> {
    let query = with_all!()
        .filter(leads::program_id.eq(scope.program().id))
        .filter(leads::reference.eq_any(references));
    if !scope.is_vendor() {
        return Err(Error::NotFound);
    }
    let found: Vec<Lead> = query.load(conn)?;
    let by_reference: BTreeMap<&str, &Lead> =
        found.iter().map(|lead| (lead.reference.as_str(), lead)).collect();
    let in_order = references.iter().map(|one| by_reference.get(one).copied().cloned());
    in_order.collect::<Option<Vec<_>>>().ok_or(Error::NotFound)
}

fn changed_meanwhile(lead: &Lead) -> Error {
    let status = lead.status.label().to_lowercase();
    let whose = lead.partner.as_ref().map_or_else(String::new, |one| format!(" ({})", one.name));
    Error::conflict(format!(
        "Lead {} was changed meanwhile: it is {status} now{whose}. Look at it again.",
        lead.reference
    ))
}

/// Who hands out leads of a program, and when.
#[derive(Clone, Copy)]
pub struct Decision<'a> {
    pub program: &'a Program,
    pub by: By<'a>,
    /// Where the links of its mails lead. Without one nobody is told: it is history that is written
    /// down.
    pub site: Option<&'a Site>,
    pub now: Instant,
}

impl Decision<'_> {
    /// Lets through what no maintenance of leads stops now.
    pub(super) fn require_open(self) -> Result<()> {
        maintenance::open_for(self.program, Capability::Leads, self.now)
    }
}

/// Assigns leads to a partner; one that another partner has and has not accepted moves, for a reason
/// that stays with the vendor. Both partners are told.
pub fn assign(
    decision: Decision<'_>,
    chosen: &[Lead],
    to: &Receiver,
    why: &str,
    conn: &mut Conn,
) -> Result<()> {
    let Decision { program, by, site, now } = decision;
    let ids: Vec<i64> = chosen.iter().map(|lead| lead.id).collect();
    let declined = answers::declined_by(to.organisation_id, &ids, conn)?;
    for lead in chosen {
        refuse_assignment(lead, to, &declined)?;
        move_to(decision, lead, Some(to.organisation_id), conn)?;
    }
    let moved: Vec<&Lead> = chosen.iter().filter(|lead| lead.partner.is_some()).collect();
    record_recalls(decision, &moved, why, conn)?;
    let change = Change { to: &to.name, ..Change::default() };
    let lines: Vec<_> =
        chosen.iter().map(|lead| (lead.subject(Some(to.organisation_id)), change)).collect();
    audit::record_all(by, &ASSIGNED, &lines, now, conn)?;
    let Some(site) = site else { return Ok(()) };
    tell_of_recalls(program, &moved, site, now, conn)?;
    let told: Vec<Told> = chosen.iter().map(Told::of_changed).collect();
    let batch = Batch { organisation_id: to.organisation_id, organisation: &to.name, leads: &told };
    tell_assigned(program, &batch, site, now, conn)
}

/// `declined` are leads that the partner does not want.
fn refuse_assignment(lead: &Lead, to: &Receiver, declined: &[i64]) -> Result<()> {
    let step = if lead.status.is_unassigned() { Step::Assign } else { Step::Reassign };
    if let Some(why_not) = step.why_not(lead.kind, lead.status) {
        return Err(Error::conflict(format!("Lead {}: {why_not}", lead.reference)));
    }
    if lead.assigned_to_id == Some(to.organisation_id) {
        return Err(Error::conflict(format!("{} has lead {} already.", to.name, lead.reference)));
    }
    if declined.contains(&lead.id) {
        return Err(Error::conflict(format!(
            "{} declined lead {}: choose another partner.",
            to.name, lead.reference
        )));
    }
    Ok(())
}

/// Takes a lead back from a partner that has not accepted it, and tells the partner.
pub fn recall(decision: Decision<'_>, lead: &Lead, why: &str, conn: &mut Conn) -> Result<()> {
    if let Some(why_not) = Step::Recall.why_not(lead.kind, lead.status) {
        return Err(Error::conflict(format!("Lead {}: {why_not}", lead.reference)));
    }
    move_to(decision, lead, None, conn)?;
    record_recalls(decision, &[lead], why, conn)?;
    let Some(site) = decision.site else { return Ok(()) };
    tell_of_recalls(decision.program, &[lead], site, decision.now, conn)
}

/// The conditional change itself: only if the lead is still as it was read.
fn move_to(
    decision: Decision<'_>,
    lead: &Lead,
    partner_id: Option<i64>,
    conn: &mut Conn,
) -> Result<()> {
    let Decision { by, now, .. } = decision;
    let row = leads::table
        .find(lead.id)
        .filter(leads::kind.eq(LeadKind::Distributed))
        .filter(leads::status.eq(lead.status))
        .filter(leads::revision.eq(lead.revision));
    let assigned = partner_id.is_some();
    let status = if assigned { LeadStatus::Assigned } else { LeadStatus::Recalled };
    let changed = diesel::update(row)
        .set((
            leads::status.eq(status),
            leads::assigned_to_id.eq(partner_id),
            leads::assigned_at.eq(assigned.then_some(now)),
            leads::assigned_by_id.eq(by.contact_id().filter(|_| assigned)),
            leads::assigned_by.eq(if assigned { by.name() } else { String::new() }),
            leads::opened_at.eq(None::<Instant>),
            leads::opened_by_id.eq(None::<i64>),
            leads::opened_by.eq(""),
            leads::why.eq(""),
            leads::last_activity_at.eq(None::<Instant>),
            leads::revision.eq(leads::revision + 1),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Err(changed_meanwhile(lead));
    }
    next_steps::forget(lead, conn)
}

/// For the vendor alone: no partner reads from whom a lead was taken, and why.
fn record_recalls(
    decision: Decision<'_>,
    taken: &[&Lead],
    why: &str,
    conn: &mut Conn,
) -> Result<()> {
    let lines: Vec<_> = taken
        .iter()
        .map(|lead| {
            let from = lead.partner.as_ref().map_or("", |partner| partner.name.as_str());
            let to = LeadStatus::Recalled.label();
            (lead.subject(None), Change { from, to, why })
        })
        .collect();
    audit::record_all(decision.by, &RECALLED, &lines, decision.now, conn)
}

/// One mail to each partner that leads were taken from.
fn tell_of_recalls(
    program: &Program,
    taken: &[&Lead],
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let mut by_partner = BTreeMap::<i64, (&str, Vec<Told>)>::new();
    for lead in taken {
        if let (Some(id), Some(partner)) = (lead.assigned_to_id, &lead.partner) {
            let entry = by_partner.entry(id).or_insert((&partner.name, Vec::new()));
            entry.1.push(Told::of_changed(lead));
        }
    }
    for (organisation_id, (organisation, leads)) in &by_partner {
        let batch = Batch { organisation_id: *organisation_id, organisation, leads };
        tell_recalled(program, &batch, site, now, conn)?;
    }
    Ok(())
}
