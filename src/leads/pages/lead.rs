//! One lead.

use askama::Template;

use super::list::{label, source, tone};
use crate::audit::{self, Line};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::leads::actions::NOTED;
use crate::leads::activities::{Activity, ActivityKind};
use crate::leads::forms::{ActivityForm, Refused};
use crate::leads::model::{Details, KIND, Lead};
use crate::leads::rules::Step;
use crate::leads::{DISTRIBUTING, LeadKind, LeadStatus};
use crate::maintenance::{Capability, StoppedNote, stopped};
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
    accepted: Option<Moment>,
    /// The reference and the address of the deal that it became.
    deal: Option<(String, String)>,
    active: Option<Moment>,
    /// The day on which it ends by itself.
    ends: Option<(String, String)>,
    steps: Vec<NextStep>,
    /// In place of the steps, while leads are stopped.
    stopped: Option<StoppedNote>,
    activities: Vec<Done>,
    kinds: Vec<Choice>,
    history: Vec<Line>,
    note: Refused<ActivityForm>,
}

/// A choice of a field.
struct Choice {
    value: &'static str,
    label: &'static str,
}

/// An activity as it is shown.
struct Done {
    kind: &'static str,
    text: String,
    next_step: String,
    /// The day of the next step; may be empty.
    next: String,
    at: Moment,
    who: String,
}

/// An instant as it is shown.
struct Moment {
    iso: String,
    text: String,
}

/// What may be done next, or why not.
struct NextStep {
    label: &'static str,
    /// Done by a press of a button; otherwise its own page asks for more.
    at_once: bool,
    href: Option<String>,
    why_not: &'static str,
}

impl LeadPage {
    /// Three queries.
    pub(in crate::leads) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        note: Refused<ActivityForm>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let lead = Lead::find_for(scope, reference, conn)?;
        let activities = Activity::of(&lead, scope, conn)?;
        let mut entries = if scope.is_vendor() {
            audit::timeline(KIND, lead.id, conn)?
        } else {
            audit::timeline_of(scope.organisation_id(), KIND, lead.id, conn)?
        };
        // What was written down stands in a list of its own.
        entries.retain(|entry| entry.action != NOTED.name);
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        let stopped = stopped(scope.program(), Capability::Leads, visit.now());
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
            accepted: lead.accepted_at.map(moment),
            deal: lead
                .deal_for(scope)
                .map(|deal| (deal.to_owned(), scope.path(&format!("/deals/{deal}")))),
            active: lead.last_activity_at.map(moment),
            ends: lead.expires_on.map(|day| (day.to_string(), locale.day(day))),
            steps: steps(&lead, scope, stopped.is_some()),
            stopped: stopped.filter(|_| !lead.status.is_over()).map(|one| one.note(locale)),
            activities: activities.into_iter().map(|one| Done::of(one, scope)).collect(),
            kinds: ActivityKind::ALL
                .iter()
                .map(|kind| Choice { value: kind.as_str(), label: kind.label() })
                .collect(),
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

impl Done {
    fn of(activity: Activity, scope: &Scope) -> Self {
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        let Activity { kind, text, next_step, next_on, at, by_name } = activity;
        Self {
            kind: kind.label(),
            text,
            next_step,
            next: next_on.map(|day| locale.day(day)).unwrap_or_default(),
            at: Moment { iso: at.to_string(), text: locale.moment(at, zone) },
            who: by_name,
        }
    }
}

/// What leads to a step: its words, where, and whether a press of a button is all.
type Way = (Step, &'static str, &'static str, bool);

const CONVERT: Way = (Step::Convert, "Make it a deal", "conversion", true);
const OF_PARTNER: [Way; 6] = [
    (Step::Accept, "Accept", "acceptance", true),
    (Step::Progress, "Begin work", "progress", true),
    CONVERT,
    (Step::Decline, "Decline", "decline", false),
    (Step::Lose, "Mark as lost", "loss", false),
    (Step::Junk, "Mark as junk", "junk", false),
];
const OF_BRINGER: [Way; 6] = [
    (Step::Progress, "Begin work", "progress", true),
    CONVERT,
    (Step::Lose, "Mark as lost", "loss", false),
    (Step::Junk, "Mark as junk", "junk", false),
    (Step::Close, "Close", "closing", false),
    (Step::Edit, "Edit", "edit", false),
];
const OF_VENDOR: [Way; 3] = [
    (Step::Recall, "Recall", "recall", false),
    (Step::Close, "Close", "closing", false),
    (Step::Edit, "Edit", "edit", false),
];

fn steps(lead: &Lead, scope: &Scope, stopped: bool) -> Vec<NextStep> {
    // A draft that was thrown away can be begun anew.
    let begins_anew = lead.status == LeadStatus::Converted && lead.deal.is_none();
    if lead.status.is_over() && (scope.is_vendor() || !begins_anew) {
        return Vec::new();
    }
    let path = lead.path(scope);
    let has_topic = lead.product_id.is_some() || lead.category_id.is_some();
    let step = |(step, label, place, at_once): Way| {
        let at_once = at_once && (step != Step::Convert || has_topic);
        let why_not = lead.why_not(step);
        let href = why_not.is_none().then(|| format!("{path}/{place}"));
        NextStep { label, at_once, href, why_not: why_not.unwrap_or_default() }
    };
    let goes_on = |way: &Way| !stopped || way.0 == Step::Edit;
    let own = lead.kind == LeadKind::Generated;
    if !scope.is_vendor() {
        let ways = if own { OF_BRINGER } else { OF_PARTNER };
        // Before it is opened there is one way beside opening it.
        let now = |way: &Way| lead.status != LeadStatus::Assigned || way.0 == Step::Decline;
        let ways = ways.into_iter().filter(goes_on).filter(now);
        let ways = ways.filter(|way| !begins_anew || way.0 == Step::Convert);
        // What is behind it needs no explanation.
        return ways.map(step).filter(|step| !step.why_not.ends_with("already.")).collect();
    }
    if !DISTRIBUTING.has(scope.seat()) {
        let why_not = "Program managers and channel account managers hand leads out.";
        return vec![NextStep { label: "Assign", at_once: false, href: None, why_not }];
    }
    let mut steps = Vec::new();
    if !stopped {
        steps.push(assignment(lead, scope));
    }
    let ways = OF_VENDOR.into_iter().filter(goes_on).filter(|way| !own || way.0 == Step::Recall);
    steps.extend(ways.map(step));
    steps
}

fn assignment(lead: &Lead, scope: &Scope) -> NextStep {
    let (step, label) = match lead.status.is_unassigned() {
        true => (Step::Assign, "Assign to a partner"),
        false => (Step::Reassign, "Assign to another partner"),
    };
    let why_not = step.why_not(lead.kind, lead.status);
    let page = scope.path("/leads/assignment");
    let chosen = list_address(&page, &[("lead", lead.reference.as_str())], None);
    let href = why_not.is_none().then_some(chosen);
    NextStep { label, at_once: false, href, why_not: why_not.unwrap_or_default() }
}
