//! The list of windows.

use askama::Template;

use super::{Shown, Word};
use crate::auth::{Scope, Seats};
use crate::db::Conn;
use crate::error::Result;
use crate::maintenance::Capability;
use crate::maintenance::model::{WindowsQuery, list_for, sort_key};
use crate::maintenance::rules::Standing;
use crate::web::{Frame, PAGE_LIMIT, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "maintenance/index.html")]
pub(in crate::maintenance) struct ListPage {
    frame: Frame,
    path: String,
    csv_href: String,
    /// None for whoever declares none.
    new_href: Option<String>,
    zone: &'static str,
    query: WindowsQuery,
    statuses: Vec<Word>,
    capabilities: Vec<Word>,
    lines: Vec<Shown>,
    previous: Option<String>,
    next: Option<String>,
}

impl ListPage {
    /// Two queries.
    pub(in crate::maintenance) fn read(
        visit: &Visit,
        scope: &Scope,
        query: WindowsQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let (cursor, now) = (query.cursor(), visit.now());
        let rows = list_for(scope, &query, cursor.as_ref(), now, PAGE_LIMIT, conn)?;
        let rows = Page::new(rows, cursor.as_ref(), sort_key);
        let path = scope.path("/maintenance");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let declares = Seats::PROGRAM_MANAGER.has(scope.seat());
        Ok(Self {
            frame: visit.frame(scope),
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            csv_href: list_address(&scope.path("/maintenance.csv"), &query, None),
            new_href: declares.then(|| scope.path("/maintenance/new")),
            zone: scope.program().time_zone.name(),
            statuses: Standing::ALL
                .iter()
                .map(|one| Word { value: one.word(), label: one.label() })
                .collect(),
            capabilities: Capability::ALL
                .iter()
                .map(|one| Word { value: one.as_str(), label: one.label() })
                .collect(),
            lines: rows.rows.iter().map(|window| Shown::of(window, scope, now)).collect(),
            path,
            query,
        })
    }
}
