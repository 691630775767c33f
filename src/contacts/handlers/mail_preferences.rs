//! How mail reaches oneself, and a contact who cannot choose.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::audit::By;
use crate::contacts::mail_preferences::{Choices, Choosing, MailPreferencesForm};
use crate::contacts::pages::mail_preferences::{PreferencesPage, Whose};
use crate::error::{Error, Result};
use crate::web::{FieldErrors, Flash, Form, Reply, Visit, page, page_with};

const OWN: &str = "/account/mail";

pub(in crate::contacts) async fn own(visit: Visit) -> Reply {
    page(&own_page(&visit, None, FieldErrors::default()).await?)
}

pub(in crate::contacts) async fn save_own(
    visit: Visit,
    Form(form): Form<MailPreferencesForm>,
) -> Reply {
    match change_own(&visit, &form).await {
        Ok(()) => Ok(visit.go(OWN, &Flash::success("Your mail preferences are saved."))),
        Err(Error::Invalid(errors)) => {
            let again = own_page(&visit, Some(form), errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(fault) => Err(fault),
    }
}

async fn change_own(visit: &Visit, form: &MailPreferencesForm) -> Result<()> {
    let (wanted, actor, now) = (form.parse()?, visit.actor().clone(), visit.now());
    let write = move |conn: &mut _| {
        let choosing = Choosing { by: By::Person(&actor), subject: actor.subject() };
        let (choices, _) = Choices::own(&actor, conn)?;
        choices.choose(&wanted, &choosing, now, conn)
    };
    visit.db().write(write).await.map(drop)
}

async fn own_page(
    visit: &Visit,
    typed: Option<MailPreferencesForm>,
    errors: FieldErrors,
) -> Result<PreferencesPage> {
    let actor = visit.actor().clone();
    let (choices, programs) = visit.db().read(move |conn| Choices::own(&actor, conn)).await?;
    let (frame, whose) = (visit.frame_of_person(programs), Whose::own(visit.actor()));
    Ok(PreferencesPage::new(frame, whose, &choices, typed, errors))
}

/// The program and the contact of the address.
type Place = Path<(String, String)>;

pub(in crate::contacts) async fn of_contact(visit: Visit, place: Place) -> Reply {
    let (_, contact) = place.into_inner();
    page(&contact_page(&visit, contact, None, FieldErrors::default()).await?)
}

pub(in crate::contacts) async fn save_of_contact(
    visit: Visit,
    place: Place,
    Form(form): Form<MailPreferencesForm>,
) -> Reply {
    let (_, contact) = place.into_inner();
    match change_of_contact(&visit, contact.clone(), form.clone()).await {
        Ok((path, sentence)) => Ok(visit.go(&path, &Flash::success(sentence))),
        Err(Error::Invalid(errors)) => {
            let again = contact_page(&visit, contact, Some(form), errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(fault) => Err(fault),
    }
}

async fn change_of_contact(
    visit: &Visit,
    reference: String,
    form: MailPreferencesForm,
) -> Result<(String, String)> {
    visit
        .write(move |visit, scope, conn| {
            let (choices, contact) = Choices::of_contact(scope, &reference, conn)?;
            let wanted = form.parse()?;
            let choosing = Choosing { by: By::Person(scope.actor()), subject: contact.subject() };
            choices.choose(&wanted, &choosing, visit.now(), conn)?;
            let path = scope.path(&format!("/contacts/{}", contact.reference));
            Ok((path, format!("The mail preferences of {} are saved.", contact.name)))
        })
        .await
}

async fn contact_page(
    visit: &Visit,
    reference: String,
    typed: Option<MailPreferencesForm>,
    errors: FieldErrors,
) -> Result<PreferencesPage> {
    visit
        .read(move |visit, scope, conn| {
            let (choices, contact) = Choices::of_contact(scope, &reference, conn)?;
            let (frame, whose) = (visit.frame(scope), Whose::contact(scope, &contact));
            Ok(PreferencesPage::new(frame, whose, &choices, typed, errors))
        })
        .await
}
