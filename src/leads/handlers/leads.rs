//! Leads: the list, one lead, and what is done with it.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::assignment::decision;
use crate::audit::By;
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::leads::forms::{ActivityForm, LeadForm, Refused};
use crate::leads::list::LeadQuery;
use crate::leads::model::Lead;
use crate::leads::opening::{self, Opened};
use crate::leads::pages::form::FormPage;
use crate::leads::pages::lead::LeadPage;
use crate::leads::pages::list::ListPage;
use crate::leads::topics::Topics;
use crate::leads::{activities, distribution, entry, export};
use crate::web::{FieldErrors, Flash, Form, Query, Reply, Visit, page, page_with};

/// The program and the lead of the address.
type Address = Path<(String, String)>;

pub(in crate::leads) async fn index(visit: Visit, Query(query): Query<LeadQuery>) -> Reply {
    page(&visit.read(move |visit, scope, conn| ListPage::read(visit, scope, query, conn)).await?)
}

pub(in crate::leads) async fn download(visit: Visit, Query(query): Query<LeadQuery>) -> Reply {
    let file = visit.read(move |_, scope, conn| export::file(scope, &query, conn));
    file.await?.download("leads.csv")
}

pub(in crate::leads) async fn show(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    page(&lead_page(&visit, reference, Refused::default()).await?)
}

async fn lead_page(
    visit: &Visit,
    reference: String,
    note: Refused<ActivityForm>,
) -> Result<LeadPage> {
    let built =
        visit.read(move |visit, scope, conn| LeadPage::read(visit, scope, &reference, note, conn));
    built.await
}

pub(in crate::leads) async fn new(visit: Visit) -> Reply {
    page(&new_page(&visit, Refused::default()).await?)
}

pub(in crate::leads) async fn enter(visit: Visit, Form(form): Form<LeadForm>) -> Reply {
    let sent = form.clone();
    let entered = visit.write(move |visit, scope, conn| {
        let new = sent.parse(&Topics::of(scope.program().id, conn)?)?;
        let (program, by, now) = (scope.program(), By::Person(scope.actor()), visit.now());
        let path = |reference: &str| scope.path(&format!("/leads/{reference}"));
        if !scope.is_vendor() {
            let partner_id = Lead::holder(scope)?;
            let reference = entry::enter_own(program, partner_id, &new, by, now, conn)?;
            return Ok((path(&reference), format!("{} is entered.", new.company)));
        }
        let reference = entry::enter(program, &new, by, now, conn)?;
        let sentence = match distributed(visit, scope, &reference, conn)? {
            Some(partner) => format!("{} is entered and went to {partner}.", new.company),
            None => format!("{} is entered.", new.company),
        };
        Ok((path(&reference), sentence))
    });
    match entered.await {
        Ok((path, sentence)) => Ok(visit.go(&path, &Flash::success(sentence))),
        Err(Error::Invalid(errors)) => {
            let built = new_page(&visit, Refused { form, errors }).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

/// Hands out a lead that has just been entered, where the program does so by itself and nothing stops
/// it. Gives the partner's name.
fn distributed(
    visit: &Visit,
    scope: &Scope,
    reference: &str,
    conn: &mut Conn,
) -> Result<Option<String>> {
    let decision = decision(visit, scope);
    if decision.require_open().is_err() {
        return Ok(None);
    }
    distribution::distribute(decision, &Lead::find_for(scope, reference, conn)?, conn)
}

async fn new_page(visit: &Visit, refused: Refused<LeadForm>) -> Result<FormPage> {
    let built = visit.read(move |visit, scope, conn| FormPage::new(visit, scope, refused, conn));
    built.await
}

pub(in crate::leads) async fn edit(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    page(&edit_page(&visit, reference, None).await?)
}

pub(in crate::leads) async fn save(
    visit: Visit,
    address: Address,
    Form(form): Form<LeadForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let saved = visit.write(move |visit, scope, conn| {
        // Whose lead it is comes before what is wrong with the form.
        entry::require_author(scope, &Lead::find_for(scope, &wanted, conn)?)?;
        let topics = Topics::of(scope.program().id, conn)?;
        let new = sent.parse(&topics)?;
        let lead = entry::edit(scope, &wanted, sent.seen(), &new, &topics, visit.now(), conn)?;
        Ok((lead.path(scope), format!("{} is saved.", new.company)))
    });
    match saved.await {
        Ok((path, sentence)) => Ok(visit.go(&path, &Flash::success(sentence))),
        Err(Error::Invalid(errors)) => {
            let built = edit_page(&visit, reference, Some(Refused { form, errors })).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}

async fn edit_page(
    visit: &Visit,
    reference: String,
    refused: Option<Refused<LeadForm>>,
) -> Result<FormPage> {
    let built = visit.read(move |visit, scope, conn| {
        let lead = Lead::find_for(scope, &reference, conn)?;
        entry::require_author(scope, &lead)?;
        FormPage::edit(visit, scope, &lead, refused, conn)
    });
    built.await
}

pub(in crate::leads) async fn open(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let opened = visit.write(move |visit, scope, conn| {
        let lead = Lead::find_for(scope, &reference, conn)?;
        let decision = decision(visit, scope);
        decision.require_open()?;
        let opened = opening::open(decision, &lead, conn)?;
        Ok((lead.path(scope), opened_words(opened, &lead, scope)))
    });
    let (path, flash) = opened.await?;
    Ok(visit.go(&path, &flash))
}

fn opened_words(opened: Opened, lead: &Lead, scope: &Scope) -> Flash {
    match (opened, lead.opened_at) {
        (Opened::Now, _) => Flash::success("You opened this lead. Accept it, or decline it soon."),
        (Opened::Before, Some(at)) => {
            let at = scope.actor().locale.moment(at, scope.program().time_zone);
            Flash::warning(format!("{} opened this lead before: {at}.", lead.opened_by))
        }
        (Opened::Before, None) if lead.is_hidden() => {
            Flash::warning("This lead is over: nobody had opened it.")
        }
        (Opened::Before, None) => {
            Flash::warning("This lead was never closed to you: your organisation brought it.")
        }
    }
}

pub(in crate::leads) async fn note(
    visit: Visit,
    address: Address,
    Form(form): Form<ActivityForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let noted = visit.write(move |visit, scope, conn| {
        let lead = Lead::find_for(scope, &wanted, conn)?;
        activities::require_at_work(&lead)?;
        let new = sent.parse(scope.today())?;
        activities::add_note(decision(visit, scope), &lead, &new, conn)?;
        Ok(lead.path(scope))
    });
    match noted.await {
        Ok(path) => Ok(visit.go(&path, &Flash::success("The note is added."))),
        Err(Error::Invalid(errors)) => refuse_note(&visit, reference, form, errors).await,
        Err(fault) => Err(fault),
    }
}

async fn refuse_note(
    visit: &Visit,
    reference: String,
    form: ActivityForm,
    errors: FieldErrors,
) -> Reply {
    let built = lead_page(visit, reference, Refused { form, errors }).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
}
