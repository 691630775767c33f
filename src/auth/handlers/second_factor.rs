//! A person's own second factor: set up, renewed, removed.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;

use super::{SECOND_FACTOR_PAGE, admit};
use crate::auth::account::{login_to_change, refuse_change};
use crate::auth::forms::{ActivateForm, BeginForm, CodesForm, ProofForm};
use crate::auth::login::Login;
use crate::auth::pages::second_factor::{
    ActivatePage, BeginPage, Change, CodesPage, ProofPage, SecondFactorPage,
};
use crate::auth::password_rules::SHORTEST;
use crate::auth::second_factor::factor::{self, State, Stored};
use crate::auth::second_factor::verbs::{self, Asking};
use crate::auth::second_factor::{recovery, totp};
use crate::auth::sign_in::Place;
use crate::auth::{Passwords, SecondFactor, programs_of};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::web::downloads::attachment;
use crate::web::{FieldErrors, Flash, Form, Frame, Reply, Visit, page, page_with, see_other};

const WRONG_CODE: &str = "This code is not right, or was used already. Wait for the next one.";

pub(super) async fn show(visit: Visit) -> Reply {
    stands(&visit, FieldErrors::default()).await
}

/// The page of however far the person is.
async fn stands(visit: &Visit, errors: FieldErrors) -> Reply {
    let (state, lately, frame) = look(visit).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    match state {
        State::On { since, codes_left } => page(&SecondFactorPage { frame, since, codes_left }),
        State::Begun(stored) if verbs::is_fresh(&stored, visit.now()) => {
            page_with(status, &activate_page(visit, frame, &stored, errors)?)
        }
        _ => page_with(status, &begin_page(visit, frame, lately, errors)),
    }
}

/// How far the person is, whether they have just signed in, and the frame of the page.
async fn look(visit: &Visit) -> Result<(State, bool, Frame)> {
    let (actor, now, due) = (visit.actor().clone(), visit.now(), visit.owes_second_factor());
    let read = move |conn: &mut Conn| {
        // Whoever must do this first is not shown where else they could go.
        let programs = if due { Vec::new() } else { programs_of(&actor, conn)? };
        let state = factor::state_of(actor.contact_id, conn)?;
        Ok((state, verbs::signed_in_lately(&actor, now, conn)?, programs))
    };
    let (state, lately, programs) = visit.db().read(read).await?;
    Ok((state, lately, visit.frame_of_person(programs)))
}

fn begin_page(visit: &Visit, frame: Frame, lately: bool, errors: FieldErrors) -> BeginPage {
    BeginPage {
        frame,
        due: visit.owes_second_factor(),
        owed: visit.actor().second_factor == SecondFactor::Owed,
        asks_password: !lately,
        email: visit.actor().email.clone(),
        errors,
    }
}

fn activate_page(
    visit: &Visit,
    frame: Frame,
    stored: &Stored,
    errors: FieldErrors,
) -> Result<ActivatePage> {
    let (actor, due) = (visit.actor(), visit.owes_second_factor());
    let secret =
        visit.safeguards().keyring.open(&stored.sealed, &factor::owner(actor.contact_id))?;
    let issuer = visit.site().base.host_str().unwrap_or("Partner portal");
    ActivatePage::new(frame, due, &secret, issuer, &actor.email, errors)
}

