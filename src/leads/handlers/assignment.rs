//! Leads are handed to a partner, one or many at once, and taken back.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::audit::By;
use crate::auth::Scope;
use crate::error::{Error, Result};
use crate::leads::assignment::{self, Decision, Receiver};
use crate::leads::forms::{AssignmentForm, ChoiceQuery, Refused, TextForm};
use crate::leads::model::Lead;
use crate::leads::pages::assignment::{AssignmentPage, RecallPage};
use crate::web::{Flash, Form, Query, Reply, Visit, page, page_with};

fn decision<'a>(visit: &'a Visit, scope: &'a Scope) -> Decision<'a> {
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
        assignment::assign(decision(visit, scope), &leads, &to, &command.why, conn)?;
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

/// The program and the lead of the address.
type Address = Path<(String, String)>;

pub(in crate::leads) async fn ask_recall(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    page(&recall_page(&visit, reference, Refused::default()).await?)
}

async fn recall_page(
    visit: &Visit,
    reference: String,
    refused: Refused<TextForm>,
) -> Result<RecallPage> {
    let built = visit
        .read(move |visit, scope, conn| RecallPage::read(visit, scope, &reference, refused, conn));
    built.await
}

pub(in crate::leads) async fn recall(
    visit: Visit,
    address: Address,
    Form(form): Form<TextForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let recalled = visit.write(move |visit, scope, conn| {
        let lead = Lead::find_for(scope, &wanted, conn)?;
        let why = sent.required("a reason")?;
        assignment::refuse_other_revision(&lead, sent.seen())?;
        assignment::recall(decision(visit, scope), &lead, &why, conn)?;
        Ok(lead.path(scope))
    });
    match recalled.await {
        Ok(path) => Ok(visit.go(&path, &Flash::success("The lead is yours to assign again."))),
        Err(Error::Invalid(errors)) => {
            let built = recall_page(&visit, reference, Refused { form, errors }).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}
