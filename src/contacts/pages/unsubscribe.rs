//! Stopping mails from within a mail. Whoever has the address may be anybody the mail was passed on
//! to, so the page says no more than the mail did, and nothing of who else gets what.

use askama::Template;

use crate::contacts::leaving::Leaving;
use crate::contacts::mail;
use crate::web::Frame;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::contacts) enum State {
    Asked,
    Stopped,
    /// There was nothing left to stop.
    Already,
}

#[derive(Template)]
#[template(path = "contacts/unsubscribe.html")]
pub(in crate::contacts) struct UnsubscribePage {
    frame: Frame,
    state: State,
    title: &'static str,
    name: String,
    organisation: String,
    program: String,
    /// `the role Renewals`.
    roles: String,
    /// What they are told of.
    lines: Vec<(&'static str, &'static str)>,
}

impl UnsubscribePage {
    pub(in crate::contacts) fn new(frame: Frame, leaving: &Leaving, state: State) -> Self {
        let roles = match state {
            State::Asked | State::Stopped => &leaving.held,
            State::Already => &leaving.roles,
        };
        Self {
            frame,
            state,
            title: match state {
                State::Asked => "Stop these mails?",
                State::Stopped => "These mails are stopped",
                State::Already => "These mails are stopped already",
            },
            name: leaving.contact.name.clone(),
            organisation: leaving.organisation.clone(),
            program: leaving.program.name.clone(),
            roles: mail::roles(roles),
            lines: roles.iter().map(|role| (role.label(), role.tells_of())).collect(),
        }
    }
}
