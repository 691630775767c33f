//! What is known of a contact, field by field: the command that adds or edits one, and the merge
//! of an edit with what somebody else changed meanwhile.

use std::collections::BTreeMap;

use super::{Contact, actions};
use crate::audit::Action;
use crate::auth::Access;
use crate::locale::Locale;

/// What a new contact is made from, and what an edit wants one to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContact {
    pub name: String,
    pub email: String,
    pub job_title: String,
    pub phone: String,
    pub locale: Locale,
    pub access: Access,
}

/// A field of a contact that can be edited, in the order of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Name,
    Email,
    JobTitle,
    Phone,
    Locale,
    Access,
}

/// A contact's fields as they are stored.
pub type Values = BTreeMap<Field, String>;

impl Field {
    pub const ALL: [Self; 6] =
        [Self::Name, Self::Email, Self::JobTitle, Self::Phone, Self::Locale, Self::Access];

    /// Its name in forms and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::JobTitle => "job_title",
            Self::Phone => "phone",
            Self::Locale => "locale",
            Self::Access => "access",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Email => "E-mail address",
            Self::JobTitle => "Job title",
            Self::Phone => "Phone",
            Self::Locale => "Dates and numbers",
            Self::Access => "Access",
        }
    }

    /// A stored value as people read it.
    pub fn words(self, value: &str) -> String {
        match self {
            Self::Locale => Locale::parse(value).label().to_owned(),
            Self::Access => {
                value.parse::<Access>().map_or(value.to_owned(), |one| one.label().to_owned())
            }
            _ => value.to_owned(),
        }
    }

    pub(super) fn action(self) -> &'static Action {
        match self {
            Self::Name => &actions::NAME_CHANGED,
            Self::Email => &actions::EMAIL_CHANGED,
            Self::JobTitle => &actions::JOB_TITLE_CHANGED,
            Self::Phone => &actions::PHONE_CHANGED,
            Self::Locale => &actions::LOCALE_CHANGED,
            Self::Access => &actions::ACCESS_CHANGED,
        }
    }
}

impl NewContact {
    pub fn values(&self) -> Values {
        Values::from([
            (Field::Name, self.name.clone()),
            (Field::Email, self.email.clone()),
            (Field::JobTitle, self.job_title.clone()),
            (Field::Phone, self.phone.clone()),
            (Field::Locale, self.locale.tag().to_owned()),
            (Field::Access, self.access.as_str().to_owned()),
        ])
    }
}

impl Contact {
    pub fn values(&self) -> Values {
        Values::from([
            (Field::Name, self.name.clone()),
            (Field::Email, self.email.clone()),
            (Field::JobTitle, self.job_title.clone()),
            (Field::Phone, self.phone.clone()),
            (Field::Locale, self.locale.clone()),
            (Field::Access, self.access.as_str().to_owned()),
        ])
    }
}

/// An edit joined with what is stored now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// What is to be stored; in a conflict, what this edit wants.
    pub values: Values,
    /// The fields that were changed here and elsewhere, to different values.
    pub conflicts: Vec<Field>,
}

/// Joins an edit (what the form showed, and what it holds now) with what is stored by now. A field
/// that only one of the two changed is as that one left it.
pub fn merge(shown: &Values, wanted: &Values, stored: &Values) -> Merged {
    let mut merged = Merged { values: stored.clone(), conflicts: Vec::new() };
    for (field, mine) in wanted {
        let (before, theirs) = (shown.get(field), stored.get(field));
        if before == Some(mine) || theirs == Some(mine) {
            continue;
        }
        if theirs != before {
            merged.conflicts.push(*field);
        }
        merged.values.insert(*field, mine.clone());
    }
    merged
}
