//! What is done with an order: released, processed, held, cancelled, ordered anew.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::audit::By;
use crate::error::{Error, Result};
use crate::maintenance::{self, Capability};
use crate::orders::forms::{ChosenForm, ReasonForm};
use crate::orders::model::{self, Order};
use crate::orders::pages::order::OrderPage;
use crate::orders::processing::{Outcome, Processor};
use crate::orders::steps::Step;
use crate::orders::{correcting, due, verbs};
use crate::web::{FieldErrors, Flash, Form, Reply, Visit, page_with};

/// The program and the record of the address.
type Address = Path<(String, String)>;

/// More orders are not processed by one press of a button.
const MOST_AT_ONCE: usize = 200;

/// Where the policy of the day processes orders by itself, a released one is processed at once.
pub(in crate::orders) async fn release(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let of_release = reference.clone();
    let released = visit.write(move |visit, scope, conn| {
        let order = verbs::release(scope, &of_release, visit.now(), conn)?;
        let (program, now) = (scope.program(), visit.now());
        if maintenance::stopped(program, Capability::OrderProcessing, now).is_some() {
            due::hold_for_maintenance(&order, By::Portal(due::NAME), now, conn)?;
            return Ok((order.path(scope), Released::Held));
        }
        let automatic = due::is_automatic(program, now, conn)?;
        Ok((order.path(scope), if automatic { Released::Due } else { Released::Waits }))
    });
    let (path, released) = released.await?;
    let flash = match released {
        Released::Waits => Flash::success("The order is released; the vendor processes it."),
        Released::Held => Flash::success(
            "The order is released. Order processing is under maintenance: it is held, and \
             processed when that is over.",
        ),
        Released::Due => words_of(process_by_itself(&visit, reference).await?),
    };
    Ok(visit.go(&path, &flash))
}

enum Released {
    Waits,
    Held,
    Due,
}

/// A transaction of its own: that processing fails undoes no release.
async fn process_by_itself(visit: &Visit, reference: String) -> Result<Outcome> {
    let processed = visit.write(move |visit, scope, conn| {
        let order = Order::find_for(scope, &reference, conn)?;
        let (by, now) = (By::Portal(due::NAME), visit.now());
        let processor = Processor::of(scope.program(), visit.site(), by, now, conn)?;
        processor.process(&order, conn)
    });
    processed.await
}

pub(in crate::orders) async fn process(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let (path, outcome) = process_one(&visit, reference).await?;
    Ok(visit.go(&path, &words_of(outcome)))
}

async fn process_one(visit: &Visit, reference: String) -> Result<(String, Outcome)> {
    let processed = visit.write(move |visit, scope, conn| {
        let (program, now) = (scope.program(), visit.now());
        let order = verbs::allowed(scope, &reference, Step::Process, conn)?;
        maintenance::open_for(program, Capability::OrderProcessing, now)?;
        let by = By::Person(scope.actor());
        let processor = Processor::of(program, visit.site(), by, now, conn)?;
        let outcome = processor.process(&order, conn)?;
        Ok((order.path(scope), outcome))
    });
    processed.await
}

fn words_of(outcome: Outcome) -> Flash {
    match outcome {
        Outcome::Processed { licences: 1 } => Flash::success("The order is processed: 1 licence."),
        Outcome::Processed { licences } => {
            Flash::success(format!("The order is processed: {licences} licences."))
        }
        Outcome::Refused { .. } => Flash::warning(
            "The order is refused: the lines below say why. Nothing of it was processed.",
        ),
    }
}

