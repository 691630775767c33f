//! A window is declared, or edited before it begins.

use askama::Template;

use crate::auth::Scope;
use crate::error::{Error, Result};
use crate::maintenance::Capability;
use crate::maintenance::forms::WindowForm;
use crate::maintenance::model::Window;
use crate::maintenance::verbs::why_not_changed;
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "maintenance/form.html")]
pub(in crate::maintenance) struct FormPage {
    frame: Frame,
    title: &'static str,
    path: String,
    list_href: String,
    back_href: String,
    button: &'static str,
    zone: &'static str,
    /// Whether it is a window that is declared already.
    edits: bool,
    capabilities: Vec<Choice>,
    form: WindowForm,
    errors: FieldErrors,
}

/// What a window can stop.
struct Choice {
    value: &'static str,
    label: &'static str,
    hint: &'static str,
    checked: bool,
}

impl FormPage {
    pub(in crate::maintenance) fn new(
        visit: &Visit,
        scope: &Scope,
        form: WindowForm,
        errors: FieldErrors,
    ) -> Self {
        let list_href = scope.path("/maintenance");
        Self {
            frame: visit.frame(scope),
            title: "Declare maintenance",
            path: scope.path("/maintenance/new"),
            back_href: list_href.clone(),
            list_href,
            button: "Declare the maintenance",
            zone: scope.program().time_zone.name(),
            edits: false,
            capabilities: choices(&form),
            form,
            errors,
        }
    }

    /// # Errors
    /// A conflict where it cannot be edited any more.
    pub(in crate::maintenance) fn edit(
        visit: &Visit,
        scope: &Scope,
        window: &Window,
        form: Option<WindowForm>,
        errors: FieldErrors,
    ) -> Result<Self> {
        if let Some(why) = why_not_changed(window, visit.now()) {
            return Err(Error::conflict(why));
        }
        let zone = scope.program().time_zone;
        let form = form.unwrap_or_else(|| WindowForm::of(window, zone));
        let path = window.path(scope);
        Ok(Self {
            title: "Edit the maintenance",
            path: format!("{path}/edit"),
            back_href: path,
            button: "Save",
            edits: true,
            ..Self::new(visit, scope, form, errors)
        })
    }
}

fn choices(form: &WindowForm) -> Vec<Choice> {
    let choice = |one: &Capability| Choice {
        value: one.as_str(),
        label: one.label(),
        hint: one.meanwhile(),
        checked: form.stops(*one),
    };
    Capability::ALL.iter().map(choice).collect()
}
