//! The list as a page, with its totals.

use askama::Template;

use super::list::{DAYS, UnusedLine, UnusedQuery, list_for, sort_key, totals_for};
use crate::auth::{Part, Scope};
use crate::db::Conn;
use crate::error::Result;
use crate::licences::pages::Choice;
use crate::licences::set_backs::cost::percent;
use crate::web::{Frame, PAGE_LIMIT, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "licences/unused.html")]
pub(super) struct UnusedPage {
    frame: Frame,
    path: String,
    list_href: String,
    set_backs_href: String,
    csv_href: String,
    query: UnusedQuery,
    least: Vec<Choice>,
    licences: String,
    lost: String,
    average: String,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    shows_reseller: bool,
}

struct Row {
    href: String,
    reference: String,
    product: String,
    detail: String,
    customer: String,
    customer_href: String,
    reseller: String,
    starts_iso: String,
    starts: String,
    ends_iso: String,
    ends: String,
    lost: String,
    /// Of its term, in percent.
    share: i64,
    of_term: String,
}

impl UnusedPage {
    /// Two queries.
    pub(super) fn read(
        visit: &Visit,
        scope: &Scope,
        query: UnusedQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let (cursor, locale) = (query.cursor(), scope.actor().locale);
        let rows = list_for(scope, &query, cursor.as_ref(), PAGE_LIMIT, conn)?;
        let rows = Page::new(rows, cursor.as_ref(), sort_key);
        let totals = totals_for(scope, &query, conn)?;
        let path = scope.path("/lost-days");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let choice =
            |days: &i64| Choice { value: days.to_string(), label: format!("{days} days and more") };
        Ok(Self {
            frame: visit.frame(scope),
            list_href: scope.path("/licences"),
            set_backs_href: scope.path("/set-backs"),
            csv_href: list_address(&scope.path("/lost-days.csv"), &query, None),
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            least: DAYS.iter().map(choice).collect(),
            licences: locale.number(totals.licences),
            lost: locale.number(totals.lost),
            average: locale.number(totals.lost / totals.licences.max(1)),
            rows: rows.rows.into_iter().map(|line| Row::of(line, scope)).collect(),
            shows_reseller: scope.part() != Some(Part::Partner),
            path,
            query,
        })
    }
}

impl Row {
    fn of(line: UnusedLine, scope: &Scope) -> Self {
        let (locale, lost, term) =
            (scope.actor().locale, line.lost(scope.today()), line.term_days());
        Self {
            href: scope.path(&format!("/licences/{}", line.reference)),
            customer_href: scope.path(&format!("/customers/{}", line.customer_reference)),
            detail: format!(
                "{} · {} × {}",
                line.sku,
                locale.number(line.quantity.into()),
                line.unit
            ),
            starts_iso: line.starts_on.to_string(),
            starts: locale.short_day(line.starts_on),
            ends_iso: line.due_on.to_string(),
            ends: locale.short_day(line.due_on),
            lost: locale.number(lost),
            share: percent(lost, term),
            of_term: format!("{} % of {} days", percent(lost, term), locale.number(term)),
            reference: line.reference,
            product: line.product,
            customer: line.customer,
            reseller: line.reseller,
        }
    }
}
