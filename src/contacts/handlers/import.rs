//! Contacts from a file: the page, the check and the import.

use actix_web::http::StatusCode;

use crate::audit::By;
use crate::auth::Scope;
use crate::contacts::import::{self, Target};
use crate::contacts::pages::import::ImportPage;
use crate::error::{Error, Result};
use crate::web::{FieldErrors, Flash, Reply, Upload, Visit, page, page_with};

fn own(scope: &Scope) -> Result<Target> {
    Ok(Target {
        program_id: scope.program().id,
        organisation_id: scope.organisation_id(),
        part: scope.part().ok_or(Error::NotFound)?,
    })
}

pub(in crate::contacts) async fn form(visit: Visit) -> Reply {
    let form = visit.read(|visit, scope, _| Ok(ImportPage::new(visit, scope))).await?;
    page(&form)
}

/// The button says whether the file is only checked.
pub(in crate::contacts) async fn import(visit: Visit, upload: Upload) -> Reply {
    let text = match import::refuse_too_large(upload.bytes.len()).and_then(|()| upload.text()) {
        Ok(text) => text,
        Err(Error::Invalid(errors)) => return refused(&visit, errors).await,
        Err(fault) => return Err(fault),
    };
    if upload.field("action") == "import" {
        store(&visit, upload.file_name, text).await
    } else {
        check(&visit, upload.file_name, text).await
    }
}

async fn refused(visit: &Visit, errors: FieldErrors) -> Reply {
    let form = visit
        .read(move |visit, scope, _| Ok(ImportPage::new(visit, scope).with_errors(errors)))
        .await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &form)
}

async fn check(visit: &Visit, file: String, text: String) -> Reply {
    let report = visit
        .read(move |visit, scope, conn| {
            let outcome = import::check(own(scope)?, &text, conn)?;
            Ok(ImportPage::new(visit, scope).with_outcome(&file, outcome))
        })
        .await?;
    page_with(report.status(), &report)
}

async fn store(visit: &Visit, file: String, text: String) -> Reply {
    let (outcome, list) = visit
        .write(move |visit, scope, conn| {
            let by = By::Person(scope.actor());
            let outcome = import::import(own(scope)?, &text, by, visit.now(), conn)?;
            Ok((outcome, scope.path("/contacts")))
        })
        .await?;
    match outcome {
        Ok(plan) => Ok(visit.go(&list, &Flash::success(format!("Imported: {}", plan.summary())))),
        Err(faults) => {
            let report = visit
                .read(move |visit, scope, _| {
                    Ok(ImportPage::new(visit, scope).with_outcome(&file, Err(faults)))
                })
                .await?;
            page_with(report.status(), &report)
        }
    }
}
