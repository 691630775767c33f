//! Saving the matrix. A save says what was changed, never how the table shall look: two
//! administrators who edit at once do not undo each other, and where they really disagree the one
//! who comes later is asked.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::{Contact, Role, Status, actions, note_gaps};
use crate::audit::{self, Action, By, Change, Subject};
use crate::auth::{Part, Scope};
use crate::clock::Instant;
use crate::db::schema::{audit_events, contact_roles, contacts, enrolments};
use crate::db::{self, Conn, ROWS_PER_STATEMENT};
use crate::error::{Error, Result};

/// One cell of the matrix that somebody changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellChange {
    /// The contact's reference.
    pub contact: String,
    pub role: Role,
    /// Ticked; otherwise the tick was taken away.
    pub held: bool,
}

/// The changes of one save, and which save of the matrix they were made on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleChanges {
    pub seen: i64,
    pub cells: Vec<CellChange>,
}

/// What became of a save.
#[derive(Clone, Debug, Default)]
pub struct Saved {
    pub given: usize,
    pub taken: usize,
    pub conflicts: Vec<Conflict>,
}

/// A cell that somebody else changed meanwhile, and otherwise.
#[derive(Clone, Debug)]
pub struct Conflict {
    pub contact: Contact,
    pub role: Role,
    /// What this save wanted.
    pub held: bool,
    /// Who was first; nobody where the history does not tell.
    pub by: String,
    pub at: Option<Instant>,
}

impl RoleChanges {
    /// Reads what the matrix sends: `was` is `reference:role,role` for each contact as it was
    /// shown, `tick` is `reference:role` for each tick as it is now.
    pub fn parse(seen: i64, was: &[String], tick: &[String], part: Part) -> Result<Self> {
        let mut ticked = BTreeSet::new();
        for tick in tick {
            let (contact, role) = tick.split_once(':').ok_or_else(unreadable)?;
            ticked.insert((contact, role_of_part(role, part)?));
        }
        let mut cells = Vec::new();
        for was in was {
            let (contact, roles) = was.split_once(':').ok_or_else(unreadable)?;
            let roles = roles.split(',').filter(|role| !role.is_empty());
            let before: BTreeSet<Role> =
                roles.map(|role| role_of_part(role, part)).collect::<Result<_>>()?;
            let changed = Role::of_part(part)
                .iter()
                .filter(|role| before.contains(role) != ticked.contains(&(contact, **role)));
            cells.extend(changed.map(|role| CellChange {
                contact: contact.to_owned(),
                role: *role,
                held: !before.contains(role),
            }));
        }
        Ok(Self { seen, cells })
    }
}

fn role_of_part(word: &str, part: Part) -> Result<Role> {
    let role = word.parse().map_err(|_| unreadable())?;
    if Role::of_part(part).contains(&role) { Ok(role) } else { Err(unreadable()) }
}

fn unreadable() -> Error {
    Error::BadRequest("The roles could not be read; open the page again.".to_owned())
}

/// Saves changes of the matrix of one's own organisation. What can be saved is; a cell that
/// somebody else has decided otherwise meanwhile, or whose contact was deactivated, is left as it
/// is and given back as a conflict.
pub fn save_roles(
    scope: &Scope,
    changes: &RoleChanges,
    now: Instant,
    conn: &mut Conn,
) -> Result<Saved> {
    let enrolment_id = scope.enrolment_id().ok_or(Error::NotFound)?;
    if changes.cells.is_empty() {
        return Ok(Saved::default());
    }
    let desk = Desk {
        program_id: scope.program().id,
        organisation_id: scope.organisation_id(),
        by: By::Person(scope.actor()),
        revision: next_revision(enrolment_id, conn)?,
        now,
    };
    let known = desk.contacts(changes, conn)?;
    let cells = desk.cells(known.values(), conn)?;
    let (mut wanted, mut conflicts) = (Vec::new(), Vec::new());
    for change in &changes.cells {
        let contact = known.get(change.contact.as_str()).ok_or(Error::NotFound)?;
        let cell = cells.get(&(contact.id, change.role));
        let is_held = cell.is_some_and(|cell| cell.held);
        let late = cell.filter(|cell| {
            cell.revision > changes.seen && cell.changed_by_id != desk.by.contact_id()
        });
        if is_held == change.held {
            // Somebody else wanted the same and was first.
        } else if !contact.is_active() {
            let (by, at) = deactivation_of(contact, conn)?;
            conflicts.push(conflict(contact, change, by, at));
        } else if let Some(cell) = late {
            let (by, at) = (cell.changed_by.clone(), Some(cell.changed_at));
            conflicts.push(conflict(contact, change, by, at));
        } else {
            wanted.push((contact, change.role, change.held));
        }
    }
    let (given, taken) = desk.write(&wanted, &cells, conn)?;
    Ok(Saved { given, taken, conflicts })
}

