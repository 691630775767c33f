//! HTTP only: the vendor's pages about partners, and the channel's about itself.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Deserialize;

use super::choices::{Choices, Surroundings};
use super::export::{PartnersFile, ResellersFile};
use super::forms::{EditForm, ReasonForm};
use super::list::{self, PartnerQuery};
use super::pages::{EditPage, IndexPage, OwnPage, ResellersPage, ShowPage, StatusPage};
use super::{Enrolment, KIND, StatusChange, resellers as of_distributor, verbs};
use crate::audit;
use crate::error::Error;
use crate::names;
use crate::web::downloads::send_list;
use crate::web::{Cursor, FieldErrors, Flash, Form, Query, Reply, Visit, page, page_with};

/// The address of one enrolment, after the program.
type Address = Path<(String, String)>;

pub(super) async fn index(visit: Visit, Query(query): Query<PartnerQuery>) -> Reply {
    let built = visit.read(move |visit, scope, conn| {
        let choices = Choices::of(scope.program(), conn)?;
        let filter = query.filter(scope, &choices);
        let cursor = Cursor::parse(&query.page);
        let rows = list::list_for(scope, &filter, cursor.as_ref(), conn)?;
        let types = list::types_of(&rows.rows, &choices, conn)?;
        Ok(IndexPage::new(visit.frame(scope), scope, query, &filter, &choices, rows, &types))
    });
    page(&built.await?)
}

pub(super) async fn download(visit: Visit, Query(query): Query<PartnerQuery>) -> Reply {
    send_list(visit, move |scope, conn| PartnersFile::of(scope, &query, conn)).await
}

pub(super) async fn show(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let built = visit.read(move |visit, scope, conn| {
        let enrolment = Enrolment::find_for(scope, &reference, conn)?;
        let around = Surroundings::of(&enrolment, conn)?;
        let history = audit::timeline(KIND, enrolment.id, conn)?;
        Ok(ShowPage::new(visit.frame(scope), scope, enrolment, around, &history))
    });
    page(&built.await?)
}

pub(super) async fn own(visit: Visit) -> Reply {
    let built = visit.read(|visit, scope, conn| {
        let enrolment = Enrolment::own(scope, conn)?;
        let around = Surroundings::of(&enrolment, conn)?;
        let history = audit::timeline(KIND, enrolment.id, conn)?;
        Ok(OwnPage::new(visit.frame(scope), scope, enrolment, &around, &history))
    });
    page(&built.await?)
}

pub(super) async fn edit(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    page(&edit_page(&visit, reference, None, FieldErrors::default()).await?)
}

pub(super) async fn save(visit: Visit, address: Address, Form(form): Form<EditForm>) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let saved = visit.write(move |visit, scope, conn| {
        let enrolment = Enrolment::find_for(scope, &wanted, conn)?;
        let choices = Choices::of(scope.program(), conn)?;
        let around = Surroundings::of(&enrolment, conn)?;
        let command = sent.parse(&enrolment, &choices, &around)?;
        verbs::edit(scope, &enrolment, &command, visit.now(), conn)?;
        Ok((enrolment.path(scope), format!("{} was changed.", enrolment.organisation.name)))
    });
    match saved.await {
        Ok((path, sentence)) => Ok(visit.go(&path, &Flash::success(sentence))),
        Err(Error::Invalid(errors)) => {
            let built = edit_page(&visit, reference, Some(form), errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

async fn edit_page(
    visit: &Visit,
    reference: String,
    form: Option<EditForm>,
    errors: FieldErrors,
) -> Result<EditPage, Error> {
    let built = visit.read(move |visit, scope, conn| {
        let enrolment = Enrolment::find_for(scope, &reference, conn)?;
        let around = Surroundings::of(&enrolment, conn)?;
        let choices = Choices::of(scope.program(), conn)?;
        let form = form.unwrap_or_else(|| EditForm::of(&enrolment, &around));
        Ok(EditPage::new(visit.frame(scope), scope, enrolment, &around, choices, form, errors))
    });
    built.await
}

pub(super) async fn ask_suspension(visit: Visit, address: Address) -> Reply {
    ask(visit, address, StatusChange::Suspend).await
}

pub(super) async fn suspend(visit: Visit, address: Address, form: Form<ReasonForm>) -> Reply {
    change(visit, address, form, StatusChange::Suspend).await
}

pub(super) async fn ask_reactivation(visit: Visit, address: Address) -> Reply {
    ask(visit, address, StatusChange::Reactivate).await
}

pub(super) async fn reactivate(visit: Visit, address: Address, form: Form<ReasonForm>) -> Reply {
    change(visit, address, form, StatusChange::Reactivate).await
}

pub(super) async fn ask_ending(visit: Visit, address: Address) -> Reply {
    ask(visit, address, StatusChange::End).await
}

pub(super) async fn end(visit: Visit, address: Address, form: Form<ReasonForm>) -> Reply {
    change(visit, address, form, StatusChange::End).await
}

async fn ask(visit: Visit, address: Address, change: StatusChange) -> Reply {
    let (_, reference) = address.into_inner();
    let built =
        status_page(&visit, reference, change, ReasonForm::default(), FieldErrors::default());
    page(&built.await?)
}

async fn change(
    visit: Visit,
    address: Address,
    Form(form): Form<ReasonForm>,
    change: StatusChange,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let changed = visit.write(move |visit, scope, conn| {
        let why = sent.parse()?;
        let enrolment = verbs::change_status(scope, &wanted, change, &why, visit.now(), conn)?;
        let status = change.leads_to().label().to_lowercase();
        Ok((enrolment.path(scope), format!("{} is now {status}.", enrolment.organisation.name)))
    });
    match changed.await {
        Ok((path, sentence)) => Ok(visit.go(&path, &Flash::success(sentence))),
        Err(Error::Invalid(errors)) => {
            let built = status_page(&visit, reference, change, form, errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

async fn status_page(
    visit: &Visit,
    reference: String,
    change: StatusChange,
    form: ReasonForm,
    errors: FieldErrors,
) -> Result<StatusPage, Error> {
    let built = visit.read(move |visit, scope, conn| {
        let enrolment = Enrolment::find_for(scope, &reference, conn)?;
        if let Some(why_not) = change.why_not(enrolment.status) {
            return Err(Error::conflict(why_not));
        }
        Ok(StatusPage::new(visit.frame(scope), scope, enrolment, change, form, errors))
    });
    built.await
}

/// What the filter bar of the resellers sends.
#[derive(Clone, Debug, Default, Deserialize, serde::Serialize)]
#[serde(default)]
pub(super) struct ResellersQuery {
    pub(super) name: String,
    #[serde(skip_serializing)]
    pub(super) page: String,
}

pub(super) async fn resellers(visit: Visit, Query(query): Query<ResellersQuery>) -> Reply {
    let built = visit.read(move |visit, scope, conn| {
        let cursor = Cursor::parse(&query.page);
        let name = names::fold(&query.name);
        let rows = of_distributor::resellers_for(scope, &name, cursor.as_ref(), conn)?;
        Ok(ResellersPage::new(visit.frame(scope), scope, query, rows))
    });
    page(&built.await?)
}

pub(super) async fn download_resellers(visit: Visit, Query(query): Query<ResellersQuery>) -> Reply {
    send_list(visit, move |_, _| Ok(ResellersFile { name: names::fold(&query.name) })).await
}
