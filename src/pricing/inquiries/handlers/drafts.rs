//! Drafts: begun, worked on, sent, thrown away.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::auth::Scope;
use crate::catalogue::Product;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::pricing::inquiries::bases::BaseLicence;
use crate::pricing::inquiries::forms::{BeginForm, DraftForm, Refused, SubmissionForm};
use crate::pricing::inquiries::model::Inquiry;
use crate::pricing::inquiries::pages::draft::{DraftPage, Shown};
use crate::pricing::inquiries::pages::new::NewPage;
use crate::pricing::inquiries::registered::{self, DealForm, DealPage};
use crate::pricing::inquiries::{InquiryStatus, changed_meanwhile, drafts, submission};
use crate::web::{FieldErrors, Flash, Form, Reply, Visit, list_address, page, page_with};

/// The program and the inquiry of the address.
type Address = Path<(String, String)>;

pub(in crate::pricing::inquiries) async fn new(visit: Visit) -> Reply {
    let built = visit.read(|visit, scope, _| Ok(NewPage::new(visit, scope, Refused::default())));
    page(&built.await?)
}

pub(in crate::pricing::inquiries) async fn begin(
    visit: Visit,
    Form(form): Form<BeginForm>,
) -> Reply {
    let sent = form.clone();
    let begun = visit.write(move |visit, scope, conn| begin_any(&sent, visit, scope, conn));
    match begun.await {
        Ok((path, flash)) => Ok(visit.go(&path, &flash)),
        Err(Error::Invalid(errors)) => {
            let refused = Refused { form, errors };
            let built = visit.read(move |visit, scope, _| Ok(NewPage::new(visit, scope, refused)));
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built.await?)
        }
        Err(fault) => Err(fault),
    }
}

/// From licences a draft for each customer, else one.
fn begin_any(
    form: &BeginForm,
    visit: &Visit,
    scope: &Scope,
    conn: &mut Conn,
) -> Result<(String, Flash)> {
    let now = visit.now();
    let asked = form.licences()?;
    if !asked.is_empty() {
        let references: Vec<String> = asked.iter().map(|(one, _)| one.clone()).collect();
        let mut licences = BaseLicence::all_of(scope, &references, conn)?;
        for (licence, (_, months)) in licences.iter_mut().zip(&asked) {
            licence.months = months.or(licence.months);
        }
        let purpose = form.purpose();
        let begun = drafts::begin_for_licences(scope, &licences, purpose, now, conn)?;
        return Ok(match begun.as_slice() {
            [one] => (scope.path(&format!("/inquiries/{one}")), ready()),
            many => {
                let count = many.len();
                let text = format!("{count} drafts are ready, one for each customer.");
                (scope.path("/inquiries?status=draft"), Flash::success(text))
            }
        });
    }
    let head = form.head()?;
    let products = match form.line.is_empty() {
        true => Vec::new(),
        false => Product::all(scope.program().id, conn)?,
    };
    let reference = drafts::begin(scope, &head, &form.lines(&products)?, now, conn)?;
    Ok((scope.path(&format!("/inquiries/{reference}")), ready()))
}

fn ready() -> Flash {
    Flash::success("The draft is ready. Nobody else sees it until you send it.")
}

pub(in crate::pricing::inquiries) async fn save(
    visit: Visit,
    address: Address,
    Form(form): Form<DraftForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let saved = visit.write(move |_, scope, conn| {
        let inquiry = draft(scope, &wanted, conn)?;
        let products = match sent.add.is_empty() {
            true => Vec::new(),
            false => Product::all(scope.program().id, conn)?,
        };
        drafts::save(&inquiry, &sent.parse(&products)?, conn)?;
        let sought = [("q", sent.q.as_str())];
        Ok(list_address(&inquiry.path(scope), &sought, None))
    });
    match saved.await {
        Ok(path) => Ok(crate::web::see_other(&path)),
        Err(Error::Invalid(errors)) => {
            let shown = Shown {
                q: form.q.clone(),
                refused: Some(Refused { form, errors }),
                quoter: String::new(),
            };
            refuse(&visit, reference, shown).await
        }
        Err(fault) => Err(fault),
    }
}

/// A draft of the person's own organisation; one that was sent meanwhile is a conflict.
fn draft(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Inquiry> {
    let inquiry = Inquiry::find_for(scope, reference, conn)?;
    if inquiry.status == InquiryStatus::Draft {
        Ok(inquiry)
    } else {
        Err(changed_meanwhile(&inquiry))
    }
}

async fn refuse(visit: &Visit, reference: String, shown: Shown) -> Reply {
    let built = visit.read(move |visit, scope, conn| {
        let found = Inquiry::with_lines(scope, &reference, conn)?;
        DraftPage::read(visit, scope, found, shown, conn)
    });
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &built.await?)
}

pub(in crate::pricing::inquiries) async fn submit(
    visit: Visit,
    address: Address,
    Form(form): Form<SubmissionForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let submitted = visit.write(move |visit, scope, conn| {
        let inquiry = draft(scope, &wanted, conn)?;
        let (site, now) = (visit.site(), visit.now());
        submission::submit(scope, &inquiry, &sent.quoter, sent.seen(), site, now, conn)?;
        Ok(inquiry.path(scope))
    });
    match submitted.await {
        Ok(path) => Ok(visit.go(&path, &Flash::success("The inquiry is sent."))),
        Err(Error::Invalid(errors)) => refuse_submission(&visit, reference, &form, errors).await,
        Err(fault) => Err(fault),
    }
}

async fn refuse_submission(
    visit: &Visit,
    reference: String,
    form: &SubmissionForm,
    errors: crate::web::FieldErrors,
) -> Reply {
    let quoter = form.quoter.clone();
    let built = visit.read(move |visit, scope, conn| {
        let found = Inquiry::with_lines(scope, &reference, conn)?;
        let form = DraftForm::showing(&found.0, &found.1, "");
        let shown = Shown { refused: Some(Refused { form, errors }), q: String::new(), quoter };
        DraftPage::read(visit, scope, found, shown, conn)
    });
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &built.await?)
}

pub(in crate::pricing::inquiries) async fn discard(
    visit: Visit,
    address: Address,
    Form(form): Form<SubmissionForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let discarded = visit.write(move |visit, scope, conn| {
        let inquiry = draft(scope, &reference, conn)?;
        drafts::discard(scope, &inquiry, form.seen(), visit.now(), conn)?;
        Ok(scope.path("/inquiries"))
    });
    Ok(visit.go(&discarded.await?, &Flash::success("The draft is thrown away.")))
}

pub(in crate::pricing::inquiries) async fn ask_deal(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    page(&deal_page(&visit, reference, FieldErrors::default()).await?)
}

async fn deal_page(visit: &Visit, reference: String, errors: FieldErrors) -> Result<DealPage> {
    let built = visit
        .read(move |visit, scope, conn| DealPage::read(visit, scope, &reference, errors, conn));
    built.await
}

pub(in crate::pricing::inquiries) async fn choose_deal(
    visit: Visit,
    address: Address,
    Form(form): Form<DealForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let wanted = reference.clone();
    let chosen = visit.write(move |_, scope, conn| {
        let inquiry = draft(scope, &wanted, conn)?;
        registered::choose(scope, &inquiry, &form, conn)?;
        Ok(inquiry.path(scope))
    });
    match chosen.await {
        Ok(path) => Ok(visit.go(&path, &Flash::success("Saved."))),
        Err(Error::Invalid(errors)) => {
            let built = deal_page(&visit, reference, errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}
