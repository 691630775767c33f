//! References: the random names under which records are known outside, such as `D-7K3QF-9M2XT`.
//! Ten letters of Crockford's base 32, so that no address, mail or file shows a counter.

use std::sync::Mutex;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// Crockford's base 32: no I, L, O or U.
pub const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A generator set by [`seed`]; the operating system's randomness otherwise.
static SEEDED: Mutex<Option<ChaCha12Rng>> = Mutex::new(None);

/// From now on this process draws the same references in the same order, or random ones again:
/// for building the demo, whose story must be told twice with the same bytes. Never called while
/// serving a real portal.
pub fn seed(seed: Option<u64>) {
    *lock() = seed.map(ChaCha12Rng::seed_from_u64);
}

/// A new reference with this prefix. A collision (one in a thousand million million) breaks a
/// unique key, and the write is run again with another draw.
pub fn draw(prefix: &str) -> String {
    let mut bytes = [0; 10];
    match lock().as_mut() {
        Some(seeded) => seeded.fill_bytes(&mut bytes),
        None => rand::rng().fill_bytes(&mut bytes),
    }
    let letters: String =
        bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    format!("{prefix}-{}-{}", &letters[..5], &letters[5..])
}

/// What someone typed, as it would be stored: upper case, with the letters people confuse mended.
pub fn normalise(typed: &str) -> String {
    let upper = typed.trim().to_uppercase();
    match upper.split_once('-') {
        Some((prefix, rest)) => {
            format!("{prefix}-{}", rest.replace('O', "0").replace(['I', 'L'], "1"))
        }
        None => upper,
    }
}

fn lock() -> std::sync::MutexGuard<'static, Option<ChaCha12Rng>> {
    SEEDED.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
