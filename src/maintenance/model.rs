//! Windows as they are stored. Everybody in a program reads all of its windows.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Capability, rules::Standing};
use crate::audit::Subject;
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::schema::{maintenance_capabilities, maintenance_windows};
use crate::db::{Conn, padded};
use crate::error::{Error, Result};
use crate::web::Cursor;
use crate::{names, newest_first, reference, text_enum};

/// What a window's history calls it.
pub const KIND: &str = "maintenance";

text_enum! {
    /// What the last change of a window was.
    pub enum LastChange {
        Declared = "declared",
        Edited = "edited",
        Extended = "extended",
        Shortened = "shortened",
        Cancelled = "cancelled",
    }
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = maintenance_windows)]
struct Row {
    id: i64,
    reference: String,
    program_id: i64,
    from_pack: bool,
    starts_at: Instant,
    ends_at: Instant,
    message: String,
    source: String,
    declared_at: Instant,
    declared_by: String,
    cancelled_at: Option<Instant>,
    change: LastChange,
    revision: i64,
    told_revision: i64,
    announced: bool,
    after_name_key: String,
    after_reference: String,
}

/// A maintenance window.
#[derive(Clone, Debug)]
pub struct Window {
    pub id: i64,
    pub reference: String,
    pub program_id: i64,
    /// As the program's pack states it; else declared or changed in the browser.
    pub from_pack: bool,
    pub starts_at: Instant,
    /// The first instant at which everything works again.
    pub ends_at: Instant,
    pub message: String,
    pub source: String,
    pub declared_at: Instant,
    pub declared_by: String,
    pub cancelled_at: Option<Instant>,
    /// Counts the changes.
    pub revision: i64,
    /// In the order of [`Capability::ALL`].
    pub capabilities: Vec<Capability>,
    /// What its subscribers are told next, and how far that is.
    pub(super) telling: Telling,
}

/// What was told of a window.
#[derive(Clone, Debug)]
pub(super) struct Telling {
    pub change: LastChange,
    /// The last revision of which all were told.
    pub told_revision: i64,
    /// Whether somebody was told that it comes.
    pub announced: bool,
    /// The name and reference of the last enrolment that was told of this revision.
    pub after: (String, String),
}

impl Window {
    fn of(row: Row, capabilities: Vec<Capability>) -> Self {
        Self {
            id: row.id,
            reference: row.reference,
            program_id: row.program_id,
            from_pack: row.from_pack,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            message: row.message,
            source: row.source,
            declared_at: row.declared_at,
            declared_by: row.declared_by,
            cancelled_at: row.cancelled_at,
            revision: row.revision,
            capabilities,
            telling: Telling {
                change: row.change,
                told_revision: row.told_revision,
                announced: row.announced,
                after: (row.after_name_key, row.after_reference),
            },
        }
    }

    /// A window of the person's program. Two queries.
    pub fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let row: Row = maintenance_windows::table
            .filter(maintenance_windows::reference.eq(reference))
            .filter(maintenance_windows::program_id.eq(scope.program().id))
            .select(Row::as_select())
            .first(conn)?;
        whole(vec![row], conn)?.pop().ok_or(Error::NotFound)
    }

    /// A window by its id: for the sweep, and for what just changed it.
    pub(super) fn find_unscoped(id: i64, conn: &mut Conn) -> Result<Self> {
        let row: Row = maintenance_windows::table.find(id).select(Row::as_select()).first(conn)?;
        whole(vec![row], conn)?.pop().ok_or(Error::NotFound)
    }

    /// Those of a program whose end has not come, the one that begins first first: for the sweep.
    pub(super) fn not_over_unscoped(
        program_id: i64,
        now: Instant,
        conn: &mut Conn,
    ) -> Result<Vec<Self>> {
        let rows: Vec<Row> = maintenance_windows::table
            .filter(maintenance_windows::program_id.eq(program_id))
            .filter(maintenance_windows::ends_at.gt(now))
            .order((maintenance_windows::starts_at, maintenance_windows::reference))
            .select(Row::as_select())
            .load(conn)?;
        whole(rows, conn)
    }

    pub fn standing(&self, now: Instant) -> Standing {
        Standing::of(self.starts_at, self.ends_at, self.cancelled_at, now)
    }

    pub fn path(&self, scope: &Scope) -> String {
        scope.path(&format!("/maintenance/{}", self.reference))
    }

    /// What it stops, as a sentence names it.
    pub fn what(&self) -> String {
        Capability::list(&self.capabilities)
    }

    /// The window as the record that something happened to.
    pub(super) fn subject<'a>(&'a self, what: &'a str) -> Subject<'a> {
        Subject {
            kind: KIND,
            id: self.id,
            reference: &self.reference,
            name: what,
            program_id: Some(self.program_id),
            organisation_id: None,
        }
    }
}

