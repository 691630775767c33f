//! What the page shows.

use askama::Template;

use super::handlers::HistoryQuery;
use crate::audit::{Entry, Line};
use crate::auth::Scope;
use crate::web::{Frame, Page, list_address};

/// The kinds of records that have a history: as they are stored, and in words.
const KINDS: &[(&str, &str)] = &[
    ("program", "Program"),
    ("enrolment", "Partner"),
    ("contact", "Contact"),
    ("customer", "Customer"),
    ("order", "Order"),
    ("licence", "Licence"),
    ("lead", "Lead"),
    ("deal", "Deal"),
    ("price_list", "Price list"),
    ("promotion", "Promotion"),
    ("inquiry", "Inquiry"),
    ("quote", "Quote"),
    ("special_price", "Special price"),
    ("customer_paper", "Prices for a customer"),
    ("mail", "Mail"),
];

/// A choice of the filter bar.
pub(super) struct Kind {
    pub value: &'static str,
    pub label: &'static str,
}

/// One line of the log.
pub(super) struct LogLine {
    pub line: Line,
    pub kind: String,
    pub name: String,
    /// The record's own page, where it has one.
    pub href: Option<String>,
}

#[derive(Template)]
#[template(path = "history/index.html")]
pub(super) struct HistoryPage {
    frame: Frame,
    path: String,
    csv_href: String,
    query: HistoryQuery,
    filtered: bool,
    kinds: Vec<Kind>,
    zone: String,
    lines: Vec<LogLine>,
    previous: Option<String>,
    next: Option<String>,
}

impl HistoryPage {
    pub(super) fn new(
        frame: Frame,
        scope: &Scope,
        query: HistoryQuery,
        filtered: bool,
        entries: &Page<Entry>,
    ) -> Self {
        let path = scope.path("/history");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let lines = entries.rows.iter().map(|entry| log_line(entry, &frame, scope)).collect();
        Self {
            previous: entries.previous.as_ref().map(page),
            next: entries.next.as_ref().map(page),
            csv_href: list_address(&scope.path("/history.csv"), &query, None),
            kinds: KINDS.iter().map(|(value, label)| Kind { value, label }).collect(),
            zone: scope.program().time_zone.name().to_owned(),
            lines,
            frame,
            path,
            query,
            filtered,
        }
    }
}

fn log_line(entry: &Entry, frame: &Frame, scope: &Scope) -> LogLine {
    let known = KINDS.iter().find(|(kind, _)| *kind == entry.subject_kind);
    LogLine {
        line: Line::of(entry, frame.locale(), scope.program().time_zone),
        kind: known.map_or_else(|| entry.subject_kind.clone(), |(_, label)| (*label).to_owned()),
        name: entry.subject_name.clone(),
        href: page_of(entry, scope),
    }
}

fn page_of(entry: &Entry, scope: &Scope) -> Option<String> {
    let folder = match entry.subject_kind.as_str() {
        "program" => return Some(scope.path("/program")),
        "enrolment" => "partners",
        "contact" => "contacts",
        "customer" => "customers",
        "licence" => "licences",
        "lead" => "leads",
        "special_price" => "special-prices",
        _ => return None,
    };
    Some(scope.path(&format!("/{folder}/{}", entry.subject_reference)))
}
