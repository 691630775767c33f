//! The address at which a person stops mails of a role: in the header of RFC 8058 and at the foot.
//!
//! The address carries what it stops (program, contact, roles) with a signature by a key of the
//! installation, and nothing of it is stored. So it works however old the mail is, long after its
//! text is forgotten, it cannot be guessed or turned on somebody else, and it names people by their
//! random references only. It may be used again: whoever opens an old mail means what it says.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::auth::{Program, derived_key};
use crate::db::Conn;
use crate::db::schema::contacts;
use crate::error::{Error, Result};
use crate::web::Site;

/// What the key is derived for; the number changes with what is signed.
const PURPOSE: &str = "unsubscribe 1";

/// Separates the parts that are signed; none of them can hold it.
const PARTS: &str = "\n";

/// What an address stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsubscribe {
    /// The program's slug.
    pub program: String,
    /// The contact's reference.
    pub contact: String,
    /// Contact roles by their words, one or more.
    pub roles: Vec<String>,
}

/// The address at which a contact stops the mails of these roles in a program. A mail that holds
/// mails of several roles, such as a digest, names them all.
pub fn address(
    program: &Program,
    contact_id: i64,
    roles: &[String],
    site: &Site,
    conn: &mut Conn,
) -> Result<String> {
    let contact: String =
        contacts::table.find(contact_id).select(contacts::reference).first(conn)?;
    let stops = Unsubscribe { program: program.slug.clone(), contact, roles: roles.to_vec() };
    let token = stops.token(&derived_key(PURPOSE, conn)?)?;
    Ok(site.link(&format!("/unsubscribe/{token}")))
}

/// Reads the last part of an address; not found where it was not signed here.
pub fn read(token: &str, conn: &mut Conn) -> Result<Unsubscribe> {
    Unsubscribe::parse(token, &derived_key(PURPOSE, conn)?).ok_or(Error::NotFound)
}

impl Unsubscribe {
    fn token(&self, key: &[u8]) -> Result<String> {
        let roles = self.roles.join(",");
        let said = [&self.program, PARTS, &self.contact, PARTS, &roles].concat();
        let signature = signing(key, &said)?.finalize().into_bytes();
        Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(said), URL_SAFE_NO_PAD.encode(signature)))
    }

    fn parse(token: &str, key: &[u8]) -> Option<Self> {
        let (said, signature) = token.split_once('.')?;
        let said = String::from_utf8(URL_SAFE_NO_PAD.decode(said).ok()?).ok()?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        signing(key, &said).ok()?.verify_slice(&signature).ok()?;
        let mut parts = said.split(PARTS).map(str::to_owned);
        let (program, contact, roles) = (parts.next()?, parts.next()?, parts.next()?);
        let roles = roles.split(',').map(str::to_owned).collect();
        Some(Self { program, contact, roles })
    }
}

fn signing(key: &[u8], said: &str) -> Result<Hmac<Sha256>> {
    let mut signing = Hmac::<Sha256>::new_from_slice(key).map_err(Error::internal)?;
    signing.update(said.as_bytes());
    Ok(signing)
}
