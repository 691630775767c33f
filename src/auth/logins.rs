//! What others do with a person's way in: make it, lock it, follow a new address, shut it.

use diesel::prelude::*;

use super::actions::{ADDRESS_CHANGED, CREATED, LOCKED, UNLOCKED};
use super::login::Login;
use super::mail::AddressChanged;
use super::{end_sessions_of, feeds, links};
use crate::audit::{self, Action, By, Change};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{contacts, logins};
use crate::error::{Error, Result};
use crate::mail::{self, Letter, Reason, Recipient};
use crate::names;
use crate::web::Site;

const TAKEN: &str = "Somebody signs in with this address already. Use another address.";

/// Makes a login for a contact, with a password's hash or without one: then only an invitation or
/// a new password opens it. The caller has found the contact within its scope.
pub fn create_login(
    by: By<'_>,
    contact_id: i64,
    password_hash: Option<&str>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let login = insert_login(contact_id, password_hash, now, conn)?;
    audit::record(by, &CREATED, login.subject(), Change::default(), now, conn)
}

/// [`create_login`] without its history.
pub(super) fn insert_login(
    contact_id: i64,
    password_hash: Option<&str>,
    now: Instant,
    conn: &mut Conn,
) -> Result<Login> {
    let email_key: String =
        contacts::table.find(contact_id).select(contacts::email_key).first(conn)?;
    refuse_taken(&email_key, contact_id, conn)?;
    let row = (
        logins::contact_id.eq(contact_id),
        logins::email_key.eq(email_key),
        logins::password_hash.eq(password_hash),
        logins::password_set_at.eq(password_hash.map(|_| now)),
    );
    diesel::insert_into(logins::table).values(row).execute(conn)?;
    Login::of_contact(contact_id, conn)?.ok_or(Error::NotFound)
}

fn refuse_taken(email_key: &str, contact_id: i64, conn: &mut Conn) -> Result<()> {
    let holder: Option<i64> = logins::table
        .filter(logins::email_key.eq(email_key))
        .select(logins::contact_id)
        .first(conn)
        .optional()?;
    match holder {
        None => Ok(()),
        Some(holder) if holder == contact_id => {
            Err(Error::conflict("This contact has a login already."))
        }
        Some(_) => Err(Error::field("email", TAKEN)),
    }
}

/// Stores a new password's hash, unless the login has changed since it was read.
pub(super) fn store_password(
    login: &Login,
    hash: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    // Without a second factor the rules have asked for a password that is enough by itself.
    let set = (
        logins::password_hash.eq(hash),
        logins::password_set_at.eq(now),
        logins::second_factor_owed.eq(false),
    );
    let open = logins::table.find(login.id).filter(logins::locked_at.is_null());
    let stored = match &login.password_hash {
        Some(former) => {
            diesel::update(open.filter(logins::password_hash.eq(former))).set(set).execute(conn)?
        }
        None => {
            diesel::update(open.filter(logins::password_hash.is_null())).set(set).execute(conn)?
        }
    };
    // How long it had to be was asked with the second factor as it was then.
    let current = Login::of_contact(login.contact_id, conn)?;
    let had = login.second_factor_at.is_some();
    let same = current.is_some_and(|current| current.second_factor_at.is_some() == had);
    if stored == 0 || !same {
        return Err(Error::conflict("Your sign-in was changed meanwhile. Sign in again."));
    }
    Ok(())
}

/// Locks a login: its sessions and links end, and no password opens it until it is unlocked.
pub fn lock(by: By<'_>, contact_id: i64, now: Instant, conn: &mut Conn) -> Result<()> {
    let open =
        logins::table.filter(logins::contact_id.eq(contact_id)).filter(logins::locked_at.is_null());
    let locked = diesel::update(open).set(logins::locked_at.eq(now)).execute(conn)?;
    settle_lock(locked, by, &LOCKED, contact_id, now, conn)?;
    shut_out(contact_id, conn)
}

pub fn unlock(by: By<'_>, contact_id: i64, now: Instant, conn: &mut Conn) -> Result<()> {
    let locked = logins::table
        .filter(logins::contact_id.eq(contact_id))
        .filter(logins::locked_at.is_not_null());
    let unlocked =
        diesel::update(locked).set(logins::locked_at.eq(None::<Instant>)).execute(conn)?;
    settle_lock(unlocked, by, &UNLOCKED, contact_id, now, conn)
}

fn settle_lock(
    changed: usize,
    by: By<'_>,
    action: &Action,
    contact_id: i64,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let login = Login::of_contact(contact_id, conn)?.ok_or(Error::NotFound)?;
    if changed == 0 {
        let is = if login.locked_at.is_some() { "locked" } else { "not locked" };
        return Err(Error::conflict(format!("The login of {} is {is} already.", login.name)));
    }
    audit::record(by, action, login.subject(), Change::default(), now, conn)
}

/// Ends a person's sessions, open links and feeds: for verbs that deactivate a contact or change its
/// access. The history of that is theirs to write.
pub fn shut_out(contact_id: i64, conn: &mut Conn) -> Result<()> {
    end_sessions_of(contact_id, None, conn)?;
    feeds::end_feeds_of(contact_id, conn)?;
    links::end_links_of(contact_id, conn)
}

/// Lets the login follow a contact whose address was changed, and tells both addresses. Open
/// links end: they went to the former one. Without a login there is nothing to do.
pub fn address_changed(
    by: By<'_>,
    contact_id: i64,
    former: &str,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let Some(login) = Login::of_contact(contact_id, conn)? else {
        return Ok(());
    };
    let email_key = names::fold_email(&login.email);
    if email_key != names::fold_email(former) {
        refuse_taken(&email_key, contact_id, conn)?;
        diesel::update(logins::table.find(login.id))
            .set(logins::email_key.eq(&email_key))
            .execute(conn)?;
        links::end_links_of(contact_id, conn)?;
    }
    let change = Change { from: former, to: &login.email, why: "" };
    audit::record(by, &ADDRESS_CHANGED, login.subject(), change, now, conn)?;
    let message = AddressChanged {
        name: login.name.clone(),
        organisation: login.organisation_name.clone(),
        former: former.to_owned(),
        address: login.email.clone(),
        by: by.name(),
    };
    for email in [former, &login.email] {
        let to = Recipient { email: email.to_owned(), ..login.recipient() };
        let letter = Letter {
            to: &to,
            program: None,
            organisation_id: login.organisation_id,
            reason: Reason::account(),
            key: &format!("{now}:{email}"),
            message: &message,
        };
        mail::queue(&letter, site, now, conn)?;
    }
    Ok(())
}
