//! Contacts as CSV, in the columns that the import reads.

use std::collections::BTreeSet;

use super::listing::{self, ListQuery};
use super::{Contact, Role, matrix};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::web::downloads::Csv;

/// The columns of an import, in the order in which they are exported.
pub(super) const COLUMNS: [&str; 7] =
    ["name", "email", "job_title", "phone", "locale", "access", "roles"];

/// The contacts of one's own organisation: can be imported again as they are.
pub(super) fn own(scope: &Scope, list: &ListQuery, conn: &mut Conn) -> Result<Csv> {
    let found = listing::all_own(scope, list, conn)?;
    let ids: Vec<i64> = found.iter().map(|contact| contact.id).collect();
    let held = matrix::roles_of(scope, &ids, conn)?;
    let mut file = Csv::with_heads(&COLUMNS)?;
    for contact in &found {
        file.row(cells(contact, held.get(&contact.id)))?;
    }
    Ok(file)
}

/// The contacts of the program's partners and distributors, for its vendor.
pub(super) fn of_partners(scope: &Scope, list: &ListQuery, conn: &mut Conn) -> Result<Csv> {
    let found = listing::all_of_partners(scope, list, conn)?;
    let ids: Vec<i64> = found.iter().map(|row| row.contact.id).collect();
    let held = matrix::roles_of(scope, &ids, conn)?;
    let heads: Vec<&str> = ["organisation"].into_iter().chain(COLUMNS).chain(["status"]).collect();
    let mut file = Csv::with_heads(&heads)?;
    for row in &found {
        let contact = &row.contact;
        let mut line = vec![row.organisation.clone()];
        line.extend(cells(contact, held.get(&contact.id)));
        line.push(contact.status.to_string());
        file.row(line)?;
    }
    Ok(file)
}

fn cells(contact: &Contact, roles: Option<&BTreeSet<Role>>) -> [String; 7] {
    let roles: Vec<&str> = roles.into_iter().flatten().map(|role| role.as_str()).collect();
    [
        contact.name.clone(),
        contact.email.clone(),
        contact.job_title.clone(),
        contact.phone.clone(),
        contact.locale.clone(),
        contact.access.to_string(),
        roles.join(" "),
    ]
}
