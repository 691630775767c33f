//! In and out.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::web::Data;

use super::admit;
use crate::auth::forms::{NextQuery, SignInForm, own_path};
use crate::auth::pages::SignInPage;
use crate::auth::{Passwords, sign_in as verbs};
use crate::error::Error;
use crate::web::{
    FieldErrors, Flash, Form, Guest, Query, Reply, Visit, page, page_with, see_other,
};

pub(super) async fn show(guest: Guest, Query(query): Query<NextQuery>) -> Reply {
    if guest.actor().is_some() {
        return Ok(see_other(own_path(&query.next)));
    }
    let form = SignInForm { next: own_path(&query.next).to_owned(), ..SignInForm::default() };
    page(&SignInPage { frame: guest.frame(), form, errors: FieldErrors::default() })
}

pub(super) async fn sign_in(
    guest: Guest,
    session: Session,
    passwords: Data<Passwords>,
    Form(form): Form<SignInForm>,
) -> Reply {
    let signed_in = match form.parse(&guest) {
        Ok(attempt) => verbs::sign_in(attempt, &passwords, guest.db(), guest.now()).await,
        Err(fault) => Err(fault),
    };
    match signed_in {
        Ok(key) => {
            admit(&session, &key)?;
            Ok(see_other(own_path(&form.next)))
        }
        Err(Error::Invalid(errors)) => {
            let (frame, status) = (guest.frame(), StatusCode::UNPROCESSABLE_ENTITY);
            page_with(status, &SignInPage { frame, form, errors })
        }
        Err(fault) => Err(fault),
    }
}

pub(super) async fn sign_out(visit: Visit, session: Session) -> Reply {
    let (actor, now) = (visit.actor().clone(), visit.now());
    visit.db().write(move |conn| verbs::sign_out(&actor, now, conn)).await?;
    session.purge();
    Ok(visit.go("/sign-in", &Flash::success("You are signed out.")))
}

pub(super) async fn sign_out_everywhere(visit: Visit, session: Session) -> Reply {
    let (actor, now) = (visit.actor().clone(), visit.now());
    visit.db().write(move |conn| verbs::sign_out_everywhere(&actor, now, conn)).await?;
    session.purge();
    Ok(visit.go("/sign-in", &Flash::success("You are signed out everywhere.")))
}