/// Each order is a transaction of its own; what cannot be processed leaves the others alone. What was
/// released first is processed first.
pub(in crate::orders) async fn process_many(visit: Visit, Form(form): Form<ChosenForm>) -> Reply {
    let (path, chosen) = visit
        .read(move |_, scope, conn| {
            let chosen = model::in_order_of_release(scope, &form.order, conn)?;
            Ok((scope.path("/orders?status=released"), chosen))
        })
        .await?;
    if chosen.is_empty() {
        return Ok(visit.go(&path, &Flash::warning("Tick the orders that are to be processed.")));
    }
    let (mut done, mut refused, mut others) = (0, 0, Vec::new());
    for reference in chosen.into_iter().take(MOST_AT_ONCE) {
        match process_one(&visit, reference.clone()).await {
            Ok((_, Outcome::Processed { .. })) => done += 1,
            Ok((_, Outcome::Refused { .. })) => refused += 1,
            Err(Error::Conflict(_) | Error::NotFound) => others.push(reference),
            Err(fault) => return Err(fault),
        }
    }
    Ok(visit.go(&path, &tally(done, refused, &others)))
}

fn tally(done: usize, refused: usize, others: &[String]) -> Flash {
    let count = |number: usize| match number {
        1 => "1 order".to_owned(),
        number => format!("{number} orders"),
    };
    let mut text = format!("{} processed", count(done));
    if refused > 0 {
        text.push_str(&format!(", {} refused", count(refused)));
    }
    if !others.is_empty() {
        text.push_str(&format!("; left alone: {}", others.join(", ")));
    }
    text.push('.');
    if refused + others.len() > 0 { Flash::warning(text) } else { Flash::success(text) }
}

pub(in crate::orders) async fn hold(
    visit: Visit,
    address: Address,
    Form(form): Form<ReasonForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let of_hold = reference.clone();
    let sent = form.clone();
    let held = visit.write(move |visit, scope, conn| {
        let order = verbs::allowed(scope, &of_hold, Step::Hold, conn)?;
        verbs::hold(scope, &order, &sent.parse("hold_why")?, visit.now(), conn)?;
        Ok(order.path(scope))
    });
    answer(&visit, reference, form, held.await, "The order is held.").await
}

pub(in crate::orders) async fn resume(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let resumed = visit.write(move |visit, scope, conn| {
        let order = Order::find_for(scope, &reference, conn)?;
        verbs::resume(scope, &order, visit.now(), conn)?;
        Ok(order.path(scope))
    });
    let path = resumed.await?;
    Ok(visit.go(&path, &Flash::success("The order goes on.")))
}

pub(in crate::orders) async fn cancel(
    visit: Visit,
    address: Address,
    Form(form): Form<ReasonForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let of_cancel = reference.clone();
    let sent = form.clone();
    let cancelled = visit.write(move |visit, scope, conn| {
        let order = verbs::allowed(scope, &of_cancel, Step::Cancel, conn)?;
        let why = sent.parse("cancel_why")?;
        verbs::cancel(scope, &order, &why, visit.site(), visit.now(), conn)?;
        Ok(order.path(scope))
    });
    answer(&visit, reference, form, cancelled.await, "The order is cancelled.").await
}

/// Back to the order with a sentence, or with what was wrong with the form.
async fn answer(
    visit: &Visit,
    reference: String,
    form: ReasonForm,
    outcome: Result<String>,
    done: &'static str,
) -> Reply {
    match outcome {
        Ok(path) => Ok(visit.go(&path, &Flash::success(done))),
        Err(Error::Invalid(errors)) => refused(visit, reference, form, errors).await,
        Err(fault) => Err(fault),
    }
}

async fn refused(visit: &Visit, reference: String, form: ReasonForm, errors: FieldErrors) -> Reply {
    let built = visit.read(move |visit, scope, conn| {
        OrderPage::read(visit, scope, &reference, (form, errors), conn)
    });
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &built.await?)
}

pub(in crate::orders) async fn correct(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let corrected = visit.write(move |visit, scope, conn| {
        let order = correcting::correct(scope, &reference, visit.now(), conn)?;
        Ok((scope.path(&format!("/orders/{order}")), order))
    });
    let (path, order) = corrected.await?;
    let sentence = format!("{order} stands in for the refused order. Release it when it is right.");
    Ok(visit.go(&path, &Flash::success(sentence)))
}
