//! The list of orders.

use askama::Template;

use crate::auth::{Part, Scope};
use crate::db::Conn;
use crate::error::Result;
use crate::orders::model::{Order, OrderQuery, list_for, sort_key};
use crate::orders::{AT_DESK, OrderStatus};
use crate::pricing::quotes::amount;
use crate::web::{Frame, PAGE_LIMIT, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "orders/index.html")]
pub(in crate::orders) struct ListPage {
    frame: Frame,
    path: String,
    csv_href: String,
    is_partner: bool,
    /// Where orders are brought in and processed; none for those who do neither.
    desk: Option<DeskLinks>,
    /// Whether the orders can be ticked, to be processed together.
    can_process: bool,
    query: OrderQuery,
    statuses: Vec<Word>,
    lines: Vec<Line>,
    previous: Option<String>,
    next: Option<String>,
}

struct DeskLinks {
    new_href: String,
    import_href: String,
    process_path: String,
}

/// A choice of the filter bar.
struct Word {
    value: &'static str,
    label: &'static str,
}

struct Line {
    href: String,
    reference: String,
    /// Its number elsewhere; empty where it has none of its own.
    number: String,
    customer: String,
    reseller: String,
    distributor: String,
    tone: &'static str,
    status: &'static str,
    msrp: String,
    /// Empty where it is hidden.
    net: String,
    at_iso: String,
    at_text: String,
}

impl ListPage {
    /// One query.
    pub(in crate::orders) fn read(
        visit: &Visit,
        scope: &Scope,
        query: OrderQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let cursor = query.cursor();
        let rows = list_for(scope, &query, cursor.as_ref(), PAGE_LIMIT, conn)?;
        let rows = Page::new(rows, cursor.as_ref(), sort_key);
        let path = scope.path("/orders");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let at_desk = AT_DESK.has(scope.seat());
        let desk = at_desk.then(|| DeskLinks {
            new_href: scope.path("/orders/new"),
            import_href: scope.path("/orders/import"),
            process_path: scope.path("/orders/processing"),
        });
        let word = |one: &OrderStatus| Word { value: one.as_str(), label: one.label() };
        Ok(Self {
            frame: visit.frame(scope),
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            csv_href: list_address(&scope.path("/orders.csv"), &query, None),
            is_partner: scope.part() == Some(Part::Partner),
            statuses: OrderStatus::ALL.iter().map(word).collect(),
            lines: rows.rows.iter().map(|order| Line::of(order, scope)).collect(),
            can_process: desk.is_some() && query.status == OrderStatus::Released.as_str(),
            desk,
            path,
            query,
        })
    }
}

impl Line {
    fn of(order: &Order, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        let money = |minor: i64| amount(minor, &order.currency, locale);
        Self {
            href: order.path(scope),
            reference: order.reference.clone(),
            number: order.number_elsewhere().to_owned(),
            customer: order.customer.clone(),
            reseller: order.reseller.clone(),
            distributor: order.distributor.clone().unwrap_or_default(),
            tone: order.status.tone(),
            status: order.status.label(),
            msrp: order.msrp_minor.map(money).unwrap_or_default(),
            net: order.net_minor.map(money).unwrap_or_default(),
            at_iso: order.ordered_at.to_string(),
            at_text: locale.short_day(scope.program().day_of(order.ordered_at)),
        }
    }
}
