//! Schedule recipients: who of a partner gets its schedules by mail. A list of its own, kept by the
//! partner's administrators and untouched by the contact roles; while nobody active is on it,
//! schedules go to the administrators, and say so.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{RECIPIENT_ADDED, RECIPIENT_REMOVED};
use crate::audit::{self, Action, By, Change, Subject};
use crate::auth::{Access, Program, Scope};
use crate::clock::Instant;
use crate::contacts::{Contact, RoleRecipient};
use crate::db::schema::{contacts, organisations, schedule_recipients};
use crate::db::{self, Conn, Keep, padded};
use crate::error::{Error, Result};
use crate::locale::Locale;
use crate::mail::{List, Reason, Recipient};

/// The list as the outbox knows it.
pub const LIST: List = List { word: "schedules", page: "/schedules/recipients" };

/// What the history of a partner's list calls it.
pub(super) const KIND: &str = "schedule_recipients";

type Person = (i64, i64, String, String, String, String);
type Candidate = (Person, Access, Option<(String, Instant)>);

/// Who gets the schedules of each of these partners, and why; one that has nobody at all is not in
/// the answer. One query, however many partners.
pub fn recipients_of(
    program: &Program,
    organisation_ids: &[i64],
    conn: &mut Conn,
) -> Result<BTreeMap<i64, Vec<RoleRecipient>>> {
    let mut listed = BTreeMap::<i64, Vec<RoleRecipient>>::new();
    let mut administrators = BTreeMap::<i64, Vec<RoleRecipient>>::new();
    for (person, access, entry) in candidates(program, organisation_ids, conn)? {
        match entry {
            Some((added_by, added_at)) => {
                let text = because_listed(&person, &added_by, program.day_of(added_at));
                let reason = Reason::listed(text, &LIST);
                listed.entry(person.0).or_default().push(recipient(person, reason));
            }
            None if access == Access::Administrator => {
                let text = because_nobody(&person);
                let reason = Reason::stand_in_for_list(text, &LIST);
                administrators.entry(person.0).or_default().push(recipient(person, reason));
            }
            None => {}
        }
    }
    for (organisation_id, people) in administrators {
        listed.entry(organisation_id).or_insert(people);
    }
    Ok(listed)
}

/// The active contacts who are on the list or are administrators, in the order of their names.
fn candidates(
    program: &Program,
    organisation_ids: &[i64],
    conn: &mut Conn,
) -> Result<Vec<Candidate>> {
    let entry = schedule_recipients::table.on(schedule_recipients::contact_id
        .eq(contacts::id)
        .and(schedule_recipients::program_id.eq(program.id)));
    Ok(contacts::table
        .inner_join(organisations::table)
        .left_join(entry)
        .filter(contacts::organisation_id.eq_any(padded(organisation_ids)))
        .filter(contacts::status.eq("active"))
        .filter(
            contacts::access
                .eq(Access::Administrator)
                .or(schedule_recipients::contact_id.nullable().is_not_null()),
        )
        .order((contacts::organisation_id, contacts::name_key, contacts::id))
        .select((
            (
                contacts::organisation_id,
                contacts::id,
                contacts::name,
                contacts::email,
                contacts::locale,
                organisations::name,
            ),
            contacts::access,
            (schedule_recipients::added_by, schedule_recipients::added_at).nullable(),
        ))
        .kept()
        .load(conn)?)
}

fn because_listed(person: &Person, added_by: &str, added_on: NaiveDate) -> String {
    let day = Locale::parse(&person.4).day(added_on);
    format!(
        "You get this because you are a schedule recipient of {}, put on the list by {added_by} on \
         {day}.",
        person.5,
    )
}

fn because_nobody(person: &Person) -> String {
    format!(
        "You get this because you are an administrator of {} and nobody there is a schedule \
         recipient.",
        person.5,
    )
}

