//! A person's own account.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

use super::admit;
use crate::auth::account as verbs;
use crate::auth::forms::{ChangePasswordForm, ProfileForm};
use crate::auth::pages::AccountPage;
use crate::auth::password_rules::About;
use crate::auth::second_factor::factor;
use crate::auth::sign_in::Place;
use crate::auth::{Passwords, SecondFactor, programs_of};
use crate::error::{Error, Result};
use crate::web::{FieldErrors, Flash, Form, Reply, Visit, page, page_with};

const PATH: &str = "/account";

pub(super) async fn show(visit: Visit) -> Reply {
    page(&account(&visit, None, FieldErrors::default()).await?)
}

pub(super) async fn change_profile(visit: Visit, Form(form): Form<ProfileForm>) -> Reply {
    let profile = match form.parse() {
        Err(Error::Invalid(errors)) => return again(&visit, Some(form), errors).await,
        parsed => parsed?,
    };
    let (actor, now, seen) = (visit.actor().clone(), visit.now(), form.seen);
    visit.db().write(move |conn| verbs::change_profile(&actor, &profile, &seen, now, conn)).await?;
    Ok(visit.go(PATH, &Flash::success("Your profile is saved.")))
}

pub(super) async fn change_password(
    visit: Visit,
    session: Session,
    passwords: Data<Passwords>,
    Form(form): Form<ChangePasswordForm>,
) -> Reply {
    match change(&visit, &passwords, form).await {
        Ok(key) => {
            admit(&session, &key)?;
            let sentence = "Your password is changed. All other sessions are signed out.";
            Ok(visit.go(PATH, &Flash::success(sentence)))
        }
        Err(Error::Invalid(errors)) => again(&visit, None, errors).await,
        Err(fault) => Err(fault),
    }
}

async fn change(visit: &Visit, passwords: &Passwords, form: ChangePasswordForm) -> Result<String> {
    form.parse()?;
    let (actor, now) = (visit.actor().clone(), visit.now());
    let login = visit.db().write(move |conn| verbs::login_to_change(&actor, now, conn)).await?;
    if !passwords.verify(form.current_password, login.usable_hash()).await? {
        let (actor, client) = (visit.actor().clone(), visit.client().to_owned());
        let write = move |conn: &mut _| verbs::refuse_change(&actor, &client, now, conn);
        visit.db().write(write).await?;
        return Err(Error::field("current_password", "This is not your current password."));
    }
    let hash = passwords.choose(form.password, login.about()).await?;
    let (place, site) = (Place::of(visit), visit.site().clone());
    let write = move |conn: &mut _| verbs::change_password(&login, &hash, &place, &site, now, conn);
    visit.db().write(write).await
}

pub(super) async fn end_session(visit: Visit, handle: Path<String>, session: Session) -> Reply {
    let (actor, now) = (visit.actor().clone(), visit.now());
    let was_this =
        visit.db().write(move |conn| verbs::end_own_session(&actor, &handle, now, conn)).await?;
    if was_this {
        session.purge();
        return Ok(visit.go("/sign-in", &Flash::success("You are signed out.")));
    }
    Ok(visit.go(PATH, &Flash::success("That session is signed out.")))
}

pub(super) async fn end_other_sessions(visit: Visit) -> Reply {
    let (actor, now) = (visit.actor().clone(), visit.now());
    let ended = visit.db().write(move |conn| verbs::end_other_sessions(&actor, now, conn)).await?;
    let sentence = match ended {
        0 => "There were no other sessions.".to_owned(),
        1 => "One other session is signed out.".to_owned(),
        _ => format!("{ended} other sessions are signed out."),
    };
    Ok(visit.go(PATH, &Flash::success(sentence)))
}

async fn again(visit: &Visit, form: Option<ProfileForm>, errors: FieldErrors) -> Reply {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &account(visit, form, errors).await?)
}

/// The page, with the profile as it was typed or else as it is.
async fn account(
    visit: &Visit,
    typed: Option<ProfileForm>,
    errors: FieldErrors,
) -> Result<AccountPage> {
    let (actor, now) = (visit.actor().clone(), visit.now());
    let (programs, profile, updated_at, sessions, second_factor) = visit
        .db()
        .read(move |conn| {
            let (profile, updated_at) = verbs::profile_of(&actor, conn)?;
            let sessions = verbs::sessions_of(&actor, now, conn)?;
            let second_factor = factor::state_of(actor.contact_id, conn)?;
            Ok((programs_of(&actor, conn)?, profile, updated_at, sessions, second_factor))
        })
        .await?;
    let profile = typed.unwrap_or_else(|| ProfileForm::of(profile, verbs::revision(updated_at)));
    let (frame, email) = (visit.frame_of_person(programs), visit.actor().email.clone());
    let demanded = visit.safeguards().demand_of(visit.actor().access);
    let has_factor = visit.actor().second_factor == SecondFactor::On;
    let password_hint = About { second_factor: has_factor, ..About::default() }.hint();
    Ok(AccountPage {
        frame,
        email,
        profile,
        sessions,
        second_factor,
        demanded,
        password_hint,
        errors,
    })
}
