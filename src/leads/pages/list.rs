//! The list of leads.

use askama::Template;

use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::leads::list::{LeadQuery, UNASSIGNED, list_for, sort_key};
use crate::leads::model::Lead;
use crate::leads::rules::Step;
use crate::leads::{DISTRIBUTING, LeadKind, LeadStatus};
use crate::web::{Frame, PAGE_LIMIT, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "leads/index.html")]
pub(in crate::leads) struct ListPage {
    frame: Frame,
    path: String,
    csv_href: String,
    expiring_href: String,
    steps_href: String,
    figures_href: String,
    new_href: Option<String>,
    import_href: Option<String>,
    /// Where chosen leads are assigned, for whoever hands them out.
    assignment_href: Option<String>,
    is_vendor: bool,
    query: LeadQuery,
    statuses: Vec<Word>,
    sources: Vec<Word>,
    lines: Vec<Line>,
    previous: Option<String>,
    next: Option<String>,
}

/// A choice of the filter bar.
struct Word {
    value: &'static str,
    label: &'static str,
}

struct Line {
    href: String,
    reference: String,
    /// Empty where the person may not know it yet.
    company: String,
    country: String,
    interest: String,
    topic: String,
    partner: String,
    is_own: bool,
    kind_label: &'static str,
    tone: &'static str,
    status_label: &'static str,
    at_iso: String,
    at_text: String,
    may_be_assigned: bool,
}

impl ListPage {
    /// One query.
    pub(in crate::leads) fn read(
        visit: &Visit,
        scope: &Scope,
        query: LeadQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let cursor = query.cursor();
        let rows = list_for(scope, &query, cursor.as_ref(), PAGE_LIMIT, conn)?;
        let rows = Page::new(rows, cursor.as_ref(), |lead| sort_key(scope, lead));
        let path = scope.path("/leads");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let hands_out = DISTRIBUTING.has(scope.seat());
        let is_vendor = scope.is_vendor();
        let known = |href: &str| Some(scope.path(href)).filter(|_| hands_out);
        Ok(Self {
            frame: visit.frame(scope),
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            expiring_href: scope.path("/leads/expiring"),
            steps_href: scope.path("/leads/next-steps"),
            figures_href: scope.path("/leads/figures"),
            csv_href: list_address(&scope.path("/leads.csv"), &query, None),
            new_href: Some(scope.path("/leads/new")).filter(|_| hands_out || !is_vendor),
            import_href: known("/leads/import"),
            assignment_href: known("/leads/assignment"),
            statuses: statuses(is_vendor),
            sources: sources(is_vendor),
            lines: rows.rows.iter().map(|lead| Line::of(lead, scope)).collect(),
            is_vendor,
            path,
            query,
        })
    }

    fn has_assignable(&self) -> bool {
        self.assignment_href.is_some() && self.lines.iter().any(|line| line.may_be_assigned)
    }
}

fn statuses(is_vendor: bool) -> Vec<Word> {
    let mut words = Vec::new();
    if is_vendor {
        words.push(Word { value: UNASSIGNED, label: "Not assigned" });
    }
    let seen = LeadStatus::ALL.iter().filter(|one| is_vendor || !one.is_unassigned());
    words.extend(seen.map(|one| Word { value: one.as_str(), label: label(*one, is_vendor) }));
    words
}

/// A partner does not assign: what is assigned to it waits to be opened.
pub(super) fn label(status: LeadStatus, is_vendor: bool) -> &'static str {
    if status == LeadStatus::Assigned && !is_vendor { "To be opened" } else { status.label() }
}

/// What waits for whoever looks stands out.
pub(super) fn tone(status: LeadStatus, is_vendor: bool) -> &'static str {
    if status == LeadStatus::Assigned && !is_vendor { "warn" } else { status.tone() }
}

/// Who brought a lead, as each side calls it.
pub(super) fn source(kind: LeadKind, is_vendor: bool) -> &'static str {
    if kind == LeadKind::Generated && !is_vendor { "Your own" } else { kind.label() }
}

fn sources(is_vendor: bool) -> Vec<Word> {
    let word = |kind: &LeadKind| Word { value: kind.as_str(), label: source(*kind, is_vendor) };
    LeadKind::ALL.iter().map(word).collect()
}

impl Line {
    fn of(lead: &Lead, scope: &Scope) -> Self {
        let at = if scope.is_vendor() { Some(lead.created_at) } else { lead.assigned_at };
        let at = at.unwrap_or(lead.created_at);
        let day = scope.program().day_of(at);
        Self {
            href: lead.path(scope),
            reference: lead.reference.clone(),
            company: lead.details_for(scope).map(|one| one.company.clone()).unwrap_or_default(),
            country: lead.country.clone(),
            interest: lead.interest.clone(),
            topic: lead.topic.name().to_owned(),
            partner: lead.partner.as_ref().map(|one| one.name.clone()).unwrap_or_default(),
            is_own: lead.kind == LeadKind::Generated,
            kind_label: source(lead.kind, scope.is_vendor()),
            tone: tone(lead.status, scope.is_vendor()),
            status_label: label(lead.status, scope.is_vendor()),
            at_iso: at.to_string(),
            at_text: scope.actor().locale.short_day(day),
            may_be_assigned: Step::Assign.why_not(lead.kind, lead.status).is_none()
                || Step::Reassign.why_not(lead.kind, lead.status).is_none(),
        }
    }
}
