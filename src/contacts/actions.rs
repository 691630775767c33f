//! What can happen to a contact, as its timeline says it.

use super::Contact;
use crate::audit::{Action, Subject};

pub(super) const ADDED: Action = Action::new("contact.added", "added this contact");
pub(super) const NAME_CHANGED: Action = Action::new("contact.name_changed", "changed the name");
pub(super) const EMAIL_CHANGED: Action =
    Action::new("contact.email_changed", "changed the e-mail address");
pub(super) const JOB_TITLE_CHANGED: Action =
    Action::new("contact.job_title_changed", "changed the job title");
pub(super) const PHONE_CHANGED: Action =
    Action::new("contact.phone_changed", "changed the phone number");
pub(super) const LOCALE_CHANGED: Action =
    Action::new("contact.locale_changed", "changed how dates and numbers are written");
pub(super) const ACCESS_CHANGED: Action =
    Action::new("contact.access_changed", "changed the access level");
pub(super) const DEACTIVATED: Action =
    Action::new("contact.deactivated", "deactivated this contact");
pub(super) const REACTIVATED: Action =
    Action::new("contact.reactivated", "reactivated this contact");
pub(super) const ROLE_GIVEN: Action = Action::new("contact.role_given", "gave a role");
pub(super) const ROLE_TAKEN: Action = Action::new("contact.role_taken", "took a role away");
pub(super) const ROLE_LEFT: Action =
    Action::new("contact.role_left", "stopped the mails of a role from within a mail");
pub(super) const MAIL_PREFERENCES_CHANGED: Action =
    Action::new("mail_preferences.changed", "changed when mail by role arrives");

/// What can happen to a contact.
pub(crate) const ACTIONS: &[&Action] = &[
    &ADDED,
    &NAME_CHANGED,
    &EMAIL_CHANGED,
    &JOB_TITLE_CHANGED,
    &PHONE_CHANGED,
    &LOCALE_CHANGED,
    &ACCESS_CHANGED,
    &DEACTIVATED,
    &REACTIVATED,
    &ROLE_GIVEN,
    &ROLE_TAKEN,
    &ROLE_LEFT,
    &MAIL_PREFERENCES_CHANGED,
];

impl Contact {
    /// In the history: a contact belongs to its organisation and to no program in particular.
    pub(super) fn subject(&self) -> Subject<'_> {
        Subject {
            kind: "contact",
            id: self.id,
            reference: &self.reference,
            name: &self.name,
            program_id: None,
            organisation_id: Some(self.organisation_id),
        }
    }
}
