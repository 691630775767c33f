//! Leads from a file: the page, the check and the import.

use actix_web::http::StatusCode;

use crate::audit::By;
use crate::error::Result;
use crate::leads::assignment::Decision;
use crate::leads::import::{self, LeadFile};
use crate::leads::pages::import::{ImportPage, Outcome};
use crate::web::{FieldErrors, Flash, Reply, Upload, Visit, page, page_with};

pub(in crate::leads) async fn form(visit: Visit) -> Reply {
    page(&outcome_page(&visit, Outcome::default()).await?)
}

/// The button says whether the file is only checked.
pub(in crate::leads) async fn upload(visit: Visit, upload: Upload) -> Reply {
    if upload.bytes.is_empty() {
        let errors = FieldErrors::one("file", "Choose a file.");
        return refused(&visit, Outcome { errors, ..Outcome::default() }).await;
    }
    let file = LeadFile::read(&upload.bytes);
    if upload.field("action") == "import" {
        return store(&visit, file).await;
    }
    let plan = visit
        .read(move |visit, scope, conn| import::check(&file, scope.program(), visit.now(), conn));
    match plan.await? {
        Ok(plan) => {
            let outcome = Outcome { plan: Some(plan), ..Outcome::default() };
            page(&outcome_page(&visit, outcome).await?)
        }
        Err(faults) => refused(&visit, Outcome { faults, ..Outcome::default() }).await,
    }
}

async fn store(visit: &Visit, file: LeadFile) -> Reply {
    let imported = visit.write(move |visit, scope, conn| {
        let decision = Decision {
            program: scope.program(),
            by: By::Person(scope.actor()),
            site: Some(visit.site()),
            now: visit.now(),
        };
        let done = import::import(&file, decision, conn)?;
        Ok(done.map(|done| (scope.path("/leads"), done.sentence())))
    });
    match imported.await? {
        Ok((path, sentence)) => Ok(visit.go(&path, &Flash::success(sentence))),
        Err(faults) => refused(visit, Outcome { faults, ..Outcome::default() }).await,
    }
}

async fn refused(visit: &Visit, outcome: Outcome) -> Reply {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &outcome_page(visit, outcome).await?)
}

async fn outcome_page(visit: &Visit, outcome: Outcome) -> Result<ImportPage> {
    let built =
        visit.read(move |visit, scope, _| Ok(ImportPage::new(visit.frame(scope), scope, outcome)));
    built.await
}
