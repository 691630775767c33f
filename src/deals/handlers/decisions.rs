//! What is decided on a deal, and how it ends.

use super::deals::{Address, refuse_decision};
use crate::db::Conn;
use crate::deals::approvals::{self, Approval};
use crate::deals::forms::DecisionForm;
use crate::deals::model::Deal;
use crate::deals::steps::Step;
use crate::deals::verbs::{self, At};
use crate::error::{Error, Result};
use crate::web::{Flash, Form, Reply, Visit};

/// A verb with what the form says; gives what to tell whoever did it.
type Verb = fn(At<'_>, &DecisionForm, &mut Conn) -> Result<&'static str>;

async fn decide(
    visit: Visit,
    address: Address,
    form: DecisionForm,
    step: Step,
    verb: Verb,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let decided = visit.write(move |visit, scope, conn| {
        let deal = Deal::find_for(scope, &wanted, conn)?;
        // Whether it may be done comes before what is wrong with the form.
        step.allow(scope, &deal, sent.seen())?;
        let at = At {
            scope,
            deal: &deal,
            seen: sent.seen(),
            site: Some(visit.site()),
            now: visit.now(),
        };
        let sentence = verb(at, &sent, conn)?;
        Ok((deal.path(scope), sentence))
    });
    match decided.await {
        Ok((path, sentence)) => Ok(visit.go(&path, &Flash::success(sentence))),
        Err(Error::Invalid(errors)) => refuse_decision(&visit, reference, form, errors).await,
        Err(fault) => Err(fault),
    }
}

pub(in crate::deals) async fn approve(
    visit: Visit,
    address: Address,
    Form(form): Form<DecisionForm>,
) -> Reply {
    let verb: Verb = |at, form, conn| {
        Ok(match approvals::approve(at, &form.optional()?, conn)? {
            Approval::Whole => "The deal is approved.",
            Approval::First => {
                "Your approval is recorded. At this value a second person has to approve the deal."
            }
        })
    };
    decide(visit, address, form, Step::Approve, verb).await
}

/// Handlers that differ in their step, verb and sentence alone.
macro_rules! handlers {
    ($($name:ident: $step:ident, $verb:expr, $sentence:literal;)+) => {$(
        pub(in crate::deals) async fn $name(
            visit: Visit,
            address: Address,
            Form(form): Form<DecisionForm>,
        ) -> Reply {
            let verb: Verb = |at, form, conn| {
                let verb: fn(At<'_>, &DecisionForm, &mut Conn) -> Result<()> = $verb;
                verb(at, form, conn).map(|()| $sentence)
            };
            decide(visit, address, form, Step::$step, verb).await
        }
    )+};
}

handlers! {
    review: Review, |at, _, conn| verbs::review(at, conn), "The deal is in review.";
    return_it: Return, |at, form, conn| verbs::return_it(at, &form.required()?, conn),
        "The deal is returned to its partner.";
    reject: Reject, |at, form, conn| verbs::reject(at, &form.required()?, conn),
        "The deal is rejected.";
    duplicate: Duplicate,
        |at, form, conn| verbs::duplicate(at, &form.duplicate_of, &form.optional()?, conn),
        "The deal is a duplicate.";
    withdraw: Withdraw, |at, form, conn| verbs::withdraw(at, &form.optional()?, conn),
        "The deal is withdrawn.";
    win: Win, |at, form, conn| verbs::win(at, &form.optional()?, conn), "The deal is won.";
    lose: Lose, |at, form, conn| verbs::lose(at, &form.required()?, conn), "The deal is lost.";
    revoke: Revoke, |at, form, conn| verbs::revoke(at, &form.required()?, conn),
        "The approval is revoked.";
    ask_extension: AskExtension, |at, form, conn| {
        let until = form.day("until", "The day", &form.until)?;
        verbs::ask_extension(at, until, &form.required()?, conn)
    }, "The extension is asked for.";
    grant_extension: GrantExtension, |at, form, conn| {
        let until = form.day("granted_until", "The day", &form.granted_until)?;
        verbs::grant_extension(at, until, &form.optional()?, conn)
    }, "The protection is extended.";
    refuse_extension: RefuseExtension,
        |at, form, conn| verbs::refuse_extension(at, &form.required()?, conn),
        "The extension is refused.";
}
