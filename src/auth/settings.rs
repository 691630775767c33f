//! What this installation keeps of itself, by name.

use actix_web::cookie::Key;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::db::schema::settings;
use crate::db::{self, Conn};
use crate::error::{Error, Result};

/// Under which the installation's own key is kept.
const COOKIE_KEY: &str = "cookie_key";

/// The value kept under a name.
pub fn setting(name: &str, conn: &mut Conn) -> Result<Option<String>> {
    Ok(settings::table.find(name).select(settings::value).first(conn).optional()?)
}

/// Keeps a value under a name, in place of an earlier one.
pub fn store_setting(name: &str, value: &str, conn: &mut Conn) -> Result<()> {
    let row = (settings::name.eq(name), settings::value.eq(value));
    if db::insert_new!(conn, settings::table, row) == 0 {
        diesel::update(settings::table.find(name)).set(settings::value.eq(value)).execute(conn)?;
    }
    Ok(())
}

/// The key that signs cookies: made once, then the same in every process of this database.
pub fn cookie_key(conn: &mut Conn) -> Result<Key> {
    let fresh = STANDARD.encode(Key::generate().master());
    db::insert_new!(
        conn,
        settings::table,
        (settings::name.eq(COOKIE_KEY), settings::value.eq(fresh.as_str()))
    );
    read_key(&setting(COOKIE_KEY, conn)?.unwrap_or_default())
}

/// A key for one purpose, derived from the installation's own: what is signed for one purpose is
/// nothing for another.
pub fn derived_key(purpose: &str, conn: &mut Conn) -> Result<[u8; 32]> {
    let key = match setting(COOKIE_KEY, conn)? {
        Some(kept) => read_key(&kept)?,
        None => cookie_key(conn)?,
    };
    let mut derived = Hmac::<Sha256>::new_from_slice(key.master()).map_err(Error::internal)?;
    derived.update(purpose.as_bytes());
    Ok(derived.finalize().into_bytes().into())
}

fn read_key(kept: &str) -> Result<Key> {
    let bytes = STANDARD.decode(kept).map_err(Error::internal)?;
    Key::try_from(bytes.as_slice()).map_err(Error::internal)
}
