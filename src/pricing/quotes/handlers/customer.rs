//! A reseller's prices for its own customer, and the paper that shows them.

use actix_web::http::StatusCode;

use super::Address;
use crate::error::{Error, Result};
use crate::pricing::quotes::customer::{CustomerForm, CustomerQuery, Offer};
use crate::pricing::quotes::forms::Refused;
use crate::pricing::quotes::pages::customer::CustomerPage;
use crate::web::downloads::{self, pdf};
use crate::web::{FieldErrors, Flash, Form, Query, Reply, Visit, page, page_with};

pub(in crate::pricing::quotes) async fn show(
    visit: Visit,
    address: Address,
    Query(query): Query<CustomerQuery>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let built = visit.read(move |visit, scope, conn| {
        let offer = Offer::read(scope, &reference, conn)?;
        let (prices, errors) = match offer.filled_in(&query) {
            Ok(prices) => (prices, FieldErrors::default()),
            Err(Error::Invalid(errors)) => (offer.filled_in(&CustomerQuery::default())?, errors),
            Err(fault) => return Err(fault),
        };
        let is_right = errors.is_empty();
        Ok((is_right, CustomerPage::new(visit.frame(scope), scope, &offer, &prices, query, errors)))
    });
    match built.await? {
        (true, built) => page(&built),
        (false, built) => page_with(StatusCode::UNPROCESSABLE_ENTITY, &built),
    }
}

pub(in crate::pricing::quotes) async fn save(
    visit: Visit,
    address: Address,
    Form(form): Form<CustomerForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let saved = visit.write(move |visit, scope, conn| {
        let offer = Offer::read(scope, &wanted, conn)?;
        offer.keep(scope, &sent, visit.now(), conn)?;
        Ok(offer.quote.row.path(scope))
    });
    match saved.await {
        Ok(path) if form.next == "pdf" => {
            Ok(visit.go(&format!("{path}/customer.pdf"), &Flash::success("The prices are kept.")))
        }
        Ok(path) => {
            let flash = Flash::success("The prices are kept. Nobody else sees them.");
            Ok(visit.go(&format!("{path}/customer"), &flash))
        }
        Err(Error::Invalid(errors)) => {
            let built = refused(&visit, reference, Refused { form, errors }).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

async fn refused(
    visit: &Visit,
    reference: String,
    refused: Refused<CustomerForm>,
) -> Result<CustomerPage> {
    let built = visit.read(move |visit, scope, conn| {
        let offer = Offer::read(scope, &reference, conn)?;
        let (frame, Refused { form, errors }) = (visit.frame(scope), refused);
        let query = CustomerQuery::default();
        Ok(CustomerPage::new(frame, scope, &offer, &form.price, query, errors))
    });
    built.await
}

pub(in crate::pricing::quotes) async fn download(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let name = format!("offer {reference}");
    let made = visit.read(move |visit, scope, conn| {
        Offer::read(scope, &reference, conn)?.paper(scope, visit.now()).pdf()
    });
    Ok(pdf(made.await?, &name, downloads::Shown::Inline))
}
