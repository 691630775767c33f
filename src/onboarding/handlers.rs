//! HTTP only: the form that enrols one, and the page that imports many.

use actix_web::http::StatusCode;

use super::forms::OnboardForm;
use super::import::{self, PartnerFile};
use super::pages::{ImportPage, NewPage, Outcome};
use super::verbs;
use crate::audit::By;
use crate::error::{Error, Result};
use crate::partners::Choices;
use crate::web::{FieldErrors, Flash, Form, Reply, Upload, Visit, page, page_with};

pub(super) async fn new(visit: Visit) -> Reply {
    page(&new_page(&visit, None, FieldErrors::default()).await?)
}

pub(super) async fn create(visit: Visit, Form(form): Form<OnboardForm>) -> Reply {
    let sent = form.clone();
    let enrolled = visit.write(move |visit, scope, conn| {
        let choices = Choices::of(scope.program(), conn)?;
        let command = sent.parse(scope, &choices, conn)?;
        let by = By::Person(scope.actor());
        let (_, reference) =
            verbs::onboard(by, scope.program(), &command, visit.site(), visit.now(), conn)?;
        let invited = command.administrator.as_ref();
        let invited = invited.map(|one| format!(" {} was invited.", one.name)).unwrap_or_default();
        let sentence = format!("{} is enrolled.{invited}", command.joining.name());
        Ok((scope.path(&format!("/partners/{reference}")), sentence))
    });
    match enrolled.await {
        Ok((path, sentence)) => Ok(visit.go(&path, &Flash::success(sentence))),
        Err(Error::Invalid(errors)) => {
            let built = new_page(&visit, Some(form), errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

async fn new_page(
    visit: &Visit,
    form: Option<OnboardForm>,
    errors: FieldErrors,
) -> Result<NewPage> {
    let built = visit.read(move |visit, scope, conn| {
        let choices = Choices::of(scope.program(), conn)?;
        let form = form.unwrap_or_else(|| OnboardForm::blank(scope));
        Ok(NewPage::new(visit.frame(scope), scope, choices, form, errors))
    });
    built.await
}

pub(super) async fn import_page(visit: Visit) -> Reply {
    page(&outcome_page(&visit, Outcome::default()).await?)
}

pub(super) async fn upload(visit: Visit, upload: Upload) -> Reply {
    if upload.bytes.is_empty() {
        let errors = FieldErrors::one("file", "Choose a file.");
        return refused(&visit, Outcome { errors, ..Outcome::default() }).await;
    }
    let file = PartnerFile::read(&upload.bytes);
    if upload.field("action") != "import" {
        let plan = visit
            .read(move |_, scope, conn| import::check(&file, scope.program(), scope.today(), conn));
        return match plan.await? {
            Ok(plan) => {
                let outcome = Outcome { plan: Some(plan), ..Outcome::default() };
                page(&outcome_page(&visit, outcome).await?)
            }
            Err(faults) => refused(&visit, Outcome { faults, ..Outcome::default() }).await,
        };
    }
    let imported = visit.write(move |visit, scope, conn| {
        let by = By::Person(scope.actor());
        let (program, today) = (scope.program(), scope.today());
        let done = import::import(&file, program, today, by, visit.site(), visit.now(), conn)?;
        Ok(done.map(|done| (scope.path("/partners"), done.sentence())))
    });
    match imported.await? {
        Ok((path, sentence)) => Ok(visit.go(&path, &Flash::success(sentence))),
        Err(faults) => refused(&visit, Outcome { faults, ..Outcome::default() }).await,
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
