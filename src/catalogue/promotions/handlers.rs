//! Promotions over HTTP: the vendor's pages, and what everyone may read of them.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::export::PromotionsFile;
use super::forms::{EndingForm, PromotionForm, Refused, WithdrawalForm};
use super::model::{Promotion, PromotionsQuery};
use super::pages::form::{FormPage, choices};
use super::pages::list::ListPage;
use super::pages::offers::OffersPage;
use super::pages::show::ShowPage;
use super::{end, make, withdraw};
use crate::audit::By;
use crate::error::{Error, Result};
use crate::web::downloads::send_list;
use crate::web::{FieldErrors, Flash, Form, Query, Reply, Visit, page, page_with};

/// The program and the promotion of the address.
type Address = Path<(String, String)>;

/// What runs and what is announced, as everyone in the program may read it.
pub(in crate::catalogue) async fn offers(visit: Visit) -> Reply {
    page(&visit.read(OffersPage::read).await?)
}

pub(in crate::catalogue) async fn index(
    visit: Visit,
    Query(query): Query<PromotionsQuery>,
) -> Reply {
    page(&visit.read(move |visit, scope, conn| ListPage::read(visit, scope, query, conn)).await?)
}

pub(in crate::catalogue) async fn download(
    visit: Visit,
    Query(query): Query<PromotionsQuery>,
) -> Reply {
    send_list(visit, move |_, _| Ok(PromotionsFile { query })).await
}

pub(in crate::catalogue) async fn new(visit: Visit) -> Reply {
    let form = PromotionForm::fresh(&visit.actor().name);
    page(&new_page(&visit, form, FieldErrors::default()).await?)
}

async fn new_page(visit: &Visit, form: PromotionForm, errors: FieldErrors) -> Result<FormPage> {
    let built =
        visit.read(move |visit, scope, conn| FormPage::read(visit, scope, form, errors, conn));
    built.await
}

pub(in crate::catalogue) async fn create(visit: Visit, Form(form): Form<PromotionForm>) -> Reply {
    let sent = form.clone();
    let made = visit.write(move |visit, scope, conn| {
        let new = sent.parse(&choices(scope, conn)?, scope.today())?;
        let by = By::Person(scope.actor());
        let reference = make(scope.program(), &new, by, visit.now(), conn)?;
        Ok((scope.path(&format!("/promotions/{reference}")), new.code))
    });
    match made.await {
        Ok((path, code)) => {
            Ok(visit.go(&path, &Flash::success(format!("The promotion {code} is made."))))
        }
        Err(Error::Invalid(errors)) => {
            let built = new_page(&visit, form, errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

pub(in crate::catalogue) async fn show(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    page(&show_page(&visit, reference, Refused::default()).await?)
}

async fn show_page(visit: &Visit, reference: String, refused: Refused) -> Result<ShowPage> {
    let built = visit
        .read(move |visit, scope, conn| ShowPage::read(visit, scope, &reference, refused, conn));
    built.await
}

pub(in crate::catalogue) async fn set_end(
    visit: Visit,
    address: Address,
    Form(form): Form<EndingForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let ended = visit.write(move |visit, scope, conn| {
        let promotion = Promotion::find_for(scope, &wanted, conn)?;
        let (day, seen) = sent.parse()?;
        let by = By::Person(scope.actor());
        end(scope.program(), &promotion, day, seen, by, visit.now(), conn)?;
        Ok((promotion.path(scope), scope.actor().locale.day(day)))
    });
    match ended.await {
        Ok((path, day)) => Ok(visit.go(&path, &Flash::success(format!("Its last day is {day}.")))),
        Err(Error::Invalid(errors)) => {
            let refused = Refused { ending: form, errors, ..Refused::default() };
            let built = show_page(&visit, reference, refused).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

pub(in crate::catalogue) async fn take_back(
    visit: Visit,
    address: Address,
    Form(form): Form<WithdrawalForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let withdrawn = visit.write(move |visit, scope, conn| {
        let promotion = Promotion::find_for(scope, &wanted, conn)?;
        let why = sent.parse()?;
        let by = By::Person(scope.actor());
        withdraw(scope.program(), &promotion, &why, by, visit.now(), conn)?;
        Ok(scope.path("/promotions"))
    });
    match withdrawn.await {
        Ok(path) => Ok(visit.go(&path, &Flash::success("The promotion is withdrawn."))),
        Err(Error::Invalid(errors)) => {
            let refused = Refused { withdrawal: form, errors, ..Refused::default() };
            let built = show_page(&visit, reference, refused).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}
