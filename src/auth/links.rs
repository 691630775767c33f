//! One-time links: a secret in an address that lets one person do one thing once, for a while.
//!
//! Only the secret's hash is stored. Opening a link changes nothing (mail scanners do), sending
//! its form uses it up, and of many who send it at once one does.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use diesel::prelude::*;
use rand::Rng;

use super::session_store::hash_key;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::one_time_links;
use crate::error::{Error, Result};
use crate::text_enum;

text_enum! {
    /// What a link is for.
    pub enum Purpose {
        Invitation = "invitation",
        PasswordReset = "password_reset",
        SetUp = "set_up",
    }
}

impl Purpose {
    /// How long its links are good.
    pub fn lasts(self) -> Duration {
        match self {
            Self::Invitation => Duration::days(7),
            Self::PasswordReset => Duration::hours(1),
            Self::SetUp => Duration::days(1),
        }
    }

    /// Where its links lead.
    fn path(self) -> &'static str {
        match self {
            Self::Invitation => "/invitation",
            Self::PasswordReset => "/password/reset",
            Self::SetUp => "/set-up",
        }
    }
}

/// A link that is still good.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub id: i64,
    /// None for the first set-up: there is nobody yet.
    pub contact_id: Option<i64>,
}

/// A link that was just made. Its path is stored nowhere.
pub struct Issued {
    pub path: String,
    pub expires_at: Instant,
}

/// Makes a link for a person in place of an earlier one for the same purpose.
pub fn issue(
    purpose: Purpose,
    contact_id: Option<i64>,
    now: Instant,
    conn: &mut Conn,
) -> Result<Issued> {
    if let Some(contact_id) = contact_id {
        let earlier = one_time_links::table
            .filter(one_time_links::contact_id.eq(contact_id))
            .filter(one_time_links::purpose.eq(purpose))
            .filter(one_time_links::used_at.is_null());
        diesel::delete(earlier).execute(conn)?;
    }
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    let token = URL_SAFE_NO_PAD.encode(bytes);
    let expires_at = now + purpose.lasts();
    let row = (
        one_time_links::token_hash.eq(hash_key(&token)),
        one_time_links::purpose.eq(purpose),
        one_time_links::contact_id.eq(contact_id),
        one_time_links::created_at.eq(now),
        one_time_links::expires_at.eq(expires_at),
    );
    diesel::insert_into(one_time_links::table).values(row).execute(conn)?;
    Ok(Issued { path: format!("{}/{token}", purpose.path()), expires_at })
}

/// The link with this secret. Not found where it is unknown, used, expired or for something else.
pub fn find(purpose: Purpose, token: &str, now: Instant, conn: &mut Conn) -> Result<Link> {
    let (id, contact_id) = one_time_links::table
        .filter(one_time_links::token_hash.eq(hash_key(token)))
        .filter(one_time_links::purpose.eq(purpose))
        .filter(one_time_links::used_at.is_null())
        .filter(one_time_links::expires_at.gt(now))
        .select((one_time_links::id, one_time_links::contact_id))
        .first(conn)?;
    Ok(Link { id, contact_id })
}

/// Uses a link up. A conflict where somebody else was first, or its time ran out meanwhile.
pub fn use_up(link: Link, now: Instant, conn: &mut Conn) -> Result<()> {
    let unused = one_time_links::table
        .find(link.id)
        .filter(one_time_links::used_at.is_null())
        .filter(one_time_links::expires_at.gt(now));
    let used = diesel::update(unused).set(one_time_links::used_at.eq(now)).execute(conn)?;
    if used == 0 {
        return Err(Error::conflict("This link was used a moment ago. Sign in instead."));
    }
    Ok(())
}

/// Ends every open link of a person.
pub fn end_links_of(contact_id: i64, conn: &mut Conn) -> Result<()> {
    diesel::delete(
        one_time_links::table
            .filter(one_time_links::contact_id.eq(contact_id))
            .filter(one_time_links::used_at.is_null()),
    )
    .execute(conn)?;
    Ok(())
}
