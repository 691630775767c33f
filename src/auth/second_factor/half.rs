//! Half sign-ins: the password was right, the code is still to come. They lie in a table of their
//! own, which no extractor and no session store reads, so there is nothing that they could open.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use diesel::prelude::*;
use rand::Rng;

use crate::auth::session_store::hash_key;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::half_sign_ins;
use crate::error::Result;

/// Long enough to look for the phone.
pub(in crate::auth) const LASTS: Duration = Duration::minutes(10);

/// Begins one and gives the key for its cookie, which is stored nowhere.
pub(in crate::auth) fn begin(contact_id: i64, now: Instant, conn: &mut Conn) -> Result<String> {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    let key = URL_SAFE_NO_PAD.encode(bytes);
    let row = (
        half_sign_ins::key_hash.eq(hash_key(&key)),
        half_sign_ins::contact_id.eq(contact_id),
        half_sign_ins::ends_at.eq(now + LASTS),
    );
    diesel::insert_into(half_sign_ins::table).values(row).execute(conn)?;
    Ok(key)
}

/// Whose it is, as long as it lasts.
pub(in crate::auth) fn find(key: &str, now: Instant, conn: &mut Conn) -> Result<Option<i64>> {
    Ok(half_sign_ins::table
        .filter(half_sign_ins::key_hash.eq(hash_key(key)))
        .filter(half_sign_ins::ends_at.gt(now))
        .select(half_sign_ins::contact_id)
        .first(conn)
        .optional()?)
}

/// Ends one; no where somebody else was first.
pub(in crate::auth) fn end(key: &str, conn: &mut Conn) -> Result<bool> {
    let one = half_sign_ins::table.filter(half_sign_ins::key_hash.eq(hash_key(key)));
    Ok(diesel::delete(one).execute(conn)? == 1)
}

/// Ends all of a person's.
pub(in crate::auth) fn end_all_of(contact_id: i64, conn: &mut Conn) -> Result<()> {
    let all = half_sign_ins::table.filter(half_sign_ins::contact_id.eq(contact_id));
    diesel::delete(all).execute(conn)?;
    Ok(())
}
