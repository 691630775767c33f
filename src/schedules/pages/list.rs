//! The list of schedules.

use askama::Template;

use crate::auth::{Part, Scope};
use crate::db::Conn;
use crate::error::Result;
use crate::schedules::LIST;
use crate::schedules::list::{ScheduleQuery, list_for, sort_key};
use crate::schedules::model::Schedule;
use crate::web::{Frame, PAGE_LIMIT, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "schedules/index.html")]
pub(in crate::schedules) struct ListPage {
    frame: Frame,
    path: String,
    csv_href: String,
    /// Who gets them by mail: the partner's own affair.
    recipients_href: Option<String>,
    shows_reseller: bool,
    shows_distributor: bool,
    query: ScheduleQuery,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
}

struct Row {
    href: String,
    reference: String,
    customer: String,
    reseller: String,
    distributor: String,
    order: String,
    lines: String,
    issued_iso: String,
    issued: String,
}

impl ListPage {
    /// One query.
    pub(in crate::schedules) fn read(
        visit: &Visit,
        scope: &Scope,
        query: ScheduleQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let cursor = query.cursor();
        let rows = list_for(scope, &query, cursor.as_ref(), PAGE_LIMIT, conn)?;
        let rows = Page::new(rows, cursor.as_ref(), sort_key);
        let path = scope.path("/schedules");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let is_partner = scope.part() == Some(Part::Partner);
        Ok(Self {
            frame: visit.frame(scope),
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            csv_href: list_address(&scope.path("/schedules.csv"), &query, None),
            recipients_href: is_partner.then(|| scope.path(LIST.page)),
            shows_reseller: !is_partner,
            shows_distributor: scope.part() != Some(Part::Distributor),
            rows: rows.rows.iter().map(|schedule| Row::of(schedule, scope)).collect(),
            path,
            query,
        })
    }
}

impl Row {
    fn of(schedule: &Schedule, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        Self {
            href: schedule.path(scope),
            reference: schedule.reference.clone(),
            customer: schedule.customer.clone(),
            reseller: schedule.reseller.clone(),
            distributor: schedule.distributor.clone().unwrap_or_default(),
            order: schedule.order_number.clone(),
            lines: locale.number(schedule.lines.into()),
            issued_iso: schedule.issued_on.to_string(),
            issued: locale.short_day(schedule.issued_on),
        }
    }
}
