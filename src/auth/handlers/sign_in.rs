//! In and out.

use actix_session::Session;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::admit;
use crate::auth::Passwords;
use crate::auth::forms::{CodeForm, NextQuery, SignInForm, own_path};
use crate::auth::pages::SignInPage;
use crate::auth::pages::second_factor::CodePage;
use crate::auth::second_factor::factor::Proof;
use crate::auth::second_factor::half;
use crate::auth::sign_in::{self as verbs, Entry, Place, SecondHalf};
use crate::error::{Error, Result};
use crate::web::{
    FieldErrors, Flash, Form, Guest, Query, Reply, Visit, page, page_with, see_other,
};

/// Carries a half sign-in to its second half.
const HALF: &str = "half_sign_in";

const WRONG_CODE: &str = "This code is not right, or was used already.";

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
        Ok(Entry::In(key)) => {
            admit(&session, &key)?;
            Ok(see_other(own_path(&form.next)))
        }
        Ok(Entry::CodeDue(key)) => code_due(&guest, key, own_path(&form.next)),
        Err(Error::Invalid(errors)) => {
            let (frame, status) = (guest.frame(), StatusCode::UNPROCESSABLE_ENTITY);
            page_with(status, &SignInPage { frame, form, errors })
        }
        Err(fault) => Err(fault),
    }
}

/// On to the second half. Its cookie goes to our own pages alone.
fn code_due(guest: &Guest, key: String, next: &str) -> Reply {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    let mut answer = see_other(&format!("/sign-in/code?{query}"));
    answer.add_cookie(&cookie(guest, key, half::LASTS.num_seconds())).map_err(Error::internal)?;
    Ok(answer)
}

fn cookie(guest: &Guest, key: String, seconds: i64) -> Cookie<'static> {
    Cookie::build(guest.site().cookie_name(HALF), key)
        .path("/")
        .http_only(true)
        .secure(guest.site().is_https())
        .same_site(SameSite::Strict)
        .max_age(actix_web::cookie::time::Duration::seconds(seconds))
        .finish()
}

/// The key of the first half that this browser has behind it.
fn key_of(guest: &Guest, request: &HttpRequest) -> Option<String> {
    let sent = request.cookie(&guest.site().cookie_name(HALF))?;
    Some(sent.value().to_owned())
}

pub(super) async fn show_code(
    guest: Guest,
    request: HttpRequest,
    Query(query): Query<NextQuery>,
) -> Reply {
    let next = own_path(&query.next).to_owned();
    let Some(key) = key_of(&guest, &request) else {
        return Ok(see_other("/sign-in"));
    };
    let now = guest.now();
    if guest.db().read(move |conn| half::find(&key, now, conn)).await?.is_none() {
        return Ok(started_too_early(&guest));
    }
    let form = CodeForm { next, ..CodeForm::default() };
    page(&CodePage { frame: guest.frame(), form, errors: FieldErrors::default() })
}

fn started_too_early(guest: &Guest) -> HttpResponse {
    let sentence = "Your sign-in was not finished in time, or was started again. Please sign in.";
    let mut answer = guest.go("/sign-in", &Flash::warning(sentence));
    if answer.add_cookie(&cookie(guest, String::new(), 0)).is_err() {
        tracing::warn!("the cookie of a half sign-in could not be ended");
    }
    answer
}

pub(super) async fn give_code(
    guest: Guest,
    request: HttpRequest,
    session: Session,
    Form(form): Form<CodeForm>,
) -> Reply {
    let Some(key) = key_of(&guest, &request) else {
        return Ok(see_other("/sign-in"));
    };
    match finish(&guest, key, &form).await {
        Ok((key, proof)) => {
            admit(&session, &key)?;
            come_in(&guest, proof, own_path(&form.next))
        }
        Err(Error::NotFound) => Ok(started_too_early(&guest)),
        Err(Error::Invalid(errors)) => {
            let (frame, status) = (guest.frame(), StatusCode::UNPROCESSABLE_ENTITY);
            page_with(status, &CodePage { frame, form, errors })
        }
        Err(fault) => Err(fault),
    }
}

async fn finish(guest: &Guest, key: String, form: &CodeForm) -> Result<(String, Proof)> {
    let (given, now) = (form.parse(guest.phone_time())?, guest.now());
    let (place, site) = (Place::of(guest), guest.site().clone());
    let keyring = guest.safeguards().keyring.clone();
    let half = SecondHalf { key, given, place, keyring, site };
    let done = guest.db().write(move |conn| verbs::finish(&half, now, conn)).await?;
    done.ok_or_else(|| Error::field(form.field(), WRONG_CODE))
}

fn come_in(guest: &Guest, proof: Proof, next: &str) -> Reply {
    let mut answer = match proof {
        Proof::Code => see_other(next),
        Proof::RecoveryCode(left) => {
            let left = if left == 1 { "one code".to_owned() } else { format!("{left} codes") };
            let sentence = format!(
                "That recovery code is used up; you have {left} left. If your phone is lost, remove \
                 the second factor on your account page and set up another one."
            );
            guest.go(next, &Flash::warning(sentence))
        }
    };
    answer.add_cookie(&cookie(guest, String::new(), 0)).map_err(Error::internal)?;
    Ok(answer)
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
