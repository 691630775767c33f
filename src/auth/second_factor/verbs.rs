//! Every change of a second factor. Each ends the person's other sessions and is told by mail.

use chrono::Duration;
use diesel::prelude::*;

use super::factor::{self, Given, Proof, Stored};
use super::recovery;
use crate::audit::{self, Action, By, Change};
use crate::auth::actions::{
    CODE_REFUSED, RECOVERY_CODE_USED, RECOVERY_CODES_RENEWED, SECOND_FACTOR_ACTIVATED,
    SECOND_FACTOR_REMOVED, SECOND_FACTOR_RESET,
};
use crate::auth::keyring::{Keyring, Sealed};
use crate::auth::login::Login;
use crate::auth::mail::{
    self, CodesRefused, RecoveryCodeUsed, RecoveryCodesRenewed, SecondFactorActivated,
    SecondFactorRemoved,
};
use crate::auth::sign_in::Place;
use crate::auth::throttle::{self, CODES_OF_PERSON};
use crate::auth::{Actor, begin_session, end_sessions_of, links};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{logins, second_factors, sessions};
use crate::error::{Error, Result};
use crate::mail::Message;
use crate::web::Site;

/// Who has signed in so lately need not give the password again to begin.
const LATELY: Duration = Duration::minutes(15);
/// A secret that nobody has confirmed for so long is drawn anew.
const BEGUN_FOR: Duration = Duration::hours(1);

/// Who asks for a change, from where, and what it is checked with.
#[derive(Clone)]
pub(in crate::auth) struct Asking {
    pub login: Login,
    pub place: Place,
    pub site: Site,
    pub keyring: Keyring,
}

/// Whether the session began so lately that its password need not be asked for again.
pub(in crate::auth) fn signed_in_lately(
    actor: &Actor,
    now: Instant,
    conn: &mut Conn,
) -> Result<bool> {
    let began: Option<Instant> = sessions::table
        .find(actor.session_id)
        .select(sessions::created_at)
        .first(conn)
        .optional()?;
    // It may have been ended since the request came.
    let began = began.ok_or_else(|| Error::SignedOut("/".to_owned()))?;
    Ok(began > now - LATELY)
}

/// Whether a secret can still be confirmed.
pub(in crate::auth) fn is_fresh(stored: &Stored, now: Instant) -> bool {
    stored.begun_at > now - BEGUN_FOR
}

/// Keeps a new secret, in place of one that was never confirmed.
pub(in crate::auth) fn begin(
    actor: &Actor,
    sealed: &Sealed,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let login = Login::of_contact(actor.contact_id, conn)?.ok_or(Error::NotFound)?;
    if login.second_factor_at.is_some() {
        return Err(Error::conflict("Your second factor is set up already."));
    }
    delete_secret(login.contact_id, conn)?;
    let row = (
        second_factors::contact_id.eq(login.contact_id),
        second_factors::key_id.eq(&sealed.key_id),
        second_factors::sealed_secret.eq(&sealed.text),
        second_factors::last_step.eq(0),
        second_factors::begun_at.eq(now),
    );
    diesel::insert_into(second_factors::table).values(row).execute(conn)?;
    Ok(())
}

/// From now on the factor counts, if the code is right; gives the key of a new session, in place of
/// all others. None where the code is not right.
pub(in crate::auth) fn activate(
    asking: &Asking,
    given: &Given,
    codes: &[String],
    now: Instant,
    conn: &mut Conn,
) -> Result<Option<String>> {
    let login = &asking.login;
    // Asked anew: whoever lost a race must not be told that the code was wrong.
    let is_on: bool =
        logins::table.find(login.id).select(logins::second_factor_at.is_not_null()).first(conn)?;
    let stored = factor::stored(login.contact_id, conn)?;
    if is_on || !stored.is_some_and(|stored| is_fresh(&stored, now)) {
        return Err(Error::conflict(
            "This was set up, or given up, meanwhile. Open the page again to see how it stands.",
        ));
    }
    if factor::prove(login.contact_id, given, &asking.keyring, now, conn)?.is_none() {
        return Ok(None);
    }
    let off = logins::table.find(login.id).filter(logins::second_factor_at.is_null());
    let set = (logins::second_factor_at.eq(now), logins::second_factor_owed.eq(false));
    if diesel::update(off).set(set).execute(conn)? == 0 {
        return Err(Error::conflict("Your second factor was set up a moment ago."));
    }
    let message = SecondFactorActivated {
        name: login.name.clone(),
        organisation: login.organisation_name.clone(),
        at: mail::moment(login, now),
        client: asking.place.client.clone(),
    };
    give_codes(asking, codes, &SECOND_FACTOR_ACTIVATED, &message, now, conn)
}

/// Puts new recovery codes in the place of the old ones; otherwise as [`activate`].
pub(in crate::auth) fn renew_codes(
    asking: &Asking,
    given: &Given,
    codes: &[String],
    now: Instant,
    conn: &mut Conn,
) -> Result<Option<String>> {
    let login = &asking.login;
    if !proved(asking, given, now, conn)? {
        return Ok(None);
    }
    let message = RecoveryCodesRenewed {
        name: login.name.clone(),
        organisation: login.organisation_name.clone(),
        at: mail::moment(login, now),
        client: asking.place.client.clone(),
    };
    give_codes(asking, codes, &RECOVERY_CODES_RENEWED, &message, now, conn)
}

