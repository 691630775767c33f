//! An invitation: seen as often as one likes, accepted once.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

use super::{admit, link_over};
use crate::auth::Passwords;
use crate::auth::forms::AcceptForm;
use crate::auth::invitations::{self as verbs, Invitation};
use crate::auth::pages::{InvitationPage, LinkOverPage};
use crate::auth::sign_in::Place;
use crate::error::{Error, Result};
use crate::web::{FieldErrors, Flash, Form, Guest, Reply, page, page_with};

pub(super) async fn show(guest: Guest, token: Path<String>) -> Reply {
    let invitation = match find(&guest, token.into_inner()).await {
        Err(Error::NotFound) => return link_over(&LinkOverPage::of_invitation(guest.frame())),
        found => found?,
    };
    let form = AcceptForm { name: invitation.login.name.clone(), ..AcceptForm::default() };
    page(&InvitationPage::new(guest.frame(), &invitation, form, FieldErrors::default()))
}

pub(super) async fn accept(
    guest: Guest,
    token: Path<String>,
    session: Session,
    passwords: Data<Passwords>,
    Form(form): Form<AcceptForm>,
) -> Reply {
    let invitation = match find(&guest, token.into_inner()).await {
        Err(Error::NotFound) => return link_over(&LinkOverPage::of_invitation(guest.frame())),
        found => found?,
    };
    match let_in(&guest, invitation.clone(), &passwords, &form).await {
        Ok(key) => {
            admit(&session, &key)?;
            Ok(guest.go("/", &Flash::success("Welcome. Your password is set.")))
        }
        Err(Error::Invalid(errors)) => {
            let again = InvitationPage::new(guest.frame(), &invitation, form, errors);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(fault) => Err(fault),
    }
}

async fn find(guest: &Guest, token: String) -> Result<Invitation> {
    let now = guest.now();
    guest.db().read(move |conn| verbs::find(&token, now, conn)).await
}

async fn let_in(
    guest: &Guest,
    invitation: Invitation,
    passwords: &Passwords,
    form: &AcceptForm,
) -> Result<String> {
    let name = form.parse()?;
    let mut about = invitation.login.about();
    about.name.push(' ');
    about.name.push_str(&name);
    let hash = passwords.choose(form.password.clone(), about).await?;
    let (place, now) = (Place::of(guest), guest.now());
    let write = move |conn: &mut _| verbs::accept(&invitation, &name, &hash, &place, now, conn);
    guest.db().write(write).await
}
