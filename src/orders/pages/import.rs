//! The page that takes an order file.

use askama::Template;

use crate::auth::Scope;
use crate::licences::rules::LineDates;
use crate::locale::Locale;
use crate::orders::import::{Column, MOST_LINES, Plan};
use crate::sheet::Fault;
use crate::web::{FieldErrors, Frame, Visit};

/// More faults than these are counted, not listed.
const MOST_FAULTS: usize = 100;
/// So many lines of a file show what it will do.
const FIRST_LINES: usize = 20;

/// Takes an order file and says what it would do, or what is wrong with it.
#[derive(Template)]
#[template(path = "orders/import.html")]
pub(in crate::orders) struct ImportPage {
    frame: Frame,
    pub(in crate::orders) path: String,
    pub(in crate::orders) errors: FieldErrors,
    pub(in crate::orders) report: Option<Report>,
    faults: Vec<Fault>,
    fault_count: usize,
    program: String,
    program_slug: String,
    columns: &'static [Column],
    most_lines: String,
}

/// What an import would do.
pub(in crate::orders) struct Report {
    pub(in crate::orders) orders: usize,
    open_orders: usize,
    licences: usize,
    renewals: usize,
    waiting: usize,
    new_customers: usize,
    known_orders: usize,
    first: Vec<ReportLine>,
    more: usize,
}

struct ReportLine {
    order: String,
    customer: String,
    product: String,
    quantity: String,
    kind: &'static str,
    term: String,
    why: &'static str,
}

impl ImportPage {
    pub(in crate::orders) fn new(visit: &Visit, scope: &Scope) -> Self {
        let frame = visit.frame(scope);
        let most_lines = i64::try_from(MOST_LINES).unwrap_or(i64::MAX);
        Self {
            path: scope.path("/orders/import"),
            errors: FieldErrors::default(),
            report: None,
            faults: Vec::new(),
            fault_count: 0,
            program: scope.program().name.clone(),
            program_slug: scope.program().slug.clone(),
            columns: Column::ALL,
            most_lines: frame.locale().number(most_lines),
            frame,
        }
    }

    pub(in crate::orders) fn with_faults(mut self, faults: &[Fault]) -> Self {
        self.errors = FieldErrors::one("file", Self::refusal(faults.len()));
        self.fault_count = faults.len();
        self.faults = faults.iter().take(MOST_FAULTS).cloned().collect();
        self
    }

    fn refusal(faults: usize) -> String {
        match faults {
            1 => "The file has 1 fault; nothing was imported.".to_owned(),
            faults => format!("The file has {faults} faults; nothing was imported."),
        }
    }

    /// The main button is what comes next: to check, and once that was done, to import.
    fn tone(&self, is_next: bool) -> &'static str {
        if is_next { "primary" } else { "" }
    }

    fn faults_not_shown(&self) -> usize {
        self.fault_count - self.faults.len()
    }
}

impl Report {
    pub(in crate::orders) fn of(plan: &Plan, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        let first: Vec<ReportLine> = plan
            .lines()
            .take(FIRST_LINES)
            .map(|(head, planned)| ReportLine {
                order: head.external_number.clone(),
                customer: head.customer.name.clone(),
                product: planned.product_name.clone(),
                quantity: locale.number(planned.line.quantity.into()),
                kind: planned.line.kind.label(),
                term: term_of(planned.dates.as_ref(), locale),
                why: planned
                    .dates
                    .as_ref()
                    .map_or("Still to be processed.", |dates| dates.basis.sentence()),
            })
            .collect();
        Self {
            orders: plan.orders.len(),
            open_orders: plan.open_orders(),
            licences: plan.licences(),
            renewals: plan.renewals(),
            waiting: plan.waiting(),
            new_customers: plan.new_customers,
            known_orders: plan.known_orders,
            more: plan.lines().count() - first.len(),
            first,
        }
    }
}

fn term_of(dates: Option<&LineDates>, locale: Locale) -> String {
    match dates.map(|dates| (dates.starts_on, dates.ends_on)) {
        Some((Some(start), Some(end))) => {
            format!("{} – {}", locale.short_day(start), locale.short_day(end))
        }
        Some((Some(start), None)) => format!("from {}", locale.short_day(start)),
        _ => "None yet".to_owned(),
    }
}
