//! HTTP only: what the program is, for everyone in it.

use super::model;
use super::pages::{Facts, ProgramPage};
use crate::web::{Reply, Visit, page};

pub(super) async fn show(visit: Visit) -> Reply {
    let built = visit.read(|visit, scope, conn| {
        let facts = Facts::of(scope.program(), conn)?;
        let rules = model::rules_of(scope.program().id, conn)?;
        Ok(ProgramPage::new(visit.frame(scope), scope, facts, &rules))
    });
    page(&built.await?)
}
