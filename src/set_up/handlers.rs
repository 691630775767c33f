//! The page of the set-up, and its one form.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{FromRequest, HttpRequest};

use super::forms::SetUpForm;
use super::pages::SetUpPage;
use super::verbs::{self, Place};
use crate::auth::links::Link;
use crate::auth::password_rules::About;
use crate::auth::{Passwords, admit};
use crate::error::{Error, Result};
use crate::web::{FieldErrors, Flash, Guest, Reply, Upload, page, page_with};

pub(super) async fn show(guest: Guest, token: Path<String>) -> Reply {
    find(&guest, token.into_inner()).await?;
    let (form, errors) = (SetUpForm::default(), FieldErrors::default());
    page(&SetUpPage { frame: guest.frame(), form, errors })
}

/// The body is read only once the link has been found good: anyone can send one.
pub(super) async fn set_up(
    guest: Guest,
    token: Path<String>,
    session: Session,
    passwords: Data<Passwords>,
    request: HttpRequest,
    body: Payload,
) -> Reply {
    let link = find(&guest, token.into_inner()).await?;
    let upload = Upload::from_request(&request, &mut body.into_inner()).await?;
    let form = SetUpForm::of(&upload);
    match start(&guest, link, &form, &upload, &passwords).await {
        Ok((slug, key)) => {
            admit(&session, &key)?;
            let welcome = Flash::success("Your portal is set up. Invite your colleagues next.");
            Ok(guest.go(&format!("/p/{slug}"), &welcome))
        }
        Err(Error::Invalid(errors)) => {
            let frame = guest.frame();
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &SetUpPage { frame, form, errors })
        }
        Err(fault) => Err(fault),
    }
}

async fn find(guest: &Guest, token: String) -> Result<Link> {
    let now = guest.now();
    guest.db().read(move |conn| verbs::find(&token, now, conn)).await
}

async fn start(
    guest: &Guest,
    link: Link,
    form: &SetUpForm,
    upload: &Upload,
    passwords: &Passwords,
) -> Result<(String, String)> {
    let first = form.parse(upload)?;
    let about = About {
        name: first.name.clone(),
        email: first.email.clone(),
        organisation: first.pack.vendor.name.clone(),
        second_factor: false,
    };
    let hash = passwords.choose(first.password.clone(), about).await?;
    let place =
        Place { client: guest.client().to_owned(), user_agent: guest.user_agent().to_owned() };
    let now = guest.now();
    let write = move |conn: &mut _| verbs::set_up(link, &first, &hash, &place, now, conn);
    guest.db().write(write).await
}
