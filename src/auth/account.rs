//! What people do with their own account: profile, password, sessions.

use diesel::prelude::*;

use super::actions::{
    PASSWORD_CHANGED, PASSWORD_REFUSED, PROFILE_CHANGED, SESSION_ENDED, SIGNED_OUT_ELSEWHERE,
};
use super::login::Login;
use super::logins::store_password;
use super::mail::{self, PasswordChanged};
use super::sign_in::Place;
use super::throttle::{self, PASSWORD_CHANGES};
use super::{Actor, begin_session, device, end_session, end_sessions_of, links};
use crate::audit::{self, By, Change};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{contacts, sessions};
use crate::error::{Error, Result};
use crate::locale::Locale;
use crate::names;
use crate::web::Site;

/// What people say of themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Profile {
    pub name: String,
    pub job_title: String,
    pub phone: String,
    pub locale: Locale,
}

/// The profile as it is, and when it last changed.
pub(super) fn profile_of(actor: &Actor, conn: &mut Conn) -> Result<(Profile, Instant)> {
    let (name, job_title, phone, locale, updated_at): (String, String, String, String, Instant) =
        contacts::table
            .find(actor.contact_id)
            .select((
                contacts::name,
                contacts::job_title,
                contacts::phone,
                contacts::locale,
                contacts::updated_at,
            ))
            .first(conn)?;
    Ok((Profile { name, job_title, phone, locale: Locale::parse(&locale) }, updated_at))
}

/// Changes the profile that was last changed at `seen`; a conflict if it was changed since.
pub(super) fn change_profile(
    actor: &Actor,
    profile: &Profile,
    seen: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let (former, updated_at) = profile_of(actor, conn)?;
    if former == *profile {
        return Ok(());
    }
    let untouched =
        contacts::table.find(actor.contact_id).filter(contacts::updated_at.eq(updated_at));
    let set = (
        contacts::name.eq(&profile.name),
        contacts::name_key.eq(names::fold(&profile.name)),
        contacts::job_title.eq(&profile.job_title),
        contacts::phone.eq(&profile.phone),
        contacts::locale.eq(profile.locale.tag()),
        contacts::updated_at.eq(now),
    );
    if revision(updated_at) != seen || diesel::update(untouched).set(set).execute(conn)? == 0 {
        return Err(Error::conflict(
            "Somebody else changed your profile meanwhile. Open your account again to see it.",
        ));
    }
    let change = Change { to: &former.differences(profile), ..Change::default() };
    audit::record(By::Person(actor), &PROFILE_CHANGED, actor.subject(), change, now, conn)
}

/// What a form carries to say which state of the profile it shows.
pub(super) fn revision(updated_at: Instant) -> String {
    updated_at.to_datetime().timestamp_micros().to_string()
}

impl Profile {
    fn differences(&self, other: &Self) -> String {
        [
            ("name", self.name == other.name),
            ("job title", self.job_title == other.job_title),
            ("phone", self.phone == other.phone),
            ("way of writing dates", self.locale == other.locale),
        ]
        .iter()
        .filter(|(_, same)| !same)
        .map(|(field, _)| *field)
        .collect::<Vec<_>>()
        .join(", ")
    }
}

/// The login of whoever asks for another password; so many tries of the current one in a while.
pub(super) fn login_to_change(actor: &Actor, now: Instant, conn: &mut Conn) -> Result<Login> {
    throttle::spend(&PASSWORD_CHANGES, &actor.contact_id.to_string(), now, conn)?;
    Login::of_contact(actor.contact_id, conn)?.ok_or(Error::NotFound)
}

/// Notes that whoever has this session did not know the current password.
pub(super) fn refuse_change(
    actor: &Actor,
    client: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let change = Change { to: client, ..Change::default() };
    audit::record(By::Person(actor), &PASSWORD_REFUSED, actor.subject(), change, now, conn)
}

/// Changes the password of somebody who has just given the current one. All sessions end, and
/// one begins anew under another key, which is given; the person is told by mail.
pub(super) fn change_password(
    login: &Login,
    hash: &str,
    place: &Place,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    store_password(login, hash, now, conn)?;
    throttle::forget(&PASSWORD_CHANGES, &login.contact_id.to_string(), conn)?;
    end_sessions_of(login.contact_id, None, conn)?;
    links::end_links_of(login.contact_id, conn)?;
    let change = Change { to: &place.client, ..Change::default() };
    audit::record(login.oneself(), &PASSWORD_CHANGED, login.subject(), change, now, conn)?;
    let message = PasswordChanged {
        name: login.name.clone(),
        organisation: login.organisation_name.clone(),
        at: mail::moment(login, now),
        client: place.client.clone(),
    };
    mail::tell(login, None, &message, site, now, conn)?;
    begin_session(login.contact_id, &place.client, &place.user_agent, now, conn)
}

/// A session as its owner sees it.
#[derive(Clone, Debug)]
pub(super) struct OwnSession {
    id: i64,
    /// Names it in addresses; part of a hash, so that nobody can sign in with it.
    pub handle: String,
    pub device: String,
    pub client: String,
    pub began_at: Instant,
    pub seen_at: Instant,
    pub is_this: bool,
}

/// The person's sessions that have not ended: this one first, then the one seen last.
pub(super) fn sessions_of(actor: &Actor, now: Instant, conn: &mut Conn) -> Result<Vec<OwnSession>> {
    let rows: Vec<(i64, String, String, String, Instant, Instant)> = sessions::table
        .filter(sessions::contact_id.eq(actor.contact_id))
        .filter(sessions::idle_until_at.gt(now))
        .filter(sessions::ends_at.gt(now))
        .order((sessions::seen_at.desc(), sessions::id.desc()))
        .select((
            sessions::id,
            sessions::key_hash,
            sessions::user_agent,
            sessions::client,
            sessions::created_at,
            sessions::seen_at,
        ))
        .load(conn)?;
    let mut own: Vec<OwnSession> = rows
        .into_iter()
        .map(|(id, key_hash, user_agent, client, began_at, seen_at)| OwnSession {
            id,
            handle: key_hash.chars().take(16).collect(),
            device: device::name(&user_agent),
            client,
            began_at,
            seen_at,
            is_this: id == actor.session_id,
        })
        .collect();
    own.sort_by_key(|session| !session.is_this);
    Ok(own)
}

/// Ends one of the person's sessions; says whether it is the one that asks.
pub(super) fn end_own_session(
    actor: &Actor,
    handle: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<bool> {
    let own = sessions_of(actor, now, conn)?;
    let session = own.iter().find(|one| one.handle == handle).ok_or(Error::NotFound)?;
    end_session(actor.contact_id, session.id, conn)?;
    let change = Change { to: &session.device, ..Change::default() };
    audit::record(By::Person(actor), &SESSION_ENDED, actor.subject(), change, now, conn)?;
    Ok(session.is_this)
}

/// Ends all sessions but the one that asks, and says how many.
pub(super) fn end_other_sessions(actor: &Actor, now: Instant, conn: &mut Conn) -> Result<usize> {
    let ended = end_sessions_of(actor.contact_id, Some(actor.session_id), conn)?;
    if ended > 0 {
        let (by, change) = (By::Person(actor), Change::default());
        audit::record(by, &SIGNED_OUT_ELSEWHERE, actor.subject(), change, now, conn)?;
    }
    Ok(ended)
}
