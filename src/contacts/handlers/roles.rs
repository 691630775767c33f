//! The matrix of contact roles, and who would get a mail.

use actix_web::http::StatusCode;
use serde::Deserialize;

use crate::contacts::listing::ListQuery;
use crate::contacts::pages::roles::{RecipientsPage, RolesPage};
use crate::contacts::{RoleChanges, Saved, save_roles};
use crate::error::Error;
use crate::web::{Flash, Form, Query, Reply, Visit, page, page_with};

pub(in crate::contacts) async fn matrix(visit: Visit, Query(list): Query<ListQuery>) -> Reply {
    let roles = visit
        .read(move |visit, scope, conn| RolesPage::read(visit, scope, list, &[], conn))
        .await?;
    page(&roles)
}

/// What the matrix sends: changes, and what they were made on.
#[derive(Deserialize)]
pub(in crate::contacts) struct RolesForm {
    seen: i64,
    #[serde(default)]
    was: Vec<String>,
    #[serde(default)]
    tick: Vec<String>,
}

pub(in crate::contacts) async fn save(
    visit: Visit,
    Query(list): Query<ListQuery>,
    Form(form): Form<RolesForm>,
) -> Reply {
    let (saved, path) = visit
        .write(move |visit, scope, conn| {
            let part = scope.part().ok_or(Error::NotFound)?;
            let changes = RoleChanges::parse(form.seen, &form.was, &form.tick, part)?;
            let saved = save_roles(scope, &changes, visit.now(), conn)?;
            Ok((saved, scope.path("/roles")))
        })
        .await?;
    if saved.conflicts.is_empty() {
        let here = list.address(&path, &list.page);
        return Ok(visit.go(&here, &Flash::success(outcome(&saved))));
    }
    let roles = visit
        .read(move |visit, scope, conn| {
            let mut roles = RolesPage::read(visit, scope, list, &saved.conflicts, conn)?;
            roles.outcome = outcome(&saved);
            Ok(roles)
        })
        .await?;
    page_with(StatusCode::CONFLICT, &roles)
}

fn outcome(saved: &Saved) -> String {
    let count = |number: usize, what: &str| match number {
        1 => format!("1 role {what}"),
        _ => format!("{number} roles {what}"),
    };
    match (saved.given, saved.taken) {
        (0, 0) => "Nothing had to be changed.".to_owned(),
        (given, 0) => format!("Saved: {}.", count(given, "given")),
        (0, taken) => format!("Saved: {}.", count(taken, "taken away")),
        (given, taken) => format!("Saved: {}, {taken} taken away.", count(given, "given")),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::contacts) struct RecipientsQuery {
    role: String,
}

pub(in crate::contacts) async fn recipients(
    visit: Visit,
    Query(query): Query<RecipientsQuery>,
) -> Reply {
    let recipients = visit
        .read(move |visit, scope, conn| RecipientsPage::read(visit, scope, &query.role, conn))
        .await?;
    page(&recipients)
}
