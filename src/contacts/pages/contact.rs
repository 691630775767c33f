//! One contact: facts, roles, login, history, and what can be done next.

use askama::Template;

use crate::audit::{self, Line};
use crate::auth::Scope;
use crate::contacts::Contact;
use crate::contacts::detail::Detail;
use crate::db::Conn;
use crate::error::Result;
use crate::web::{Frame, Visit};

#[derive(Template)]
#[template(path = "contacts/contact.html")]
pub(in crate::contacts) struct ContactPage {
    frame: Frame,
    list: (String, &'static str),
    here: String,
    name: String,
    email: String,
    job_title: String,
    phone: String,
    locale: &'static str,
    access: &'static str,
    status: &'static str,
    status_tone: &'static str,
    organisation: String,
    login: &'static str,
    login_detail: String,
    /// Since when there is one, or that there is none; for those who manage or are the contact.
    second_factor: Option<String>,
    /// None where the organisation has no roles: the vendor's own people.
    roles: Option<Vec<RoleLine>>,
    /// Where the reader may say when mail comes; none where that is not theirs to say.
    preferences: Option<String>,
    timeline: Vec<Line>,
    steps: Steps,
    /// Where the mails to this person stand, for those who may read it.
    mail_href: Option<String>,
}

struct RoleLine {
    label: &'static str,
    tells_of: &'static str,
    given: String,
}

/// What the reader may do with the contact, and why not.
#[derive(Default)]
struct Steps {
    may_edit: bool,
    /// The button's words; none where there is nothing to invite to.
    invite: Option<&'static str>,
    may_deactivate: bool,
    may_reset_second_factor: bool,
    may_reactivate: bool,
    why_not: Vec<String>,
}

impl ContactPage {
    pub(in crate::contacts) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        conn: &mut Conn,
    ) -> Result<Self> {
        let detail = Detail::read(scope, reference, conn)?;
        let contact = &detail.contact;
        let history = audit::timeline_in(scope.program().id, "contact", contact.id, conn)?;
        let sees_login = contact.may_be_managed_by(scope) || is_self(contact, scope);
        let (login, login_detail) = login(&detail, scope);
        Ok(Self {
            frame: visit.frame(scope),
            list: list_of(contact, scope),
            here: scope.path(&format!("/contacts/{}", contact.reference)),
            name: contact.name.clone(),
            email: contact.email.clone(),
            job_title: contact.job_title.clone(),
            phone: contact.phone.clone(),
            locale: contact.locale().label(),
            access: contact.access.label(),
            status: contact.status.label(),
            status_tone: contact.status.tone(),
            organisation: detail.organisation.clone(),
            login,
            login_detail,
            second_factor: second_factor(&detail, scope).filter(|_| sees_login),
            roles: detail.part.map(|_| role_lines(&detail, scope)),
            preferences: preferences(&detail, scope),
            timeline: history
                .iter()
                // When somebody signed in or wants their mail concerns them and those who manage
                // their access.
                .filter(|entry| sees_login || !is_private(&entry.action))
                .map(|entry| Line::of(entry, scope.actor().locale, scope.program().time_zone))
                .collect(),
            steps: steps(&detail, scope),
            mail_href: sees_login.then(|| mail_of(contact, scope)),
        })
    }
}

fn is_private(action: &str) -> bool {
    action.starts_with("login.") || action.starts_with("mail_preferences.")
}

/// One's own page, or for an administrator that of a contact who cannot sign in.
fn preferences(detail: &Detail, scope: &Scope) -> Option<String> {
    let contact = &detail.contact;
    if is_self(contact, scope) {
        return Some("/account/mail".to_owned());
    }
    let signs_in = detail.login.is_some_and(|login| login.accepted);
    let may = detail.part.is_some() && contact.may_be_managed_by(scope) && !signs_in;
    may.then(|| scope.path(&format!("/contacts/{}/mail", contact.reference)))
}

