//! A worker's way with a mail: claim it, and say what became of it.
//!
//! A claim counts the mail's attempts up and moves its next attempt on by the length of a lease.
//! The number of the attempt is the fence: whoever comes back after the lease has run out and the
//! mail was claimed again changes nothing. Leases go by the database's time.

use std::collections::HashMap;

use chrono::Duration;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Timestamp};

use crate::clock::Instant;
use crate::db::schema::mails;
use crate::db::{self, Conn};
use crate::error::Result;
use crate::mail::MailStatus;

/// For how long temporary failures are tried again, from the first attempt on.
pub const PATIENCE: Duration = Duration::days(2);

/// The pauses between attempts: doubled from the first to the longest.
const FIRST_PAUSE: Duration = Duration::seconds(30);
const LONGEST_PAUSE: Duration = Duration::hours(1);

/// One mail taken for one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    pub mail_id: i64,
    pub attempt: i32,
}

/// Whether any mail is due: cheaper than a claim that finds none.
pub fn any_due(conn: &mut Conn) -> Result<bool> {
    let now = db::now(conn)?;
    let due: Option<i64> = mails::table
        .filter(MailStatus::Queued.alone())
        .filter(mails::next_attempt_at.le(now))
        .order((mails::next_attempt_at, mails::id))
        .select(mails::id)
        .first(conn)
        .optional()?;
    Ok(due.is_some())
}

/// Takes mails that are due, the longest waiting first, for the length of a lease.
pub fn claim(most: i64, lease: Duration, conn: &mut Conn) -> Result<Vec<Claim>> {
    let now = db::now(conn)?;
    let ids: Vec<i64> = db::load_unclaimed!(
        conn,
        mails::table
            .filter(MailStatus::Queued.alone())
            .filter(mails::next_attempt_at.le(now))
            .order((mails::next_attempt_at, mails::id))
            .limit(most)
            .select(mails::id)
    );
    let due = mails::table
        .filter(mails::id.eq_any(&ids))
        .filter(MailStatus::Queued.alone())
        .filter(mails::next_attempt_at.le(now));
    let give_up_at = sql::<Nullable<Timestamp>>("COALESCE(give_up_at, ")
        .bind::<Timestamp, _>(now + PATIENCE)
        .sql(")");
    let claimed: Vec<(i64, i32)> = diesel::update(due)
        .set((
            mails::attempts.eq(mails::attempts + 1),
            mails::next_attempt_at.eq(now + lease),
            mails::give_up_at.eq(give_up_at),
        ))
        .returning((mails::id, mails::attempts))
        .get_results(conn)?;
    // What is returned comes in no order of ours.
    let attempts: HashMap<i64, i32> = claimed.into_iter().collect();
    Ok(ids
        .into_iter()
        .filter_map(|mail_id| {
            let attempt = *attempts.get(&mail_id)?;
            Some(Claim { mail_id, attempt })
        })
        .collect())
}

/// The server took the mail. Counts even when an operator has parked it meanwhile, since it is out.
/// `false` where the claim was overtaken.
pub fn settle_sent(claim: Claim, answer: &str, now: Instant, conn: &mut Conn) -> Result<bool> {
    end(claim, MailStatus::Sent, answer, now, conn)
}

/// The mail can never be sent as it is. `false` where the claim was overtaken.
pub fn settle_failed(claim: Claim, answer: &str, now: Instant, conn: &mut Conn) -> Result<bool> {
    end(claim, MailStatus::Failed, answer, now, conn)
}

/// The mail may not be sent any more, though it was right to queue it. `false` where the claim was
/// overtaken.
pub fn settle_suppressed(claim: Claim, why: &str, now: Instant, conn: &mut Conn) -> Result<bool> {
    end(claim, MailStatus::Suppressed, why, now, conn)
}

fn end(
    claim: Claim,
    status: MailStatus,
    answer: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<bool> {
    let current = mails::table
        .find(claim.mail_id)
        .filter(mails::attempts.eq(claim.attempt))
        .filter(mails::status.eq_any([MailStatus::Queued, MailStatus::Held]));
    let changed = diesel::update(current)
        .set((mails::status.eq(status), mails::answer.eq(answer), mails::settled_at.eq(Some(now))))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Not now: tries again after a pause that grows, until it has been tried for [`PATIENCE`]; then
/// the mail has failed. Gives what the mail is now, or none where the claim was overtaken.
pub fn postpone(
    claim: Claim,
    answer: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<Option<MailStatus>> {
    let give_up_at: Option<Option<Instant>> =
        mails::table.find(claim.mail_id).select(mails::give_up_at).first(conn).optional()?;
    let pause = with_jitter(pause_after(claim.attempt));
    let next = db::now(conn)? + pause;
    if give_up_at.flatten().is_some_and(|end| next > end) {
        let answer = format!("given up after {} attempts: {answer}", claim.attempt);
        let failed = settle_failed(claim, &answer, now, conn)?;
        return Ok(failed.then_some(MailStatus::Failed));
    }
    let postponed = put_back(&[claim], pause, Some(answer), conn)?;
    Ok((postponed == 1).then_some(MailStatus::Queued))
}

/// Gives claims back, to be due again after `pause`, for a reason that is none of the mails': the
/// worker stops, or the server refuses its sign-in. Gives how many were not overtaken.
pub fn put_back(
    claims: &[Claim],
    pause: Duration,
    answer: Option<&str>,
    conn: &mut Conn,
) -> Result<usize> {
    let next = db::now(conn)? + pause;
    let mut returned = 0;
    for claim in claims {
        let current = mails::table
            .find(claim.mail_id)
            .filter(mails::attempts.eq(claim.attempt))
            .filter(mails::status.eq_any([MailStatus::Queued, MailStatus::Held]));
        returned += diesel::update(current)
            .set((mails::next_attempt_at.eq(next), answer.map(|answer| mails::answer.eq(answer))))
            .execute(conn)?;
    }
    Ok(returned)
}

/// The pause after an attempt, before jitter.
pub fn pause_after(attempt: i32) -> Duration {
    let doublings = u32::try_from(attempt.clamp(1, 16) - 1).unwrap_or(0);
    (FIRST_PAUSE * 2_i32.pow(doublings)).min(LONGEST_PAUSE)
}

/// Between half a pause and all of it, so that mails that failed together do not come back together.
fn with_jitter(pause: Duration) -> Duration {
    let longest = pause.num_milliseconds();
    Duration::milliseconds(rand::random_range(longest / 2..=longest))
}
