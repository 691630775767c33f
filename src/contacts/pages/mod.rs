//! The slice's pages: a struct for each template.

pub(super) mod contact;
pub(super) mod form;
pub(super) mod import;
pub(super) mod list;
pub(super) mod mail_preferences;
pub(super) mod reset;
pub(super) mod roles;
pub(super) mod unsubscribe;

use super::Role;

/// A choice of a list's filter or of a form.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub value: &'static str,
    pub label: String,
}

impl Choice {
    fn new(value: &'static str, label: impl Into<String>) -> Self {
        Self { value, label: label.into() }
    }
}

/// The choices of "Role" above a list.
fn role_choices(roles: &[Role]) -> Vec<Choice> {
    let mut choices: Vec<Choice> = roles
        .iter()
        .map(|role| Choice::new(role.as_str(), format!("Holds {}", role.label())))
        .collect();
    choices.push(Choice::new(super::listing::WITHOUT_ROLE, "Holds no role"));
    choices
}

/// The choices of "Status" above a list, beside "Active".
fn status_choices() -> Vec<Choice> {
    vec![
        Choice::new(super::Status::Deactivated.as_str(), "Deactivated"),
        Choice::new(super::listing::EVERYBODY, "All"),
    ]
}

/// How many rows a page shows, in words.
fn shown(count: usize, is_whole: bool) -> String {
    match (count, is_whole) {
        (1, true) => "1 contact".to_owned(),
        (_, true) => format!("{count} contacts"),
        (_, false) => format!("{count} contacts on this page"),
    }
}
