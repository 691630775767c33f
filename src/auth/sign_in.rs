//! In by e-mail address and password, with a code where there is a second factor, and out again.
//!
//! Known and unknown addresses get the same answer after the same work: one write that counts the
//! try, one look-up, one password hash, one write of the outcome.

use diesel::prelude::*;

use super::actions::{SIGN_IN_FAILED, SIGNED_IN, SIGNED_OUT, SIGNED_OUT_EVERYWHERE};
use super::login::Login;
use super::second_factor::factor::{self, Given, Proof};
use super::second_factor::{half, verbs as second_factor};
use super::throttle::{self, FAILURES_OF_CLIENT, SIGN_INS_OF_ADDRESS};
use super::{Actor, Keyring, Passwords, begin_session, end_session, end_sessions_of};
use crate::audit::{self, By, Change};
use crate::clock::Instant;
use crate::db::schema::logins;
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::figures;
use crate::names;
use crate::web::Site;

/// Somebody's try to sign in.
#[derive(Clone)]
pub(super) struct Attempt {
    pub email: String,
    pub password: String,
    pub place: Place,
}

/// Where somebody is, for the list of sessions.
#[derive(Clone)]
pub(super) struct Place {
    pub client: String,
    pub user_agent: String,
    /// The session that this browser has already; the new one takes its place.
    pub former: Option<(i64, i64)>,
}

const REFUSED: &str = "The e-mail address or the password is not right.";

/// How far a right password has brought somebody; with the key of what was begun.
#[derive(Debug)]
pub(super) enum Entry {
    In(String),
    CodeDue(String),
}

/// Signs somebody in, or half of it where a code is to come.
pub(super) async fn sign_in(
    attempt: Attempt,
    passwords: &Passwords,
    db: &Db,
    now: Instant,
) -> Result<Entry> {
    let (address, client) = (names::fold_email(&attempt.email), attempt.place.client.clone());
    db.write(move |conn| {
        throttle::refuse_if_spent(&FAILURES_OF_CLIENT, &client, now, conn)?;
        throttle::spend(&SIGN_INS_OF_ADDRESS, &address, now, conn)
    })
    .await?;
    let Attempt { email, password, place } = attempt;
    let login = db.read(move |conn| Login::of_address(&email, conn)).await?;
    let hash = login.as_ref().and_then(Login::usable_hash);
    let matches = passwords.verify(password, hash).await?;
    let entry = db
        .write(move |conn| match &login {
            Some(login) if matches => admit(login, &place, now, conn),
            _ => refuse(login.as_ref(), &place.client, now, conn),
        })
        .await?;
    figures::sign_in(entry.is_some());
    entry.ok_or_else(|| Error::field("password", REFUSED))
}

/// Begins the session, unless the login was closed or got another password meanwhile.
fn admit(login: &Login, place: &Place, now: Instant, conn: &mut Conn) -> Result<Option<Entry>> {
    let current = Login::of_contact(login.contact_id, conn)?;
    let unchanged = current.filter(|current| {
        current.usable_hash().is_some() && current.password_hash == login.password_hash
    });
    let Some(login) = unchanged else {
        return refuse(Some(login), &place.client, now, conn);
    };
    // Tries are forgotten once somebody is really in.
    if login.second_factor_at.is_some() {
        return half::begin(login.contact_id, now, conn).map(Entry::CodeDue).map(Some);
    }
    throttle::forget(&SIGN_INS_OF_ADDRESS, &names::fold_email(&login.email), conn)?;
    begin(&login, place, now, conn).map(Entry::In).map(Some)
}

/// What the second half of a sign-in needs.
#[derive(Clone)]
pub(super) struct SecondHalf {
    /// Of the first half.
    pub key: String,
    pub given: Given,
    pub place: Place,
    pub keyring: Keyring,
    pub site: Site,
}

/// The second half, by a code: gives the key of the new session, and how many recovery codes are
/// left if it was one of those. None where the code is not right; not found where there is no first
/// half any more.
pub(super) fn finish(
    half: &SecondHalf,
    now: Instant,
    conn: &mut Conn,
) -> Result<Option<(String, Proof)>> {
    let SecondHalf { key, given, place, keyring, site } = half;
    throttle::refuse_if_spent(&FAILURES_OF_CLIENT, &place.client, now, conn)?;
    let contact_id = half::find(key, now, conn)?.ok_or(Error::NotFound)?;
    let login = Login::of_contact(contact_id, conn)?
        .filter(|login| login.usable_hash().is_some() && login.second_factor_at.is_some())
        .ok_or(Error::NotFound)?;
    let proof = factor::prove(contact_id, given, keyring, now, conn)?;
    second_factor::settle_proof(&login, place, proof, site, now, conn)?;
    let Some(proof) = proof else {
        throttle::count(&FAILURES_OF_CLIENT, &place.client, now, conn)?;
        return Ok(None);
    };
    if !half::end(key, conn)? {
        return Err(Error::NotFound);
    }
    throttle::forget(&SIGN_INS_OF_ADDRESS, &names::fold_email(&login.email), conn)?;
    Ok(Some((begin(&login, place, now, conn)?, proof)))
}

/// Begins a session of somebody who has shown who they are, and gives its key.
pub(super) fn begin(login: &Login, place: &Place, now: Instant, conn: &mut Conn) -> Result<String> {
    if let Some((contact_id, session_id)) = place.former {
        end_session(contact_id, session_id, conn)?;
    }
    diesel::update(logins::table.find(login.id)).set(logins::signed_in_at.eq(now)).execute(conn)?;
    let change = Change { to: &place.client, ..Change::default() };
    let by = login.oneself();
    audit::record(by, &SIGNED_IN, login.subject(), change, now, conn)?;
    begin_session(login.contact_id, &place.client, &place.user_agent, now, conn)
}

fn refuse(
    login: Option<&Login>,
    client: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<Option<Entry>> {
    throttle::count(&FAILURES_OF_CLIENT, client, now, conn)?;
    if let Some(login) = login {
        let change = Change { to: client, ..Change::default() };
        let by = By::Portal("Somebody");
        audit::record(by, &SIGN_IN_FAILED, login.subject(), change, now, conn)?;
    }
    Ok(None)
}

/// Ends the session of this browser.
pub(super) fn sign_out(actor: &Actor, now: Instant, conn: &mut Conn) -> Result<()> {
    end_session(actor.contact_id, actor.session_id, conn)?;
    let by = By::Person(actor);
    let change = Change::default();
    audit::record(by, &SIGNED_OUT, actor.subject(), change, now, conn)
}

/// Ends all of the person's sessions, this one too.
pub(super) fn sign_out_everywhere(actor: &Actor, now: Instant, conn: &mut Conn) -> Result<()> {
    end_sessions_of(actor.contact_id, None, conn)?;
    let by = By::Person(actor);
    let change = Change::default();
    audit::record(by, &SIGNED_OUT_EVERYWHERE, actor.subject(), change, now, conn)
}