/// Rows with what each stops. One query.
fn whole(rows: Vec<Row>, conn: &mut Conn) -> Result<Vec<Window>> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let stopped: Vec<(i64, Capability)> = maintenance_capabilities::table
        .filter(maintenance_capabilities::window_id.eq_any(padded(&ids)))
        .select((maintenance_capabilities::window_id, maintenance_capabilities::capability))
        .load(conn)?;
    let mut by_window = BTreeMap::<i64, Vec<Capability>>::new();
    for (id, capability) in stopped {
        by_window.entry(id).or_default().push(capability);
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let mut capabilities = by_window.remove(&row.id).unwrap_or_default();
            capabilities.sort_unstable();
            Window::of(row, capabilities)
        })
        .collect())
}

/// What the list's address carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct WindowsQuery {
    /// Part of the message, or the reference.
    pub q: String,
    pub status: String,
    pub capability: String,
    #[serde(skip_serializing)]
    pub page: String,
}

impl WindowsQuery {
    pub(super) fn is_filtered(&self) -> bool {
        [&self.q, &self.status, &self.capability].iter().any(|field| !field.trim().is_empty())
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }
}

/// The windows of the person's program, the ones that begin last first. Two queries.
pub(super) fn list_for(
    scope: &Scope,
    list: &WindowsQuery,
    cursor: Option<&Cursor>,
    now: Instant,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<Window>> {
    let mut query = maintenance_windows::table
        .filter(maintenance_windows::program_id.eq(scope.program().id))
        .select(Row::as_select())
        .into_boxed();
    let sought = names::fold(&list.q);
    if !sought.is_empty() {
        let pattern = format!("%{}%", names::escape_like(&sought));
        let by_reference = maintenance_windows::reference.eq(reference::normalise(&list.q));
        let by_words = maintenance_windows::message_key.like(pattern).escape('\\');
        query = query.filter(by_reference.or(by_words));
    }
    let (begins, ends) = (maintenance_windows::starts_at, maintenance_windows::ends_at);
    let stands = maintenance_windows::cancelled_at.is_null();
    query = match list.status.as_str() {
        "upcoming" => query.filter(stands).filter(begins.gt(now)),
        "running" => query.filter(stands).filter(begins.le(now)).filter(ends.gt(now)),
        "over" => query.filter(stands).filter(ends.le(now)),
        "cancelled" => query.filter(maintenance_windows::cancelled_at.is_not_null()),
        _ => query,
    };
    if let Ok(capability) = list.capability.parse::<Capability>() {
        let stopping = maintenance_capabilities::table
            .filter(maintenance_capabilities::capability.eq(capability))
            .select(maintenance_capabilities::window_id);
        query = query.filter(maintenance_windows::id.eq_any(stopping));
    }
    let rows: Vec<Row> =
        newest_first!(query, begins, maintenance_windows::reference, cursor, most).load(conn)?;
    whole(rows, conn)
}

/// Where a page after this window goes on.
pub(super) fn sort_key(window: &Window) -> (String, String) {
    Cursor::key_of(window.starts_at, &window.reference)
}
