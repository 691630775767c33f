//! Strings in, commands out.

use serde::Deserialize;

use super::fields::{Field, NewContact, Values};
use super::verbs::EditContact;
use crate::auth::Access;
use crate::error::Result;
use crate::locale::Locale;
use crate::web::Fields;

/// The form that adds or edits a contact; `was_…` is each field as it was shown.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ContactForm {
    pub name: String,
    pub email: String,
    pub job_title: String,
    pub phone: String,
    pub locale: String,
    pub access: String,
    was_name: String,
    was_email: String,
    was_job_title: String,
    was_phone: String,
    was_locale: String,
    was_access: String,
}

impl ContactForm {
    /// The form as it is before anybody has typed.
    pub(super) fn blank(access: Access) -> Self {
        Self {
            locale: Locale::default().tag().to_owned(),
            access: access.as_str().to_owned(),
            ..Self::default()
        }
    }

    /// The form with these values, as they are stored by now.
    pub(super) fn showing(values: &Values, stored: &Values) -> Self {
        let of = |values: &Values, field| values.get(&field).cloned().unwrap_or_default();
        Self {
            name: of(values, Field::Name),
            email: of(values, Field::Email),
            job_title: of(values, Field::JobTitle),
            phone: of(values, Field::Phone),
            locale: of(values, Field::Locale),
            access: of(values, Field::Access),
            was_name: of(stored, Field::Name),
            was_email: of(stored, Field::Email),
            was_job_title: of(stored, Field::JobTitle),
            was_phone: of(stored, Field::Phone),
            was_locale: of(stored, Field::Locale),
            was_access: of(stored, Field::Access),
        }
    }

    /// The fields as they were shown, for the hidden ones of the form.
    pub(super) fn shown(&self) -> [(&'static str, &str); 6] {
        [
            ("was_name", &self.was_name),
            ("was_email", &self.was_email),
            ("was_job_title", &self.was_job_title),
            ("was_phone", &self.was_phone),
            ("was_locale", &self.was_locale),
            ("was_access", &self.was_access),
        ]
    }

    /// The contact it describes; `choices` are the access levels of the organisation.
    pub(super) fn parse(&self, choices: &[Access]) -> Result<NewContact> {
        let mut fields = Fields::default();
        let name = fields.required("name", "The name", &self.name, 100);
        let email = fields.email("email", &self.email);
        let job_title = fields.line("job_title", "The job title", &self.job_title, 100);
        let phone = fields.line("phone", "The phone number", &self.phone, 40);
        let locale = Locale::ALL.into_iter().find(|one| one.tag() == self.locale);
        if locale.is_none() {
            fields.refuse("locale", "Choose how dates and numbers are written.");
        }
        let access = fields.word("access", "An access level", &self.access);
        if access.is_some_and(|access| !choices.contains(&access)) {
            fields.refuse("access", "Choose an access level of your organisation.");
        }
        fields.finish(|| {
            Some(NewContact { name, email, job_title, phone, locale: locale?, access: access? })
        })
    }

    /// The edit it describes.
    pub(super) fn parse_edit(&self, choices: &[Access]) -> Result<EditContact> {
        let shown = Values::from([
            (Field::Name, self.was_name.clone()),
            (Field::Email, self.was_email.clone()),
            (Field::JobTitle, self.was_job_title.clone()),
            (Field::Phone, self.was_phone.clone()),
            (Field::Locale, self.was_locale.clone()),
            (Field::Access, self.was_access.clone()),
        ]);
        Ok(EditContact { shown, wanted: self.parse(choices)? })
    }
}

/// Why a contact is deactivated.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReasonForm {
    pub why: String,
}

impl ReasonForm {
    pub(super) fn parse(&self) -> Result<String> {
        let mut fields = Fields::default();
        let why = fields.required("why", "A reason", &self.why, 300);
        fields.finish(|| Some(why))
    }
}
