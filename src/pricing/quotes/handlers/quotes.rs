//! Quotes as they are listed, read and answered.

use actix_web::http::StatusCode;

use super::Address;
use crate::error::{Error, Result};
use crate::pricing::quotes::Quote;
use crate::pricing::quotes::forms::{ReasonForm, Refused};
use crate::pricing::quotes::list::{QuoteQuery, QuotesFile};
use crate::pricing::quotes::pages::list::ListPage;
use crate::pricing::quotes::pages::quote::QuotePage;
use crate::pricing::quotes::pages::workbench::{self, WorkbenchPage};
use crate::pricing::quotes::print::Sent;
use crate::pricing::quotes::settling;
use crate::web::downloads::{self, pdf, send_list};
use crate::web::{Flash, Form, Query, Reply, Visit, page, page_with};

pub(in crate::pricing::quotes) async fn index(
    visit: Visit,
    Query(query): Query<QuoteQuery>,
) -> Reply {
    page(&visit.read(move |visit, scope, conn| ListPage::read(visit, scope, query, conn)).await?)
}

pub(in crate::pricing::quotes) async fn download(
    visit: Visit,
    Query(query): Query<QuoteQuery>,
) -> Reply {
    send_list(visit, move |_, _| Ok(QuotesFile { query })).await
}

/// What a person finds at a quote's address: whoever is at work on it the workbench, the others the
/// quote as it was sent.
enum Found {
    Workbench(Box<WorkbenchPage>),
    Quote(Box<QuotePage>),
}

pub(in crate::pricing::quotes) async fn show(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let found = visit.read(move |visit, scope, conn| {
        let quote = Quote::find_for(scope, &reference, conn)?;
        if quote.draft().is_some() && quote.row.status.is_open() {
            let built =
                WorkbenchPage::read(visit, scope, &quote, workbench::Refusal::default(), conn)?;
            return Ok(Found::Workbench(Box::new(built)));
        }
        let built = QuotePage::read(visit, scope, quote, Refused::default(), conn)?;
        Ok(Found::Quote(Box::new(built)))
    });
    match found.await? {
        Found::Workbench(built) => page(&*built),
        Found::Quote(built) => page(&*built),
    }
}

pub(in crate::pricing::quotes) async fn download_lines(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let name = format!("quote {reference}.csv");
    let file =
        visit.read(move |_, scope, conn| Sent::read(scope, &reference, conn)?.file()).await?;
    file.download(&name)
}

pub(in crate::pricing::quotes) async fn download_paper(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let name = format!("quote {reference}");
    let made =
        visit.read(move |_, scope, conn| Sent::read(scope, &reference, conn)?.paper(scope).pdf());
    Ok(pdf(made.await?, &name, downloads::Shown::Inline))
}

async fn quote_page(
    visit: &Visit,
    reference: String,
    refused: Refused<ReasonForm>,
) -> Result<QuotePage> {
    let built = visit.read(move |visit, scope, conn| {
        let quote = Quote::find_for(scope, &reference, conn)?;
        QuotePage::read(visit, scope, quote, refused, conn)
    });
    built.await
}

pub(in crate::pricing::quotes) async fn decline(
    visit: Visit,
    address: Address,
    Form(form): Form<ReasonForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let declined = visit.write(move |visit, scope, conn| {
        let quote = Quote::find_for(scope, &wanted, conn)?;
        let why = sent.required()?;
        settling::decline(scope, &quote, sent.shown(), &why, visit.site(), visit.now(), conn)?;
        Ok(quote.row.path(scope))
    });
    match declined.await {
        Ok(path) => Ok(visit.go(&path, &Flash::success("The quote is declined."))),
        Err(Error::Invalid(errors)) => {
            let built = quote_page(&visit, reference, Refused { form, errors }).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}
