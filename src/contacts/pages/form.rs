//! The forms: add, edit, deactivate.

use askama::Template;

use super::Choice;
use super::contact::list_of;
use crate::auth::Scope;
use crate::contacts::fields::Values;
use crate::contacts::forms::{ContactForm, ReasonForm};
use crate::contacts::verbs::Dispute;
use crate::contacts::{Contact, Role};
use crate::db::Conn;
use crate::error::Result;
use crate::locale::Locale;
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "contacts/form.html")]
pub(in crate::contacts) struct FormPage {
    frame: Frame,
    title: String,
    crumbs: Vec<(String, String)>,
    action: String,
    back: String,
    form: ContactForm,
    errors: FieldErrors,
    submit: &'static str,
    accesses: Vec<Choice>,
    access_hint: &'static str,
}

impl FormPage {
    /// The form of a new contact of one's own organisation.
    pub(in crate::contacts) fn new(
        visit: &Visit,
        scope: &Scope,
        form: Option<ContactForm>,
        errors: FieldErrors,
    ) -> Self {
        let (list, label) = own_list(scope);
        let choices = scope.actor().access.choices();
        let lowest = choices.last().copied().unwrap_or(scope.actor().access);
        Self {
            frame: visit.frame(scope),
            title: "Add a contact".to_owned(),
            crumbs: vec![(list.clone(), label.to_owned())],
            action: scope.path("/contacts/new"),
            back: list,
            form: form.unwrap_or_else(|| ContactForm::blank(lowest)),
            errors,
            submit: "Add the contact",
            accesses: accesses(scope),
            access_hint: access_hint(scope),
        }
    }

    /// The form of a contact that is there already.
    pub(in crate::contacts) fn edit(
        visit: &Visit,
        scope: &Scope,
        contact: &Contact,
        form: ContactForm,
        errors: FieldErrors,
    ) -> Self {
        let here = scope.path(&format!("/contacts/{}", contact.reference));
        let (list, label) = list_of(contact, scope);
        Self {
            frame: visit.frame(scope),
            title: format!("Edit {}", contact.name),
            crumbs: vec![(list, label.to_owned()), (here.clone(), contact.name.clone())],
            action: format!("{here}/edit"),
            back: here,
            form,
            errors,
            submit: "Save",
            accesses: accesses(scope),
            access_hint: access_hint(scope),
        }
    }

    /// The form after somebody else changed the same fields: it holds what this edit wants, and
    /// says beside each field what is stored.
    pub(in crate::contacts) fn disputed(
        visit: &Visit,
        scope: &Scope,
        stored: &Contact,
        values: &Values,
        disputes: &[Dispute],
    ) -> Self {
        let mut errors = FieldErrors::default();
        for dispute in disputes {
            errors.add(dispute.field.name(), sentence(dispute, scope));
        }
        let form = ContactForm::showing(values, &stored.values());
        Self { submit: "Save what stands here", ..Self::edit(visit, scope, stored, form, errors) }
    }

    fn locales(&self) -> Vec<Choice> {
        Locale::ALL.iter().map(|one| Choice::new(one.tag(), one.label())).collect()
    }

    fn hidden(&self) -> [(&'static str, &str); 6] {
        self.form.shown()
    }
}

fn sentence(dispute: &Dispute, scope: &Scope) -> String {
    let label = dispute.field.label();
    let theirs = match dispute.field.words(&dispute.theirs) {
        words if words.is_empty() => "nothing".to_owned(),
        words => format!("“{words}”"),
    };
    let first = match dispute.at {
        Some(at) => {
            let moment = scope.actor().locale.moment(at, scope.program().time_zone);
            format!("{} changed it to {theirs} on {moment}", dispute.by)
        }
        None => format!("somebody else changed it to {theirs}"),
    };
    format!("{label}: {first}, while you were editing. Save again to have what stands here.")
}

fn own_list(scope: &Scope) -> (String, &'static str) {
    if scope.is_vendor() {
        (scope.path("/contacts/team"), "Our team")
    } else {
        (scope.path("/contacts"), "Contacts")
    }
}

fn accesses(scope: &Scope) -> Vec<Choice> {
    let choices = scope.actor().access.choices().iter();
    choices.map(|access| Choice::new(access.as_str(), access.label())).collect()
}

fn access_hint(scope: &Scope) -> &'static str {
    if scope.is_vendor() {
        "Program managers also keep this list; the back office imports orders."
    } else {
        "Administrators also keep contacts and contact roles."
    }
}

#[derive(Template)]
#[template(path = "contacts/deactivation.html")]
pub(in crate::contacts) struct DeactivationPage {
    frame: Frame,
    list: (String, &'static str),
    here: String,
    name: String,
    /// The roles that nobody will hold afterwards.
    gaps: Vec<&'static str>,
    form: ReasonForm,
    errors: FieldErrors,
}

impl DeactivationPage {
    pub(in crate::contacts) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        form: ReasonForm,
        errors: FieldErrors,
        conn: &mut Conn,
    ) -> Result<Self> {
        let contact = Contact::find_to_manage(scope, reference, conn)?;
        let held = crate::contacts::matrix::held(scope, conn)?;
        let mine = held.by(contact.id).filter(|_| contact.is_active());
        let alone = mine.filter(|role| held.names_of(*role).len() == 1);
        Ok(Self {
            frame: visit.frame(scope),
            list: list_of(&contact, scope),
            here: scope.path(&format!("/contacts/{}", contact.reference)),
            gaps: alone.map(Role::label).collect(),
            name: contact.name,
            form,
            errors,
        })
    }
}
