//! Reading history back.

use diesel::prelude::*;

use super::sentence;
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::audit_events;
use crate::error::Result;
use crate::web::{Cursor, PAGE_LIMIT, Page};

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
        .load(conn)?)
}

/// The log of a program, newest first: for its vendor.
pub fn log_of_program(
    scope: &Scope,
    cursor: Option<&Cursor>,
    conn: &mut Conn,
) -> Result<Page<Entry>> {
    let mut query = audit_events::table
        .filter(audit_events::program_id.eq(scope.program().id))
        .select(Entry::as_select())
        .limit(PAGE_LIMIT)
        .into_boxed();
    let backwards = cursor.is_some_and(|cursor| cursor.backwards);
    if let Some(at) = cursor.and_then(|cursor| cursor.key.parse::<i64>().ok()) {
        query = if backwards {
            query.filter(audit_events::id.gt(at))
        } else {
            query.filter(audit_events::id.lt(at))
        };
    }
    query = if backwards {
        query.order(audit_events::id.asc())
    } else {
        query.order(audit_events::id.desc())
    };
    let rows: Vec<Entry> = query.load(conn)?;
    Ok(Page::new(rows, cursor, |entry| (entry.id.to_string(), String::new())))
}
