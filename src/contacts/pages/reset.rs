//! The form with which a colleague's second factor is reset.

use askama::Template;

use super::contact::list_of;
use crate::auth::Scope;
use crate::contacts::forms::ReasonForm;
use crate::contacts::second_factor::find_to_reset;
use crate::db::Conn;
use crate::error::Result;
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "contacts/second_factor_reset.html")]
pub(in crate::contacts) struct ResetPage {
    frame: Frame,
    list: (String, &'static str),
    here: String,
    name: String,
    form: ReasonForm,
    errors: FieldErrors,
}

impl ResetPage {
    pub(in crate::contacts) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        form: ReasonForm,
        errors: FieldErrors,
        conn: &mut Conn,
    ) -> Result<Self> {
        let contact = find_to_reset(scope, reference, conn)?;
        Ok(Self {
            frame: visit.frame(scope),
            list: list_of(&contact, scope),
            here: scope.path(&format!("/contacts/{}", contact.reference)),
            name: contact.name,
            form,
            errors,
        })
    }
}
