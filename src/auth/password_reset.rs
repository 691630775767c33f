//! A forgotten password: a link by mail, good for an hour, and a new password.

use super::actions::{PASSWORD_RESET, RESET_REQUESTED};
use super::end_sessions_of;
use super::links::{self, Link, Purpose};
use super::login::Login;
use super::logins::store_password;
use super::mail::{self, PasswordChanged, PasswordResetRequested};
use super::throttle::{self, RESETS_OF_ADDRESS, RESETS_OF_CLIENT, SIGN_INS_OF_ADDRESS};
use crate::audit::{self, Change};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::names;
use crate::web::Site;

/// Sends a link to whoever signs in with this address, if anybody does. What the asker is told,
/// and what is counted, is the same for every address.
pub(super) fn request(
    email: &str,
    client: &str,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    throttle::spend(&RESETS_OF_CLIENT, client, now, conn)?;
    throttle::spend(&RESETS_OF_ADDRESS, &names::fold_email(email), now, conn)?;
    let Some(login) = Login::of_address(email, conn)?.filter(Login::is_open) else {
        return Ok(());
    };
    let link = links::issue(Purpose::PasswordReset, Some(login.contact_id), now, conn)?;
    let (by, change) = (login.oneself(), Change { to: client, ..Change::default() });
    audit::record(by, &RESET_REQUESTED, login.subject(), change, now, conn)?;
    let message = PasswordResetRequested {
        name: login.name.clone(),
        organisation: login.organisation_name.clone(),
        path: link.path,
        client: client.to_owned(),
    };
    mail::tell(&login, None, &message, site, now, conn)
}

/// Makes the same link without a mail: gives its path, for an operator to hand over.
pub fn issue_reset(
    by: audit::By<'_>,
    contact_id: i64,
    now: Instant,
    conn: &mut Conn,
) -> Result<links::Issued> {
    let login = Login::of_contact(contact_id, conn)?.ok_or(Error::NotFound)?;
    if !login.is_open() {
        return Err(Error::conflict(format!("{} is deactivated or locked.", login.name)));
    }
    audit::record(by, &RESET_REQUESTED, login.subject(), Change::default(), now, conn)?;
    links::issue(Purpose::PasswordReset, Some(contact_id), now, conn)
}

/// A link that can set a new password.
#[derive(Clone)]
pub(super) struct Reset {
    pub link: Link,
    pub login: Login,
}

pub(super) fn find(token: &str, now: Instant, conn: &mut Conn) -> Result<Reset> {
    let link = links::find(Purpose::PasswordReset, token, now, conn)?;
    let login = link.contact_id.map(|id| Login::of_contact(id, conn)).transpose()?.flatten();
    login.filter(Login::is_open).map(|login| Reset { link, login }).ok_or(Error::NotFound)
}

/// Sets a new password. Every session and every other link of the person ends, and the person is
/// told.
pub(super) fn reset(
    reset: &Reset,
    hash: &str,
    client: &str,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let Reset { link, login } = reset;
    links::use_up(*link, now, conn)?;
    store_password(login, hash, now, conn)?;
    end_sessions_of(login.contact_id, None, conn)?;
    links::end_links_of(login.contact_id, conn)?;
    throttle::forget(&SIGN_INS_OF_ADDRESS, &names::fold_email(&login.email), conn)?;
    let (by, change) = (login.oneself(), Change { to: client, ..Change::default() });
    audit::record(by, &PASSWORD_RESET, login.subject(), change, now, conn)?;
    let message = PasswordChanged {
        name: login.name.clone(),
        organisation: login.organisation_name.clone(),
        at: mail::moment(login, now),
        client: client.to_owned(),
    };
    mail::tell(login, None, &message, site, now, conn)
}
