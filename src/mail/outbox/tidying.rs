//! Housekeeping: what was said in mails that ended long ago is forgotten, that they were sent is not.

use chrono::{Duration, NaiveDate};
use diesel::prelude::*;

use crate::auth::Program;
use crate::clock::Instant;
use crate::db::schema::{mail_bodies, mail_enclosures, mails};
use crate::db::{Conn, Db};
use crate::error::Result;
use crate::sweep::{Sweep, SweepOutcome};
use crate::web::Site;

/// The sweep of mail, before the day begins.
pub const SWEEP: Sweep = Sweep {
    name: "outbox",
    what: "forgets the texts of mails that ended a month ago",
    hour: 3,
    run: sweep,
};

/// How long the text of a mail is kept after it was sent or has failed.
const KEPT: Duration = Duration::days(30);

const BATCH: i64 = 500;

/// Forgets the texts of mails that ended more than [`KEPT`] ago; their lines in the ledger stay.
/// They are the whole portal's, so that the first program of the day finds the work.
fn sweep(_: &Program, _: NaiveDate, _: &Site, now: Instant, db: &Db) -> Result<SweepOutcome> {
    let before = now - KEPT;
    let (mut after, mut forgotten) = (0, 0);
    while let Some(batch) = db.read_blocking(|conn| next_batch(after, before, conn))? {
        after = batch.last;
        let ended = batch.ended;
        forgotten += db.write_blocking(move |conn| forget(&ended, conn))?;
    }
    Ok(SweepOutcome::new(forgotten, format!("the texts of {forgotten} mails were forgotten")))
}

struct Batch {
    last: i64,
    ended: Vec<i64>,
}

/// Walks the texts in the order in which they were queued; none when all that follow are too young.
fn next_batch(after: i64, before: Instant, conn: &mut Conn) -> Result<Option<Batch>> {
    let rows: Vec<(i64, Instant, Option<Instant>)> = mail_bodies::table
        .inner_join(mails::table)
        .filter(mail_bodies::mail_id.gt(after))
        .order(mail_bodies::mail_id)
        .limit(BATCH)
        .select((mail_bodies::mail_id, mails::queued_at, mails::settled_at))
        .load(conn)?;
    let Some((last, ..)) = rows.last().copied() else {
        return Ok(None);
    };
    if rows.iter().all(|(_, queued_at, _)| *queued_at >= before) {
        return Ok(None);
    }
    let ended = rows
        .into_iter()
        .filter(|(_, _, settled_at)| settled_at.is_some_and(|at| at < before))
        .map(|(id, ..)| id)
        .collect();
    Ok(Some(Batch { last, ended }))
}

/// A mail that was tried again meanwhile keeps its text.
fn forget(ids: &[i64], conn: &mut Conn) -> Result<usize> {
    let ended = mails::table
        .filter(mails::id.eq_any(ids))
        .filter(mails::settled_at.is_not_null())
        .select(mails::id);
    let ids: Vec<i64> = ended.load(conn)?;
    let enclosed = mail_enclosures::table.filter(mail_enclosures::mail_id.eq_any(&ids));
    diesel::delete(enclosed).execute(conn)?;
    Ok(diesel::delete(mail_bodies::table.filter(mail_bodies::mail_id.eq_any(ids))).execute(conn)?)
}
