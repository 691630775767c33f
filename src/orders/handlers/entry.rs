//! The page that takes a new order.

use actix_web::http::StatusCode;

use crate::error::{Error, Result};
use crate::orders::entry::{self, EntryForm};
use crate::orders::pages::entry::EntryPage;
use crate::web::{FieldErrors, Flash, Form, Reply, Visit, page, page_with};

/// GET `/p/{program}/orders/new`
pub(in crate::orders) async fn new(visit: Visit) -> Reply {
    page(&entry_page(&visit, None, FieldErrors::default()).await?)
}

/// POST `/p/{program}/orders/new`
pub(in crate::orders) async fn enter(visit: Visit, Form(form): Form<EntryForm>) -> Reply {
    let sent = form.clone();
    let entered = visit.write(move |visit, scope, conn| {
        let reference = entry::enter(scope, &sent, visit.site(), visit.now(), conn)?;
        Ok(scope.path(&format!("/orders/{reference}")))
    });
    match entered.await {
        Ok(path) => Ok(visit.go(&path, &Flash::success("The order is entered and released."))),
        Err(Error::Invalid(errors)) => {
            let built = entry_page(&visit, Some(form), errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

async fn entry_page(
    visit: &Visit,
    form: Option<EntryForm>,
    errors: FieldErrors,
) -> Result<EntryPage> {
    visit.read(move |visit, scope, conn| EntryPage::read(visit, scope, form, errors, conn)).await
}