/// Recovery codes in the place of those there were, in the history and by mail; and the key of a
/// new session, in place of all others.
fn give_codes<M: Message>(
    asking: &Asking,
    codes: &[String],
    action: &Action,
    message: &M,
    now: Instant,
    conn: &mut Conn,
) -> Result<Option<String>> {
    let login = &asking.login;
    recovery::replace(login.contact_id, codes, now, conn)?;
    let change = Change { to: &asking.place.client, ..Change::default() };
    audit::record(login.oneself(), action, login.subject(), change, now, conn)?;
    mail::tell(login, None, message, &asking.site, now, conn)?;
    renew_session(asking, now, conn).map(Some)
}

/// Turns the factor off; otherwise as [`activate`].
pub(in crate::auth) fn remove(
    asking: &Asking,
    given: &Given,
    now: Instant,
    conn: &mut Conn,
) -> Result<Option<String>> {
    let login = &asking.login;
    if !proved(asking, given, now, conn)? {
        return Ok(None);
    }
    take_away(login, false, conn)?;
    let change = Change { to: &asking.place.client, ..Change::default() };
    audit::record(login.oneself(), &SECOND_FACTOR_REMOVED, login.subject(), change, now, conn)?;
    tell_removed(login, login.oneself(), &asking.site, now, conn)?;
    renew_session(asking, now, conn).map(Some)
}

/// Takes the factor from somebody who has lost app and codes, and ends their sessions. They owe
/// another one, or a password that is long enough to be the only factor. The caller has found the
/// contact within its scope and knows who is asking.
pub fn reset(
    by: By<'_>,
    contact_id: i64,
    why: &str,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let login = Login::of_contact(contact_id, conn)?.ok_or(Error::NotFound)?;
    if login.second_factor_at.is_none() {
        return Err(Error::conflict(format!("{} has no second factor.", login.name)));
    }
    take_away(&login, true, conn)?;
    end_sessions_of(contact_id, None, conn)?;
    links::end_links_of(contact_id, conn)?;
    let change = Change { why, ..Change::default() };
    audit::record(by, &SECOND_FACTOR_RESET, login.subject(), change, now, conn)?;
    tell_removed(&login, by, site, now, conn)
}

/// Whether the person has shown the second factor; writes what there is to say about it.
fn proved(asking: &Asking, given: &Given, now: Instant, conn: &mut Conn) -> Result<bool> {
    let Asking { login, place, site, keyring } = asking;
    let current = Login::of_contact(login.contact_id, conn)?.ok_or(Error::NotFound)?;
    if current.second_factor_at.is_none() || current.password_hash != login.password_hash {
        return Err(Error::conflict(
            "Your sign-in was changed meanwhile. Open your account again.",
        ));
    }
    let proof = factor::prove(login.contact_id, given, keyring, now, conn)?;
    settle_proof(login, place, proof, site, now, conn)?;
    Ok(proof.is_some())
}

/// History and mail of a proof: one that failed, or that has used a recovery code up.
pub(in crate::auth) fn settle_proof(
    login: &Login,
    place: &Place,
    proof: Option<Proof>,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let change = Change { to: &place.client, ..Change::default() };
    match proof {
        None => {
            let by = By::Portal("Somebody");
            audit::record(by, &CODE_REFUSED, login.subject(), change, now, conn)?;
            warn_of_guesses(login, place, site, now, conn)
        }
        Some(Proof::Code) => Ok(()),
        Some(Proof::RecoveryCode(left)) => {
            let by = login.oneself();
            audit::record(by, &RECOVERY_CODE_USED, login.subject(), change, now, conn)?;
            let message = RecoveryCodeUsed {
                name: login.name.clone(),
                organisation: login.organisation_name.clone(),
                at: mail::moment(login, now),
                client: place.client.clone(),
                left,
            };
            mail::tell(login, None, &message, site, now, conn)
        }
    }
}

/// Tells the person, once the tries are used up, that somebody who knows the password is guessing.
fn warn_of_guesses(
    login: &Login,
    place: &Place,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let key = login.contact_id.to_string();
    match throttle::refuse_if_spent(&CODES_OF_PERSON, &key, now, conn) {
        Err(Error::TooMany { .. }) => {
            let message = CodesRefused {
                name: login.name.clone(),
                organisation: login.organisation_name.clone(),
                at: mail::moment(login, now),
                client: place.client.clone(),
                tries: CODES_OF_PERSON.most,
            };
            mail::tell(login, None, &message, site, now, conn)
        }
        other => other,
    }
}

fn take_away(login: &Login, owed: bool, conn: &mut Conn) -> Result<()> {
    let on = logins::table.find(login.id).filter(logins::second_factor_at.is_not_null());
    let set = (logins::second_factor_at.eq(None::<Instant>), logins::second_factor_owed.eq(owed));
    if diesel::update(on).set(set).execute(conn)? == 0 {
        return Err(Error::conflict("The second factor was removed a moment ago."));
    }
    delete_secret(login.contact_id, conn)?;
    recovery::forget(login.contact_id, conn)
}

fn delete_secret(contact_id: i64, conn: &mut Conn) -> Result<()> {
    let own = second_factors::table.filter(second_factors::contact_id.eq(contact_id));
    diesel::delete(own).execute(conn)?;
    Ok(())
}

fn tell_removed(
    login: &Login,
    by: By<'_>,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let message = SecondFactorRemoved {
        name: login.name.clone(),
        organisation: login.organisation_name.clone(),
        at: mail::moment(login, now),
        by: by.name(),
    };
    mail::tell(login, None, &message, site, now, conn)
}

/// All sessions end, and one begins anew under another key.
fn renew_session(asking: &Asking, now: Instant, conn: &mut Conn) -> Result<String> {
    let Asking { login, place, .. } = asking;
    end_sessions_of(login.contact_id, None, conn)?;
    begin_session(login.contact_id, &place.client, &place.user_agent, now, conn)
}
