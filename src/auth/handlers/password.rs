//! A forgotten password.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

use super::link_over;
use crate::auth::Passwords;
use crate::auth::forms::{ForgottenForm, NewPasswordForm};
use crate::auth::pages::{ForgottenPage, LinkOverPage, ResetPage};
use crate::auth::password_reset::{self as verbs, Reset};
use crate::error::{Error, Result};
use crate::web::{FieldErrors, Flash, Form, Guest, Reply, page, page_with};

/// Longer than making and queueing a mail takes: when the answer comes does not tell whether
/// there was anybody to write to.
const ANSWERED_AFTER: Duration = Duration::from_millis(250);

pub(super) async fn forgotten(guest: Guest) -> Reply {
    let (form, errors) = (ForgottenForm::default(), FieldErrors::default());
    page(&ForgottenPage { frame: guest.frame(), form, errors })
}

pub(super) async fn request(guest: Guest, Form(form): Form<ForgottenForm>) -> Reply {
    let answered_at = tokio::time::Instant::now() + ANSWERED_AFTER;
    let email = match form.parse() {
        Ok(email) => email,
        Err(Error::Invalid(errors)) => {
            let frame = guest.frame();
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return page_with(status, &ForgottenPage { frame, form, errors });
        }
        Err(fault) => return Err(fault),
    };
    let (client, site, now) = (guest.client().to_owned(), guest.site().clone(), guest.now());
    let told =
        guest.db().write(move |conn| verbs::request(&email, &client, &site, now, conn)).await;
    tokio::time::sleep_until(answered_at).await;
    told?;
    let sentence = "If somebody signs in with this address, a mail with a link is on its way to \
                    it. The link is good for one hour.";
    Ok(guest.go("/sign-in", &Flash::success(sentence)))
}

pub(super) async fn show_reset(guest: Guest, token: Path<String>) -> Reply {
    match find(&guest, token.into_inner()).await {
        Ok(reset) => {
            let (password_hint, email) = (reset.login.about().hint(), reset.login.email);
            let errors = FieldErrors::default();
            page(&ResetPage { frame: guest.frame(), email, password_hint, errors })
        }
        Err(Error::NotFound) => link_over(&LinkOverPage::of_reset(guest.frame())),
        Err(fault) => Err(fault),
    }
}

pub(super) async fn reset(
    guest: Guest,
    token: Path<String>,
    passwords: Data<Passwords>,
    Form(form): Form<NewPasswordForm>,
) -> Reply {
    let reset = match find(&guest, token.into_inner()).await {
        Err(Error::NotFound) => return link_over(&LinkOverPage::of_reset(guest.frame())),
        found => found?,
    };
    let (password_hint, email) = (reset.login.about().hint(), reset.login.email.clone());
    match set(&guest, reset, &passwords, form.password).await {
        Ok(()) => Ok(guest.go("/sign-in", &Flash::success("Your new password is set. Sign in."))),
        Err(Error::Invalid(errors)) => {
            let frame = guest.frame();
            page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &ResetPage { frame, email, password_hint, errors },
            )
        }
        Err(fault) => Err(fault),
    }
}

async fn find(guest: &Guest, token: String) -> Result<Reset> {
    let now = guest.now();
    guest.db().read(move |conn| verbs::find(&token, now, conn)).await
}

async fn set(guest: &Guest, reset: Reset, passwords: &Passwords, password: String) -> Result<()> {
    let hash = passwords.choose(password, reset.login.about()).await?;
    let (client, site, now) = (guest.client().to_owned(), guest.site().clone(), guest.now());
    let write = move |conn: &mut _| verbs::reset(&reset, &hash, &client, &site, now, conn);
    guest.db().write(write).await
}
