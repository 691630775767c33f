//! Contacts: lists, one contact, and every change of one.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::audit::By;
use crate::auth::Scope;
use crate::contacts::Contact;
use crate::contacts::export::ContactsFile;
use crate::contacts::forms::{ContactForm, ReasonForm};
use crate::contacts::listing::ListQuery;
use crate::contacts::pages::contact::ContactPage;
use crate::contacts::pages::form::{DeactivationPage, FormPage};
use crate::contacts::pages::list::{ListPage, Whose};
use crate::contacts::verbs::{self, Edited};
use crate::db::Conn;
use crate::error::Error;
use crate::web::downloads::send_list;
use crate::web::{FieldErrors, Flash, Form, Query, Reply, Visit, page, page_with};

pub(in crate::contacts) async fn index(visit: Visit, Query(list): Query<ListQuery>) -> Reply {
    let found = visit
        .read(move |visit, scope, conn| {
            let whose = if scope.is_vendor() { Whose::Partners } else { Whose::Own };
            ListPage::read(visit, scope, whose, list, conn)
        })
        .await?;
    page(&found)
}

pub(in crate::contacts) async fn team(visit: Visit, Query(list): Query<ListQuery>) -> Reply {
    let found = visit
        .read(move |visit, scope, conn| ListPage::read(visit, scope, Whose::Team, list, conn))
        .await?;
    page(&found)
}

pub(in crate::contacts) async fn download(visit: Visit, Query(list): Query<ListQuery>) -> Reply {
    let begin = move |scope: &Scope, _: &mut Conn| {
        let of_partners = scope.is_vendor();
        Ok(ContactsFile { list, of_partners, file_name: "contacts.csv" })
    };
    send_list(visit, begin).await
}

pub(in crate::contacts) async fn download_team(
    visit: Visit,
    Query(list): Query<ListQuery>,
) -> Reply {
    let file = ContactsFile { list, of_partners: false, file_name: "team.csv" };
    send_list(visit, move |_, _| Ok(file)).await
}

/// The program and the contact of the address.
type Place = Path<(String, String)>;

pub(in crate::contacts) async fn show(visit: Visit, place: Place) -> Reply {
    let (_, contact) = place.into_inner();
    let found = visit
        .read(move |visit, scope, conn| ContactPage::read(visit, scope, &contact, conn))
        .await?;
    page(&found)
}

pub(in crate::contacts) async fn new(visit: Visit) -> Reply {
    let form = visit
        .read(|visit, scope, _| Ok(FormPage::new(visit, scope, None, FieldErrors::default())))
        .await?;
    page(&form)
}

pub(in crate::contacts) async fn add(visit: Visit, Form(form): Form<ContactForm>) -> Reply {
    let typed = form.clone();
    let added = visit
        .write(move |visit, scope, conn| {
            let new = form.parse(scope.actor().access.choices())?;
            let by = By::Person(scope.actor());
            let contact = verbs::add(scope.organisation_id(), &new, by, visit.now(), conn)?;
            Ok((scope.path(&format!("/contacts/{}", contact.reference)), contact.name))
        })
        .await;
    match added {
        Ok((path, name)) => Ok(visit.go(&path, &Flash::success(format!("{name} is added.")))),
        Err(Error::Invalid(errors)) => {
            let form = visit
                .read(|visit, scope, _| Ok(FormPage::new(visit, scope, Some(typed), errors)))
                .await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &form)
        }
        Err(fault) => Err(fault),
    }
}

pub(in crate::contacts) async fn edit(visit: Visit, place: Place) -> Reply {
    let (_, contact) = place.into_inner();
    let form = visit
        .read(move |visit, scope, conn| {
            let contact = Contact::find_to_manage(scope, &contact, conn)?;
            let values = contact.values();
            let form = ContactForm::showing(&values, &values);
            Ok(FormPage::edit(visit, scope, &contact, form, FieldErrors::default()))
        })
        .await?;
    page(&form)
}

pub(in crate::contacts) async fn save(
    visit: Visit,
    place: Place,
    Form(form): Form<ContactForm>,
) -> Reply {
    let (_, contact) = place.into_inner();
    let (typed, reference) = (form.clone(), contact.clone());
    let edited = visit
        .write(move |visit, scope, conn| {
            let edit = form.parse_edit(scope.actor().access.choices())?;
            let edited = verbs::edit(scope, &contact, &edit, visit.site(), visit.now(), conn)?;
            Ok((edited, scope.path(&format!("/contacts/{contact}"))))
        })
        .await;
    match edited {
        Ok((Edited::Saved(contact), path)) => {
            Ok(visit.go(&path, &Flash::success(format!("{} is saved.", contact.name))))
        }
        Ok((Edited::Disputed { stored, values, disputes }, _)) => {
            let form = visit
                .read(move |visit, scope, _| {
                    Ok(FormPage::disputed(visit, scope, &stored, &values, &disputes))
                })
                .await?;
            page_with(StatusCode::CONFLICT, &form)
        }
        Err(Error::Invalid(errors)) => {
            let form = visit
                .read(move |visit, scope, conn| {
                    let contact = Contact::find_to_manage(scope, &reference, conn)?;
                    Ok(FormPage::edit(visit, scope, &contact, typed, errors))
                })
                .await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &form)
        }
        Err(fault) => Err(fault),
    }
}

pub(in crate::contacts) async fn deactivation(visit: Visit, place: Place) -> Reply {
    let (_, contact) = place.into_inner();
    let form = visit
        .read(move |visit, scope, conn| {
            let (form, errors) = Default::default();
            DeactivationPage::read(visit, scope, &contact, form, errors, conn)
        })
        .await?;
    page(&form)
}

pub(in crate::contacts) async fn deactivate(
    visit: Visit,
    place: Place,
    Form(form): Form<ReasonForm>,
) -> Reply {
    let (_, contact) = place.into_inner();
    let (typed, reference) = (form.clone(), contact.clone());
    let done = visit
        .write(move |visit, scope, conn| {
            let why = form.parse()?;
            let contact = verbs::deactivate(scope, &contact, &why, visit.now(), conn)?;
            Ok((scope.path(&format!("/contacts/{}", contact.reference)), contact.name))
        })
        .await;
    match done {
        Ok((path, name)) => Ok(visit.go(&path, &Flash::success(format!("{name} is deactivated.")))),
        Err(Error::Invalid(errors)) => {
            let form = visit
                .read(move |visit, scope, conn| {
                    DeactivationPage::read(visit, scope, &reference, typed, errors, conn)
                })
                .await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &form)
        }
        Err(fault) => Err(fault),
    }
}

pub(in crate::contacts) async fn reactivate(visit: Visit, place: Place) -> Reply {
    let (_, contact) = place.into_inner();
    let (path, name) = visit
        .write(move |visit, scope, conn| {
            let contact = verbs::reactivate(scope, &contact, visit.now(), conn)?;
            Ok((scope.path(&format!("/contacts/{}", contact.reference)), contact.name))
        })
        .await?;
    Ok(visit.go(&path, &Flash::success(format!("{name} is active again, with the roles it had."))))
}

pub(in crate::contacts) async fn invite(visit: Visit, place: Place) -> Reply {
    let (_, contact) = place.into_inner();
    let (path, email) = visit
        .write(move |visit, scope, conn| {
            let contact = verbs::invite(scope, &contact, visit.site(), visit.now(), conn)?;
            Ok((scope.path(&format!("/contacts/{}", contact.reference)), contact.email))
        })
        .await?;
    Ok(visit.go(&path, &Flash::success(format!("An invitation is on its way to {email}."))))
}
