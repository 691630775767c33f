//! Sessions in the database, behind actix-session.
//!
//! The rows are written by the verbs that sign people in and out, in the same transaction as
//! their history; this store only reads them. So there is nothing left for the middleware to save
//! that could fail, and a request in flight cannot bring a session back that was ended meanwhile.
//! A database that is away is told to the extractors through the state, because the middleware
//! would answer with an empty 500.

use std::collections::HashMap;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;
use chrono::Duration as Span;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::Access;
use super::actor::{ACTOR, AWAY, Actor, SecondFactor};
use crate::clock::{Clock, Instant};
use crate::db::schema::{contacts, logins, organisations, sessions};
use crate::db::{Conn, Db, Keep};
use crate::error::{Error, Result};
use crate::locale::Locale;

/// A session ends after so long without a request …
pub const IDLE: Span = Span::hours(2);
/// … and so long after sign-in, whatever happens.
pub const LONGEST: Span = Span::hours(12);
/// `seen_at` is written at most this often, so that a page view mostly writes nothing.
const SEEN_EVERY: Span = Span::minutes(1);

/// In the state of a session that a verb has just begun: its key, for the cookie.
pub const KEY: &str = "key";

#[derive(Clone)]
pub struct Sessions {
    db: Db,
    clock: Clock,
}

impl Sessions {
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock }
    }

    async fn actor(&self, key: &SessionKey) -> Result<Option<Actor>> {
        let (hash, now) = (hash_key(key.as_ref()), self.clock.now());
        let Some((actor, seen_at)) = self.db.ask(move |conn| find(&hash, now, conn)).await? else {
            return Ok(None);
        };
        if now - SEEN_EVERY > seen_at {
            let id = actor.session_id;
            // A page is not refused because this could not be noted: the session ends earlier.
            if let Err(fault) = self.db.write(move |conn| touch(id, now, conn)).await {
                tracing::warn!(%fault, "a session's use could not be noted");
            }
        }
        Ok(Some(actor))
    }
}

impl SessionStore for Sessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<HashMap<String, String>>, LoadError> {
        let state = |name: &str, value: String| Some(HashMap::from([(name.to_owned(), value)]));
        match self.actor(key).await {
            Ok(Some(actor)) => {
                let text = serde_json::to_string(&actor).map_err(|fault| {
                    LoadError::Other(std::io::Error::other(fault.to_string()).into())
                })?;
                Ok(state(ACTOR, text))
            }
            Ok(None) => Ok(None),
            Err(fault) => {
                tracing::warn!(%fault, "a session could not be loaded");
                Ok(state(AWAY, "true".to_owned()))
            }
        }
    }

    /// Hands the key on that the sign-in has stored.
    async fn save(
        &self,
        state: HashMap<String, String>,
        _ttl: &Duration,
    ) -> Result<SessionKey, SaveError> {
        let fault = || SaveError::Other(std::io::Error::other("a session without a key").into());
        let text = state.get(KEY).ok_or_else(fault)?;
        let key: String = serde_json::from_str(text).map_err(|_| fault())?;
        key.try_into().map_err(|_| fault())
    }

    async fn update(
        &self,
        key: SessionKey,
        _state: HashMap<String, String>,
        _ttl: &Duration,
    ) -> Result<SessionKey, UpdateError> {
        Ok(key)
    }

    async fn update_ttl(
        &self,
        _key: &SessionKey,
        _ttl: &Duration,
    ) -> std::result::Result<(), SessionFault> {
        Ok(())
    }

    /// The row is gone already: the verb that signs out has deleted it.
    async fn delete(&self, _key: &SessionKey) -> std::result::Result<(), SessionFault> {
        Ok(())
    }
}

type SessionFault = anyhow::Error;

/// What is stored of a session's key: whoever reads the table cannot sign in with it.
pub(super) fn hash_key(key: &str) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
    let digest = Sha256::digest(key.as_bytes());
    digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// One row of the join, column by column.
type Found =
    (i64, Instant, i64, String, String, String, Access, String, i64, String, Option<Instant>, bool);

fn find(hash: &str, now: Instant, conn: &mut Conn) -> Result<Option<(Actor, Instant)>> {
    let found: Option<Found> = sessions::table
        .inner_join(contacts::table.on(contacts::id.eq(sessions::contact_id)))
        .inner_join(organisations::table.on(organisations::id.eq(contacts::organisation_id)))
        .inner_join(logins::table.on(logins::contact_id.eq(contacts::id)))
        .filter(sessions::key_hash.eq(hash))
        .filter(sessions::idle_until_at.gt(now))
        .filter(sessions::ends_at.gt(now))
        .filter(contacts::status.eq("active"))
        .filter(logins::locked_at.is_null())
        .select((
            sessions::id,
            sessions::seen_at,
            contacts::id,
            contacts::reference,
            contacts::name,
            contacts::email,
            contacts::access,
            contacts::locale,
            organisations::id,
            organisations::name,
            logins::second_factor_at,
            logins::second_factor_owed,
        ))
        .kept()
        .get_result(conn)
        .optional()?;
    Ok(found.map(|row| {
        let (
            session_id,
            seen_at,
            contact_id,
            reference,
            name,
            email,
            access,
            locale,
            org,
            org_name,
            second_factor_at,
            owed,
        ) = row;
        let second_factor = match (second_factor_at, owed) {
            (Some(_), _) => SecondFactor::On,
            (None, false) => SecondFactor::Off,
            (None, true) => SecondFactor::Owed,
        };
        let actor = Actor {
            contact_id,
            reference,
            name,
            email,
            access,
            locale: Locale::parse(&locale),
            organisation_id: org,
            organisation_name: org_name,
            session_id,
            second_factor,
        };
        (actor, seen_at)
    }))
}

fn touch(session_id: i64, now: Instant, conn: &mut Conn) -> Result<()> {
    diesel::update(sessions::table.find(session_id))
        .set((sessions::seen_at.eq(now), sessions::idle_until_at.eq(now + IDLE)))
        .execute(conn)
        .map_err(Error::from)?;
    Ok(())
}
