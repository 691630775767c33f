//! Contacts from a CSV file: all of it or nothing, with a dry run that shows what would change.
//! Columns and rules: docs/import-contacts.md.

mod file;
mod plan;

pub use file::{Fault, MOST_BYTES, MOST_ROWS};
pub use plan::{FieldChange, LineChange, Plan};

use diesel::prelude::*;

use super::{Contact, set_roles, verbs};
use crate::audit::By;
use crate::auth::{Part, Program};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{enrolments, organisations};
use crate::error::{Error, Result};

/// Whose contacts a file holds: an organisation that the caller has found within its scope.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub program_id: i64,
    pub organisation_id: i64,
    pub part: Part,
}

impl Target {
    /// The contacts of an organisation in a program, whoever asks: for the command line.
    pub fn find_unscoped(program: &Program, reference: &str, conn: &mut Conn) -> Result<Self> {
        let (organisation_id, part) = enrolments::table
            .inner_join(organisations::table)
            .filter(enrolments::program_id.eq(program.id))
            .filter(organisations::reference.eq(reference))
            .select((enrolments::organisation_id, enrolments::part))
            .first(conn)?;
        Ok(Self { program_id: program.id, organisation_id, part })
    }
}

/// What an import would change, or what is wrong with the file.
pub type Outcome = std::result::Result<Plan, Vec<Fault>>;

/// Reads a file and compares it with what is stored; changes nothing.
pub fn check(target: Target, text: &str, conn: &mut Conn) -> Result<Outcome> {
    match file::read(text, target.part) {
        Ok(lines) => plan::make(target, &lines, conn),
        Err(faults) => Ok(Err(faults)),
    }
}

/// Imports a file, if nothing is wrong with it.
pub fn import(
    target: Target,
    text: &str,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<Outcome> {
    let plan = match check(target, text, conn)? {
        Ok(plan) => plan,
        Err(faults) => return Ok(Err(faults)),
    };
    let mut roles = Vec::new();
    for line in plan.in_safe_order() {
        let contact = store(target, line, by, now, conn)?;
        if !line.given.is_empty() || !line.taken.is_empty() {
            roles.push((contact, line.roles.clone()));
        }
    }
    if !roles.is_empty() {
        set_roles(target.program_id, target.organisation_id, &roles, by, now, conn)?;
    }
    Ok(Ok(plan))
}

fn store(
    target: Target,
    line: &LineChange,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<Contact> {
    match &line.existing {
        Some(contact) => {
            verbs::store(contact, &line.wanted.values(), by, now, conn)?;
            Ok(contact.clone())
        }
        None => verbs::add(target.organisation_id, &line.wanted, by, now, conn),
    }
}

/// A file that is too large is refused before it is read.
pub fn refuse_too_large(bytes: usize) -> Result<()> {
    if bytes > MOST_BYTES {
        let most = MOST_BYTES / 1024 / 1024;
        return Err(Error::field("file", format!("The file is larger than {most} MB; split it.")));
    }
    Ok(())
}
