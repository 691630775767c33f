//! With what a registration begins: the customer and the category.

use askama::Template;
use diesel::prelude::*;

use crate::auth::Scope;
use crate::db::schema::categories;
use crate::db::{Conn, Keep};
use crate::deals::eligibility::is_registrable;
use crate::deals::forms::{BeginForm, Refused};
use crate::error::Result;
use crate::programs::rules_of;
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
        let known: Vec<(String, String)> = categories::table
            .filter(categories::program_id.eq(scope.program().id))
            .order((categories::position, categories::id))
            .select((categories::key, categories::name))
            .kept()
            .load(conn)?;
        let rules = rules_of(scope.program().id, conn)?;
        let policy = rules.policies.at(scope.today());
        let registrable = known.into_iter().filter(|(key, _)| is_registrable(policy, key));
        Ok(Self {
            frame: visit.frame(scope),
            path: scope.path("/deals/new"),
            list_href: scope.path("/deals"),
            categories: registrable.map(|(value, label)| Choice { value, label }).collect(),
            form: refused.form,
            errors: refused.errors,
        })
    }
}
