//! What the pages show.

use askama::Template;

use super::forms::OnboardForm;
use super::import::{Column, MOST_LINES, Plan};
use crate::auth::Scope;
use crate::partners::Choices;
use crate::sheet::Fault;
use crate::web::{FieldErrors, Frame};

/// More faults are counted, not shown.
const MOST_FAULTS: usize = 100;

#[derive(Template)]
#[template(path = "onboarding/new.html")]
pub(super) struct NewPage {
    frame: Frame,
    path: String,
    list_href: String,
    choices: Choices,
    form: OnboardForm,
    errors: FieldErrors,
}

impl NewPage {
    pub(super) fn new(
        frame: Frame,
        scope: &Scope,
        choices: Choices,
        form: OnboardForm,
        errors: FieldErrors,
    ) -> Self {
        Self {
            path: scope.path("/partners/new"),
            list_href: scope.path("/partners"),
            frame,
            choices,
            form,
            errors,
        }
    }

    /// Whether the name was refused because an organisation has it: only then the question.
    fn asks_whether_another(&self) -> bool {
        !self.form.another.is_empty()
            || self.errors.on("name").is_some_and(|text| text.contains("has this name"))
    }
}

/// What became of an upload; all empty before one.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) errors: FieldErrors,
    pub(super) faults: Vec<Fault>,
    pub(super) plan: Option<Plan>,
}

#[derive(Template)]
#[template(path = "onboarding/import.html")]
pub(super) struct ImportPage {
    frame: Frame,
    path: String,
    list_href: String,
    csv_href: String,
    errors: FieldErrors,
    faults: Vec<Fault>,
    more_faults: usize,
    plan: Option<Plan>,
    columns: &'static [Column],
    most_lines: usize,
}

impl ImportPage {
    pub(super) fn new(frame: Frame, scope: &Scope, outcome: Outcome) -> Self {
        let mut faults = outcome.faults;
        let more_faults = faults.len().saturating_sub(MOST_FAULTS);
        faults.truncate(MOST_FAULTS);
        Self {
            path: scope.path("/partners/import"),
            list_href: scope.path("/partners"),
            csv_href: scope.path("/partners.csv"),
            errors: outcome.errors,
            plan: outcome.plan,
            columns: Column::ALL,
            most_lines: MOST_LINES,
            frame,
            faults,
            more_faults,
        }
    }
}
