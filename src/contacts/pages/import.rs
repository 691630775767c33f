//! The import: its form, and the report of a check.

use actix_web::http::StatusCode;
use askama::Template;

use crate::auth::Scope;
use crate::contacts::export::COLUMNS;
use crate::contacts::import::{Fault, LineChange, Outcome, Plan};
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "contacts/import.html")]
pub(in crate::contacts) struct ImportPage {
    frame: Frame,
    root: String,
    organisation: String,
    errors: FieldErrors,
    file: String,
    report: Option<Report>,
    faults: Vec<Fault>,
}

/// What the import would change.
struct Report {
    added: String,
    changed: String,
    unchanged: String,
    roles: String,
    lines: Vec<ReportLine>,
}

struct ReportLine {
    number: String,
    name: String,
    email: String,
    is_new: bool,
    changes: Vec<(&'static str, String, String)>,
    given: Vec<&'static str>,
    taken: Vec<&'static str>,
}

impl ImportPage {
    pub(in crate::contacts) fn new(visit: &Visit, scope: &Scope) -> Self {
        Self {
            frame: visit.frame(scope),
            root: scope.path(""),
            organisation: scope.actor().organisation_name.clone(),
            errors: FieldErrors::default(),
            file: String::new(),
            report: None,
            faults: Vec::new(),
        }
    }

    pub(in crate::contacts) fn with_errors(self, errors: FieldErrors) -> Self {
        Self { errors, ..self }
    }

    pub(in crate::contacts) fn with_outcome(self, file: &str, outcome: Outcome) -> Self {
        let file = file.to_owned();
        match outcome {
            Ok(plan) => Self { file, report: Some(Report::of(&plan)), ..self },
            Err(faults) => Self { file, faults, ..self },
        }
    }

    pub(in crate::contacts) fn status(&self) -> StatusCode {
        if self.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    fn columns(&self) -> [&'static str; 7] {
        COLUMNS
    }

    fn faults_words(&self) -> String {
        match self.faults.len() {
            1 => "1 fault: nothing would be imported".to_owned(),
            faults => format!("{faults} faults: nothing would be imported"),
        }
    }
}

impl Report {
    fn of(plan: &Plan) -> Self {
        Self {
            added: plan.added().to_string(),
            changed: plan.changed().to_string(),
            unchanged: plan.unchanged.to_string(),
            roles: format!("{} / {}", plan.given(), plan.taken()),
            lines: plan.changes.iter().map(ReportLine::of).collect(),
        }
    }
}

impl ReportLine {
    fn of(line: &LineChange) -> Self {
        let changes = line
            .fields
            .iter()
            .map(|change| (change.field.label(), or_nothing(&change.from), or_nothing(&change.to)));
        Self {
            number: line.line.to_string(),
            name: line.wanted.name.clone(),
            email: line.wanted.email.clone(),
            is_new: line.is_new(),
            changes: changes.collect(),
            given: line.given.iter().map(|role| role.label()).collect(),
            taken: line.taken.iter().map(|role| role.label()).collect(),
        }
    }
}

fn or_nothing(value: &str) -> String {
    if value.is_empty() { "nothing".to_owned() } else { value.to_owned() }
}
