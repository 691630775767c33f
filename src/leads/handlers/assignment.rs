//! Leads are handed to a partner, one or many at once.

use actix_web::http::StatusCode;

use crate::audit::By;
use crate::auth::Scope;
use crate::error::{Error, Result};
use crate::leads::assignment::{self, Decision, Receiver};
use crate::leads::forms::{AssignmentForm, ChoiceQuery, Refused};
use crate::leads::pages::assignment::AssignmentPage;
use crate::web::{Flash, Form, Query, Reply, Visit, page, page_with};

pub(super) fn decision<'a>(visit: &'a Visit, scope: &'a Scope) -> Decision<'a> {
    Decision {
        program: scope.program(),
        by: By::Person(scope.actor()),
        site: Some(visit.site()),
        now: visit.now(),
    }
}

pub(in crate::leads) async fn choose(visit: Visit, Query(query): Query<ChoiceQuery>) -> Reply {
    page(&assignment_page(&visit, query, Refused::default()).await?)
}

async fn assignment_page(
    visit: &Visit,
    query: ChoiceQuery,
    refused: Refused<AssignmentForm>,
) -> Result<AssignmentPage> {
    let built = visit
        .read(move |visit, scope, conn| AssignmentPage::read(visit, scope, query, refused, conn));
    built.await
}

pub(in crate::leads) async fn assign(visit: Visit, Form(form): Form<AssignmentForm>) -> Reply {
    let sent = form.clone();
    let assigned = visit.write(move |visit, scope, conn| {
        let command = sent.parse()?;
        let to = Receiver::find(scope.program(), &command.partner, conn)?
            .ok_or_else(|| Error::field("partner", "Choose an active partner of this program."))?;
        let leads = assignment::chosen(scope, &command.chosen, conn)?;
        let decision = decision(visit, scope);
        decision.require_open()?;
        assignment::assign(decision, &leads, &to, &command.why, conn)?;
        Ok(match leads.as_slice() {
            [one] => (one.path(scope), format!("The lead went to {}.", to.name)),
            many => (scope.path("/leads"), format!("{} leads went to {}.", many.len(), to.name)),
        })
    });
    match assigned.await {
        Ok((path, sentence)) => Ok(visit.go(&path, &Flash::success(sentence))),
        Err(Error::Invalid(errors)) => {
            let query = form.query();
            let built = assignment_page(&visit, query, Refused { form, errors }).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}
