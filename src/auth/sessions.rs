//! Sessions as rows: begun and ended in the transaction of what causes it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use rand::Rng;

use super::second_factor::half;
use super::session_store::{IDLE, LONGEST, hash_key};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::sessions;
use crate::error::Result;

/// Begins a session and gives the key for its cookie, which is stored nowhere.
pub fn begin_session(
    contact_id: i64,
    client: &str,
    user_agent: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    let key = URL_SAFE_NO_PAD.encode(bytes);
    let row = (
        sessions::key_hash.eq(hash_key(&key)),
        sessions::contact_id.eq(contact_id),
        sessions::created_at.eq(now),
        sessions::seen_at.eq(now),
        sessions::idle_until_at.eq(now + IDLE),
        sessions::ends_at.eq(now + LONGEST),
        sessions::user_agent.eq(user_agent),
        sessions::client.eq(client),
    );
    diesel::insert_into(sessions::table).values(row).execute(conn)?;
    Ok(key)
}

/// Ends one session of a person.
pub fn end_session(contact_id: i64, session_id: i64, conn: &mut Conn) -> Result<()> {
    let one = sessions::table.find(session_id).filter(sessions::contact_id.eq(contact_id));
    diesel::delete(one).execute(conn)?;
    Ok(())
}

/// Ends all sessions of a person, or all but one, and gives how many that were. Half sign-ins end
/// with them.
pub fn end_sessions_of(contact_id: i64, but: Option<i64>, conn: &mut Conn) -> Result<usize> {
    half::end_all_of(contact_id, conn)?;
    let all = sessions::table.filter(sessions::contact_id.eq(contact_id));
    Ok(match but {
        Some(kept) => diesel::delete(all.filter(sessions::id.ne(kept))).execute(conn)?,
        None => diesel::delete(all).execute(conn)?,
    })
}
