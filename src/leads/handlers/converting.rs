//! A lead becomes a deal.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::assignment::decision;
use crate::deals::Standing;
use crate::error::{Error, Result};
use crate::leads::forms::{ConversionForm, Refused};
use crate::leads::model::Lead;
use crate::leads::pages::converting::ConversionPage;
use crate::leads::{assignment, converting};
use crate::web::{Flash, Form, Reply, Visit, page, page_with};

/// The program and the lead of the address.
type Address = Path<(String, String)>;

pub(in crate::leads) async fn ask(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    page(&conversion_page(&visit, reference, None).await?)
}

async fn conversion_page(
    visit: &Visit,
    reference: String,
    refused: Option<Refused<ConversionForm>>,
) -> Result<ConversionPage> {
    let built = visit.read(move |visit, scope, conn| {
        ConversionPage::read(visit, scope, &reference, refused, conn)
    });
    built.await
}

pub(in crate::leads) async fn convert(
    visit: Visit,
    address: Address,
    Form(form): Form<ConversionForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let converted = visit.write(move |visit, scope, conn| {
        let lead = Lead::find_for(scope, &wanted, conn)?;
        let decision = decision(visit, scope);
        decision.require_open()?;
        assignment::refuse_other_revision(&lead, sent.seen())?;
        let begun = converting::convert(decision, scope, &lead, &sent.category, conn)?;
        Ok((scope.path(&format!("/deals/{}", begun.reference)), told(begun.standing)))
    });
    match converted.await {
        Ok((path, flash)) => Ok(visit.go(&path, &flash)),
        Err(Error::Invalid(errors)) => {
            let refused = Refused { form, errors };
            let built = conversion_page(&visit, reference, Some(refused)).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

/// Whether the customer is free, after a lead became a draft.
fn told(standing: Option<Standing>) -> Flash {
    let done = "The lead is a deal now; fill in its draft.";
    match standing {
        Some(Standing::Free) => Flash::success(format!("{done} {}", Standing::Free.meaning())),
        Some(other) => Flash::warning(format!("{done} {}", other.meaning())),
        None => Flash::success(done),
    }
}