fn recipient(person: Person, reason: Reason) -> RoleRecipient {
    let (_, contact_id, name, email, locale, _) = person;
    RoleRecipient {
        recipient: Recipient { contact_id, name, email, locale: Locale::parse(&locale) },
        reason,
    }
}

/// Changes of the list: references of contacts that were ticked, and that the tick was taken from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipients {
    pub added: BTreeSet<String>,
    pub removed: BTreeSet<String>,
}

impl Recipients {
    /// Of what the page sends: who stood on it, `was` those of them that were ticked when it was
    /// made, `tick` those that are now. A save says what was changed, so that two administrators who
    /// edit at once do not undo each other.
    pub fn parse(was: &[String], tick: &[String]) -> Self {
        let [was, tick] = [was, tick].map(|list| list.iter().cloned().collect::<BTreeSet<_>>());
        Self {
            added: tick.difference(&was).cloned().collect(),
            removed: was.difference(&tick).cloned().collect(),
        }
    }
}

/// How many entries a save has really changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    pub added: usize,
    pub removed: usize,
}

/// Saves changes of the list of one's own organisation. What somebody else did meanwhile is done.
/// A conflict where somebody to be added was deactivated.
pub fn save(scope: &Scope, changes: &Recipients, now: Instant, conn: &mut Conn) -> Result<Saved> {
    let enrolment_id = scope.enrolment_id().ok_or(Error::NotFound)?;
    let references: Vec<&String> = changes.added.iter().chain(&changes.removed).collect();
    let people: Vec<Contact> = contacts::table
        .filter(contacts::organisation_id.eq(scope.organisation_id()))
        .filter(contacts::reference.eq_any(&references))
        .order(contacts::id)
        .select(Contact::as_select())
        .load(conn)?;
    if people.len() != references.len() {
        return Err(Error::NotFound);
    }
    let desk = Desk { scope, enrolment_id, now };
    let mut saved = Saved::default();
    for person in &people {
        if changes.removed.contains(&person.reference) {
            saved.removed += desk.remove(person, conn)?;
        } else {
            saved.added += desk.add(person, conn)?;
        }
    }
    Ok(saved)
}

struct Desk<'a> {
    scope: &'a Scope,
    enrolment_id: i64,
    now: Instant,
}

impl Desk<'_> {
    fn add(&self, person: &Contact, conn: &mut Conn) -> Result<usize> {
        if !person.is_active() {
            let name = &person.name;
            return Err(Error::conflict(format!(
                "{name} was deactivated meanwhile and gets no mail. Nothing was saved: open the page \
                 again."
            )));
        }
        let actor = self.scope.actor();
        let row = (
            schedule_recipients::program_id.eq(self.scope.program().id),
            schedule_recipients::contact_id.eq(person.id),
            schedule_recipients::added_by_id.eq(Some(actor.contact_id)),
            schedule_recipients::added_by.eq(&actor.name),
            schedule_recipients::added_at.eq(self.now),
        );
        let added = db::insert_new!(conn, schedule_recipients::table, row);
        if added == 1 {
            self.record(&RECIPIENT_ADDED, person, conn)?;
        }
        Ok(added)
    }

    fn remove(&self, person: &Contact, conn: &mut Conn) -> Result<usize> {
        let entry = schedule_recipients::table.find((person.id, self.scope.program().id));
        let removed = diesel::delete(entry).execute(conn)?;
        if removed == 1 {
            self.record(&RECIPIENT_REMOVED, person, conn)?;
        }
        Ok(removed)
    }

    fn record(&self, action: &Action, person: &Contact, conn: &mut Conn) -> Result<()> {
        let change = Change { to: &person.name, ..Change::default() };
        let subject = Subject {
            kind: KIND,
            id: self.enrolment_id,
            reference: &person.reference,
            name: &person.name,
            program_id: Some(self.scope.program().id),
            organisation_id: Some(self.scope.organisation_id()),
        };
        audit::record(By::Person(self.scope.actor()), action, subject, change, self.now, conn)
    }
}
