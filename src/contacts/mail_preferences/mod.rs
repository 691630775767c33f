//! How mail of the contact roles reaches a contact: at once or collected, by role and program.
//!
//! Whoever can sign in chooses for themselves, for all of their programs on one page. For a contact
//! who cannot, the administrators of the organisation choose, on the contact's page, for one program
//! at a time.

mod choose;
mod form;

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{Contact, Role};
use crate::auth::{Access, Actor, Part, Program, ProgramChoice, Scope, places_of};
use crate::db::Conn;
use crate::db::schema::{contact_roles, contacts, logins};
use crate::error::{Error, Result};
use crate::mail::InStore;
use crate::mail::hours::Rhythm;
use crate::mail::preferences::Chosen;

pub(super) use choose::Choosing;
pub(super) use form::{MailPreferencesForm, ZONES};

/// Whether and as what a contact gets mail of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Receives {
    AsHolder,
    /// Nobody holds the role, so that it falls on the administrators.
    AsAdministrator,
    Not,
}

/// A role as it reaches a contact.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoleLine {
    pub role: Role,
    pub receives: Receives,
    pub rhythm: Rhythm,
}

/// A program in which a contact can hold roles.
#[derive(Clone, Debug)]
pub(super) struct InProgram {
    pub program: Program,
    part: Part,
    /// The organisation's part in it: `active`, `suspended`, ….
    pub status: String,
    pub roles: Vec<RoleLine>,
    /// What waits for the contact.
    pub in_store: Option<InStore>,
}

/// Whose choice it is.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub contact_id: i64,
    pub organisation_id: i64,
    pub access: Access,
}

impl Person {
    pub(super) fn oneself(actor: &Actor) -> Self {
        Self {
            contact_id: actor.contact_id,
            organisation_id: actor.organisation_id,
            access: actor.access,
        }
    }

    fn of(contact: &Contact) -> Self {
        Self {
            contact_id: contact.id,
            organisation_id: contact.organisation_id,
            access: contact.access,
        }
    }
}

/// What a person has chosen, and what there is to choose.
#[derive(Clone, Debug)]
pub(super) struct Choices {
    pub chosen: Chosen,
    pub programs: Vec<InProgram>,
}

impl Choices {
    /// Of whoever is signed in, in all of their programs, with the frame's list of them. Four
    /// queries.
    pub(super) fn own(actor: &Actor, conn: &mut Conn) -> Result<(Self, Vec<ProgramChoice>)> {
        let (mut programs, mut frame) = (Vec::new(), Vec::new());
        for place in places_of(actor, conn)? {
            let status = place.enrolment.as_ref().map_or("active", |enrolled| &enrolled.status);
            if status == "ended" {
                continue;
            }
            let (slug, name) = (place.program.slug.clone(), place.program.name.clone());
            frame.push(ProgramChoice { slug, name, current: false });
            if let Some(enrolled) = place.enrolment {
                programs.push(InProgram::new(place.program, enrolled.part, enrolled.status));
            }
        }
        let person = Person::oneself(actor);
        let mut choices = Self::read(&person, programs, conn)?;
        for in_store in InStore::of(person.contact_id, conn)? {
            let its = |one: &&mut InProgram| one.program.id == in_store.program_id;
            if let Some(program) = choices.programs.iter_mut().find(its) {
                program.in_store = Some(in_store);
            }
        }
        Ok((choices, frame))
    }

    /// Of a contact who cannot choose, in the program of the scope. Three queries.
    pub(super) fn of_contact(
        scope: &Scope,
        reference: &str,
        conn: &mut Conn,
    ) -> Result<(Self, Contact)> {
        let contact = find_without_login(scope, reference, conn)?;
        let part = scope.part().ok_or(Error::NotFound)?;
        let program = InProgram::new(scope.program().clone(), part, "active".to_owned());
        let choices = Self::read(&Person::of(&contact), vec![program], conn)?;
        Ok((choices, contact))
    }

    fn read(person: &Person, mut programs: Vec<InProgram>, conn: &mut Conn) -> Result<Self> {
        let chosen = Chosen::by(person.contact_id, conn)?;
        let holders = holders(person.organisation_id, conn)?;
        for one in &mut programs {
            let program_id = one.program.id;
            let line = |role: &Role| RoleLine {
                role: *role,
                receives: receives(person, program_id, *role, &holders),
                rhythm: chosen.rhythm(program_id, role.as_str()),
            };
            one.roles = Role::of_part(one.part).iter().map(line).collect();
        }
        Ok(Self { chosen, programs })
    }
}

impl InProgram {
    fn new(program: Program, part: Part, status: String) -> Self {
        Self { program, part, status, roles: Vec::new(), in_store: None }
    }
}

/// Program, role and who holds it.
type Holders = BTreeSet<(i64, Role, i64)>;

/// Who holds which role in an organisation that is the caller's own.
fn holders(organisation_id: i64, conn: &mut Conn) -> Result<Holders> {
    let rows: Vec<(i64, Role, i64)> = contact_roles::table
        .inner_join(contacts::table.on(contacts::id.eq(contact_roles::contact_id)))
        .filter(contacts::organisation_id.eq(organisation_id))
        .filter(contacts::status.eq("active"))
        .filter(contact_roles::held.eq(true))
        .select((contact_roles::program_id, contact_roles::role, contact_roles::contact_id))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

fn receives(person: &Person, program_id: i64, role: Role, holders: &Holders) -> Receives {
    let has_holder =
        || holders.iter().any(|(program, held, _)| (*program, *held) == (program_id, role));
    if holders.contains(&(program_id, role, person.contact_id)) {
        Receives::AsHolder
    } else if person.access == Access::Administrator
        && role.falls_on_administrators()
        && !has_holder()
    {
        Receives::AsAdministrator
    } else {
        Receives::Not
    }
}

/// A contact of one's own organisation who cannot sign in and choose for themselves.
pub(super) fn find_without_login(
    scope: &Scope,
    reference: &str,
    conn: &mut Conn,
) -> Result<Contact> {
    let found: Option<(Contact, Option<String>)> = contacts::table
        .left_join(logins::table.on(logins::contact_id.eq(contacts::id)))
        .filter(contacts::reference.eq(reference))
        .filter(contacts::organisation_id.eq(scope.organisation_id()))
        .select((Contact::as_select(), logins::password_hash.nullable()))
        .first(conn)
        .optional()?;
    let (contact, password) = found.ok_or(Error::NotFound)?;
    if password.is_some() {
        return Err(Error::forbidden(format!(
            "{} can sign in, and keeps this in their own account.",
            contact.name
        )));
    }
    Ok(contact)
}
