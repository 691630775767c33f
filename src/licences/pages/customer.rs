//! A customer and its licences.

use askama::Template;

use super::Row;
use crate::auth::{Part, Scope};
use crate::customers::Customer;
use crate::licences::list::LicenceLine;
use crate::licences::status::Thresholds;
use crate::web::{Frame, Page, Visit};

#[derive(Template)]
#[template(path = "licences/customer.html")]
pub(in crate::licences) struct CustomerPage {
    frame: Frame,
    list_href: String,
    csv_href: String,
    schedules_href: String,
    plan_href: String,
    name: String,
    reference: String,
    country: String,
    since: String,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    shows_reseller: bool,
}

impl CustomerPage {
    pub(in crate::licences) fn new(
        visit: &Visit,
        scope: &Scope,
        customer: &Customer,
        page: Page<LicenceLine>,
        thresholds: Thresholds,
    ) -> Self {
        let path = scope.path(&format!("/customers/{}", customer.reference));
        let link = |page: Option<String>| page.map(|page| format!("{path}?page={page}"));
        let csv = format!("/licences.csv?status=all&customer={}", customer.reference);
        let locale = scope.actor().locale;
        Self {
            frame: visit.frame(scope),
            list_href: scope.path("/customers"),
            csv_href: scope.path(&csv),
            schedules_href: scope.path(&format!("/schedules?customer={}", customer.reference)),
            plan_href: format!("{path}/co-term"),
            name: customer.name.clone(),
            reference: customer.reference.clone(),
            country: customer.country.clone(),
            since: locale.day(scope.program().day_of(customer.created_at)),
            previous: link(page.previous),
            next: link(page.next),
            rows: page.rows.into_iter().map(|line| Row::of(line, scope, thresholds)).collect(),
            shows_reseller: scope.part() != Some(Part::Partner),
        }
    }

    fn shown(&self) -> String {
        match self.rows.len() {
            1 => "1 licence".to_owned(),
            count => format!("{count} licences"),
        }
    }
}
