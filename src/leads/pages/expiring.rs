//! Partners' own leads that end soon, the next first; their partner decides on many at once.

use askama::Template;

use super::list::{label, tone};
use crate::auth::Scope;
use crate::calendar::days_between;
use crate::db::Conn;
use crate::error::Result;
use crate::leads::forms::{ManyForm, Refused};
use crate::leads::list::{EndingQuery, ending_for, ending_key};
use crate::leads::many::Answered;
use crate::leads::model::Lead;
use crate::maintenance::{Capability, StoppedNote, stopped};
use crate::web::{FieldErrors, Frame, PAGE_LIMIT, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "leads/expiring.html")]
pub(in crate::leads) struct ExpiringPage {
    frame: Frame,
    path: String,
    list_href: String,
    csv_href: String,
    is_vendor: bool,
    /// In place of the buttons, while leads are stopped.
    stopped: Option<StoppedNote>,
    lines: Vec<Line>,
    previous: Option<String>,
    next: Option<String>,
    answers: Vec<Answer>,
    form: ManyForm,
    errors: FieldErrors,
}

struct Line {
    href: String,
    reference: String,
    company: String,
    interest: String,
    partner: String,
    tone: &'static str,
    status_label: &'static str,
    /// With its revision, as the form sends it.
    value: String,
    chosen: bool,
    active_iso: String,
    active_text: String,
    ends_iso: String,
    ends_text: String,
    left: String,
    soon: bool,
}

/// What became of one that was chosen.
struct Answer {
    href: String,
    reference: String,
    text: String,
}

impl ExpiringPage {
    /// One query.
    pub(in crate::leads) fn read(
        visit: &Visit,
        scope: &Scope,
        query: &EndingQuery,
        refused: Refused<ManyForm>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let cursor = query.cursor();
        let rows = ending_for(scope, cursor.as_ref(), PAGE_LIMIT, conn)?;
        let rows = Page::new(rows, cursor.as_ref(), ending_key);
        let path = scope.path("/leads/expiring");
        let page = |cursor: &String| list_address(&path, query, Some(cursor));
        let stopped = stopped(scope.program(), Capability::Leads, visit.now());
        Ok(Self {
            frame: visit.frame(scope),
            list_href: scope.path("/leads"),
            csv_href: scope.path("/leads/expiring.csv"),
            is_vendor: scope.is_vendor(),
            stopped: stopped.map(|one| one.note(scope.actor().locale)),
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            lines: rows.rows.iter().map(|lead| Line::of(lead, scope, &refused.form)).collect(),
            answers: Vec::new(),
            form: refused.form,
            errors: refused.errors,
            path,
        })
    }

    /// With what became of those that were not as they were shown.
    pub(in crate::leads) fn answering(self, scope_path: &str, answered: Vec<Answered>) -> Self {
        let answers = answered.into_iter().map(|one| Answer {
            href: format!("{scope_path}/{}", one.reference),
            text: one.refused.unwrap_or_else(|| "Done.".to_owned()),
            reference: one.reference,
        });
        Self { answers: answers.collect(), ..self }
    }

    fn may_decide(&self) -> bool {
        !self.is_vendor && self.stopped.is_none() && !self.lines.is_empty()
    }
}

impl Line {
    fn of(lead: &Lead, scope: &Scope, form: &ManyForm) -> Self {
        let (locale, program) = (scope.actor().locale, scope.program());
        let ends_on = lead.expires_on.unwrap_or(scope.today());
        let active_on = program.day_of(lead.active_at());
        let days = days_between(scope.today(), ends_on);
        let value = format!("{}:{}", lead.reference, lead.revision);
        Self {
            href: lead.path(scope),
            reference: lead.reference.clone(),
            company: lead.details_for(scope).map(|one| one.company.clone()).unwrap_or_default(),
            interest: lead.interest.clone(),
            partner: lead.partner_name().to_owned(),
            tone: tone(lead.status, scope.is_vendor()),
            status_label: label(lead.status, scope.is_vendor()),
            chosen: form.lead.contains(&value),
            value,
            active_iso: active_on.to_string(),
            active_text: locale.short_day(active_on),
            ends_iso: ends_on.to_string(),
            ends_text: locale.short_day(ends_on),
            left: match days {
                ..=0 => "today".to_owned(),
                1 => "tomorrow".to_owned(),
                days => format!("in {days} days"),
            },
            soon: days <= 3,
        }
    }
}
