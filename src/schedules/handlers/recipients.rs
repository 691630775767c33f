//! The page on which a partner says who gets its schedules.

use serde::Deserialize;

use crate::schedules::entries::PeopleQuery;
use crate::schedules::pages::recipients::RecipientsPage;
use crate::schedules::{LIST, Recipients, Saved};
use crate::web::{Flash, Form, Query, Reply, Visit, list_address, page};

pub(in crate::schedules) async fn show(visit: Visit, Query(query): Query<PeopleQuery>) -> Reply {
    let built =
        visit.read(move |visit, scope, conn| RecipientsPage::read(visit, scope, query, conn));
    page(&built.await?)
}

/// What the page sends: changes, and not the list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::schedules) struct RecipientsForm {
    was: Vec<String>,
    tick: Vec<String>,
}

pub(in crate::schedules) async fn save(
    visit: Visit,
    Query(query): Query<PeopleQuery>,
    Form(form): Form<RecipientsForm>,
) -> Reply {
    let (saved, path) = visit
        .write(move |visit, scope, conn| {
            let changes = Recipients::parse(&form.was, &form.tick);
            let saved = crate::schedules::save(scope, &changes, visit.now(), conn)?;
            Ok((saved, scope.path(LIST.page)))
        })
        .await?;
    let on = Some(query.page.as_str()).filter(|page| !page.is_empty());
    let here = list_address(&path, &query, on);
    Ok(visit.go(&here, &Flash::success(outcome(saved))))
}

fn outcome(saved: Saved) -> String {
    let count = |number: usize| match number {
        1 => "1 person".to_owned(),
        number => format!("{number} people"),
    };
    match (saved.added, saved.removed) {
        (0, 0) => "Nothing had to be changed.".to_owned(),
        (added, 0) => format!("Saved: {} added.", count(added)),
        (0, removed) => format!("Saved: {} taken off the list.", count(removed)),
        (added, removed) => {
            format!("Saved: {} added, {removed} taken off the list.", count(added))
        }
    }
}
