//! Who gets which leads.

use askama::Template;

use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::leads::assignment::all_of;
use crate::leads::candidates::{Asked, Candidate, LIMIT, MOST, candidates_for};
use crate::leads::forms::{AssignmentForm, ChoiceQuery, MOST_CHOSEN, Refused};
use crate::leads::model::Lead;
use crate::leads::rules::Step;
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "leads/assignment.html")]
pub(in crate::leads) struct AssignmentPage {
    frame: Frame,
    path: String,
    list_href: String,
    lines: Vec<Line>,
    candidates: Vec<Candidate>,
    /// Whether there are more than are shown.
    more: bool,
    /// Part of a partner's name, as it is looked for.
    sought: String,
    form: AssignmentForm,
    errors: FieldErrors,
}

/// A lead that was chosen.
struct Line {
    href: String,
    reference: String,
    company: String,
    country: String,
    interest: String,
    /// Who has it so far; may be empty.
    partner: String,
    /// With its revision, as the form sends it.
    value: String,
    /// Why it cannot be assigned; empty where it can.
    why_not: &'static str,
}

impl AssignmentPage {
    /// Two queries.
    pub(in crate::leads) fn read(
        visit: &Visit,
        scope: &Scope,
        query: ChoiceQuery,
        refused: Refused<AssignmentForm>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let mut references: Vec<&str> = Vec::new();
        for reference in query.lead.iter().take(MOST_CHOSEN) {
            if !references.contains(&reference.as_str()) {
                references.push(reference);
            }
        }
        let chosen = match references.as_slice() {
            [] => Vec::new(),
            some => all_of(scope, some, conn)?,
        };
        let asked = Asked::of(scope.program(), &chosen, visit.now());
        let mut candidates = match chosen.is_empty() {
            true => Vec::new(),
            false => candidates_for(asked, &chosen, &query.name, LIMIT, conn)?,
        };
        let more = candidates.len() > MOST;
        candidates.truncate(MOST);
        Ok(Self {
            frame: visit.frame(scope),
            path: scope.path("/leads/assignment"),
            list_href: scope.path("/leads"),
            lines: chosen.iter().map(|lead| Line::of(lead, scope)).collect(),
            candidates,
            more,
            sought: query.name,
            form: refused.form,
            errors: refused.errors,
        })
    }

    fn heading(&self) -> String {
        match self.lines.len() {
            0 | 1 => "Assign a lead".to_owned(),
            many => format!("Assign {many} leads"),
        }
    }

    /// What the form can assign.
    fn able(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.why_not.is_empty())
    }

    fn is_able(&self) -> bool {
        self.able().next().is_some()
    }

    /// Whether a partner loses a lead by it.
    fn moves_any(&self) -> bool {
        self.able().any(|line| !line.partner.is_empty())
    }
}

impl Line {
    fn of(lead: &Lead, scope: &Scope) -> Self {
        let step = if lead.status.is_unassigned() { Step::Assign } else { Step::Reassign };
        Self {
            href: lead.path(scope),
            reference: lead.reference.clone(),
            company: lead.details_for(scope).map(|one| one.company.clone()).unwrap_or_default(),
            country: lead.country.clone(),
            interest: lead.interest.clone(),
            partner: lead.partner.as_ref().map(|one| one.name.clone()).unwrap_or_default(),
            value: format!("{}:{}", lead.reference, lead.revision),
            why_not: step.why_not(lead.kind, lead.status).unwrap_or_default(),
        }
    }
}
