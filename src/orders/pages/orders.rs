//! The list of placed orders, and one of them.

use askama::Template;

use crate::audit::{self, Line as HistoryLine};
use crate::auth::{Part, Scope};
use crate::db::Conn;
use crate::error::Result;
use crate::orders::OrderStatus;
use crate::orders::model::{KIND, Order, OrderLine, OrderQuery, list_for, sort_key};
use crate::pricing::quotes::amount;
use crate::web::{Frame, PAGE_LIMIT, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "orders/index.html")]
pub(in crate::orders) struct ListPage {
    frame: Frame,
    path: String,
    csv_href: String,
    is_partner: bool,
    query: OrderQuery,
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
    reference: String,
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
        let word = |one: &OrderStatus| Word { value: one.as_str(), label: one.label() };
        Ok(Self {
            frame: visit.frame(scope),
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            csv_href: list_address(&scope.path("/orders.csv"), &query, None),
            is_partner: scope.part() == Some(Part::Partner),
            statuses: OrderStatus::ALL.iter().map(word).collect(),
            lines: rows.rows.iter().map(|order| Line::of(order, scope)).collect(),
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
            customer: order.customer.clone(),
            reseller: order.reseller.clone(),
            distributor: order.distributor.clone().unwrap_or_default(),
            tone: order.status.tone(),
            status: order.status.label(),
            msrp: money(order.msrp_minor),
            net: order.net_minor.map(money).unwrap_or_default(),
            at_iso: order.placed_at.to_string(),
            at_text: locale.short_day(scope.program().day_of(order.placed_at)),
        }
    }
}

#[derive(Template)]
#[template(path = "orders/show.html")]
pub(in crate::orders) struct OrderPage {
    frame: Frame,
    list_href: String,
    quote_href: String,
    order: Order,
    placed_iso: String,
    placed_text: String,
    lines: Vec<OrderedLine>,
    msrp: String,
    /// None where it is hidden.
    net: Option<String>,
    history: Vec<HistoryLine>,
}

struct OrderedLine {
    position: i32,
    product: String,
    sku: String,
    kind: &'static str,
    base: String,
    quantity: String,
    term: String,
    msrp: String,
    net: String,
}

impl OrderPage {
    /// Three queries.
    pub(in crate::orders) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        conn: &mut Conn,
    ) -> Result<Self> {
        let order = Order::find_for(scope, reference, conn)?;
        let lines = OrderLine::of(order.id, conn)?;
        let entries = audit::timeline(KIND, order.id, conn)?;
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        let money = |minor: i64| amount(minor, &order.currency, locale);
        let line = |line: &OrderLine| OrderedLine {
            position: line.position,
            product: line.product.clone(),
            sku: line.sku.clone(),
            kind: line.kind.label(),
            base: line.base.clone().unwrap_or_default(),
            quantity: locale.number(line.quantity.into()),
            term: match line.months {
                None => String::new(),
                Some(1) => "1 month".to_owned(),
                Some(months) => format!("{months} months"),
            },
            msrp: money(line.msrp_minor),
            net: order.net_of(line).map(money).unwrap_or_default(),
        };
        Ok(Self {
            frame: visit.frame(scope),
            list_href: scope.path("/orders"),
            quote_href: scope.path(&format!("/quotes/{}", order.quote)),
            placed_iso: order.placed_at.to_string(),
            placed_text: locale.moment(order.placed_at, zone),
            lines: lines.iter().map(line).collect(),
            msrp: money(order.msrp_minor),
            net: order.net_minor.map(money),
            history: HistoryLine::all(&entries, locale, zone),
            order,
        })
    }
}
