//! Recovery codes: for whoever has lost the phone. Ten of them, each good once, shown once.
//!
//! A code is 24 random letters of base 32: 120 bits, so nobody can guess one from its hash, and a
//! plain SHA-256 is enough (ASVS 5.0, 6.5.2 asks for a password hash below 112 bits only). They do
//! not depend on the installation's keys: they still open the door when those are lost.

use diesel::prelude::*;
use rand::Rng;

use crate::auth::session_store::hash_key;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::recovery_codes;
use crate::error::Result;
use crate::reference::LETTERS;

/// How many are made at a time.
const MADE: usize = 10;
const LONG: usize = 24;
const GROUP: usize = 6;

/// Codes as they are shown, such as `7K3QF9-M2XT0A-…`.
pub(in crate::auth) fn draw() -> Vec<String> {
    (0..MADE).map(|_| draw_one()).collect()
}

fn draw_one() -> String {
    let mut bytes = [0; LONG];
    rand::rng().fill_bytes(&mut bytes);
    let letters: Vec<char> =
        bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters
        .chunks(GROUP)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

/// What somebody typed as the letters that were drawn: hyphens and blanks left out, and the letters
/// that people confuse mended. None where it cannot be a code.
fn letters_of(typed: &str) -> Option<String> {
    let letters: String = typed
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let is_code = letters.len() == LONG && letters.bytes().all(|byte| LETTERS.contains(&byte));
    is_code.then_some(letters)
}

fn hash_of(typed: &str) -> Option<String> {
    letters_of(typed).map(|letters| hash_key(&letters))
}

/// Puts codes in the place of whatever the person had.
pub(in crate::auth) fn replace(
    contact_id: i64,
    codes: &[String],
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    forget(contact_id, conn)?;
    for hash in codes.iter().filter_map(|code| hash_of(code)) {
        let row = (
            recovery_codes::contact_id.eq(contact_id),
            recovery_codes::code_hash.eq(hash),
            recovery_codes::made_at.eq(now),
        );
        diesel::insert_into(recovery_codes::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Deletes all codes of a person.
pub(in crate::auth) fn forget(contact_id: i64, conn: &mut Conn) -> Result<()> {
    let all = recovery_codes::table.filter(recovery_codes::contact_id.eq(contact_id));
    diesel::delete(all).execute(conn)?;
    Ok(())
}

/// Uses a code up. No where it is unknown, somebody else's or used; of many who send one at once,
/// one is told yes.
pub(in crate::auth) fn use_up(
    contact_id: i64,
    typed: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<bool> {
    let Some(hash) = hash_of(typed) else {
        return Ok(false);
    };
    let unused = recovery_codes::table
        .filter(recovery_codes::contact_id.eq(contact_id))
        .filter(recovery_codes::code_hash.eq(hash))
        .filter(recovery_codes::used_at.is_null());
    Ok(diesel::update(unused).set(recovery_codes::used_at.eq(now)).execute(conn)? == 1)
}

/// How many codes of a person are unused.
pub(in crate::auth) fn left(contact_id: i64, conn: &mut Conn) -> Result<i64> {
    Ok(recovery_codes::table
        .filter(recovery_codes::contact_id.eq(contact_id))
        .filter(recovery_codes::used_at.is_null())
        .count()
        .get_result(conn)?)
}

/// The given codes that are this person's and unused: what a file of them may hold.
pub(in crate::auth) fn those_of(
    contact_id: i64,
    typed: &[String],
    conn: &mut Conn,
) -> Result<Vec<String>> {
    let hashes: Vec<String> = recovery_codes::table
        .filter(recovery_codes::contact_id.eq(contact_id))
        .filter(recovery_codes::used_at.is_null())
        .select(recovery_codes::code_hash)
        .load(conn)?;
    let is_own = |code: &&String| hash_of(code).is_some_and(|hash| hashes.contains(&hash));
    Ok(typed.iter().take(MADE).filter(is_own).cloned().collect())
}
