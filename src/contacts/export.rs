//! Contacts as CSV, in the columns that the import reads.

use std::collections::BTreeSet;

use super::listing::{self, ListQuery};
use super::{Contact, Role, matrix};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};

/// The columns of an import, in the order in which they are exported.
pub(super) const COLUMNS: [&str; 7] =
    ["name", "email", "job_title", "phone", "locale", "access", "roles"];

/// Contacts as a file: of one's own organisation, to be imported again as they are, or of the
/// program's partners and distributors, for its vendor.
pub(super) struct ContactsFile {
    pub(super) list: ListQuery,
    pub(super) of_partners: bool,
    pub(super) file_name: &'static str,
}

impl CsvList for ContactsFile {
    fn file_name(&self, _: &Scope) -> String {
        self.file_name.to_owned()
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        if self.of_partners {
            ["organisation"].into_iter().chain(COLUMNS).chain(["status"]).collect()
        } else {
            COLUMNS.to_vec()
        }
    }

    fn part(
        &self,
        scope: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        if self.of_partners {
            of_partners(scope, &self.list, after, rows, conn)
        } else {
            own(scope, &self.list, after, rows, conn)
        }
    }
}

fn own(
    scope: &Scope,
    list: &ListQuery,
    after: Option<&Cursor>,
    rows: &mut Csv,
    conn: &mut Conn,
) -> Result<Option<Cursor>> {
    let found = listing::own_from(scope, list, after, ROWS_AT_ONCE, conn)?;
    let ids: Vec<i64> = found.iter().map(|contact| contact.id).collect();
    let held = matrix::roles_of(scope, &ids, conn)?;
    for contact in &found {
        rows.row(cells(contact, held.get(&contact.id)))?;
    }
    Ok(next_part(&found, listing::own_key))
}

fn of_partners(
    scope: &Scope,
    list: &ListQuery,
    after: Option<&Cursor>,
    rows: &mut Csv,
    conn: &mut Conn,
) -> Result<Option<Cursor>> {
    let found = listing::of_partners_from(scope, list, after, ROWS_AT_ONCE, conn)?;
    let ids: Vec<i64> = found.iter().map(|row| row.contact.id).collect();
    let held = matrix::roles_of(scope, &ids, conn)?;
    for row in &found {
        let contact = &row.contact;
        let mut line = vec![row.organisation.clone()];
        line.extend(cells(contact, held.get(&contact.id)));
        line.push(contact.status.to_string());
        rows.row(line)?;
    }
    Ok(next_part(&found, listing::of_partners_key))
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
