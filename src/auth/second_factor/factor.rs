//! A person's second factor as the tables have it, and the proof that somebody has it.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{recovery, totp};
use crate::auth::keyring::{Keyring, Sealed};
use crate::auth::throttle::{self, CODES_OF_PERSON};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{logins, second_factors};
use crate::error::{Error, Result};

/// What a code is told that cannot be checked; the cause is in the log.
const CANNOT_CHECK: &str = "The portal cannot check codes of your app at the moment. Use a recovery \
    code, or ask whoever runs the portal.";

/// How far a person is with the second factor.
#[derive(Clone, Debug)]
pub(in crate::auth) enum State {
    Off,
    /// A secret was drawn, and no right code has come yet.
    Begun(Stored),
    On {
        since: Instant,
        codes_left: i64,
    },
}

/// The stored secret.
#[derive(Clone, Debug)]
pub(in crate::auth) struct Stored {
    pub sealed: Sealed,
    pub begun_at: Instant,
}

/// What a secret is bound to, so that it opens in nobody else's row.
pub(in crate::auth) fn owner(contact_id: i64) -> String {
    format!("second factor of contact {contact_id}")
}

type StateRow = (Option<Instant>, Option<(String, String, Instant)>, i64);

/// In one query: pages show it beside other things.
pub(in crate::auth) fn state_of(contact_id: i64, conn: &mut Conn) -> Result<State> {
    let codes_left = sql::<BigInt>(
        "(SELECT COUNT(*) FROM recovery_codes AS r WHERE r.contact_id = logins.contact_id \
         AND r.used_at IS NULL)",
    );
    let (since, stored, codes_left): StateRow = logins::table
        .left_join(second_factors::table.on(second_factors::contact_id.eq(logins::contact_id)))
        .filter(logins::contact_id.eq(contact_id))
        .select((
            logins::second_factor_at,
            (second_factors::key_id, second_factors::sealed_secret, second_factors::begun_at)
                .nullable(),
            codes_left,
        ))
        .first(conn)?;
    Ok(match (since, stored) {
        (Some(since), _) => State::On { since, codes_left },
        (None, Some((key_id, text, begun_at))) => {
            State::Begun(Stored { sealed: Sealed { key_id, text }, begun_at })
        }
        (None, None) => State::Off,
    })
}

pub(in crate::auth) fn stored(contact_id: i64, conn: &mut Conn) -> Result<Option<Stored>> {
    let row: Option<(String, String, Instant)> = second_factors::table
        .filter(second_factors::contact_id.eq(contact_id))
        .select((second_factors::key_id, second_factors::sealed_secret, second_factors::begun_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(key_id, text, begun_at)| Stored { sealed: Sealed { key_id, text }, begun_at }))
}

/// The names of the keys with which secrets are sealed, and how many secrets each has sealed.
pub fn key_ids(conn: &mut Conn) -> Result<Vec<(String, i64)>> {
    Ok(second_factors::table
        .group_by(second_factors::key_id)
        .select((second_factors::key_id, diesel::dsl::count_star()))
        .order(second_factors::key_id)
        .load(conn)?)
}

/// What somebody gives to show that they have the second factor.
#[derive(Clone, Debug)]
pub(in crate::auth) enum Given {
    /// Six digits, and the time at which they were given as phones have it.
    Code(String, Instant),
    RecoveryCode(String),
}

impl Given {
    /// Six digits are a code of the app; anything else can only be a recovery code.
    pub(in crate::auth) fn of(text: &str, phone_time: Instant) -> Self {
        let bare: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        if bare.len() <= 8 && bare.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::Code(bare, phone_time)
        } else {
            Self::RecoveryCode(text.to_owned())
        }
    }
}

/// What was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::auth) enum Proof {
    Code,
    /// So many recovery codes are left.
    RecoveryCode(i64),
}

/// Checks what was given and uses it up, so that it is good once: of many who send the same at
/// once, one has shown something. Tries are counted by person, in all processes.
pub(in crate::auth) fn prove(
    contact_id: i64,
    given: &Given,
    keyring: &Keyring,
    now: Instant,
    conn: &mut Conn,
) -> Result<Option<Proof>> {
    let key = contact_id.to_string();
    throttle::spend(&CODES_OF_PERSON, &key, now, conn)?;
    let proof = match given {
        Given::Code(code, phone_time) => {
            take_code(contact_id, code, keyring, *phone_time, conn)?.then_some(Proof::Code)
        }
        Given::RecoveryCode(code) => match recovery::use_up(contact_id, code, now, conn)? {
            true => Some(Proof::RecoveryCode(recovery::left(contact_id, conn)?)),
            false => None,
        },
    };
    if proof.is_some() {
        throttle::forget(&CODES_OF_PERSON, &key, conn)?;
    }
    Ok(proof)
}

fn take_code(
    contact_id: i64,
    code: &str,
    keyring: &Keyring,
    phone_time: Instant,
    conn: &mut Conn,
) -> Result<bool> {
    let Some(stored) = stored(contact_id, conn)? else {
        return Ok(false);
    };
    let secret = keyring.open(&stored.sealed, &owner(contact_id)).map_err(|fault| {
        tracing::error!(contact_id, %fault, "a second factor cannot be checked");
        Error::field("code", CANNOT_CHECK)
    })?;
    let Some(step) = totp::matched_step(&secret, code, phone_time)? else {
        return Ok(false);
    };
    // A code that was taken before, or an older one, is no proof any more.
    let unused = second_factors::table
        .filter(second_factors::contact_id.eq(contact_id))
        .filter(second_factors::sealed_secret.eq(&stored.sealed.text))
        .filter(second_factors::last_step.lt(step));
    let resealed = match keyring.is_current(&stored.sealed.key_id) {
        true => stored.sealed.clone(),
        false => keyring.seal(&secret, &owner(contact_id))?,
    };
    let set = (
        second_factors::last_step.eq(step),
        second_factors::key_id.eq(resealed.key_id),
        second_factors::sealed_secret.eq(resealed.text),
    );
    Ok(diesel::update(unused).set(set).execute(conn)? == 1)
}
