//! One window: what stops from when until when, what becomes of work under way, and its history.

use askama::Template;

use super::Shown;
use crate::audit::{self, Line};
use crate::auth::{Scope, Seats};
use crate::db::Conn;
use crate::error::Result;
use crate::maintenance::Capability;
use crate::maintenance::forms::{CancellationForm, EndForm, Refused};
use crate::maintenance::model::{KIND, Window};
use crate::maintenance::rules::Standing;
use crate::maintenance::verbs::{why_end_stays, why_not_changed};
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "maintenance/show.html")]
pub(in crate::maintenance) struct ShowPage {
    frame: Frame,
    list_href: String,
    title: String,
    window: Shown,
    zone: &'static str,
    stopped: Vec<Capability>,
    declared_by: String,
    declared: String,
    declared_iso: String,
    source: String,
    /// When it is announced; empty once it has begun, or where it never will.
    announced: String,
    /// What became of what it held; none where it never began.
    report_href: Option<String>,
    /// Where it is edited; none for whoever may not, and once it has begun.
    edit_href: Option<String>,
    end: Option<EndForm>,
    cancellation: Option<CancellationForm>,
    seen: i64,
    history: Vec<Line>,
    errors: FieldErrors,
}

impl ShowPage {
    /// Three queries.
    pub(in crate::maintenance) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        refused: Refused,
        conn: &mut Conn,
    ) -> Result<Self> {
        let window = Window::find_for(scope, reference, conn)?;
        let entries = audit::timeline(KIND, window.id, conn)?;
        let (locale, zone, now) = (scope.actor().locale, scope.program().time_zone, visit.now());
        let standing = window.standing(now);
        let manages = Seats::PROGRAM_MANAGER.has(scope.seat());
        let changeable = manages && why_not_changed(&window, now).is_none();
        let movable = manages && why_end_stays(&window, now).is_none();
        let Refused { end, cancellation, errors } = refused;
        let path = window.path(scope);
        let announced = crate::stoppages::announced_from(window.starts_at, zone);
        Ok(Self {
            frame: visit.frame(scope),
            list_href: scope.path("/maintenance"),
            title: format!("Maintenance from {}", locale.moment(window.starts_at, zone)),
            zone: zone.name(),
            stopped: window.capabilities.clone(),
            declared: locale.moment(window.declared_at, zone),
            declared_iso: window.declared_at.to_string(),
            announced: match standing {
                Standing::Upcoming => locale.day(scope.program().day_of(announced)),
                _ => String::new(),
            },
            report_href: (standing != Standing::Cancelled).then(|| format!("{path}/report")),
            edit_href: changeable.then(|| format!("{path}/edit")),
            end: movable.then(|| end.unwrap_or_else(|| EndForm::of(&window, zone))),
            cancellation: changeable.then(|| cancellation.unwrap_or_default()),
            seen: window.revision,
            history: Line::all(&entries, locale, zone),
            window: Shown::of(&window, scope, now),
            declared_by: window.declared_by,
            source: window.source,
            errors,
        })
    }
}
