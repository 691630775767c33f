//! Licences over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Deserialize;

use super::export::LicencesFile;
use super::list::{list_for, page_of};
use super::pages::{CustomerPage, IndexPage, LicencePage, NoticesPage};
use super::query::ListQuery;
use super::record::{Noticed, Record};
use super::{activate as record_activation, activation, rulebook};
use crate::audit;
use crate::auth::Scope;
use crate::catalogue::Product;
use crate::contacts::{Role, recipients_of};
use crate::customers::Customer;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::programs::rules_of;
use crate::web::downloads::send_list;
use crate::web::{
    FieldErrors, Fields, Flash, Form, PAGE_LIMIT, Query, Reply, Visit, page, page_with,
};

/// GET `/p/{program}/licences`
pub(super) async fn index(visit: Visit, Query(query): Query<ListQuery>) -> Reply {
    let index = visit
        .read(move |visit, scope, conn| {
            let thresholds =
                rulebook::thresholds(&rules_of(scope.program().id, conn)?, scope.today());
            let products = Product::all(scope.program().id, conn)?;
            let (filter, cursor) = (query.filter(), query.cursor());
            let rows = list_for(scope, &filter, cursor.as_ref(), thresholds, PAGE_LIMIT, conn)?;
            let rows = page_of(rows, cursor.as_ref());
            Ok(IndexPage::new(visit, scope, query, &products, rows, thresholds))
        })
        .await?;
    page(&index)
}

/// GET `/p/{program}/licences.csv`: all rows that the filters leave.
pub(super) async fn download(visit: Visit, Query(query): Query<ListQuery>) -> Reply {
    send_list(visit, move |scope, conn| LicencesFile::of(scope, query.filter(), conn)).await
}

/// GET `/p/{program}/licences/{reference}`
pub(super) async fn show(visit: Visit, path: Path<(String, String)>) -> Reply {
    let (_, reference) = path.into_inner();
    let none = FieldErrors::default();
    page(&visit.read(move |visit, scope, conn| read(visit, scope, &reference, none, conn)).await?)
}

fn read(
    visit: &Visit,
    scope: &Scope,
    reference: &str,
    errors: FieldErrors,
    conn: &mut Conn,
) -> Result<LicencePage> {
    let record = Record::find_for(scope, reference, conn)?;
    let rules = rules_of(scope.program().id, conn)?;
    let history = audit::timeline("licence", record.licence.id, conn)?;
    LicencePage::new(visit, scope, &record, &rules, &history, errors)
}

/// GET `/p/{program}/licences/{reference}/notices`: who is told of its end, and when.
pub(super) async fn notices(visit: Visit, path: Path<(String, String)>) -> Reply {
    let (_, reference) = path.into_inner();
    let notices = visit
        .read(move |visit, scope, conn| {
            let noticed = Noticed::find_for(scope, &reference, conn)?;
            let reseller = noticed.licence.reseller_id;
            let mut told = recipients_of(scope.program(), Role::Renewals, &[reseller], conn)?;
            let told = told.remove(&reseller).unwrap_or_default();
            Ok(NoticesPage::new(visit, scope, &noticed, told))
        })
        .await?;
    page(&notices)
}

#[derive(Deserialize)]
pub(super) struct ActivationForm {
    #[serde(default)]
    activated_on: String,
}

/// POST `/p/{program}/licences/{reference}/activation`
pub(super) async fn activate(
    visit: Visit,
    path: Path<(String, String)>,
    Form(form): Form<ActivationForm>,
) -> Reply {
    let (_, reference) = path.into_inner();
    let typed = form.activated_on.clone();
    let done = {
        let reference = reference.clone();
        visit
            .write(move |visit, scope, conn| {
                let mut fields = Fields::default();
                let day =
                    fields.day(activation::FIELD, "The day of activation", &form.activated_on);
                let day = fields.finish(|| day)?;
                record_activation(scope, &reference, day, visit.now(), conn)?;
                Ok(scope.path(&format!("/licences/{reference}")))
            })
            .await
    };
    match done {
        Ok(path) => Ok(visit.go(&path, &Flash::success("The activation is recorded."))),
        Err(Error::Invalid(errors)) => {
            let again = visit
                .read(move |visit, scope, conn| {
                    Ok(read(visit, scope, &reference, errors, conn)?.with_typed(typed))
                })
                .await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(fault) => Err(fault),
    }
}

/// GET `/p/{program}/customers/{reference}`: a customer and its licences.
pub(super) async fn customer(
    visit: Visit,
    path: Path<(String, String)>,
    Query(mut query): Query<ListQuery>,
) -> Reply {
    let (_, reference) = path.into_inner();
    let shown = visit
        .read(move |visit, scope, conn| {
            let customer = Customer::find_for(scope, &reference, conn)?;
            let thresholds =
                rulebook::thresholds(&rules_of(scope.program().id, conn)?, scope.today());
            query.customer = customer.reference.clone();
            query.status = super::query::ANY_STATUS.to_owned();
            let (filter, cursor) = (query.filter(), query.cursor());
            let rows = list_for(scope, &filter, cursor.as_ref(), thresholds, PAGE_LIMIT, conn)?;
            let rows = page_of(rows, cursor.as_ref());
            Ok(CustomerPage::new(visit, scope, &customer, rows, thresholds))
        })
        .await?;
    page(&shown)
}
