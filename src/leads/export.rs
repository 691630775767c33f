//! Leads as CSV. What the person may not see yet is an empty cell.

use super::list::{LeadQuery, ending_for, ending_key, list_for, sort_key};
use super::model::Lead;
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::web::Cursor;
use crate::web::downloads::Csv;

/// Leads of a file that are read together.
const ROWS_AT_ONCE: i64 = 500;

const HEADS: [&str; 21] = [
    "reference",
    "status",
    "kind",
    "company",
    "contact_name",
    "email",
    "phone",
    "country",
    "interest",
    "about",
    "source",
    "note",
    "language",
    "assigned_at",
    "opened_at",
    "opened_by",
    "accepted_at",
    "last_activity_at",
    "ends_on",
    "reason",
    "deal",
];

/// What the vendor's file has besides: where each came from and who has it.
const VENDOR_HEADS: [&str; 3] = ["external_id", "partner", "entered_at"];

/// All leads that the filters leave.
pub(super) fn file(scope: &Scope, query: &LeadQuery, conn: &mut Conn) -> Result<Csv> {
    let rows = |cursor: Option<&Cursor>, conn: &mut Conn| {
        list_for(scope, query, cursor, ROWS_AT_ONCE, conn)
    };
    written(scope, rows, |lead| sort_key(scope, lead), conn)
}

/// All leads that end soon.
pub(super) fn file_of_ending(scope: &Scope, conn: &mut Conn) -> Result<Csv> {
    let rows =
        |cursor: Option<&Cursor>, conn: &mut Conn| ending_for(scope, cursor, ROWS_AT_ONCE, conn);
    written(scope, rows, ending_key, conn)
}

fn written(
    scope: &Scope,
    rows: impl Fn(Option<&Cursor>, &mut Conn) -> Result<Vec<Lead>>,
    key: impl Fn(&Lead) -> (String, String),
    conn: &mut Conn,
) -> Result<Csv> {
    let mut heads = HEADS.to_vec();
    if scope.is_vendor() {
        heads.extend(VENDOR_HEADS);
    }
    let mut csv = Csv::with_heads(&heads)?;
    let mut cursor = None;
    loop {
        let rows = rows(cursor.as_ref(), conn)?;
        for lead in &rows {
            csv.row(cells(lead, scope))?;
        }
        let Some(last) = rows.last() else { return Ok(csv) };
        let (key, reference) = key(last);
        cursor = Some(Cursor { key, reference, backwards: false });
    }
}

fn cells(lead: &Lead, scope: &Scope) -> Vec<String> {
    let details = lead.details_for(scope);
    let hidden = |cell: fn(&super::Details) -> &str| details.map_or("", cell).to_owned();
    let at = |instant: Option<Instant>| instant.map(|at| at.to_string()).unwrap_or_default();
    let mut cells = vec![
        lead.reference.clone(),
        lead.status.to_string(),
        lead.kind.to_string(),
        hidden(|one| &one.company),
        hidden(|one| &one.contact_name),
        hidden(|one| &one.email),
        hidden(|one| &one.phone),
        lead.country.clone(),
        lead.interest.clone(),
        lead.topic.name().to_owned(),
        hidden(|one| &one.source),
        hidden(|one| &one.note),
        hidden(|one| &one.language),
        at(lead.assigned_at),
        at(lead.opened_at),
        lead.opened_by.clone(),
        at(lead.accepted_at),
        at(lead.last_activity_at),
        lead.expires_on.map(|day| day.to_string()).unwrap_or_default(),
        lead.why.clone(),
        lead.deal_for(scope).unwrap_or_default().to_owned(),
    ];
    if scope.is_vendor() {
        cells.push(hidden(|one| one.external_id.as_deref().unwrap_or_default()));
        cells.push(lead.partner.as_ref().map(|one| one.name.clone()).unwrap_or_default());
        cells.push(lead.created_at.to_string());
    }
    cells
}
