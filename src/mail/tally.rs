//! How many mails of each event were queued on a day, kept as they are queued: the vendor's counts
//! add up some hundred rows instead of a hundred thousand mails.
//!
//! Only what never changes back is kept: that a mail was queued, and that a digest told it. What
//! waits or came to a bad end is little and is counted, and all the rest was sent; so the worker,
//! which settles thousands of mails a second, has no total to write.

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::db::schema::{mail_tallies, mails};
use crate::db::{self, Conn};
use crate::error::Result;

/// Counts mails that were put into the outbox; those of no program are nobody's to count.
pub(super) fn queued(
    program_id: Option<i64>,
    day: Option<NaiveDate>,
    event: &str,
    mails: i64,
    conn: &mut Conn,
) -> Result<()> {
    match (program_id, day) {
        (Some(program_id), Some(day)) => add(program_id, day, event, (mails, 0), conn),
        _ => Ok(()),
    }
}

/// Counts the mails that a digest has told.
pub(super) fn digested(digest_id: i64, conn: &mut Conn) -> Result<()> {
    let told: Vec<(Option<i64>, Option<NaiveDate>, String, i64)> = mails::table
        .filter(mails::digest_id.eq(digest_id))
        .group_by((mails::program_id, mails::queued_on, mails::event))
        .select((mails::program_id, mails::queued_on, mails::event, count_star()))
        .load(conn)?;
    for (program_id, day, event, mails) in told {
        if let (Some(program_id), Some(day)) = (program_id, day) {
            add(program_id, day, &event, (0, mails), conn)?;
        }
    }
    Ok(())
}

fn add(
    program_id: i64,
    day: NaiveDate,
    event: &str,
    (queued, digested): (i64, i64),
    conn: &mut Conn,
) -> Result<()> {
    let shard = db::shard(conn)?;
    let row = (
        mail_tallies::program_id.eq(program_id),
        mail_tallies::queued_on.eq(day),
        mail_tallies::event.eq(event),
        mail_tallies::shard.eq(shard),
        mail_tallies::mails.eq(0),
        mail_tallies::digested.eq(0),
    );
    db::insert_new!(conn, mail_tallies::table, row);
    diesel::update(mail_tallies::table.find((program_id, day, event, shard)))
        .set((
            mail_tallies::mails.eq(mail_tallies::mails + queued),
            mail_tallies::digested.eq(mail_tallies::digested + digested),
        ))
        .execute(conn)?;
    Ok(())
}
