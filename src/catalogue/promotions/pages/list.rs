//! The vendor's list of promotions.

use askama::Template;

use super::offers::OfferLine;
use crate::auth::{Scope, Seats};
use crate::catalogue::promotions::model::{Promotion, PromotionsQuery, Standing, list_for};
use crate::catalogue::tabs::{Tab, tabs};
use crate::db::Conn;
use crate::error::Result;
use crate::web::{Frame, PAGE_LIMIT, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "catalogue/promotions.html")]
pub(in crate::catalogue::promotions) struct ListPage {
    frame: Frame,
    tabs: Vec<Tab>,
    path: String,
    csv_href: String,
    new_href: Option<String>,
    query: PromotionsQuery,
    statuses: Vec<Word>,
    lines: Vec<Line>,
    previous: Option<String>,
    next: Option<String>,
}

/// A choice of the filter bar.
struct Word {
    value: &'static str,
    label: &'static str,
}

struct Line {
    href: String,
    offer: OfferLine,
    percent: String,
}

impl ListPage {
    /// Two queries.
    pub(in crate::catalogue::promotions) fn read(
        visit: &Visit,
        scope: &Scope,
        query: PromotionsQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let cursor = query.cursor();
        let rows = list_for(scope, &query, cursor.as_ref(), PAGE_LIMIT, conn)?;
        let rows = Page::new(rows, cursor.as_ref(), |(day, reference)| {
            (day.to_string(), reference.clone())
        });
        let path = scope.path("/promotions");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let (previous, next) = (rows.previous.as_ref().map(page), rows.next.as_ref().map(page));
        let references: Vec<String> = rows.rows.into_iter().map(|(_, one)| one).collect();
        let found = Promotion::all_of(scope.program().id, &references, scope.today(), conn)?;
        let makes = Seats::PROGRAM_MANAGER.has(scope.seat());
        Ok(Self {
            frame: visit.frame(scope),
            tabs: tabs(scope, "/promotions"),
            csv_href: list_address(&scope.path("/promotions.csv"), &query, None),
            new_href: makes.then(|| scope.path("/promotions/new")),
            statuses: Standing::ALL
                .iter()
                .map(|one| Word { value: one.word(), label: one.label() })
                .collect(),
            lines: found.iter().map(|promotion| Line::of(promotion, scope)).collect(),
            previous,
            next,
            path,
            query,
        })
    }
}

impl Line {
    fn of(promotion: &Promotion, scope: &Scope) -> Self {
        Self {
            href: promotion.path(scope),
            offer: OfferLine::of(&promotion.offer, scope),
            percent: promotion.percent.show(scope.actor().locale),
        }
    }
}
