//! Special prices: asked for from the workbench, decided by the vendor.

use actix_web::http::StatusCode;

use super::{Address, work};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::pricing::quotes::forms::{DecisionForm, Refused, SpecialForm};
use crate::pricing::quotes::pages::special::{SpecialListPage, SpecialPage};
use crate::pricing::quotes::pages::workbench::Refusal;
use crate::pricing::quotes::special::list::{SpecialQuery, SpecialsFile};
use crate::pricing::quotes::special::{self, Decision, Special};
use crate::pricing::quotes::{Quote, drafts};
use crate::web::downloads::send_list;
use crate::web::{Flash, Form, Query, Reply, Visit, page, page_with};

pub(in crate::pricing::quotes) async fn request(
    visit: Visit,
    address: Address,
    Form(form): Form<SpecialForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let requested = visit.write(move |visit, scope, conn| {
        let quote = Quote::find_for(scope, &wanted, conn)?.of_quoter()?;
        let lines = drafts::lines_of(drafts::draft_of(&quote)?, conn)?;
        let asked = sent.parse(&lines)?;
        special::request(scope, &quote, &asked, visit.site(), visit.now(), conn)?;
        Ok(quote.row.path(scope))
    });
    match requested.await {
        Ok(path) => Ok(visit.go(&path, &Flash::success("The vendor is asked. You get a mail."))),
        Err(Error::Invalid(errors)) => {
            let special = Some(Refused { form, errors });
            work::refused(&visit, reference, Refusal { special, ..Refusal::default() }).await
        }
        Err(fault) => Err(fault),
    }
}

pub(in crate::pricing::quotes) async fn index(
    visit: Visit,
    Query(query): Query<SpecialQuery>,
) -> Reply {
    let built =
        visit.read(move |visit, scope, conn| SpecialListPage::read(visit, scope, query, conn));
    page(&built.await?)
}

pub(in crate::pricing::quotes) async fn download(
    visit: Visit,
    Query(query): Query<SpecialQuery>,
) -> Reply {
    send_list(visit, move |_, _| Ok(SpecialsFile { query })).await
}

pub(in crate::pricing::quotes) async fn show(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    page(&special_page(&visit, reference, Refused::default()).await?)
}

async fn special_page(
    visit: &Visit,
    reference: String,
    refused: Refused<DecisionForm>,
) -> Result<SpecialPage> {
    let built = visit
        .read(move |visit, scope, conn| SpecialPage::read(visit, scope, &reference, refused, conn));
    built.await
}

pub(in crate::pricing::quotes) async fn approve(
    visit: Visit,
    address: Address,
    Form(form): Form<DecisionForm>,
) -> Reply {
    decide(visit, address, form, |form, special| form.approval(special.asked())).await
}

pub(in crate::pricing::quotes) async fn reject(
    visit: Visit,
    address: Address,
    Form(form): Form<DecisionForm>,
) -> Reply {
    decide(visit, address, form, |form, _| form.rejection()).await
}

async fn decide(
    visit: Visit,
    address: Address,
    form: DecisionForm,
    read: fn(&DecisionForm, &Special) -> Result<Decision>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let decided = visit.write(move |visit, scope, conn| {
        let special = Special::find_for(scope, &wanted, conn)?;
        let decision = read(&sent, &special)?;
        special::decide(scope, &special, &decision, visit.site(), visit.now(), conn)?;
        Ok(special.path(scope))
    });
    match decided.await {
        Ok(path) => Ok(visit.go(&path, &Flash::success("Decided. Whoever asked gets a mail."))),
        Err(Error::Invalid(errors)) => {
            let built = special_page(&visit, reference, Refused { form, errors }).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

pub(in crate::pricing::quotes) async fn withdraw(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let withdrawn = visit.write(move |visit, scope, conn| {
        let special = asked_by_own(scope, &reference, conn)?;
        special::withdraw(scope, &special, visit.now(), conn)?;
        Ok(special.path(scope))
    });
    let path = withdrawn.await?;
    Ok(visit.go(&path, &Flash::success("The request is withdrawn.")))
}

/// A request of the person's own organisation: forbidden where it may only be read.
fn asked_by_own(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Special> {
    let special = Special::find_for(scope, reference, conn)?;
    if special.quoter_id != scope.organisation_id() {
        return Err(Error::forbidden("A request is withdrawn by those who made it."));
    }
    Ok(special)
}
