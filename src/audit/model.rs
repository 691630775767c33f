//! Reading history back.

use diesel::prelude::*;

use super::sentence;
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::schema::{audit_events, contacts, enrolments};
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::web::{Cursor, PAGE_LIMIT, PAGE_ROWS, Page};

/// The most lines that a record's own page shows.
const TIMELINE_ROWS: i64 = 100;

/// One line of history.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_events)]
pub struct Entry {
    pub id: i64,
    pub at: Instant,
    pub subject_kind: String,
    pub subject_reference: String,
    pub subject_name: String,
    pub action: String,
    pub actor_name: String,
    pub from_value: String,
    pub to_value: String,
    pub why: String,
}

impl Entry {
    /// What happened, to follow the name of who did it.
    pub fn sentence(&self) -> String {
        sentence(&self.action)
    }
}

/// The history of one record, newest first. The caller has found the record within its scope.
pub fn timeline(kind: &str, id: i64, conn: &mut Conn) -> Result<Vec<Entry>> {
    Ok(audit_events::table
        .filter(audit_events::subject_kind.eq(kind))
        .filter(audit_events::subject_id.eq(id))
        .order(audit_events::id.desc())
        .limit(TIMELINE_ROWS)
        .select(Entry::as_select())
        .kept()
        .load(conn)?)
}

/// The history of a record that several programs share, as one of them may see it: what belongs to
/// no program, and what belongs to this one. Newest first.
pub fn timeline_in(program_id: i64, kind: &str, id: i64, conn: &mut Conn) -> Result<Vec<Entry>> {
    let of_program = audit_events::program_id.eq(program_id);
    Ok(audit_events::table
        .filter(audit_events::subject_kind.eq(kind))
        .filter(audit_events::subject_id.eq(id))
        .filter(audit_events::program_id.is_null().or(of_program))
        .order(audit_events::id.desc())
        .limit(TIMELINE_ROWS)
        .select(Entry::as_select())
        .kept()
        .load(conn)?)
}

/// The history of one record as far as it is an organisation's own: what others did with it before
/// or beside is not in it. Newest first.
pub fn timeline_of(
    organisation_id: i64,
    kind: &str,
    id: i64,
    conn: &mut Conn,
) -> Result<Vec<Entry>> {
    Ok(audit_events::table
        .filter(audit_events::subject_kind.eq(kind))
        .filter(audit_events::subject_id.eq(id))
        .filter(audit_events::organisation_id.eq(organisation_id))
        .order(audit_events::id.desc())
        .limit(TIMELINE_ROWS)
        .select(Entry::as_select())
        .kept()
        .load(conn)?)
}

/// Which lines of a program's log are wanted; what is empty does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// The kind of record: `contact`, `enrolment`, ….
    pub kind: String,
    /// The exact reference of the record.
    pub record: String,
    /// The exact reference of the contact who did it.
    pub actor: String,
}

/// The query for a filter; a macro, because its type has no name.
macro_rules! log {
    ($filter:expr) => {{
        let filter: &LogFilter = $filter;
        let mut query = audit_events::table.select(Entry::as_select()).into_boxed();
        if !filter.kind.is_empty() {
            query = query.filter(audit_events::subject_kind.eq(&filter.kind));
        }
        if !filter.record.is_empty() {
            query = query.filter(audit_events::subject_reference.eq(&filter.record));
        }
        if !filter.actor.is_empty() {
            let actor =
                contacts::table.filter(contacts::reference.eq(&filter.actor)).select(contacts::id);
            query = query.filter(audit_events::actor_id.eq_any(actor.nullable()));
        }
        query
    }};
}

/// What happened to records of the program itself.
macro_rules! of_program {
    ($query:expr, $scope:expr) => {
        $query.filter(audit_events::program_id.eq($scope.program().id))
    };
}

/// What happened to contacts of the program's organisations: a contact belongs to no program.
/// How they sign in is their own organisation's affair.
macro_rules! of_contacts {
    ($query:expr, $scope:expr) => {{
        let enrolled = enrolments::table
            .filter(enrolments::program_id.eq($scope.program().id))
            .select(enrolments::organisation_id);
        $query
            .filter(audit_events::program_id.is_null())
            .filter(audit_events::action.like("contact.%"))
            .filter(
                audit_events::organisation_id
                    .eq($scope.program().vendor_id)
                    .or(audit_events::organisation_id.eq_any(enrolled.nullable())),
            )
    }};
}

/// Cuts a query to one page; a macro for the same reason.
macro_rules! cut {
    ($query:expr, $cursor:expr) => {{
        let mut query = $query.limit(PAGE_LIMIT);
        let cursor: Option<&Cursor> = $cursor;
        let backwards = cursor.is_some_and(|cursor| cursor.backwards);
        if let Some(at) = cursor.and_then(|cursor| cursor.key.parse::<i64>().ok()) {
            query = if backwards {
                query.filter(audit_events::id.gt(at))
            } else {
                query.filter(audit_events::id.lt(at))
            };
        }
        if backwards {
            query.order(audit_events::id.asc())
        } else {
            query.order(audit_events::id.desc())
        }
    }};
}

/// One page of the log of a program, newest first: for its vendor. Two questions, each answered
/// in the order of an index.
pub fn log_of_program(
    scope: &Scope,
    filter: &LogFilter,
    cursor: Option<&Cursor>,
    conn: &mut Conn,
) -> Result<Page<Entry>> {
    let mut rows: Vec<Entry> = cut!(of_program!(log!(filter), scope), cursor).load(conn)?;
    let contacts: Vec<Entry> = cut!(of_contacts!(log!(filter), scope), cursor).load(conn)?;
    rows.extend(contacts);
    if cursor.is_some_and(|cursor| cursor.backwards) {
        rows.sort_by_key(|entry| entry.id);
    } else {
        rows.sort_by_key(|entry| std::cmp::Reverse(entry.id));
    }
    rows.truncate(PAGE_ROWS + 1);
    Ok(Page::new(rows, cursor, |entry| (entry.id.to_string(), String::new())))
}

/// Lines of the log of a program after one of them, newest first: for a file.
pub fn part_of_log(
    scope: &Scope,
    filter: &LogFilter,
    after: Option<&Cursor>,
    limit: i64,
    conn: &mut Conn,
) -> Result<Vec<Entry>> {
    let of_records = cut!(of_program!(log!(filter), scope), after).limit(limit);
    let mut rows: Vec<Entry> = of_records.load(conn)?;
    let of_people = cut!(of_contacts!(log!(filter), scope), after).limit(limit);
    rows.extend(of_people.load::<Entry>(conn)?);
    rows.sort_by_key(|entry| std::cmp::Reverse(entry.id));
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(rows)
}
