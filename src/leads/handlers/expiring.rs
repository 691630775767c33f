//! Partners' own leads that end soon: the list, the file, and a decision on many.

use actix_web::http::StatusCode;

use super::assignment::decision;
use crate::error::{Error, Result};
use crate::leads::forms::{ManyForm, Refused};
use crate::leads::list::EndingQuery;
use crate::leads::many::{self, Answered};
use crate::leads::pages::expiring::ExpiringPage;
use crate::leads::{export, forms};
use crate::web::{Flash, Form, Query, Reply, Visit, page, page_with};

pub(in crate::leads) async fn index(visit: Visit, Query(query): Query<EndingQuery>) -> Reply {
    page(&list_page(&visit, query, Refused::default(), Vec::new()).await?)
}

pub(in crate::leads) async fn download(visit: Visit) -> Reply {
    let file = visit.read(move |_, scope, conn| export::file_of_ending(scope, conn));
    file.await?.download("leads-that-end-soon.csv")
}

async fn list_page(
    visit: &Visit,
    query: EndingQuery,
    refused: Refused<ManyForm>,
    answered: Vec<Answered>,
) -> Result<ExpiringPage> {
    let built = visit.read(move |visit, scope, conn| {
        let page = ExpiringPage::read(visit, scope, &query, refused, conn)?;
        Ok(page.answering(&scope.path("/leads"), answered))
    });
    built.await
}

/// Where nothing came between, the list comes back without them; else it says what became of each.
pub(in crate::leads) async fn decide(visit: Visit, Form(form): Form<ManyForm>) -> Reply {
    let sent = form.clone();
    let decided = visit.write(move |visit, scope, conn| {
        let command = sent.parse()?;
        let decision = decision(visit, scope);
        decision.require_open()?;
        let answered = many::decide(decision, scope, &command, conn)?;
        Ok((scope.path("/leads/expiring"), command.what, answered))
    });
    match decided.await {
        Ok((path, what, answered)) if answered.iter().all(|one| one.refused.is_none()) => {
            Ok(visit.go(&path, &Flash::success(sentence(what, answered.len()))))
        }
        Ok((_, _, answered)) => {
            let built =
                list_page(&visit, EndingQuery::default(), Refused::default(), answered).await?;
            page_with(StatusCode::CONFLICT, &built)
        }
        Err(Error::Invalid(errors)) => {
            let refused = Refused { form, errors };
            let built = list_page(&visit, EndingQuery::default(), refused, Vec::new()).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

fn sentence(what: forms::Many, leads: usize) -> String {
    match (what, leads) {
        (forms::Many::Progress, 1) => "Work on the lead goes on.".to_owned(),
        (forms::Many::Progress, many) => format!("Work on {many} leads goes on."),
        (forms::Many::Close, 1) => "The lead is closed.".to_owned(),
        (forms::Many::Close, many) => format!("{many} leads are closed."),
    }
}
