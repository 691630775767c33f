//! What whoever quotes does with a quote.

use actix_web::http::StatusCode;

use super::Address;
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::pricing::quotes::drafts::{self, Begun};
use crate::pricing::quotes::forms::{DraftForm, ReasonForm, Refused, SendingForm};
use crate::pricing::quotes::pages::new::{ChoosePage, NewPage};
use crate::pricing::quotes::pages::preview::PreviewPage;
use crate::pricing::quotes::pages::workbench::{Refusal, WorkbenchPage};
use crate::pricing::quotes::sending::{self, Sending};
use crate::pricing::quotes::unasked::{self, UnaskedForm, UnaskedQuery};
use crate::pricing::quotes::{Quote, settling};
use crate::web::{Flash, Form, Query, Reply, Visit, page, page_with};

/// A quote of the person's own organisation: forbidden where it may only be read.
fn own(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Quote> {
    Quote::find_for(scope, reference, conn)?.of_quoter()
}

pub(in crate::pricing::quotes) async fn begin(visit: Visit, address: Address) -> Reply {
    let (_, inquiry) = address.into_inner();
    let begun = visit.write(move |visit, scope, conn| {
        let (reference, begun) = drafts::begin(scope, &inquiry, visit.now(), conn)?;
        Ok((scope.path(&format!("/quotes/{reference}")), begun))
    });
    let (path, begun) = begun.await?;
    Ok(visit.go(&path, &words_of(begun)))
}

fn words_of(begun: Begun) -> Flash {
    match begun {
        Begun::Now => Flash::success("The draft has the prices that the rules propose."),
        Begun::Before => Flash::warning("This draft was begun before."),
    }
}

/// First a reseller is sought and chosen, then the form is about it.
pub(in crate::pricing::quotes) async fn new(
    visit: Visit,
    Query(query): Query<UnaskedQuery>,
) -> Reply {
    if query.reseller.trim().is_empty() {
        let built =
            visit.read(move |visit, scope, conn| ChoosePage::read(visit, scope, query.q, conn));
        return page(&built.await?);
    }
    let form = UnaskedForm { reseller: query.reseller, ..UnaskedForm::default() };
    page(&new_page(&visit, Refused { form, ..Refused::default() }).await?)
}

async fn new_page(visit: &Visit, refused: Refused<UnaskedForm>) -> Result<NewPage> {
    visit.read(move |visit, scope, conn| NewPage::read(visit, scope, refused, conn)).await
}

pub(in crate::pricing::quotes) async fn begin_unasked(
    visit: Visit,
    Form(form): Form<UnaskedForm>,
) -> Reply {
    let sent = form.clone();
    let begun = visit.write(move |visit, scope, conn| {
        let reference = unasked::begin(scope, &sent, visit.now(), conn)?;
        Ok(scope.path(&format!("/quotes/{reference}")))
    });
    match begun.await {
        Ok(path) => Ok(visit.go(&path, &words_of(Begun::Now))),
        Err(Error::Invalid(errors)) => {
            let built = new_page(&visit, Refused { form, errors }).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

/// The workbench again, with what was wrong.
pub(super) async fn refused(visit: &Visit, reference: String, refusal: Refusal) -> Reply {
    let built = visit.read(move |visit, scope, conn| {
        let quote = own(scope, &reference, conn)?;
        WorkbenchPage::read(visit, scope, &quote, refusal, conn)
    });
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &built.await?)
}

/// Saves the draft; the button says whether the preview comes next.
pub(in crate::pricing::quotes) async fn edit(
    visit: Visit,
    address: Address,
    Form(form): Form<DraftForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let edited = visit.write(move |visit, scope, conn| {
        let quote = own(scope, &wanted, conn)?;
        let lines = drafts::lines_of(drafts::draft_of(&quote)?, conn)?;
        let edit = sent.parse(scope, &lines)?;
        drafts::edit(scope, &quote, &edit, visit.now(), conn)?;
        Ok(quote.row.path(scope))
    });
    match edited.await {
        Ok(path) if form.next == "preview" => {
            let flash = Flash::success("The draft is saved and priced as of now.");
            Ok(visit.go(&format!("{path}/preview"), &flash))
        }
        Ok(path) => {
            Ok(visit.go(&path, &Flash::success("The draft is saved and priced as of now.")))
        }
        Err(Error::Invalid(errors)) => {
            let draft = Some(Refused { form, errors });
            refused(&visit, reference, Refusal { draft, ..Refusal::default() }).await
        }
        Err(fault) => Err(fault),
    }
}

pub(in crate::pricing::quotes) async fn preview(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let built = visit.read(move |visit, scope, conn| {
        let quote = own(scope, &reference, conn)?;
        PreviewPage::read(visit, scope, &quote, conn)
    });
    page(&built.await?)
}

pub(in crate::pricing::quotes) async fn send(
    visit: Visit,
    address: Address,
    Form(form): Form<SendingForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let sent = visit.write(move |visit, scope, conn| {
        let quote = own(scope, &reference, conn)?;
        let sent = sending::send(scope, &quote, form.seen(), visit.site(), visit.now(), conn)?;
        Ok((quote.row.path(scope), quote.row.reseller.clone(), sent))
    });
    match sent.await? {
        (path, reseller, Sending::Done) => {
            Ok(visit.go(&path, &Flash::success(format!("The quote went to {reseller}."))))
        }
        // The new prices are stored: this is no failure to be rolled back.
        (_, _, Sending::PricesChanged) => Err(Error::conflict(
            "Prices changed since this was previewed: the draft has the new ones now. Look at it \
             again before you send it.",
        )),
    }
}

pub(in crate::pricing::quotes) async fn revise(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let revised = visit.write(move |visit, scope, conn| {
        let quote = own(scope, &reference, conn)?;
        let begun = drafts::revise(scope, &quote, visit.now(), conn)?;
        Ok((quote.row.path(scope), begun))
    });
    let (path, begun) = revised.await?;
    Ok(visit.go(&path, &words_of(begun)))
}

pub(in crate::pricing::quotes) async fn discard(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let discarded = visit.write(move |visit, scope, conn| {
        let quote = own(scope, &reference, conn)?;
        drafts::discard(scope, &quote, visit.now(), conn)?;
        Ok(quote.row.path(scope))
    });
    let path = discarded.await?;
    Ok(visit.go(&path, &Flash::success("The draft is gone; what was sent stays as it is.")))
}

pub(in crate::pricing::quotes) async fn withdraw(
    visit: Visit,
    address: Address,
    Form(form): Form<ReasonForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let withdrawn = visit.write(move |visit, scope, conn| {
        let quote = own(scope, &reference, conn)?;
        let why = form.optional()?;
        settling::withdraw(scope, &quote, &why, visit.site(), visit.now(), conn)?;
        Ok(quote.row.path(scope))
    });
    let path = withdrawn.await?;
    Ok(visit.go(&path, &Flash::success("The quote is withdrawn.")))
}
