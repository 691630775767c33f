//! Limits on how often something is tried, kept in the database: they hold across all processes
//! and outlast a restart. A limit counts in windows of fixed length; what it counts by (an
//! address, a client) is stored as a hash.

use chrono::{DateTime, Duration};
use diesel::prelude::*;

use super::session_store::hash_key;
use crate::clock::Instant;
use crate::db::schema::throttles;
use crate::db::{self, Conn};
use crate::error::{Error, Result};

/// So often within so long.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// What is limited, as it is stored.
    pub bucket: &'static str,
    pub most: i32,
    pub window: Duration,
}

/// Tries to sign in with one e-mail address; a success starts anew.
pub const SIGN_INS_OF_ADDRESS: Limit = Limit::new("sign_in.address", 10, Duration::minutes(15));
/// Failed tries from one client, with whatever addresses. A whole office may share a client.
pub const FAILURES_OF_CLIENT: Limit = Limit::new("sign_in.client", 100, Duration::minutes(15));
/// Requests for a new password, for one address.
pub const RESETS_OF_ADDRESS: Limit = Limit::new("reset.address", 5, Duration::hours(1));
/// Requests for a new password from one client.
pub const RESETS_OF_CLIENT: Limit = Limit::new("reset.client", 50, Duration::hours(1));
/// Invitations to one person.
pub const INVITATIONS_OF_CONTACT: Limit = Limit::new("invitation.contact", 5, Duration::hours(24));
/// Invitations that one person sends.
pub const INVITATIONS_BY_PERSON: Limit = Limit::new("invitation.by", 200, Duration::hours(1));
/// Tries of the current password while changing it.
pub const PASSWORD_CHANGES: Limit = Limit::new("password_change", 10, Duration::minutes(15));

/// Stopping mails of one contact from within a mail: once is enough, and each try is a write.
/// Not by client, because mail services send them for all their readers from a few addresses.
pub const UNSUBSCRIBES_OF_CONTACT: Limit = Limit::new("unsubscribe", 20, Duration::hours(1));

/// Codes of a second factor, of the app or for recovery, that one person tries; a right one starts
/// anew. Three codes of a million are right at a time: whoever has the password and goes on guessing
/// has one chance in 1,400 a day, and the person is told each time that the tries are used up.
pub const CODES_OF_PERSON: Limit = Limit::new("second_factor.person", 10, Duration::hours(1));

/// Longer than the longest window: older rows count for nothing.
pub(super) const KEPT_FOR: Duration = Duration::hours(48);

impl Limit {
    pub const fn new(bucket: &'static str, most: i32, window: Duration) -> Self {
        Self { bucket, most, window }
    }

    /// When the window that an instant lies in began.
    fn window_at(&self, now: Instant) -> Instant {
        let seconds = now.to_datetime().timestamp();
        let start = seconds - seconds.rem_euclid(self.window.num_seconds());
        DateTime::from_timestamp(start, 0).map_or(now, |at| Instant::from_utc(at.naive_utc()))
    }

    /// Seconds until the next window begins.
    pub fn left(&self, now: Instant) -> u64 {
        let left = (self.window_at(now) + self.window).seconds_since(now);
        u64::try_from(left).unwrap_or(0) + 1
    }

    fn too_many(&self, now: Instant) -> Error {
        Error::TooMany { retry_after: self.left(now) }
    }
}

/// Takes one of the window's tries. Refused when none is left; then nothing is counted.
pub fn spend(limit: &Limit, key: &str, now: Instant, conn: &mut Conn) -> Result<()> {
    if take(limit, key, 1, now, conn)? { Ok(()) } else { Err(limit.too_many(now)) }
}

/// Takes several at once, and says whether so many were left; if not, nothing is counted.
pub fn take(limit: &Limit, key: &str, many: u32, now: Instant, conn: &mut Conn) -> Result<bool> {
    let many = i32::try_from(many).unwrap_or(i32::MAX);
    let (hash, window_at) = open(limit, key, now, conn)?;
    let one = throttles::table
        .find((limit.bucket, &hash, window_at))
        .filter(throttles::spent.le(limit.most.saturating_sub(many)));
    let set = throttles::spent.eq(throttles::spent + many);
    Ok(diesel::update(one).set(set).execute(conn)? == 1)
}

/// Counts something that has happened already, however many there were.
pub fn count(limit: &Limit, key: &str, now: Instant, conn: &mut Conn) -> Result<()> {
    let (hash, window_at) = open(limit, key, now, conn)?;
    diesel::update(throttles::table.find((limit.bucket, &hash, window_at)))
        .set(throttles::spent.eq(throttles::spent + 1))
        .execute(conn)?;
    Ok(())
}

/// Refuses where the window's tries are used up; counts nothing.
pub fn refuse_if_spent(limit: &Limit, key: &str, now: Instant, conn: &mut Conn) -> Result<()> {
    let spent: Option<i32> = throttles::table
        .find((limit.bucket, hash_of(limit, key), limit.window_at(now)))
        .select(throttles::spent)
        .first(conn)
        .optional()?;
    if spent.is_some_and(|spent| spent >= limit.most) {
        return Err(limit.too_many(now));
    }
    Ok(())
}

/// Starts anew for a key: it has shown that it is no guesser.
pub fn forget(limit: &Limit, key: &str, conn: &mut Conn) -> Result<()> {
    let all = throttles::table
        .filter(throttles::bucket.eq(limit.bucket))
        .filter(throttles::key_hash.eq(hash_of(limit, key)));
    diesel::delete(all).execute(conn)?;
    Ok(())
}

/// Sees to it that the window's row is there.
fn open(limit: &Limit, key: &str, now: Instant, conn: &mut Conn) -> Result<(String, Instant)> {
    let (hash, window_at) = (hash_of(limit, key), limit.window_at(now));
    let row = (
        throttles::bucket.eq(limit.bucket),
        throttles::key_hash.eq(&hash),
        throttles::window_at.eq(window_at),
        throttles::spent.eq(0),
    );
    db::insert_new!(conn, throttles::table, row);
    Ok((hash, window_at))
}

fn hash_of(limit: &Limit, key: &str) -> String {
    hash_key(&format!("{}\n{key}", limit.bucket))
}
