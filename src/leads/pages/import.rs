//! Leads from a file.

use askama::Template;

use crate::auth::Scope;
use crate::leads::import::{Column, MOST_LINES, Plan};
use crate::sheet::Fault;
use crate::web::{FieldErrors, Frame};

/// More faults than these are counted, not shown.
const MOST_FAULTS: usize = 100;
/// So many leads of a file are shown.
const MOST_SHOWN: usize = 100;

/// What became of an upload; all empty before one.
#[derive(Default)]
pub(in crate::leads) struct Outcome {
    pub errors: FieldErrors,
    pub faults: Vec<Fault>,
    pub plan: Option<Plan>,
}

#[derive(Template)]
#[template(path = "leads/import.html")]
pub(in crate::leads) struct ImportPage {
    frame: Frame,
    path: String,
    list_href: String,
    errors: FieldErrors,
    faults: Vec<Fault>,
    more_faults: usize,
    plan: Option<Plan>,
    columns: &'static [Column],
    most_lines: String,
}

impl ImportPage {
    pub(in crate::leads) fn new(frame: Frame, scope: &Scope, outcome: Outcome) -> Self {
        let mut faults = outcome.faults;
        let more_faults = faults.len().saturating_sub(MOST_FAULTS);
        faults.truncate(MOST_FAULTS);
        let most_lines = i64::try_from(MOST_LINES).unwrap_or(i64::MAX);
        Self {
            path: scope.path("/leads/import"),
            list_href: scope.path("/leads"),
            errors: outcome.errors,
            plan: outcome.plan,
            columns: Column::ALL,
            most_lines: frame.locale().number(most_lines),
            frame,
            faults,
            more_faults,
        }
    }

    fn shown(plan: &Plan) -> usize {
        plan.new.len().min(MOST_SHOWN)
    }

    fn not_shown(plan: &Plan) -> usize {
        plan.new.len() - Self::shown(plan)
    }
}
