//! Mails about contact roles.

use super::Role;
use super::leaving::Leaving;
use crate::mail_message;

/// Nobody holds a role any more, because the last who did has stopped its mails.
pub(super) struct RoleEmptied {
    pub name: String,
    /// Who has left.
    pub leaver: String,
    pub organisation: String,
    pub program: String,
    /// `the role Renewals`, `the roles Renewals and Leads`.
    pub roles: String,
    /// For each role, what falls on whom now.
    pub falls_on: Vec<String>,
    pub path: String,
}

mail_message!(
    RoleEmptied,
    "contacts.role_emptied",
    "mail/contacts/role_emptied.subject.txt",
    "mail/contacts/role_emptied.txt",
    "mail/contacts/role_emptied.html",
);

impl RoleEmptied {
    pub(super) fn new(leaving: &Leaving, emptied: &[Role], to: &str) -> Self {
        let organisation = &leaving.organisation;
        let falls_on = emptied.iter().map(|role| {
            let whom = if role.falls_on_administrators() {
                format!("to the administrators of {organisation}")
            } else {
                "to nobody".to_owned()
            };
            format!("{}: {} Such mails go {whom} from now on.", role.label(), role.tells_of())
        });
        Self {
            name: to.to_owned(),
            leaver: leaving.contact.name.clone(),
            organisation: organisation.clone(),
            program: leaving.program.name.clone(),
            roles: roles(emptied),
            falls_on: falls_on.collect(),
            path: format!("/p/{}/roles", leaving.program.slug),
        }
    }
}

/// Roles in a sentence.
pub(super) fn roles(roles: &[Role]) -> String {
    let labels: Vec<&str> = roles.iter().map(|role| role.label()).collect();
    match labels.as_slice() {
        [only] => format!("the role {only}"),
        [first @ .., last] => format!("the roles {} and {last}", first.join(", ")),
        [] => "no role".to_owned(),
    }
}