pub(super) async fn begin(
    visit: Visit,
    passwords: Data<Passwords>,
    Form(form): Form<BeginForm>,
) -> Reply {
    let (_, lately, frame) = look(&visit).await?;
    match draw(&visit, &passwords, lately, form).await {
        Ok(()) => Ok(see_other(SECOND_FACTOR_PAGE)),
        Err(Error::Invalid(errors)) => {
            let again = begin_page(&visit, frame, lately, errors);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(fault) => Err(fault),
    }
}

/// A new secret, for somebody who has just signed in or shows that they know the password.
async fn draw(visit: &Visit, passwords: &Passwords, lately: bool, form: BeginForm) -> Result<()> {
    if !lately {
        if form.current_password.is_empty() {
            return Err(Error::field("current_password", "Enter your current password."));
        }
        known(visit, passwords, form.current_password).await?;
    }
    let (actor, now) = (visit.actor().clone(), visit.now());
    let keyring = &visit.safeguards().keyring;
    let in_use = visit.db().read(factor::key_ids).await?;
    let in_use: Vec<String> = in_use.into_iter().map(|(id, _)| id).collect();
    keyring.prepare(&in_use)?;
    let sealed = keyring.seal(&totp::draw_secret(), &factor::owner(actor.contact_id))?;
    visit.db().write(move |conn| verbs::begin(&actor, &sealed, now, conn)).await
}

/// The login of somebody who has given its password; so many tries in a while.
async fn known(visit: &Visit, passwords: &Passwords, password: String) -> Result<Login> {
    let (actor, now) = (visit.actor().clone(), visit.now());
    let login = visit.db().write(move |conn| login_to_change(&actor, now, conn)).await?;
    if !passwords.verify(password, login.usable_hash()).await? {
        let (actor, client) = (visit.actor().clone(), visit.client().to_owned());
        visit.db().write(move |conn| refuse_change(&actor, &client, now, conn)).await?;
        return Err(Error::field("current_password", "This is not your current password."));
    }
    Ok(login)
}

pub(super) async fn activate(
    visit: Visit,
    session: Session,
    Form(form): Form<ActivateForm>,
) -> Reply {
    let given = match form.parse(visit.phone_time()) {
        Err(Error::Invalid(errors)) => return stands(&visit, errors).await,
        parsed => parsed?,
    };
    let (contact_id, now) = (visit.actor().contact_id, visit.now());
    let login = visit.db().read(move |conn| Login::of_contact(contact_id, conn)).await?;
    let asking = asking(&visit, login.ok_or(Error::NotFound)?);
    let codes = recovery::draw();
    let kept = codes.clone();
    let write = move |conn: &mut _| verbs::activate(&asking, &given, &kept, now, conn);
    match visit.db().write(write).await {
        Ok(Some(key)) => shown_once(&visit, &session, &key, codes, true).await,
        Ok(None) => stands(&visit, FieldErrors::one("code", WRONG_CODE)).await,
        Err(Error::Invalid(errors)) => stands(&visit, errors).await,
        Err(fault) => Err(fault),
    }
}

/// The codes, on the only page that ever has them; the answer to what made them.
async fn shown_once(
    visit: &Visit,
    session: &Session,
    key: &str,
    codes: Vec<String>,
    first: bool,
) -> Reply {
    admit(session, key)?;
    let actor = visit.actor().clone();
    let programs = visit.db().read(move |conn| programs_of(&actor, conn)).await?;
    page(&CodesPage { frame: visit.frame_of_person(programs), codes, first })
}

pub(super) async fn renewal(visit: Visit) -> Reply {
    asked(&visit, Change::RenewCodes).await
}

pub(super) async fn removal(visit: Visit) -> Reply {
    asked(&visit, Change::Remove).await
}

/// The form of a change, where there is something to change.
async fn asked(visit: &Visit, change: Change) -> Reply {
    if visit.actor().second_factor != SecondFactor::On {
        return Ok(see_other(SECOND_FACTOR_PAGE));
    }
    page(&proof_page(visit, change, FieldErrors::default()).await?)
}

async fn proof_page(visit: &Visit, change: Change, errors: FieldErrors) -> Result<ProofPage> {
    let actor = visit.actor().clone();
    let programs = visit.db().read(move |conn| programs_of(&actor, conn)).await?;
    let demanded = visit.safeguards().demand_of(visit.actor().access);
    let (frame, email) = (visit.frame_of_person(programs), visit.actor().email.clone());
    Ok(ProofPage { frame, change, demanded, email, errors })
}

pub(super) async fn renew_codes(
    visit: Visit,
    session: Session,
    passwords: Data<Passwords>,
    Form(form): Form<ProofForm>,
) -> Reply {
    let codes = recovery::draw();
    match change(&visit, &passwords, form, Change::RenewCodes, codes.clone()).await {
        Ok(key) => shown_once(&visit, &session, &key, codes, false).await,
        Err(fault) => again(&visit, Change::RenewCodes, fault).await,
    }
}

pub(super) async fn remove(
    visit: Visit,
    session: Session,
    passwords: Data<Passwords>,
    Form(form): Form<ProofForm>,
) -> Reply {
    match change(&visit, &passwords, form, Change::Remove, Vec::new()).await {
        Ok(key) => {
            admit(&session, &key)?;
            Ok(visit.go("/account", &Flash::success("Your second factor is removed.")))
        }
        Err(fault) => again(&visit, Change::Remove, fault).await,
    }
}

/// The form with what is wrong, if that is what the fault is about.
async fn again(visit: &Visit, change: Change, fault: Error) -> Reply {
    match fault {
        Error::Invalid(errors) => {
            let form = proof_page(visit, change, errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &form)
        }
        fault => Err(fault),
    }
}

/// Does a change for somebody who gives password and code, and gives the key of a new session.
async fn change(
    visit: &Visit,
    passwords: &Passwords,
    form: ProofForm,
    change: Change,
    codes: Vec<String>,
) -> Result<String> {
    if visit.actor().second_factor != SecondFactor::On {
        return Err(Error::conflict("You have no second factor at the moment."));
    }
    let given = form.parse(visit.phone_time())?;
    let length = form.current_password.chars().count();
    let login = known(visit, passwords, form.current_password).await?;
    if change == Change::Remove && length < SHORTEST {
        return Err(Error::field(
            "current_password",
            format!(
                "Your password has {length} characters. Without a second factor it needs at least \
                 {SHORTEST}: change it on your account page first."
            ),
        ));
    }
    let (asking, now) = (asking(visit, login), visit.now());
    let key = visit
        .db()
        .write(move |conn| match change {
            Change::RenewCodes => verbs::renew_codes(&asking, &given, &codes, now, conn),
            Change::Remove => verbs::remove(&asking, &given, now, conn),
        })
        .await?;
    key.ok_or_else(|| Error::field("code", WRONG_CODE))
}

fn asking(visit: &Visit, login: Login) -> Asking {
    let keyring = visit.safeguards().keyring.clone();
    Asking { login, place: Place::of(visit), site: visit.site().clone(), keyring }
}

/// The codes that the page has just shown, as a file; only those that are still good.
pub(super) async fn download(visit: Visit, Form(form): Form<CodesForm>) -> Reply {
    let contact_id = visit.actor().contact_id;
    let codes =
        visit.db().read(move |conn| recovery::those_of(contact_id, &form.code, conn)).await?;
    if codes.is_empty() {
        return Err(Error::conflict("These recovery codes are no longer good. Make new ones."));
    }
    Ok(file(&visit, &codes))
}

fn file(visit: &Visit, codes: &[String]) -> HttpResponse {
    let (base, email) = (&visit.site().base, &visit.actor().email);
    let text = format!(
        "Recovery codes for {base}\r\nAccount: {email}\r\nEach is good once.\r\n\r\n{}\r\n",
        codes.join("\r\n")
    );
    attachment("recovery-codes.txt", "text/plain; charset=utf-8").body(text)
}
