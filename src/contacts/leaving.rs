//! Leaving a role from within a mail (docs/domain.md, section 13): whoever opens the address at its
//! foot, or presses the button that their mail program makes of its header, gives up the roles that
//! the mail was of, and nothing else.

use diesel::prelude::*;

use super::mail::RoleEmptied;
use super::role_changes::next_revision;
use super::{Contact, Role, Status, actions, administrators_of, note_gaps};
use crate::audit::{self, By, Change, Subject};
use crate::auth::Program;
use crate::auth::throttle::{self, UNSUBSCRIBES_OF_CONTACT};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{contact_roles, contacts, enrolments, organisations};
use crate::error::{Error, Result};
use crate::mail::{self, Letter, unsubscribe};
use crate::web::Site;

/// What the address in a mail stops, and how much of it is still to be stopped.
#[derive(Clone, Debug)]
pub struct Leaving {
    pub program: Program,
    pub contact: Contact,
    pub organisation: String,
    /// All that the address names.
    pub roles: Vec<Role>,
    /// What of it the contact still holds.
    pub held: Vec<Role>,
    /// The organisation's enrolment in the program and its status.
    enrolment: (i64, String),
}

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    pub taken: Vec<Role>,
    /// The roles among them that nobody in the organisation holds any more.
    pub emptied: Vec<Role>,
}

impl Leaving {
    /// By the last part of an address. Not found where it was not signed here.
    pub fn find(token: &str, conn: &mut Conn) -> Result<Self> {
        let named = unsubscribe::read(token, conn)?;
        let roles: Vec<Role> = named.roles.iter().filter_map(|word| word.parse().ok()).collect();
        let program = Program::find_unscoped(&named.program, conn)?;
        let (contact, organisation, enrolment): (Contact, String, (i64, String)) = contacts::table
            .inner_join(organisations::table)
            .inner_join(
                enrolments::table.on(enrolments::organisation_id.eq(contacts::organisation_id)),
            )
            .filter(contacts::reference.eq(&named.contact))
            .filter(enrolments::program_id.eq(program.id))
            .select((
                Contact::as_select(),
                organisations::name,
                (enrolments::id, enrolments::status),
            ))
            .first(conn)?;
        let mut held: Vec<Role> = contact_roles::table
            .filter(contact_roles::contact_id.eq(contact.id))
            .filter(contact_roles::program_id.eq(program.id))
            .filter(contact_roles::role.eq_any(&roles))
            .filter(contact_roles::held.eq(true))
            .select(contact_roles::role)
            .load(conn)?;
        held.sort_unstable();
        Ok(Self { program, contact, organisation, roles, held, enrolment })
    }
}

/// Takes what the address names from its contact; what is not held any more stays as it is.
pub fn leave_roles(leaving: &Leaving, site: &Site, now: Instant, conn: &mut Conn) -> Result<Left> {
    let contact = &leaving.contact;
    throttle::spend(&UNSUBSCRIBES_OF_CONTACT, &contact.reference, now, conn)?;
    if leaving.held.is_empty() {
        return Ok(Left::default());
    }
    let revision = next_revision(leaving.enrolment.0, conn)?;
    let cells = contact_roles::table
        .filter(contact_roles::contact_id.eq(contact.id))
        .filter(contact_roles::program_id.eq(leaving.program.id))
        .filter(contact_roles::role.eq_any(&leaving.held))
        .filter(contact_roles::held.eq(true));
    let taken = diesel::update(cells)
        .set((
            contact_roles::held.eq(false),
            contact_roles::revision.eq(revision),
            contact_roles::changed_by_id.eq(Some(contact.id)),
            contact_roles::changed_by.eq(&contact.name),
            contact_roles::changed_at.eq(now),
        ))
        .execute(conn)?;
    if taken != leaving.held.len() {
        return Err(Error::LostRace);
    }
    note_gaps(&[contact.organisation_id], conn)?;
    record(leaving, now, conn)?;
    let emptied = emptied(leaving, conn)?;
    if !emptied.is_empty() {
        tell_administrators(leaving, &emptied, revision, site, now, conn)?;
    }
    Ok(Left { taken: leaving.held.clone(), emptied })
}

fn record(leaving: &Leaving, now: Instant, conn: &mut Conn) -> Result<()> {
    let contact = &leaving.contact;
    let by = By::Oneself {
        contact_id: contact.id,
        name: &contact.name,
        organisation: &leaving.organisation,
    };
    let mut subject = contact.subject();
    subject.program_id = Some(leaving.program.id);
    let lines: Vec<(Subject<'_>, Change<'_>)> = leaving
        .held
        .iter()
        .map(|role| (subject, Change { to: role.label(), ..Change::default() }))
        .collect();
    audit::record_all(by, &actions::ROLE_LEFT, &lines, now, conn)
}

/// The roles that this contact was the last active one to hold. Whoever is deactivated counted for
/// nothing before, so nothing becomes empty by them; nor does it in a program that is over.
fn emptied(leaving: &Leaving, conn: &mut Conn) -> Result<Vec<Role>> {
    if !leaving.contact.is_active() || leaving.enrolment.1 != "active" {
        return Ok(Vec::new());
    }
    let still: Vec<Role> = contact_roles::table
        .inner_join(contacts::table.on(contacts::id.eq(contact_roles::contact_id)))
        .filter(contact_roles::program_id.eq(leaving.program.id))
        .filter(contact_roles::role.eq_any(&leaving.held))
        .filter(contact_roles::held.eq(true))
        .filter(contacts::organisation_id.eq(leaving.contact.organisation_id))
        .filter(contacts::status.eq(Status::Active))
        .select(contact_roles::role)
        .distinct()
        .load(conn)?;
    Ok(leaving.held.iter().copied().filter(|role| !still.contains(role)).collect())
}

fn tell_administrators(
    leaving: &Leaving,
    emptied: &[Role],
    revision: i64,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let organisation_id = leaving.contact.organisation_id;
    for told in administrators_of(organisation_id, conn)? {
        let letter = Letter {
            to: &told.recipient,
            program: Some(&leaving.program),
            organisation_id,
            reason: told.reason,
            // Every save of the roles has a number of its own.
            key: &format!("{}:{revision}", leaving.program.slug),
            message: &RoleEmptied::new(leaving, emptied, &told.recipient.name),
        };
        mail::queue(&letter, site, now, conn)?;
    }
    Ok(())
}
