//! The resellers of a distributor: their names, and nothing else of them.

use diesel::prelude::*;

use super::EnrolmentStatus;
use super::list::by_name;
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{enrolment_distributors, enrolments, organisations};
use crate::error::Result;
use crate::names;
use crate::web::{Cursor, PAGE_LIMIT, Page};

/// A reseller as its distributor sees it: the name, nothing else.
#[derive(Clone, Debug, Queryable)]
pub(super) struct ResellerRow {
    pub reference: String,
    pub name_key: String,
    pub name: String,
}

macro_rules! resellers {
    ($scope:expr, $name:expr) => {{
        // A person without an enrolment is nobody's distributor.
        let mine = enrolment_distributors::table
            .filter(enrolment_distributors::distributor_id.eq($scope.enrolment_id().unwrap_or(0)))
            .select(enrolment_distributors::enrolment_id);
        let mut query = enrolments::table
            .inner_join(organisations::table)
            .filter(enrolments::program_id.eq($scope.program().id))
            .filter(enrolments::id.eq_any(mine))
            .filter(enrolments::status.ne(EnrolmentStatus::Ended))
            .select((enrolments::reference, enrolments::name_key, organisations::name))
            .into_boxed();
        if !$name.is_empty() {
            let pattern = format!("%{}%", names::escape_like($name));
            query = query.filter(enrolments::name_key.like(pattern).escape('\\'));
        }
        query
    }};
}

/// One page of the resellers that may buy from the person's organisation, by name.
pub(super) fn resellers_for(
    scope: &Scope,
    name: &str,
    cursor: Option<&Cursor>,
    conn: &mut Conn,
) -> Result<Page<ResellerRow>> {
    let query = by_name!(resellers!(scope, name), cursor);
    let rows: Vec<ResellerRow> = query.load(conn)?;
    Ok(Page::new(rows, cursor, |row| (row.name_key.clone(), row.reference.clone())))
}

/// Some of them after a row, for a file.
pub(super) fn part_for(
    scope: &Scope,
    name: &str,
    after: Option<&Cursor>,
    limit: i64,
    conn: &mut Conn,
) -> Result<Vec<ResellerRow>> {
    let query = by_name!(resellers!(scope, name), after);
    Ok(query.limit(limit).load(conn)?)
}
