//! Drafts: begun, filled in, asked about, submitted, thrown away.

use actix_web::http::StatusCode;

use super::deals::{Address, refuse_decision, refuse_draft};
use crate::deals::forms::{BeginForm, DealForm, DecisionForm, Refused};
use crate::deals::model::Deal;
use crate::deals::pages::new::NewPage;
use crate::deals::status::Standing;
use crate::deals::{drafts, standing, submission};
use crate::error::{Error, Result};
use crate::web::{Flash, Form, Reply, Visit, page, page_with};

pub(in crate::deals) async fn new(visit: Visit) -> Reply {
    page(&new_page(&visit, Refused::default()).await?)
}

async fn new_page(visit: &Visit, refused: Refused<BeginForm>) -> Result<NewPage> {
    let built = visit.read(move |visit, scope, conn| NewPage::read(visit, scope, refused, conn));
    built.await
}

pub(in crate::deals) async fn begin(visit: Visit, Form(form): Form<BeginForm>) -> Reply {
    let sent = form.clone();
    let begun = visit.write(move |visit, scope, conn| {
        let begun = drafts::begin(scope, &sent.parse()?, visit.now(), conn)?;
        let path = scope.path(&format!("/deals/{}", begun.reference));
        Ok((path, told("The draft is ready.", begun.standing)))
    });
    match begun.await {
        Ok((path, flash)) => Ok(visit.go(&path, &flash)),
        Err(Error::Invalid(errors)) => {
            let built = new_page(&visit, Refused { form, errors }).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

/// What a question gave, after what was done.
fn told(done: &str, standing: Option<Standing>) -> Flash {
    match standing {
        Some(Standing::Free) => Flash::success(format!("{done} {}", Standing::Free.meaning())),
        Some(other) => Flash::warning(format!("{done} {}", other.meaning())),
        None => Flash::warning(format!(
            "{done} You have asked about many customers within a short time: whether this one is \
             free can be asked later."
        )),
    }
}

pub(in crate::deals) async fn save(
    visit: Visit,
    address: Address,
    Form(form): Form<DealForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let saved = visit.write(move |visit, scope, conn| {
        let (deal, products) = Deal::with_products(scope, &wanted, conn)?;
        crate::deals::Step::Edit.allow(scope, &deal, sent.seen())?;
        let save = sent.parse(&products, deal.currency()?)?;
        let saved = drafts::save(scope, &deal, &save, sent.seen(), visit.now(), conn)?;
        let flash = match saved.asked {
            true => told("Saved.", saved.standing),
            false => Flash::success("Saved."),
        };
        Ok((deal.path(scope), flash))
    });
    match saved.await {
        Ok((path, flash)) => Ok(visit.go(&path, &flash)),
        Err(Error::Invalid(errors)) => {
            refuse_draft(&visit, reference, Refused { form, errors }).await
        }
        Err(fault) => Err(fault),
    }
}

pub(in crate::deals) async fn ask(
    visit: Visit,
    address: Address,
    Form(form): Form<DecisionForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let asked = visit.write(move |visit, scope, conn| {
        let deal = Deal::find_for(scope, &reference, conn)?;
        let found = standing::ask_again(scope, &deal, form.seen(), visit.now(), conn)?;
        Ok((deal.path(scope), told("Asked again.", Some(found))))
    });
    let (path, flash) = asked.await?;
    Ok(visit.go(&path, &flash))
}

pub(in crate::deals) async fn submit(
    visit: Visit,
    address: Address,
    Form(form): Form<DecisionForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let submitted = visit.write(move |visit, scope, conn| {
        let (site, now) = (Some(visit.site()), visit.now());
        let receipt = submission::submit(scope, &wanted, sent.seen(), site, now, conn)?;
        Ok((scope.path(&format!("/deals/{wanted}")), receipt))
    });
    match submitted.await {
        Ok((path, receipt)) => {
            let sentence = format!("The deal is submitted. Its receipt is {receipt}.");
            Ok(visit.go(&path, &Flash::success(sentence)))
        }
        Err(Error::Invalid(errors)) => refuse_decision(&visit, reference, form, errors).await,
        Err(fault) => Err(fault),
    }
}

pub(in crate::deals) async fn discard(
    visit: Visit,
    address: Address,
    Form(form): Form<DecisionForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let discarded = visit.write(move |visit, scope, conn| {
        let deal = Deal::find_for(scope, &reference, conn)?;
        drafts::discard(scope, &deal, form.seen(), visit.now(), conn)?;
        Ok(scope.path("/deals"))
    });
    Ok(visit.go(&discarded.await?, &Flash::success("The draft is thrown away.")))
}
