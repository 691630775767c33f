//! Inquiries: the list, one of them, and taking one back.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::pricing::inquiries::forms::{Refused, WithdrawalForm};
use crate::pricing::inquiries::list::InquiryQuery;
use crate::pricing::inquiries::model::Inquiry;
use crate::pricing::inquiries::pages::draft::{DraftPage, Shown as Beside};
use crate::pricing::inquiries::pages::inquiry::{InquiryPage, WithdrawalPage};
use crate::pricing::inquiries::pages::list::ListPage;
use crate::pricing::inquiries::paper::paper_of;
use crate::pricing::inquiries::{InquiryStatus, export, submission};
use crate::web::downloads::{Shown, pdf, send_list};
use crate::web::{Flash, Form, Query, Reply, Visit, page, page_with};

/// The program and the inquiry of the address.
type Address = Path<(String, String)>;

pub(in crate::pricing::inquiries) async fn index(
    visit: Visit,
    Query(query): Query<InquiryQuery>,
) -> Reply {
    page(&visit.read(move |visit, scope, conn| ListPage::read(visit, scope, query, conn)).await?)
}

pub(in crate::pricing::inquiries) async fn download(
    visit: Visit,
    Query(query): Query<InquiryQuery>,
) -> Reply {
    send_list(visit, move |_, _| Ok(export::InquiryFile { query })).await
}

pub(in crate::pricing::inquiries) async fn download_lines(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let name = format!("{reference}.csv");
    let file = visit.read(move |_, scope, conn| {
        let (inquiry, lines) = Inquiry::with_lines(scope, &reference, conn)?;
        export::lines_file(&inquiry, &lines)
    });
    file.await?.download(&name)
}

/// A draft has no paper: its prices are nobody's yet.
pub(in crate::pricing::inquiries) async fn download_paper(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let name = format!("inquiry {reference}");
    let made = visit.read(move |visit, scope, conn| {
        let (inquiry, lines) = Inquiry::with_lines(scope, &reference, conn)?;
        if inquiry.status == InquiryStatus::Draft {
            return Err(Error::conflict("Send the inquiry first: its prices are taken then."));
        }
        paper_of(scope, &inquiry, &lines, visit.now())?.pdf()
    });
    Ok(pdf(made.await?, &name, Shown::Inline))
}

/// What is looked for in the catalogue beside a draft.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::pricing::inquiries) struct Sought {
    q: String,
}

/// A draft is a page that one works on, everything else one that is read.
enum Either {
    Draft(Box<DraftPage>),
    Sent(Box<InquiryPage>),
}

pub(in crate::pricing::inquiries) async fn show(
    visit: Visit,
    address: Address,
    Query(sought): Query<Sought>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let built = visit.read(move |visit, scope, conn| {
        let found = Inquiry::with_lines(scope, &reference, conn)?;
        if found.0.status == InquiryStatus::Draft {
            let shown = Beside { refused: None, q: sought.q, quoter: String::new() };
            let built = DraftPage::read(visit, scope, found, shown, conn)?;
            return Ok(Either::Draft(Box::new(built)));
        }
        Ok(Either::Sent(Box::new(InquiryPage::read(visit, scope, found, conn)?)))
    });
    match built.await? {
        Either::Draft(built) => page(&*built),
        Either::Sent(built) => page(&*built),
    }
}

pub(in crate::pricing::inquiries) async fn ask_withdrawal(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    page(&withdrawal_page(&visit, reference, Refused::default()).await?)
}

async fn withdrawal_page(
    visit: &Visit,
    reference: String,
    refused: Refused<WithdrawalForm>,
) -> Result<WithdrawalPage> {
    let built = visit.read(move |visit, scope, conn| {
        WithdrawalPage::read(visit, scope, &reference, refused, conn)
    });
    built.await
}

pub(in crate::pricing::inquiries) async fn withdraw(
    visit: Visit,
    address: Address,
    Form(form): Form<WithdrawalForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let withdrawn = visit.write(move |visit, scope, conn| {
        let inquiry = Inquiry::find_for(scope, &wanted, conn)?;
        let why = sent.why()?;
        let (site, now) = (visit.site(), visit.now());
        submission::withdraw(scope, &inquiry, &why, sent.seen(), site, now, conn)?;
        Ok(inquiry.path(scope))
    });
    match withdrawn.await {
        Ok(path) => Ok(visit.go(&path, &Flash::success("The inquiry is withdrawn."))),
        Err(Error::Invalid(errors)) => {
            let built = withdrawal_page(&visit, reference, Refused { form, errors }).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}
