//! A promotion is made.

use askama::Template;
use diesel::prelude::*;

use crate::auth::Scope;
use crate::catalogue::promotions::forms::{Choice, Choices, PromotionForm};
use crate::db::Conn;
use crate::db::schema::{categories, promotions};
use crate::error::Result;
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "catalogue/promotion_form.html")]
pub(in crate::catalogue::promotions) struct FormPage {
    frame: Frame,
    path: String,
    list_href: String,
    choices: Choices,
    form: PromotionForm,
    errors: FieldErrors,
}

impl FormPage {
    /// Two queries.
    pub(in crate::catalogue::promotions) fn read(
        visit: &Visit,
        scope: &Scope,
        form: PromotionForm,
        errors: FieldErrors,
        conn: &mut Conn,
    ) -> Result<Self> {
        Ok(Self {
            frame: visit.frame(scope),
            path: scope.path("/promotions/new"),
            list_href: scope.path("/promotions"),
            choices: choices(scope, conn)?,
            form,
            errors,
        })
    }
}

/// What a new promotion may be for, and what it may go together with.
pub(in crate::catalogue::promotions) fn choices(scope: &Scope, conn: &mut Conn) -> Result<Choices> {
    let program_id = scope.program().id;
    let of_categories: Vec<(i64, String, String)> = categories::table
        .filter(categories::program_id.eq(program_id))
        .order(categories::position)
        .select((categories::id, categories::key, categories::name))
        .load(conn)?;
    let others: Vec<(i64, String, String)> = promotions::table
        .filter(promotions::program_id.eq(program_id))
        .filter(promotions::ends_on.ge(scope.today()))
        .order(promotions::code)
        .select((promotions::id, promotions::code, promotions::name))
        .load(conn)?;
    let category = |(id, key, name)| Choice { id, value: key, label: name };
    let promotion = |(id, code, name): (i64, String, String)| {
        let label = format!("{code}, {name}");
        Choice { id, value: code, label }
    };
    Ok(Choices {
        categories: of_categories.into_iter().map(category).collect(),
        promotions: others.into_iter().map(promotion).collect(),
    })
}
