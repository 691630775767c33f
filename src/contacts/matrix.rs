//! The matrix as it stands: which contact of one's own organisation holds which role, and which
//! role nobody holds.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::listing::{self, ListQuery};
use super::{Contact, Role, Status};
use crate::auth::Scope;
use crate::db::schema::{contact_roles, contacts, enrolments};
use crate::db::{Conn, Keep, ROWS_PER_STATEMENT, padded};
use crate::error::{Error, Result};
use crate::web::Page;

/// A page of the matrix, with the coverage of the whole organisation.
pub(super) struct Matrix {
    /// Which save of the matrix this is, or an earlier one: what a save compares with.
    pub seen: i64,
    pub contacts: Page<Contact>,
    pub held: Held,
}

/// Which roles the contacts of an organisation hold in a program.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    by_contact: BTreeMap<i64, BTreeSet<Role>>,
    names: BTreeMap<Role, Vec<String>>,
}

impl Held {
    /// The roles of a contact, in the order of the matrix.
    pub(super) fn by(&self, contact_id: i64) -> impl Iterator<Item = Role> {
        self.by_contact.get(&contact_id).into_iter().flatten().copied()
    }

    /// The active contacts who hold a role, by name.
    pub(super) fn names_of(&self, role: Role) -> &[String] {
        self.names.get(&role).map_or(&[], Vec::as_slice)
    }
}

impl Matrix {
    pub(super) fn read(scope: &Scope, list: &ListQuery, conn: &mut Conn) -> Result<Self> {
        // First the revision: what is saved after it then counts as seen too late, not too early.
        let enrolment_id = scope.enrolment_id().ok_or(Error::NotFound)?;
        let seen =
            enrolments::table.find(enrolment_id).select(enrolments::roles_revision).first(conn)?;
        Ok(Self { seen, contacts: listing::own(scope, list, conn)?, held: held(scope, conn)? })
    }
}

/// What the contacts of one's own organisation hold in the program.
pub(super) fn held(scope: &Scope, conn: &mut Conn) -> Result<Held> {
    let rows: Vec<(i64, Role, String, Status)> = contact_roles::table
        .inner_join(contacts::table.on(contacts::id.eq(contact_roles::contact_id)))
        .filter(contacts::organisation_id.eq(scope.organisation_id()))
        .filter(contact_roles::program_id.eq(scope.program().id))
        .filter(contact_roles::held.eq(true))
        .order((contacts::name_key, contacts::reference))
        .select((contacts::id, contact_roles::role, contacts::name, contacts::status))
        .load(conn)?;
    let mut held = Held::default();
    for (contact_id, role, name, status) in rows {
        held.by_contact.entry(contact_id).or_default().insert(role);
        if status == Status::Active {
            held.names.entry(role).or_default().push(name);
        }
    }
    Ok(held)
}

/// What some contacts hold in the program.
pub(super) fn roles_of(
    scope: &Scope,
    contact_ids: &[i64],
    conn: &mut Conn,
) -> Result<BTreeMap<i64, BTreeSet<Role>>> {
    let mut found = BTreeMap::<i64, BTreeSet<Role>>::new();
    for ids in contact_ids.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<(i64, Role)> = contact_roles::table
            .filter(contact_roles::contact_id.eq_any(padded(ids)))
            .filter(contact_roles::program_id.eq(scope.program().id))
            .filter(contact_roles::held.eq(true))
            .select((contact_roles::contact_id, contact_roles::role))
            .kept()
            .load(conn)?;
        for (contact_id, role) in rows {
            found.entry(contact_id).or_default().insert(role);
        }
    }
    Ok(found)
}
