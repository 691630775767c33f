//! A colleague's second factor, reset.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::contacts::forms::ReasonForm;
use crate::contacts::pages::reset::ResetPage;
use crate::contacts::second_factor::reset as reset_second_factor;
use crate::error::Error;
use crate::web::{Flash, Form, Reply, Visit, page, page_with};

type Place = Path<(String, String)>;

pub(in crate::contacts) async fn show(visit: Visit, place: Place) -> Reply {
    let (_, contact) = place.into_inner();
    let form = visit
        .read(move |visit, scope, conn| {
            let (form, errors) = Default::default();
            ResetPage::read(visit, scope, &contact, form, errors, conn)
        })
        .await?;
    page(&form)
}

pub(in crate::contacts) async fn reset(
    visit: Visit,
    place: Place,
    Form(form): Form<ReasonForm>,
) -> Reply {
    let (_, contact) = place.into_inner();
    let (typed, reference) = (form.clone(), contact.clone());
    let done = visit
        .write(move |visit, scope, conn| {
            let (site, now) = (visit.site(), visit.now());
            crate::contacts::second_factor::find_to_reset(scope, &contact, conn)?;
            let why = form.parse()?;
            let contact = reset_second_factor(scope, &contact, &why, site, now, conn)?;
            Ok((scope.path(&format!("/contacts/{}", contact.reference)), contact.name))
        })
        .await;
    match done {
        Ok((path, name)) => {
            let sentence = format!("The second factor of {name} is reset; a mail tells them.");
            Ok(visit.go(&path, &Flash::success(sentence)))
        }
        Err(Error::Invalid(errors)) => {
            let again = visit
                .read(move |visit, scope, conn| {
                    ResetPage::read(visit, scope, &reference, typed, errors, conn)
                })
                .await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(fault) => Err(fault),
    }
}
