//! Leads from a file (docs/import-leads.md): all of it or nothing.
//!
//! A line enters a lead, and assigns it where it names a partner; where the policy says so, the others go
//! to the first of the ranking. What tells leads apart is their
//! number in the system they come from: a line whose number the program has already changes nothing,
//! so the same file can be sent again.

mod check;
mod table;

pub use check::{Plan, Planned, check};
pub use table::{Column, LeadFile, MOST_LINES};

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::LeadStatus;
use super::actions::{ASSIGNED, IMPORTED};
use super::assignment::{Decision, Receiver};
use super::distribution;
use super::entry::{FIRST_REVISION, Row};
use super::model::KIND;
use super::telling::{Batch, Told, tell_assigned};
use crate::audit::{self, By, Change, Subject};
use crate::db::schema::leads;
use crate::db::{self, Conn};
use crate::error::Result;
use crate::sheet::Fault;

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub entered: usize,
    pub assigned: usize,
    /// Were imported before and left alone.
    pub known: usize,
}

impl Imported {
    pub fn sentence(self) -> String {
        let entered = match self.entered {
            0 => "Nothing to import".to_owned(),
            1 => "1 lead was imported".to_owned(),
            many => format!("{many} leads were imported"),
        };
        let assigned = match self.assigned {
            0 => String::new(),
            assigned => format!(", {assigned} of them assigned"),
        };
        match self.known {
            0 => format!("{entered}{assigned}."),
            1 => format!("{entered}{assigned}; 1 was imported before and left alone."),
            known => format!("{entered}{assigned}; {known} were imported before and left alone."),
        }
    }
}

/// Checks a file and enters its leads, or gives everything that is wrong with it. Whoever gets
/// leads is told once, however many they are.
pub fn import(
    file: &LeadFile,
    decision: Decision<'_>,
    conn: &mut Conn,
) -> Result<std::result::Result<Imported, Vec<Fault>>> {
    let plan = match check(file, decision.program, decision.now, conn)? {
        Ok(plan) => plan,
        Err(faults) => return Ok(Err(faults)),
    };
    if plan.names_partners() {
        decision.require_open()?;
    }
    let rows: Vec<Row<'_>> = plan.new.iter().map(|planned| row(planned, decision)).collect();
    insert(&rows, conn).map_err(db::first_elsewhere)?;
    record(&plan, &rows, decision, conn)?;
    tell(&plan, &rows, decision, conn)?;
    Ok(Ok(Imported { entered: plan.new.len(), assigned: plan.assigned(), known: plan.known }))
}

fn row<'a>(planned: &'a Planned, decision: Decision<'_>) -> Row<'a> {
    let row = Row::new(decision.program.id, &planned.lead, decision.now);
    let row = row.numbered(&planned.external_id);
    match &planned.partner {
        None => row,
        Some(partner) => row.assigned_to(partner.organisation_id, giver(planned, decision)),
    }
}

/// Who hands a lead out: whoever imports it, or the portal where the file names nobody.
fn giver<'a>(planned: &Planned, decision: Decision<'a>) -> By<'a> {
    if planned.by_itself { distribution::BY } else { decision.by }
}

fn insert(rows: &[Row<'_>], conn: &mut Conn) -> QueryResult<usize> {
    Ok(db::insert_all!(conn, leads::table, rows))
}

fn record(plan: &Plan, rows: &[Row<'_>], decision: Decision<'_>, conn: &mut Conn) -> Result<()> {
    let ids = ids_of(rows, conn)?;
    let (mut imported, mut named, mut by_itself) = (Vec::new(), Vec::new(), Vec::new());
    for (planned, row) in plan.new.iter().zip(rows) {
        let subject = Subject {
            kind: KIND,
            id: ids.get(row.reference.as_str()).copied().unwrap_or_default(),
            reference: &row.reference,
            name: &planned.lead.company,
            program_id: Some(decision.program.id),
            organisation_id: None,
        };
        imported.push((subject, Change { to: LeadStatus::New.label(), ..Change::default() }));
        if let Some(Receiver { organisation_id, name }) = &planned.partner {
            let subject = Subject { organisation_id: Some(*organisation_id), ..subject };
            let assigned = if planned.by_itself { &mut by_itself } else { &mut named };
            assigned.push((subject, Change { to: name, ..Change::default() }));
        }
    }
    audit::record_all(decision.by, &IMPORTED, &imported, decision.now, conn)?;
    audit::record_all(decision.by, &ASSIGNED, &named, decision.now, conn)?;
    audit::record_all(distribution::BY, &ASSIGNED, &by_itself, decision.now, conn)
}

fn ids_of<'a>(rows: &'a [Row<'_>], conn: &mut Conn) -> Result<HashMap<&'a str, i64>> {
    let mut ids = HashMap::new();
    for some in rows.chunks(db::ROWS_PER_STATEMENT) {
        let references = some.iter().map(|row| row.reference.as_str());
        let found: Vec<(String, i64)> = leads::table
            .filter(leads::reference.eq_any(references))
            .select((leads::reference, leads::id))
            .load(conn)?;
        let found: HashMap<String, i64> = found.into_iter().collect();
        ids.extend(
            some.iter().filter_map(|row| {
                Some((row.reference.as_str(), *found.get(row.reference.as_str())?))
            }),
        );
    }
    Ok(ids)
}

fn tell(plan: &Plan, rows: &[Row<'_>], decision: Decision<'_>, conn: &mut Conn) -> Result<()> {
    let Some(site) = decision.site else { return Ok(()) };
    let mut by_partner = BTreeMap::<i64, (&str, Vec<Told>)>::new();
    for (planned, row) in plan.new.iter().zip(rows) {
        if let Some(partner) = &planned.partner {
            let entry = by_partner.entry(partner.organisation_id);
            entry.or_insert((&partner.name, Vec::new())).1.push(Told {
                reference: row.reference.clone(),
                revision: FIRST_REVISION,
                country: planned.lead.country.clone(),
                interest: planned.lead.interest.clone(),
                topic: planned.topic.clone(),
                name: String::new(),
                ends: None,
            });
        }
    }
    for (organisation_id, (organisation, leads)) in &by_partner {
        let batch = Batch { organisation_id: *organisation_id, organisation, leads };
        tell_assigned(decision.program, &batch, site, decision.now, conn)?;
    }
    Ok(())
}
