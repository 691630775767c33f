//! With what a registration begins: the customer and the category.

use askama::Template;

use crate::auth::Scope;
use crate::db::Conn;
use crate::deals::categories::{DealCategory, registrable};
use crate::deals::forms::{BeginForm, Refused};
use crate::error::Result;
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "deals/new.html")]
pub(in crate::deals) struct NewPage {
    frame: Frame,
    path: String,
    list_href: String,
    categories: Vec<Choice>,
    form: BeginForm,
    errors: FieldErrors,
}

struct Choice {
    value: String,
    label: String,
}

impl NewPage {
    /// Two queries.
    pub(in crate::deals) fn read(
        visit: &Visit,
        scope: &Scope,
        refused: Refused<BeginForm>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let known = registrable(scope.program(), scope.today(), conn)?;
        let choice = |one: DealCategory| Choice { value: one.key, label: one.name };
        Ok(Self {
            frame: visit.frame(scope),
            path: scope.path("/deals/new"),
            list_href: scope.path("/deals"),
            categories: known.into_iter().map(choice).collect(),
            form: refused.form,
            errors: refused.errors,
        })
    }
}