/// Makes the roles of contacts of one organisation exactly these: for imports, onboarding and the
/// demo. Gives how many were given and taken.
pub fn set_roles(
    program_id: i64,
    organisation_id: i64,
    wanted: &[(Contact, BTreeSet<Role>)],
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<(usize, usize)> {
    let enrolment_id = enrolments::table
        .filter(enrolments::program_id.eq(program_id))
        .filter(enrolments::organisation_id.eq(organisation_id))
        .select(enrolments::id)
        .first(conn)?;
    let desk =
        Desk { program_id, organisation_id, by, revision: next_revision(enrolment_id, conn)?, now };
    let cells = desk.cells(wanted.iter().map(|(contact, _)| contact), conn)?;
    let mut changes = Vec::new();
    for (contact, roles) in wanted {
        for role in Role::ALL {
            let is_held = cells.get(&(contact.id, *role)).is_some_and(|cell| cell.held);
            if is_held != roles.contains(role) {
                changes.push((contact, *role, !is_held));
            }
        }
    }
    desk.write(&changes, &cells, conn)
}

/// The number of this save. Counting it up first makes the saves of one organisation follow one
/// another.
pub(super) fn next_revision(enrolment_id: i64, conn: &mut Conn) -> Result<i64> {
    Ok(diesel::update(enrolments::table.find(enrolment_id))
        .set(enrolments::roles_revision.eq(enrolments::roles_revision + 1))
        .returning(enrolments::roles_revision)
        .get_result(conn)?)
}

/// A cell that was ever ticked.
#[derive(Queryable, Selectable)]
#[diesel(table_name = contact_roles)]
struct Cell {
    contact_id: i64,
    role: Role,
    held: bool,
    revision: i64,
    changed_by_id: Option<i64>,
    changed_by: String,
    changed_at: Instant,
}

#[derive(Insertable)]
#[diesel(table_name = contact_roles)]
struct NewCell {
    program_id: i64,
    contact_id: i64,
    role: Role,
    held: bool,
    revision: i64,
    changed_by_id: Option<i64>,
    changed_by: String,
    changed_at: Instant,
}

type Cells = BTreeMap<(i64, Role), Cell>;

/// One save at work.
struct Desk<'a> {
    program_id: i64,
    organisation_id: i64,
    by: By<'a>,
    revision: i64,
    now: Instant,
}

