//! One lead.

use askama::Template;

use super::list::{label, source, tone};
use crate::audit::{self, Line};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::leads::forms::{Refused, TextForm};
use crate::leads::model::{Details, KIND, Lead};
use crate::leads::rules::Step;
use crate::leads::{DISTRIBUTING, LeadKind};
use crate::web::{Frame, Visit, list_address};

#[derive(Template)]
#[template(path = "leads/show.html")]
pub(in crate::leads) struct LeadPage {
    frame: Frame,
    path: String,
    list_href: String,
    lead: Lead,
    /// None where they are hidden from the person.
    details: Option<Details>,
    is_vendor: bool,
    tone: &'static str,
    status_label: &'static str,
    source_label: &'static str,
    organisation: String,
    entered: Moment,
    assigned: Option<Moment>,
    opened: Option<Moment>,
    active: Option<Moment>,
    steps: Vec<NextStep>,
    history: Vec<Line>,
    note: Refused<TextForm>,
}

/// An instant as it is shown.
struct Moment {
    iso: String,
    text: String,
}

/// What may be done next, or why not.
struct NextStep {
    label: &'static str,
    href: Option<String>,
    why_not: &'static str,
}

impl LeadPage {
    /// Two queries.
    pub(in crate::leads) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        note: Refused<TextForm>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let lead = Lead::find_for(scope, reference, conn)?;
        let entries = if scope.is_vendor() {
            audit::timeline(KIND, lead.id, conn)?
        } else {
            audit::timeline_of(scope.organisation_id(), KIND, lead.id, conn)?
        };
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        let moment = |at| Moment { iso: format!("{at}"), text: locale.moment(at, zone) };
        Ok(Self {
            frame: visit.frame(scope),
            path: lead.path(scope),
            list_href: scope.path("/leads"),
            details: lead.details_for(scope).cloned(),
            is_vendor: scope.is_vendor(),
            tone: tone(lead.status, scope.is_vendor()),
            status_label: label(lead.status, scope.is_vendor()),
            source_label: source(lead.kind, scope.is_vendor()),
            organisation: scope.actor().organisation_name.clone(),
            entered: moment(lead.created_at),
            assigned: lead.assigned_at.map(moment),
            opened: lead.opened_at.map(moment),
            active: lead.last_activity_at.map(moment),
            steps: steps(&lead, scope),
            history: Line::all(&entries, locale, zone),
            note,
            lead,
        })
    }

    /// Whoever may know it reads the company, the others the reference.
    fn title(&self) -> String {
        match &self.details {
            Some(details) => details.company.clone(),
            None => format!("Lead {}", self.lead.reference),
        }
    }

    fn may_note(&self) -> bool {
        !self.is_vendor && Step::AddNote.why_not(self.lead.kind, self.lead.status).is_none()
    }
}

fn steps(lead: &Lead, scope: &Scope) -> Vec<NextStep> {
    let assignment = scope.path("/leads/assignment");
    let path = lead.path(scope);
    let step = |step: Step, label: &'static str, href: String| {
        let why_not = step.why_not(lead.kind, lead.status);
        NextStep {
            label,
            href: why_not.is_none().then_some(href),
            why_not: why_not.unwrap_or_default(),
        }
    };
    if !scope.is_vendor() {
        let edit = step(Step::Edit, "Edit", format!("{path}/edit"));
        return if lead.kind == LeadKind::Generated { vec![edit] } else { Vec::new() };
    }
    if !DISTRIBUTING.has(scope.seat()) {
        let why_not = "Program managers and channel account managers hand leads out.";
        return vec![NextStep { label: "Assign", href: None, why_not }];
    }
    let chosen = list_address(&assignment, &[("lead", lead.reference.as_str())], None);
    let mut steps = vec![match lead.status.is_unassigned() {
        true => step(Step::Assign, "Assign to a partner", chosen),
        false => step(Step::Reassign, "Assign to another partner", chosen),
    }];
    steps.push(step(Step::Recall, "Recall", format!("{path}/recall")));
    if lead.kind == LeadKind::Distributed {
        steps.push(step(Step::Edit, "Edit", format!("{path}/edit")));
    }
    steps
}
