//! The list of price lists.

use askama::Template;

use crate::auth::{Scope, Seats};
use crate::catalogue::price_lists::model::{ListRecord, ListsQuery, Phase, lists_for};
use crate::catalogue::tabs::{Tab, tabs};
use crate::db::Conn;
use crate::error::Result;
use crate::web::{Frame, PAGE_LIMIT, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "catalogue/price_lists.html")]
pub(in crate::catalogue::price_lists) struct ListPage {
    frame: Frame,
    tabs: Vec<Tab>,
    path: String,
    import_href: Option<String>,
    query: ListsQuery,
    lines: Vec<Line>,
    previous: Option<String>,
    next: Option<String>,
}

struct Line {
    href: String,
    csv_href: String,
    list: ListRecord,
    day_text: String,
    tone: &'static str,
    status: &'static str,
    at_iso: String,
    at_text: String,
}

impl ListPage {
    /// Two queries.
    pub(in crate::catalogue::price_lists) fn read(
        visit: &Visit,
        scope: &Scope,
        query: ListsQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let cursor = query.cursor();
        let rows = lists_for(scope, &query, PAGE_LIMIT, conn)?;
        let rows = Page::new(rows, cursor.as_ref(), |(list, _)| {
            (list.effective_on.to_string(), list.reference.clone())
        });
        let path = scope.path("/prices");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let publishes = Seats::PROGRAM_MANAGER.has(scope.seat());
        Ok(Self {
            frame: visit.frame(scope),
            tabs: tabs(scope, "/prices"),
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            import_href: publishes.then(|| scope.path("/prices/import")),
            lines: rows
                .rows
                .into_iter()
                .map(|(list, phase)| Line::of(list, phase, scope))
                .collect(),
            path,
            query,
        })
    }
}

impl Line {
    fn of(list: ListRecord, phase: Phase, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        let href = list.path(scope);
        Self {
            csv_href: format!("{href}/prices.csv"),
            href,
            day_text: locale.day(list.effective_on),
            tone: phase.tone(),
            status: phase.label(),
            at_iso: list.published_at.to_string(),
            at_text: locale.moment(list.published_at, scope.program().time_zone),
            list,
        }
    }
}