fn is_self(contact: &Contact, scope: &Scope) -> bool {
    contact.id == scope.actor().contact_id
}

/// The ledger with the mails of one person of one's own organisation.
fn mail_of(contact: &Contact, scope: &Scope) -> String {
    let ledger = if scope.is_vendor() { "/mail/own" } else { "/mail" };
    scope.path(&format!("{ledger}?person={}", contact.reference))
}

/// The list that a contact stands in, for the way back.
pub(super) fn list_of(contact: &Contact, scope: &Scope) -> (String, &'static str) {
    if scope.is_vendor() && contact.organisation_id == scope.organisation_id() {
        (scope.path("/contacts/team"), "Our team")
    } else {
        (scope.path("/contacts"), "Contacts")
    }
}

fn login(detail: &Detail, scope: &Scope) -> (&'static str, String) {
    let moment = |at| scope.actor().locale.moment(at, scope.program().time_zone);
    let Some(login) = detail.login else {
        return ("None", "Gets mail only.".to_owned());
    };
    if !detail.contact.is_active() {
        return ("Shut", "A deactivated contact cannot sign in.".to_owned());
    }
    if let Some(at) = login.locked_at {
        return ("Locked", format!("Since {}.", moment(at)));
    }
    match (login.signed_in_at, login.invited_at) {
        (Some(at), _) => ("Open", format!("Last signed in {}.", moment(at))),
        (None, _) if login.accepted => ("Open", "Has not signed in yet.".to_owned()),
        (None, Some(at)) => ("Invited", format!("{}. Not accepted yet.", moment(at))),
        (None, None) => ("Prepared", "Has no password yet.".to_owned()),
    }
}

fn second_factor(detail: &Detail, scope: &Scope) -> Option<String> {
    let since = detail.login?.second_factor_at;
    let words = since.map(|at| {
        let day = scope.program().day_of(at);
        format!("On since {}.", scope.actor().locale.day(day))
    });
    Some(words.unwrap_or_else(|| "Off.".to_owned()))
}

fn role_lines(detail: &Detail, scope: &Scope) -> Vec<RoleLine> {
    let lines = detail.roles.iter().map(|held| {
        let day = scope.program().day_of(held.given_at);
        RoleLine {
            label: held.role.label(),
            tells_of: held.role.tells_of(),
            given: format!(
                "Given by {} on {}. Mail comes {}.",
                held.given_by,
                scope.actor().locale.day(day),
                held.rhythm.label(),
            ),
        }
    });
    lines.collect()
}

fn steps(detail: &Detail, scope: &Scope) -> Steps {
    let contact = &detail.contact;
    if !contact.may_be_managed_by(scope) {
        let why = if is_self(contact, scope) {
            "Your name and your password are in your account; the rest is kept by the \
             administrators of your organisation."
                .to_owned()
        } else {
            format!("Contacts are kept by the administrators of {}.", detail.organisation)
        };
        return Steps { why_not: vec![why], ..Steps::default() };
    }
    let mut steps = Steps { may_edit: true, ..Steps::default() };
    if !contact.is_active() {
        steps.may_reactivate = true;
        steps.why_not.push("Reactivate the contact before you invite it.".to_owned());
        return steps;
    }
    match detail.login {
        Some(login) if login.accepted => {}
        Some(login) if login.invited_at.is_some() => steps.invite = Some("Invite again"),
        _ => steps.invite = Some("Invite to sign in"),
    }
    if is_self(contact, scope) {
        steps.why_not.push("You cannot deactivate yourself.".to_owned());
    } else if detail.is_last_manager() {
        steps.why_not.push(format!(
            "This is the last active contact who manages {}: it can be neither deactivated nor \
             given another access level.",
            detail.organisation
        ));
    } else {
        steps.may_deactivate = true;
    }
    let has_factor = detail.login.is_some_and(|login| login.second_factor_at.is_some());
    steps.may_reset_second_factor = has_factor && !is_self(contact, scope);
    steps
}
