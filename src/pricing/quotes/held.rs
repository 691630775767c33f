//! Quotes that a maintenance window found open, and what became of them.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::QuoteStatus;
use super::model::within;
use super::validity::still_valid;
use crate::auth::{Part, Scope};
use crate::db::Conn;
use crate::db::schema::quotes;
use crate::error::Result;
use crate::maintenance::{Capability, Stoppage};

/// More are not counted.
const MOST: i64 = 10_000;

/// Of the vendor's audit of quotes, what ends one.
const ENDS: &str = "'quote.accepted', 'quote.declined', 'quote.withdrawn', 'quote.expired'";

/// Whether a quote was open when a window began, as a condition of SQL: sent before, still valid, and
/// not ended. Nothing is where the window does not stop quotes.
pub(super) fn found_open(scope: &Scope, window: &Stoppage) -> String {
    if !window.capabilities.contains(&Capability::Quotes) {
        return "1 = 0".to_owned();
    }
    let program = scope.program();
    let start = window.starts_at.utc().format("%F %T%.f");
    let valid = still_valid(program, program.day_of(window.starts_at));
    format!(
        "quotes.sent_at < '{start}' AND {valid} AND NOT EXISTS (SELECT 1 FROM audit_events \
         WHERE audit_events.subject_kind = 'quote' AND audit_events.subject_id = quotes.id \
         AND audit_events.action IN ({ENDS}) AND audit_events.at < '{start}')"
    )
}

/// Where the quotes stand today that a window found open and that the person may see: one entry each,
/// up to ten thousand. One query.
pub fn held_by(scope: &Scope, window: &Stoppage, conn: &mut Conn) -> Result<Vec<QuoteStatus>> {
    let query = quotes::table.select(quotes::status).limit(MOST).into_boxed();
    let query = within!(query, scope).filter(sql::<Bool>(&found_open(scope, window)));
    Ok(query.load(conn)?)
}
