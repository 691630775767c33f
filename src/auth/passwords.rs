//! Password hashes: argon2id at OWASP's minimum (19 MiB, two passes, one lane).
//!
//! A hash takes a core for some 20 ms, so it is made on threads that may block, a few at a time,
//! never on those that serve requests and never inside a transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use super::password_rules::{self, About, LONGEST};
use crate::error::{Error, Result};

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How long somebody waits for a turn before being told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes and checks hashes, a bounded number at a time; clones share the turns.
#[derive(Clone)]
pub struct Passwords {
    inner: Arc<Inner>,
}

struct Inner {
    turns: Arc<Semaphore>,
    made: AtomicU64,
}

impl Default for Passwords {
    /// As many at a time as leave one core to the pages.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            inner: Arc::new(Inner {
                turns: Arc::new(Semaphore::new((cores - 1).max(1))),
                made: AtomicU64::new(0),
            }),
        }
    }
}

impl Passwords {
    /// What is stored of a password.
    pub async fn hash(&self, password: String) -> Result<String> {
        self.in_turn(move || hash_blocking(&password)).await
    }

    /// The hash of a password that somebody has just chosen. A form's fault where the rules do not
    /// take it: the estimate of how hard it is to guess takes long, too.
    pub async fn choose(&self, password: String, about: About) -> Result<String> {
        self.in_turn(move || {
            password_rules::check(&password, &about)
                .map_err(|what_to_do| Error::field("password", what_to_do))?;
            hash_blocking(&password)
        })
        .await
    }

    /// Whether this is the password that was hashed. Without a hash the answer is no, after the
    /// same work: how long it takes does not tell whether there is an account.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        self.in_turn(move || {
            let known = hash.is_some() && password.chars().count() <= LONGEST;
            let matches = matches(&password, &hash.unwrap_or_else(nobodys_hash))?;
            Ok(known && matches)
        })
        .await
    }

    /// How many hashes were made or checked so far.
    pub fn made(&self) -> u64 {
        self.inner.made.load(Ordering::Relaxed)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let turns = Arc::clone(&self.inner.turns);
        let turn = tokio::time::timeout(PATIENCE, turns.acquire_owned())
            .await
            .map_err(|_| Error::Unavailable)?
            .map_err(Error::internal)?;
        self.inner.made.fetch_add(1, Ordering::Relaxed);
        // The turn goes along: it is taken until the work is done, even if nobody waits any more.
        let done = tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(turn);
            outcome
        });
        done.await.map_err(Error::internal)?
    }
}

/// [`Passwords::hash`] for threads that may block: the demo, the tests.
pub fn hash_blocking(password: &str) -> Result<String> {
    let hash = argon2()?.hash_password(&bytes(password)).map_err(Error::internal)?;
    Ok(hash.to_string())
}

fn matches(password: &str, hash: &str) -> Result<bool> {
    let hash = PasswordHash::new(hash).map_err(Error::internal)?;
    Ok(argon2()?.verify_password(&bytes(password), &hash).is_ok())
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A password typed on another keyboard may be composed of other code points.
fn bytes(password: &str) -> Vec<u8> {
    password.nfkc().take(2 * LONGEST).collect::<String>().into()
}

/// A well-formed hash with our parameters that no password is known for.
fn nobodys_hash() -> String {
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${hash}")
}
