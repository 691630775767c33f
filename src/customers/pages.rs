//! Pages of customers.

use std::collections::HashMap;

use askama::Template;

use super::Customer;
use super::list::{ListQuery, Tally};
use crate::auth::Scope;
use crate::web::{Frame, Page, Visit};

#[derive(Template)]
#[template(path = "customers/index.html")]
pub(super) struct IndexPage {
    frame: Frame,
    path: String,
    csv_href: String,
    licences_href: String,
    query: ListQuery,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
}

struct Row {
    href: String,
    name: String,
    reference: String,
    country: String,
    licences: String,
    next_end_iso: String,
    next_end: String,
}

impl IndexPage {
    pub(super) fn new(
        visit: &Visit,
        scope: &Scope,
        query: ListQuery,
        page: Page<Customer>,
        tallies: &HashMap<i64, Tally>,
    ) -> Self {
        let path = scope.path("/customers");
        let link = |page: Option<String>| page.map(|page| query.address(&path, &page));
        let tally = |customer: &Customer| tallies.get(&customer.id).copied().unwrap_or_default();
        Self {
            frame: visit.frame(scope),
            csv_href: query.address(&scope.path("/customers.csv"), ""),
            licences_href: scope.path("/licences"),
            previous: link(page.previous),
            next: link(page.next),
            rows: page.rows.iter().map(|one| Row::of(one, tally(one), scope)).collect(),
            path,
            query,
        }
    }

    fn shown(&self) -> String {
        let more = if self.next.is_some() { ", more follow" } else { "" };
        match self.rows.len() {
            1 => format!("1 customer{more}"),
            count => format!("{count} customers{more}"),
        }
    }
}

impl Row {
    fn of(customer: &Customer, tally: Tally, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        Self {
            href: scope.path(&format!("/customers/{}", customer.reference)),
            name: customer.name.clone(),
            reference: customer.reference.clone(),
            country: customer.country.clone(),
            licences: locale.number(tally.licences),
            next_end_iso: tally.next_end.map(|day| day.to_string()).unwrap_or_default(),
            next_end: tally.next_end.map(|day| locale.short_day(day)).unwrap_or_default(),
        }
    }
}
