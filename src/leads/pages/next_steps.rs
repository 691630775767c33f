//! What is to be done next with leads, day by day.

use askama::Template;

use super::list::{label, tone};
use crate::auth::Scope;
use crate::calendar::days_between;
use crate::db::Conn;
use crate::error::Result;
use crate::leads::next_steps::{OVERDUE, Planned, StepsQuery, THIS_WEEK, list_for, sort_key};
use crate::web::{Frame, PAGE_LIMIT, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "leads/next-steps.html")]
pub(in crate::leads) struct StepsPage {
    frame: Frame,
    path: String,
    list_href: String,
    csv_href: String,
    is_vendor: bool,
    query: StepsQuery,
    times: [Word; 2],
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
    company: String,
    step: String,
    partner: String,
    tone: &'static str,
    status_label: &'static str,
    day_iso: String,
    day_text: String,
    left: String,
    overdue: bool,
    today: bool,
}

impl StepsPage {
    /// Two queries.
    pub(in crate::leads) fn read(
        visit: &Visit,
        scope: &Scope,
        query: StepsQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let cursor = query.cursor();
        let rows = list_for(scope, &query, cursor.as_ref(), PAGE_LIMIT, conn)?;
        let rows = Page::new(rows, cursor.as_ref(), sort_key);
        let path = scope.path("/leads/next-steps");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        Ok(Self {
            frame: visit.frame(scope),
            list_href: scope.path("/leads"),
            csv_href: list_address(&scope.path("/leads/next-steps.csv"), &query, None),
            is_vendor: scope.is_vendor(),
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            times: [
                Word { value: OVERDUE, label: "Overdue" },
                Word { value: THIS_WEEK, label: "This week" },
            ],
            lines: rows.rows.iter().map(|planned| Line::of(planned, scope)).collect(),
            path,
            query,
        })
    }
}

impl Line {
    fn of(planned: &Planned, scope: &Scope) -> Self {
        let (today, locale) = (scope.today(), scope.actor().locale);
        let (lead, day) = (&planned.lead, planned.due_on);
        let left = days_between(today, day);
        Self {
            href: lead.path(scope),
            reference: lead.reference.clone(),
            company: lead.details_for(scope).map(|one| one.company.clone()).unwrap_or_default(),
            step: planned.step.clone(),
            partner: lead.partner_name().to_owned(),
            tone: tone(lead.status, scope.is_vendor()),
            status_label: label(lead.status, scope.is_vendor()),
            day_iso: day.to_string(),
            day_text: locale.short_day(day),
            left: match left {
                ..=-2 => format!("{} days over", -left),
                -1 => "1 day over".to_owned(),
                0 => "today".to_owned(),
                1 => "tomorrow".to_owned(),
                days => format!("in {days} days"),
            },
            overdue: left < 0,
            today: left == 0,
        }
    }
}
