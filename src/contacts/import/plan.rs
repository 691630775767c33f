//! What an import would change: the file against what is stored.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::file::Line;
use super::{Fault, Outcome, Target};
use crate::auth::Access;
use crate::contacts::{Contact, Field, NewContact, Role};
use crate::db::Conn;
use crate::db::schema::{contact_roles, contacts};
use crate::error::Result;

/// What becomes of one line.
#[derive(Clone, Debug)]
pub struct LineChange {
    pub line: u64,
    /// The contact with the line's address; none where it is added.
    pub existing: Option<Contact>,
    pub wanted: NewContact,
    pub fields: Vec<FieldChange>,
    /// What the contact holds afterwards.
    pub roles: BTreeSet<Role>,
    pub given: BTreeSet<Role>,
    pub taken: BTreeSet<Role>,
}

/// A field that gets another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    pub field: Field,
    pub from: String,
    pub to: String,
}

impl LineChange {
    pub fn is_new(&self) -> bool {
        self.existing.is_none()
    }

    pub fn changes_anything(&self) -> bool {
        self.is_new() || !(self.fields.is_empty() && self.given.is_empty() && self.taken.is_empty())
    }
}

/// What an import changes, line by line.
#[derive(Clone, Debug)]
pub struct Plan {
    pub changes: Vec<LineChange>,
    pub unchanged: usize,
}

impl Plan {
    pub fn added(&self) -> usize {
        self.changes.iter().filter(|line| line.is_new()).count()
    }

    pub fn changed(&self) -> usize {
        self.changes.len() - self.added()
    }

    pub fn given(&self) -> usize {
        self.changes.iter().map(|line| line.given.len()).sum()
    }

    pub fn taken(&self) -> usize {
        self.changes.iter().map(|line| line.taken.len()).sum()
    }

    /// In one sentence.
    pub fn summary(&self) -> String {
        format!(
            "{} added, {} changed, {} as they were; {} roles given, {} taken away.",
            self.added(),
            self.changed(),
            self.unchanged,
            self.given(),
            self.taken()
        )
    }

    /// Those who will manage the organisation first, so that it is never without anybody.
    pub(super) fn in_safe_order(&self) -> Vec<&LineChange> {
        let mut lines: Vec<&LineChange> = self.changes.iter().collect();
        lines.sort_by_key(|line| !line.wanted.access.manages_organisation());
        lines
    }
}

/// Compares the lines with what is stored, in two queries.
pub(super) fn make(target: Target, lines: &[Line], conn: &mut Conn) -> Result<Outcome> {
    let stored = stored(target, conn)?;
    let held = held(target, conn)?;
    let none = BTreeSet::new();
    let (mut changes, mut unchanged, mut faults) = (Vec::new(), 0, Vec::new());
    for line in lines {
        let existing = stored.get(&line.email_key);
        let before = existing.and_then(|contact| held.get(&contact.id)).unwrap_or(&none);
        let change = change(line, existing, before);
        if !change.changes_anything() {
            unchanged += 1;
        } else if existing.is_some_and(|contact| !contact.is_active()) {
            faults.push(deactivated(line));
        } else {
            changes.push(change);
        }
    }
    faults.extend(unmanaged(&stored, &changes));
    Ok(if faults.is_empty() { Ok(Plan { changes, unchanged }) } else { Err(faults) })
}

fn stored(target: Target, conn: &mut Conn) -> Result<BTreeMap<String, Contact>> {
    let found: Vec<Contact> = contacts::table
        .filter(contacts::organisation_id.eq(target.organisation_id))
        .select(Contact::as_select())
        .load(conn)?;
    Ok(found.into_iter().map(|contact| (contact.email_key.clone(), contact)).collect())
}

fn held(target: Target, conn: &mut Conn) -> Result<BTreeMap<i64, BTreeSet<Role>>> {
    let rows: Vec<(i64, Role)> = contact_roles::table
        .inner_join(contacts::table.on(contacts::id.eq(contact_roles::contact_id)))
        .filter(contacts::organisation_id.eq(target.organisation_id))
        .filter(contact_roles::program_id.eq(target.program_id))
        .filter(contact_roles::held.eq(true))
        .select((contact_roles::contact_id, contact_roles::role))
        .load(conn)?;
    let mut held = BTreeMap::<i64, BTreeSet<Role>>::new();
    for (contact_id, role) in rows {
        held.entry(contact_id).or_default().insert(role);
    }
    Ok(held)
}

fn change(line: &Line, existing: Option<&Contact>, before: &BTreeSet<Role>) -> LineChange {
    let known = |text: fn(&Contact) -> &String| existing.map(text).cloned().unwrap_or_default();
    let wanted = NewContact {
        name: line.name.clone(),
        email: line.email.clone(),
        job_title: line.job_title.clone().unwrap_or_else(|| known(|one| &one.job_title)),
        phone: line.phone.clone().unwrap_or_else(|| known(|one| &one.phone)),
        locale: line.locale.or(existing.map(Contact::locale)).unwrap_or_default(),
        access: line.access.or(existing.map(|one| one.access)).unwrap_or(Access::Member),
    };
    let stored = existing.map(Contact::values).unwrap_or_default();
    let fields = wanted
        .values()
        .into_iter()
        .filter(|(field, to)| existing.is_some() && stored.get(field) != Some(to))
        .map(|(field, to)| {
            let from = stored.get(&field).map(|from| field.words(from)).unwrap_or_default();
            FieldChange { field, from, to: field.words(&to) }
        })
        .collect();
    let roles = line.roles.clone().unwrap_or_else(|| before.clone());
    LineChange {
        line: line.number,
        existing: existing.cloned(),
        wanted,
        fields,
        given: roles.difference(before).copied().collect(),
        taken: before.difference(&roles).copied().collect(),
        roles,
    }
}

fn deactivated(line: &Line) -> Fault {
    Fault {
        line: line.number,
        column: "email".to_owned(),
        found: line.email.clone(),
        reason: "This contact is deactivated and cannot be changed.".to_owned(),
        right: "Reactivate the contact first, or leave the line out.".to_owned(),
    }
}

/// The line that takes the last one away who manages the organisation.
fn unmanaged(stored: &BTreeMap<String, Contact>, changes: &[LineChange]) -> Option<Fault> {
    let mut managers: BTreeSet<&str> = stored
        .values()
        .filter(|contact| contact.manages())
        .map(|contact| contact.reference.as_str())
        .collect();
    let (mut gained, mut lost) = (0, None);
    for line in changes {
        let was = line.existing.as_ref().filter(|contact| contact.manages());
        match (was, line.wanted.access.manages_organisation()) {
            (Some(contact), false) => {
                managers.remove(contact.reference.as_str());
                lost = Some(line);
            }
            (None, true) => gained += 1,
            _ => {}
        }
    }
    let line = lost.filter(|_| managers.is_empty() && gained == 0)?;
    Some(Fault {
        line: line.line,
        column: "access".to_owned(),
        found: line.wanted.access.to_string(),
        reason: "Nobody would be left who manages the organisation.".to_owned(),
        right: "At least one administrator who is active.".to_owned(),
    })
}
