//! The form that enters and edits a lead.

use askama::Template;

use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::leads::forms::{LeadForm, Refused};
use crate::leads::model::Lead;
use crate::leads::topics::{Choice, Topics};
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "leads/form.html")]
pub(in crate::leads) struct FormPage {
    frame: Frame,
    title: String,
    list_href: String,
    /// Where the form goes to.
    action: String,
    /// Where its reader came from.
    back: String,
    is_vendor: bool,
    is_new: bool,
    topics: Vec<Choice>,
    form: LeadForm,
    errors: FieldErrors,
}

impl FormPage {
    pub(in crate::leads) fn new(
        visit: &Visit,
        scope: &Scope,
        refused: Refused<LeadForm>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let Refused { form, errors } = refused;
        Ok(Self {
            frame: visit.frame(scope),
            title: "Enter a lead".to_owned(),
            list_href: scope.path("/leads"),
            action: scope.path("/leads/new"),
            back: scope.path("/leads"),
            is_vendor: scope.is_vendor(),
            is_new: true,
            topics: Topics::of(scope.program().id, conn)?.0,
            form,
            errors,
        })
    }

    /// A lead as it is, or as it was sent.
    pub(in crate::leads) fn edit(
        visit: &Visit,
        scope: &Scope,
        lead: &Lead,
        refused: Option<Refused<LeadForm>>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let topics = Topics::of(scope.program().id, conn)?;
        let Refused { form, errors } = refused.unwrap_or_else(|| Refused {
            form: LeadForm::showing(lead, &topics),
            errors: FieldErrors::default(),
        });
        Ok(Self {
            frame: visit.frame(scope),
            title: format!("Edit {}", lead.details().company),
            list_href: scope.path("/leads"),
            action: format!("{}/edit", lead.path(scope)),
            back: lead.path(scope),
            is_vendor: scope.is_vendor(),
            is_new: false,
            topics: topics.0,
            form,
            errors,
        })
    }

    fn button(&self) -> &'static str {
        if self.is_new { "Enter" } else { "Save" }
    }

    fn interest_hint(&self) -> &'static str {
        if self.is_vendor {
            "One line that names nobody: the partner reads it, in the mail too, before it opens the \
             lead."
        } else {
            "One line that names nobody."
        }
    }
}
