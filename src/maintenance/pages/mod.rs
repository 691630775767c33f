//! One struct for each template.

pub(super) mod form;
pub(super) mod list;
pub(super) mod show;

use super::model::Window;
use crate::auth::Scope;
use crate::clock::Instant;

/// A window as lists and pages show it.
pub(super) struct Shown {
    pub href: String,
    pub reference: String,
    pub tone: &'static str,
    pub status: &'static str,
    pub starts_iso: String,
    pub starts: String,
    pub ends_iso: String,
    pub ends: String,
    /// What it stops, in the words of a sentence.
    pub what: String,
    pub message: String,
}

impl Shown {
    fn of(window: &Window, scope: &Scope, now: Instant) -> Self {
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        let standing = window.standing(now);
        Self {
            href: window.path(scope),
            reference: window.reference.clone(),
            tone: standing.tone(),
            status: standing.label(),
            starts_iso: window.starts_at.to_string(),
            starts: locale.moment(window.starts_at, zone),
            ends_iso: window.ends_at.to_string(),
            ends: locale.moment(window.ends_at, zone),
            what: window.what(),
            message: window.message.clone(),
        }
    }
}

/// A choice of a list or a form.
pub(super) struct Word {
    pub value: &'static str,
    pub label: &'static str,
}
