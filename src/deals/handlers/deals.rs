//! The list of deals, and one deal: its draft for the partner that writes in it, the record otherwise.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::deals::export::DealFile;
use crate::deals::forms::{DealForm, DecisionForm, Many, ManyForm, Refused};
use crate::deals::list::DealQuery;
use crate::deals::many::Answered;
use crate::deals::model::Deal;
use crate::deals::pages::Shown;
use crate::deals::pages::deal::DealPage;
use crate::deals::pages::draft::DraftPage;
use crate::deals::pages::list::ListPage;
use crate::error::Result;
use crate::web::downloads::send_list;
use crate::web::{FieldErrors, Query, Reply, Visit, page, page_with};

/// The program and the deal of the address.
pub(in crate::deals) type Address = Path<(String, String)>;

pub(in crate::deals) async fn index(visit: Visit, Query(query): Query<DealQuery>) -> Reply {
    page(&list_page(&visit, query, Refused::default(), None).await?)
}

/// The list, with what was wrong with a decision on many of it, or what became of each.
pub(in crate::deals) async fn list_page(
    visit: &Visit,
    query: DealQuery,
    refused: Refused<ManyForm>,
    answered: Option<(Many, Vec<Answered>)>,
) -> Result<ListPage> {
    let built = visit.read(move |visit, scope, conn| {
        let page = ListPage::read(visit, scope, query, refused, conn)?;
        Ok(match answered {
            None => page,
            Some((what, answered)) => page.answering(scope, what, answered),
        })
    });
    built.await
}

pub(in crate::deals) async fn download(visit: Visit, Query(query): Query<DealQuery>) -> Reply {
    send_list(visit, move |_, _| Ok(DealFile { query })).await
}

pub(in crate::deals) async fn show(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    match read(&visit, reference, None, None).await? {
        Shown::Draft(draft) => page(&*draft),
        Shown::Deal(deal) => page(&*deal),
    }
}

async fn read(
    visit: &Visit,
    reference: String,
    draft: Option<Refused<DealForm>>,
    decision: Option<Refused<DecisionForm>>,
) -> Result<Shown> {
    let built = visit.read(move |visit, scope, conn| {
        let whole = Deal::whole(scope, &reference, conn)?;
        if whole.deal.status.is_written() && !scope.is_vendor() {
            let page = DraftPage::read(visit, scope, whole, draft, decision, conn)?;
            return Ok(Shown::Draft(Box::new(page)));
        }
        let page = DealPage::read(visit, scope, whole, decision, conn)?;
        Ok(Shown::Deal(Box::new(page)))
    });
    built.await
}

/// The page of the deal again, with what was wrong with what was sent.
pub(in crate::deals) async fn refuse_draft(
    visit: &Visit,
    reference: String,
    refused: Refused<DealForm>,
) -> Reply {
    answer(read(visit, reference, Some(refused), None).await?)
}

pub(in crate::deals) async fn refuse_decision(
    visit: &Visit,
    reference: String,
    form: DecisionForm,
    errors: FieldErrors,
) -> Reply {
    answer(read(visit, reference, None, Some(Refused { form, errors })).await?)
}

fn answer(shown: Shown) -> Reply {
    match shown {
        Shown::Draft(draft) => page_with(StatusCode::UNPROCESSABLE_ENTITY, &*draft),
        Shown::Deal(deal) => page_with(StatusCode::UNPROCESSABLE_ENTITY, &*deal),
    }
}
