//! Mails that wait: for their recipient's digest, or for the end of the quiet hours.
//!
//! A waiting mail keeps until when it waits, in the portal's own time, so that a demo whose clock is
//! moved on sends what has become due. No worker claims it; the round of `digest` takes it up, and
//! decides what becomes of it by what the person wants by then.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::MailStatus;
use super::message::Letter;
use super::preferences::Chosen;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{mails, programs};
use crate::error::{Error, Result};

pub(super) fn waiting() -> SqlLiteral<Bool> {
    MailStatus::Waiting.alone()
}

/// Until when a mail waits that is queued now; none where it is sent at once. Only mail of a role
/// ever waits: what concerns an account is not put off.
pub(super) fn until<M>(
    letter: &Letter<'_, M>,
    now: Instant,
    conn: &mut Conn,
) -> Result<Option<Instant>> {
    let (Some(program), Some(role)) = (letter.program, letter.reason.role) else {
        return Ok(None);
    };
    let chosen = Chosen::by(letter.to.contact_id, conn)?;
    let hours = chosen.preferences.hours(program.time_zone);
    Ok(hours.wait(chosen.rhythm(program.id, role), now))
}

/// Gives what waits for a person its time by what they have chosen now. What is due already stays
/// due: a late round must not lose its turn.
pub(super) fn set_anew(
    contact_id: i64,
    chosen: &Chosen,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let rows: Vec<(i64, i64, String, Option<String>)> = mails::table
        .inner_join(programs::table)
        .filter(waiting())
        .filter(mails::contact_id.eq(contact_id))
        .filter(mails::waiting_until_at.gt(now))
        .select((mails::id, programs::id, programs::time_zone, mails::role))
        .load(conn)?;
    let mut groups = BTreeMap::<Instant, Vec<i64>>::new();
    for (id, program_id, zone, role) in rows {
        let zone: Tz = zone.parse().map_err(Error::internal)?;
        let rhythm = chosen.rhythm(program_id, role.as_deref().unwrap_or_default());
        let until = chosen.preferences.hours(zone).wait(rhythm, now).unwrap_or(now);
        groups.entry(until).or_default().push(id);
    }
    for (until, ids) in groups {
        put_off(&ids, until, conn)?;
    }
    Ok(())
}

/// Makes waiting mails wait until an instant.
pub(super) fn put_off(ids: &[i64], until: Instant, conn: &mut Conn) -> Result<()> {
    diesel::update(mails::table.filter(mails::id.eq_any(ids)).filter(waiting()))
        .set(mails::waiting_until_at.eq(Some(until)))
        .execute(conn)?;
    Ok(())
}

/// What waits for a person in one program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InStore {
    pub program_id: i64,
    pub mails: i64,
    /// When the first of them is due.
    pub due_at: Instant,
}

impl InStore {
    /// By program, for a contact that the caller has found within its scope.
    pub fn of(contact_id: i64, conn: &mut Conn) -> Result<Vec<Self>> {
        let rows: Vec<(Option<i64>, i64, Option<Instant>)> = mails::table
            .filter(waiting())
            .filter(mails::contact_id.eq(contact_id))
            .group_by(mails::program_id)
            .select((
                mails::program_id,
                diesel::dsl::count(mails::id),
                diesel::dsl::min(mails::waiting_until_at),
            ))
            .load(conn)?;
        Ok(rows
            .into_iter()
            .filter_map(|(program_id, mails, due_at)| {
                Some(Self { program_id: program_id?, mails, due_at: due_at? })
            })
            .collect())
    }
}