impl Desk<'_> {
    /// The contacts that are changed, by reference; those of others are not among them.
    fn contacts(
        &self,
        changes: &RoleChanges,
        conn: &mut Conn,
    ) -> Result<BTreeMap<String, Contact>> {
        let references: BTreeSet<&str> =
            changes.cells.iter().map(|cell| cell.contact.as_str()).collect();
        let found: Vec<Contact> = contacts::table
            .filter(contacts::organisation_id.eq(self.organisation_id))
            .filter(contacts::reference.eq_any(references))
            .select(Contact::as_select())
            .load(conn)?;
        Ok(found.into_iter().map(|contact| (contact.reference.clone(), contact)).collect())
    }

    fn cells<'c>(
        &self,
        contacts: impl Iterator<Item = &'c Contact>,
        conn: &mut Conn,
    ) -> Result<Cells> {
        let ids: Vec<i64> = contacts.map(|contact| contact.id).collect();
        let mut cells = Cells::new();
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            let found: Vec<Cell> = contact_roles::table
                .filter(contact_roles::program_id.eq(self.program_id))
                .filter(contact_roles::contact_id.eq_any(ids))
                .select(Cell::as_select())
                .load(conn)?;
            cells.extend(found.into_iter().map(|cell| ((cell.contact_id, cell.role), cell)));
        }
        Ok(cells)
    }

    /// Writes the cells and their history.
    fn write(
        &self,
        changes: &[(&Contact, Role, bool)],
        cells: &Cells,
        conn: &mut Conn,
    ) -> Result<(usize, usize)> {
        let mut new = Vec::new();
        for (contact, role, held) in changes {
            match cells.get(&(contact.id, *role)) {
                Some(cell) => self.change(cell, *held, conn)?,
                None => new.push(self.new_cell(contact, *role, *held)),
            }
        }
        db::insert_all!(conn, contact_roles::table, new);
        if !changes.is_empty() {
            note_gaps(&[self.organisation_id], conn)?;
        }
        let given = self.record(&actions::ROLE_GIVEN, changes, true, conn)?;
        let taken = self.record(&actions::ROLE_TAKEN, changes, false, conn)?;
        Ok((given, taken))
    }

    fn change(&self, cell: &Cell, held: bool, conn: &mut Conn) -> Result<()> {
        let key = (cell.contact_id, self.program_id, cell.role);
        let unchanged =
            contact_roles::table.find(key).filter(contact_roles::revision.eq(cell.revision));
        let changed = diesel::update(unchanged)
            .set((
                contact_roles::held.eq(held),
                contact_roles::revision.eq(self.revision),
                contact_roles::changed_by_id.eq(self.by.contact_id()),
                contact_roles::changed_by.eq(giver(self.by)),
                contact_roles::changed_at.eq(self.now),
            ))
            .execute(conn)?;
        if changed == 0 {
            return Err(Error::LostRace);
        }
        Ok(())
    }

    fn new_cell(&self, contact: &Contact, role: Role, held: bool) -> NewCell {
        NewCell {
            program_id: self.program_id,
            contact_id: contact.id,
            role,
            held,
            revision: self.revision,
            changed_by_id: self.by.contact_id(),
            changed_by: giver(self.by).to_owned(),
            changed_at: self.now,
        }
    }

    fn record(
        &self,
        action: &Action,
        changes: &[(&Contact, Role, bool)],
        held: bool,
        conn: &mut Conn,
    ) -> Result<usize> {
        let events: Vec<(Subject<'_>, Change<'_>)> = changes
            .iter()
            .filter(|change| change.2 == held)
            .map(|(contact, role, _)| {
                let mut subject = contact.subject();
                subject.program_id = Some(self.program_id);
                let to = role.label();
                (subject, Change { to, ..Change::default() })
            })
            .collect();
        audit::record_all(self.by, action, &events, self.now, conn)?;
        Ok(events.len())
    }
}

/// Who gave a role, as the mails of the role name them: "given by Olive Owner on 2 March 2026".
fn giver(by: By<'_>) -> &str {
    match by {
        By::Person(actor) => &actor.name,
        By::Oneself { name, .. } | By::Portal(name) => name,
    }
}

fn conflict(contact: &Contact, change: &CellChange, by: String, at: Option<Instant>) -> Conflict {
    Conflict { contact: contact.clone(), role: change.role, held: change.held, by, at }
}

/// Who deactivated a contact, and when.
fn deactivation_of(contact: &Contact, conn: &mut Conn) -> Result<(String, Option<Instant>)> {
    debug_assert_eq!(contact.status, Status::Deactivated);
    let found: Option<(String, Instant)> = audit_events::table
        .filter(audit_events::subject_kind.eq("contact"))
        .filter(audit_events::subject_id.eq(contact.id))
        .filter(audit_events::action.eq(actions::DEACTIVATED.name))
        .order(audit_events::id.desc())
        .select((audit_events::actor_name, audit_events::at))
        .first(conn)
        .optional()?;
    Ok(found.map_or_else(Default::default, |(by, at)| (by, Some(at))))
}
