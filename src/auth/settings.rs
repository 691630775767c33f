//! What this installation keeps of itself, by name.

use actix_web::cookie::Key;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;

use crate::db::schema::settings;
use crate::db::{self, Conn};
use crate::error::{Error, Result};

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
    const NAME: &str = "cookie_key";
    let fresh = STANDARD.encode(Key::generate().master());
    db::insert_new!(
        conn,
        settings::table,
        (settings::name.eq(NAME), settings::value.eq(fresh.as_str()))
    );
    let kept = setting(NAME, conn)?.unwrap_or_default();
    let bytes = STANDARD.decode(kept).map_err(Error::internal)?;
    Key::try_from(bytes.as_slice()).map_err(Error::internal)
}
