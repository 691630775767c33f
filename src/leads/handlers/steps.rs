//! What is done with one lead: accepted, declined, worked on, recalled, ended.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::assignment::decision;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::leads::assignment::{self, Decision};
use crate::leads::forms::{Refused, TextForm};
use crate::leads::model::Lead;
use crate::leads::pages::reason::ReasonPage;
use crate::leads::rules::Step;
use crate::leads::{declining, working};
use crate::web::{Flash, Form, Reply, Visit, page, page_with};

/// The program and the lead of the address.
type Address = Path<(String, String)>;

pub(in crate::leads) async fn accept(
    visit: Visit,
    address: Address,
    Form(form): Form<TextForm>,
) -> Reply {
    at_once(Step::Accept, visit, address, form).await
}

pub(in crate::leads) async fn progress(
    visit: Visit,
    address: Address,
    Form(form): Form<TextForm>,
) -> Reply {
    at_once(Step::Progress, visit, address, form).await
}

/// A step that a press of a button takes.
async fn at_once(step: Step, visit: Visit, address: Address, form: TextForm) -> Reply {
    let (_, reference) = address.into_inner();
    let done = visit.write(move |visit, scope, conn| {
        let lead = Lead::find_for(scope, &reference, conn)?;
        lead.allow(step, scope)?;
        let decision = decision(visit, scope);
        decision.require_open()?;
        assignment::refuse_other_revision(&lead, form.seen())?;
        take(step, decision, &lead, "", conn)?;
        Ok(lead.path(scope))
    });
    let path = done.await?;
    Ok(visit.go(&path, &Flash::success(sentence(step, &Outcome::Done))))
}

pub(in crate::leads) async fn ask_decline(visit: Visit, address: Address) -> Reply {
    ask(Step::Decline, visit, address).await
}

pub(in crate::leads) async fn decline(
    visit: Visit,
    address: Address,
    Form(form): Form<TextForm>,
) -> Reply {
    for_a_reason(Step::Decline, visit, address, form).await
}

pub(in crate::leads) async fn ask_loss(visit: Visit, address: Address) -> Reply {
    ask(Step::Lose, visit, address).await
}

pub(in crate::leads) async fn lose(
    visit: Visit,
    address: Address,
    Form(form): Form<TextForm>,
) -> Reply {
    for_a_reason(Step::Lose, visit, address, form).await
}

pub(in crate::leads) async fn ask_junk(visit: Visit, address: Address) -> Reply {
    ask(Step::Junk, visit, address).await
}

pub(in crate::leads) async fn junk(
    visit: Visit,
    address: Address,
    Form(form): Form<TextForm>,
) -> Reply {
    for_a_reason(Step::Junk, visit, address, form).await
}

pub(in crate::leads) async fn ask_closing(visit: Visit, address: Address) -> Reply {
    ask(Step::Close, visit, address).await
}

pub(in crate::leads) async fn close(
    visit: Visit,
    address: Address,
    Form(form): Form<TextForm>,
) -> Reply {
    for_a_reason(Step::Close, visit, address, form).await
}

pub(in crate::leads) async fn ask_recall(visit: Visit, address: Address) -> Reply {
    ask(Step::Recall, visit, address).await
}

pub(in crate::leads) async fn recall(
    visit: Visit,
    address: Address,
    Form(form): Form<TextForm>,
) -> Reply {
    for_a_reason(Step::Recall, visit, address, form).await
}

async fn ask(step: Step, visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    page(&reason_page(&visit, step, reference, Refused::default()).await?)
}

async fn reason_page(
    visit: &Visit,
    step: Step,
    reference: String,
    refused: Refused<TextForm>,
) -> Result<ReasonPage> {
    let built = visit.read(move |visit, scope, conn| {
        ReasonPage::read(visit, scope, step, &reference, refused, conn)
    });
    built.await
}

/// A step that needs a reason.
async fn for_a_reason(step: Step, visit: Visit, address: Address, form: TextForm) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let done = visit.write(move |visit, scope, conn| {
        let lead = Lead::find_for(scope, &wanted, conn)?;
        lead.allow(step, scope)?;
        let decision = decision(visit, scope);
        decision.require_open()?;
        let why = sent.required("a reason")?;
        assignment::refuse_other_revision(&lead, sent.seen())?;
        let outcome = take(step, decision, &lead, &why, conn)?;
        // Whoever declines a lead does not see it any more.
        let path = if step == Step::Decline { scope.path("/leads") } else { lead.path(scope) };
        Ok((path, outcome))
    });
    match done.await {
        Ok((path, outcome)) => Ok(visit.go(&path, &Flash::success(sentence(step, &outcome)))),
        Err(Error::Invalid(errors)) => {
            let built = reason_page(&visit, step, reference, Refused { form, errors }).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

/// What came of a step beside itself.
enum Outcome {
    Done,
    /// A declined lead went to the next partner.
    WentOn,
}

fn take(
    step: Step,
    decision: Decision<'_>,
    lead: &Lead,
    why: &str,
    conn: &mut Conn,
) -> Result<Outcome> {
    match step {
        Step::Accept => working::accept(decision, lead, conn)?,
        Step::Progress => working::progress(decision, lead, conn)?,
        Step::Lose => working::lose(decision, lead, why, conn)?,
        Step::Junk => working::junk(decision, lead, why, conn)?,
        Step::Close => working::close(decision, lead, why, conn)?,
        Step::Recall => assignment::recall(decision, lead, why, conn)?,
        Step::Decline => {
            let next = declining::decline(decision, lead, why, conn)?;
            return Ok(next.map_or(Outcome::Done, |_| Outcome::WentOn));
        }
        _ => return Err(Error::internal("this step is taken elsewhere")),
    }
    Ok(Outcome::Done)
}

/// No partner is told which other one has a lead now.
fn sentence(step: Step, outcome: &Outcome) -> &'static str {
    match (step, outcome) {
        (Step::Accept, _) => "The lead is accepted. Get in touch soon.",
        (Step::Progress, _) => "Work on the lead has begun.",
        (Step::Lose, _) => "The lead is marked as lost.",
        (Step::Junk, _) => "The lead is marked as junk.",
        (Step::Close, _) => "The lead is closed.",
        (Step::Decline, Outcome::WentOn) => "The lead is declined and goes on to somebody else.",
        (Step::Decline, Outcome::Done) => "The lead is declined and is the vendor's again.",
        _ => "The lead is yours to assign again.",
    }
}
