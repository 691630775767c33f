//! Invitations: a contact gets a link, chooses a password and is in.

use diesel::prelude::*;

use super::Program;
use super::actions::{INVITATION_ACCEPTED, INVITED};
use super::links::{self, Issued, Link, Purpose};
use super::login::Login;
use super::logins::{insert_login, store_password};
use super::mail::{self, Invited};
use super::sign_in::{self, Place};
use super::throttle::{self, INVITATIONS_BY_PERSON, INVITATIONS_OF_CONTACT};
use crate::audit::{self, By, Change};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{contacts, logins};
use crate::error::{Error, Result};
use crate::names;
use crate::web::Site;

/// Invites a contact by mail, in a program's name. Inviting again ends the earlier link. The
/// caller has found the contact within its scope.
pub fn invite(
    by: By<'_>,
    contact_id: i64,
    program: Option<&Program>,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    throttle::spend(&INVITATIONS_OF_CONTACT, &contact_id.to_string(), now, conn)?;
    if let Some(inviter) = by.contact_id() {
        throttle::spend(&INVITATIONS_BY_PERSON, &inviter.to_string(), now, conn)?;
    }
    let (login, link) = open(by, contact_id, now, conn)?;
    let message = Invited {
        name: login.name.clone(),
        organisation: login.organisation_name.clone(),
        by: by.name(),
        path: link.path,
        until: mail::moment(&login, link.expires_at),
    };
    mail::tell(&login, program, &message, site, now, conn)
}

/// Invites a contact without a mail: gives the link's path, for an operator to hand over.
pub fn issue_invitation(
    by: By<'_>,
    contact_id: i64,
    now: Instant,
    conn: &mut Conn,
) -> Result<Issued> {
    open(by, contact_id, now, conn).map(|(_, link)| link)
}

fn open(by: By<'_>, contact_id: i64, now: Instant, conn: &mut Conn) -> Result<(Login, Issued)> {
    let login = match Login::of_contact(contact_id, conn)? {
        Some(login) => login,
        None => insert_login(contact_id, None, now, conn)?,
    };
    if login.password_hash.is_some() {
        return Err(Error::conflict(format!("{} can sign in already.", login.name)));
    }
    if !login.is_open() {
        return Err(Error::conflict(format!(
            "{} is deactivated or locked and cannot be invited.",
            login.name
        )));
    }
    diesel::update(logins::table.find(login.id)).set(logins::invited_at.eq(now)).execute(conn)?;
    let link = links::issue(Purpose::Invitation, Some(contact_id), now, conn)?;
    audit::record(by, &INVITED, login.subject(), Change::default(), now, conn)?;
    Ok((login, link))
}

/// An invitation that can be accepted.
#[derive(Clone)]
pub(super) struct Invitation {
    pub link: Link,
    pub login: Login,
}

pub(super) fn find(token: &str, now: Instant, conn: &mut Conn) -> Result<Invitation> {
    let link = links::find(Purpose::Invitation, token, now, conn)?;
    let login = link.contact_id.map(|id| Login::of_contact(id, conn)).transpose()?.flatten();
    login
        .filter(|login| login.is_open() && login.password_hash.is_none())
        .map(|login| Invitation { link, login })
        .ok_or(Error::NotFound)
}

/// Accepts an invitation and begins the person's first session; gives its key.
pub(super) fn accept(
    invitation: &Invitation,
    name: &str,
    hash: &str,
    place: &Place,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    let Invitation { link, login } = invitation;
    links::use_up(*link, now, conn)?;
    store_password(login, hash, now, conn)?;
    let set = (
        contacts::name.eq(name),
        contacts::name_key.eq(names::fold(name)),
        contacts::updated_at.eq(now),
    );
    diesel::update(contacts::table.find(login.contact_id)).set(set).execute(conn)?;
    let login = Login { name: name.to_owned(), ..login.clone() };
    let (by, change) = (login.oneself(), Change::default());
    audit::record(by, &INVITATION_ACCEPTED, login.subject(), change, now, conn)?;
    sign_in::begin(&login, place, now, conn)
}
