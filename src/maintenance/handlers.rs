//! Windows over HTTP: everybody of the program reads them, program managers change them.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::export::WindowsFile;
use super::forms::{CancellationForm, EndForm, Refused, WindowForm};
use super::model::{Window, WindowsQuery};
use super::pages::form::FormPage;
use super::pages::list::ListPage;
use super::pages::show::ShowPage;
use super::verbs::{Decision, cancel, declare, edit, move_end};
use crate::audit::By;
use crate::auth::Scope;
use crate::error::{Error, Result};
use crate::web::downloads::send_list;
use crate::web::{FieldErrors, Flash, Form, Query, Reply, Visit, page, page_with};

/// The program and the window of the address.
type Address = Path<(String, String)>;

fn decision<'a>(visit: &'a Visit, scope: &'a Scope) -> Decision<'a> {
    let by = By::Person(scope.actor());
    Decision { program: scope.program(), by, site: visit.site(), now: visit.now() }
}

pub(super) async fn index(visit: Visit, Query(query): Query<WindowsQuery>) -> Reply {
    page(&visit.read(move |visit, scope, conn| ListPage::read(visit, scope, query, conn)).await?)
}

pub(super) async fn download(visit: Visit, Query(query): Query<WindowsQuery>) -> Reply {
    let now = visit.now();
    send_list(visit, move |_, _| Ok(WindowsFile { query, now })).await
}

pub(super) async fn new(visit: Visit) -> Reply {
    page(&new_page(&visit, WindowForm::fresh(), FieldErrors::default()).await?)
}

async fn new_page(visit: &Visit, form: WindowForm, errors: FieldErrors) -> Result<FormPage> {
    visit.read(move |visit, scope, _| Ok(FormPage::new(visit, scope, form, errors))).await
}

pub(super) async fn create(visit: Visit, Form(form): Form<WindowForm>) -> Reply {
    let sent = form.clone();
    let made = visit.write(move |visit, scope, conn| {
        let (new, _) = sent.parse(scope.program().time_zone)?;
        let reference = declare(&new, decision(visit, scope), conn)?;
        Ok(scope.path(&format!("/maintenance/{reference}")))
    });
    match made.await {
        Ok(path) => Ok(visit.go(&path, &Flash::success("The maintenance is declared."))),
        Err(Error::Invalid(errors)) => {
            let built = new_page(&visit, form, errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

pub(super) async fn show(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    page(&show_page(&visit, reference, Refused::default()).await?)
}

async fn show_page(visit: &Visit, reference: String, refused: Refused) -> Result<ShowPage> {
    let built = visit
        .read(move |visit, scope, conn| ShowPage::read(visit, scope, &reference, refused, conn));
    built.await
}

pub(super) async fn edit_form(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    page(&edit_page(&visit, reference, None, FieldErrors::default()).await?)
}

async fn edit_page(
    visit: &Visit,
    reference: String,
    form: Option<WindowForm>,
    errors: FieldErrors,
) -> Result<FormPage> {
    let built = visit.read(move |visit, scope, conn| {
        let window = Window::find_for(scope, &reference, conn)?;
        FormPage::edit(visit, scope, &window, form, errors)
    });
    built.await
}

pub(super) async fn change(visit: Visit, address: Address, Form(form): Form<WindowForm>) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let edited = visit.write(move |visit, scope, conn| {
        let window = Window::find_for(scope, &wanted, conn)?;
        let (new, why) = sent.parse(scope.program().time_zone)?;
        edit(&window, sent.seen(), &new, &why, decision(visit, scope), conn)?;
        Ok(window.path(scope))
    });
    match edited.await {
        Ok(path) => Ok(visit.go(&path, &Flash::success("The maintenance is changed."))),
        Err(Error::Invalid(errors)) => {
            let built = edit_page(&visit, reference, Some(form), errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

pub(super) async fn set_end(visit: Visit, address: Address, Form(form): Form<EndForm>) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let moved = visit.write(move |visit, scope, conn| {
        let window = Window::find_for(scope, &wanted, conn)?;
        let (ends_at, why) = sent.parse(scope.program().time_zone)?;
        move_end(&window, sent.seen(), ends_at, &why, decision(visit, scope), conn)?;
        let ends = scope.actor().locale.moment(ends_at, scope.program().time_zone);
        Ok((window.path(scope), ends))
    });
    match moved.await {
        Ok((path, ends)) => {
            Ok(visit.go(&path, &Flash::success(format!("The maintenance ends {ends}."))))
        }
        Err(Error::Invalid(errors)) => {
            let refused = Refused { end: Some(form), errors, ..Refused::default() };
            let built = show_page(&visit, reference, refused).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

pub(super) async fn take_back(
    visit: Visit,
    address: Address,
    Form(form): Form<CancellationForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let cancelled = visit.write(move |visit, scope, conn| {
        let window = Window::find_for(scope, &wanted, conn)?;
        let why = sent.parse()?;
        cancel(&window, sent.seen(), &why, decision(visit, scope), conn)?;
        Ok(window.path(scope))
    });
    match cancelled.await {
        Ok(path) => Ok(visit.go(&path, &Flash::success("The maintenance is cancelled."))),
        Err(Error::Invalid(errors)) => {
            let refused = Refused { cancellation: Some(form), errors, ..Refused::default() };
            let built = show_page(&visit, reference, refused).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}
