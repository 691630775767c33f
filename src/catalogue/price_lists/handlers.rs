//! Price lists over HTTP: the list of lists, one list, and how one is published and withdrawn.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::export::PricesFile;
use super::forms::{PublicationForm, Refused, WithdrawalForm};
use super::import::{self, PriceFile};
use super::model::{ListRecord, ListsQuery};
use super::pages::import::{ImportPage, Outcome};
use super::pages::list::ListPage;
use super::pages::show::ShowPage;
use super::{Decision, Done, Seen, publish, withdraw};
use crate::audit::By;
use crate::auth::Scope;
use crate::error::{Error, Result};
use crate::web::downloads::send_list;
use crate::web::{FieldErrors, Flash, Form, Query, Reply, Upload, Visit, page, page_with};

/// The program and the list of the address.
type Address = Path<(String, String)>;

fn decision<'a>(visit: &'a Visit, scope: &'a Scope) -> Decision<'a> {
    Decision {
        program: scope.program(),
        by: By::Person(scope.actor()),
        site: Some(visit.site()),
        now: visit.now(),
    }
}

pub(in crate::catalogue) async fn index(visit: Visit, Query(query): Query<ListsQuery>) -> Reply {
    page(&visit.read(move |visit, scope, conn| ListPage::read(visit, scope, query, conn)).await?)
}

pub(in crate::catalogue) async fn show(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    page(&show_page(&visit, reference, Refused::default()).await?)
}

async fn show_page(
    visit: &Visit,
    reference: String,
    refused: Refused<WithdrawalForm>,
) -> Result<ShowPage> {
    let built = visit
        .read(move |visit, scope, conn| ShowPage::read(visit, scope, &reference, refused, conn));
    built.await
}

pub(in crate::catalogue) async fn download(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    send_list(visit, move |scope, conn| PricesFile::of(scope, &reference, conn)).await
}

pub(in crate::catalogue) async fn form(visit: Visit) -> Reply {
    page(&import_page(&visit, PublicationForm::default(), Outcome::default()).await?)
}

/// The button says whether the file is only checked.
pub(in crate::catalogue) async fn upload(visit: Visit, upload: Upload) -> Reply {
    let form = PublicationForm::of(&upload);
    if upload.bytes.is_empty() {
        let errors = FieldErrors::one("file", "Choose a file.");
        return refused(&visit, form, Outcome { errors, ..Outcome::default() }).await;
    }
    let file = PriceFile::read(&upload.bytes);
    let done = if upload.field("action") == "publish" {
        store(&visit, file, form.clone()).await
    } else {
        look(&visit, file, form.clone()).await
    };
    match done {
        Ok(Looked::Stored(path, sentence)) => Ok(visit.go(&path, &Flash::success(sentence))),
        Ok(Looked::Checked(status, outcome)) => {
            page_with(status, &import_page(&visit, form, *outcome).await?)
        }
        Err(Error::Invalid(errors)) => {
            refused(&visit, form, Outcome { errors, ..Outcome::default() }).await
        }
        Err(fault) => Err(fault),
    }
}

/// What became of an upload.
enum Looked {
    Stored(String, String),
    Checked(StatusCode, Box<Outcome>),
}

impl Looked {
    fn checked(status: StatusCode, outcome: Outcome) -> Self {
        Self::Checked(status, Box::new(outcome))
    }

    fn refused(faults: Vec<crate::sheet::Fault>) -> Self {
        let outcome = Outcome { faults, ..Outcome::default() };
        Self::checked(StatusCode::UNPROCESSABLE_ENTITY, outcome)
    }
}

async fn look(visit: &Visit, file: PriceFile, form: PublicationForm) -> Result<Looked> {
    let plan = visit.read(move |_, scope, conn| {
        let publication = form.parse(scope.today())?;
        import::check(&file, &publication, scope.program(), conn)
    });
    Ok(match plan.await? {
        Ok(plan) => {
            Looked::checked(StatusCode::OK, Outcome { plan: Some(plan), ..Outcome::default() })
        }
        Err(faults) => Looked::refused(faults),
    })
}

async fn store(visit: &Visit, file: PriceFile, form: PublicationForm) -> Result<Looked> {
    let done = visit.write(move |visit, scope, conn| {
        let publication = form.parse(scope.today())?;
        let seen = Seen::parse(&form.seen);
        let done = publish(&file, &publication, &seen, decision(visit, scope), conn)?;
        let day = scope.actor().locale.day(publication.effective_on);
        Ok((done, scope.path("/prices"), format!("{} from {day}", publication.currency.code())))
    });
    let (done, lists, what) = done.await?;
    Ok(match done {
        Done::Published(list) => {
            let verb = if list.replaced { "replaced" } else { "published" };
            let path = format!("{lists}/{}", list.reference);
            Looked::Stored(path, format!("The prices in {what} are {verb}."))
        }
        Done::Refused(faults) => Looked::refused(faults),
        Done::Overtaken(plan) => {
            let outcome = Outcome { plan: Some(*plan), overtaken: true, ..Outcome::default() };
            Looked::checked(StatusCode::CONFLICT, outcome)
        }
    })
}

async fn refused(visit: &Visit, form: PublicationForm, outcome: Outcome) -> Reply {
    let built = import_page(visit, form, outcome).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
}

async fn import_page(visit: &Visit, form: PublicationForm, outcome: Outcome) -> Result<ImportPage> {
    let built = visit
        .read(move |visit, scope, _| Ok(ImportPage::new(visit.frame(scope), scope, form, outcome)));
    built.await
}

pub(in crate::catalogue) async fn take_back(
    visit: Visit,
    address: Address,
    Form(form): Form<WithdrawalForm>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let (sent, wanted) = (form.clone(), reference.clone());
    let withdrawn = visit.write(move |visit, scope, conn| {
        let list = ListRecord::find_for(scope, &wanted, conn)?;
        let why = sent.parse()?;
        withdraw(&list, sent.seen(), &why, decision(visit, scope), conn)?;
        Ok(scope.path("/prices"))
    });
    match withdrawn.await {
        Ok(path) => Ok(visit.go(&path, &Flash::success("The price list is withdrawn."))),
        Err(Error::Invalid(errors)) => {
            let built = show_page(&visit, reference, Refused { form, errors }).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built)
        }
        Err(fault) => Err(fault),
    }
}
