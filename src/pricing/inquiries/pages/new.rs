//! The form that begins an inquiry.

use askama::Template;

use crate::auth::Scope;
use crate::pricing::inquiries::forms::{BeginForm, Refused};
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "inquiries/new.html")]
pub(in crate::pricing::inquiries) struct NewPage {
    frame: Frame,
    path: String,
    list_href: String,
    renewals_href: String,
    form: BeginForm,
    errors: FieldErrors,
}

impl NewPage {
    pub(in crate::pricing::inquiries) fn new(
        visit: &Visit,
        scope: &Scope,
        refused: Refused<BeginForm>,
    ) -> Self {
        Self {
            frame: visit.frame(scope),
            path: scope.path("/inquiries/new"),
            list_href: scope.path("/inquiries"),
            renewals_href: scope.path("/renewals"),
            form: refused.form,
            errors: refused.errors,
        }
    }
}
