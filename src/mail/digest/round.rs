//! One round: person by person and program by program, all that is due.

use std::collections::HashMap;

use diesel::prelude::*;

use super::gather::{Place, gather};
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::schema::mails;
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::mail::waiting::waiting;
use crate::web::Site;

/// People and programs read at once.
const PLACES: i64 = 200;

/// How often what failed is taken up again in one round: of two rounds at once on PostgreSQL, one
/// may lose against the other more often than a write is tried.
const PASSES: usize = 3;

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Mails that go out by themselves.
    pub released: usize,
    pub digests: usize,
    /// Mails that are told in those digests.
    pub digested: usize,
    /// Mails that may not be sent any more.
    pub refused: usize,
}

impl Round {
    fn add(&mut self, other: Self) {
        self.released += other.released;
        self.digests += other.digests;
        self.digested += other.digested;
        self.refused += other.refused;
    }
}

/// Takes up all waiting mails whose time has come. Run again it finds nothing to do; what fails for
/// one person does not keep the others waiting.
pub fn run_due(db: &Db, site: &Site, now: Instant) -> Result<Round> {
    let mut round = Round::default();
    if !db.read_blocking(|conn| any_due(now, conn))? {
        return Ok(round);
    }
    let programs: HashMap<i64, Program> = db
        .read_blocking(Program::all_unscoped)?
        .into_iter()
        .map(|program| (program.id, program))
        .collect();
    for _ in 0..PASSES {
        if pass(&programs, db, site, now, &mut round)? == 0 {
            break;
        }
    }
    let Round { released, digests, digested, refused } = round;
    tracing::info!(released, digests, digested, refused, "took up waiting mails");
    Ok(round)
}

/// Goes once through everybody for whom something is due; gives for how many it failed.
fn pass(
    programs: &HashMap<i64, Program>,
    db: &Db,
    site: &Site,
    now: Instant,
    round: &mut Round,
) -> Result<usize> {
    let (mut after, mut failed) = ((0, 0), 0);
    loop {
        let places = db.read_blocking(|conn| due(after, now, conn))?;
        let Some(last) = places.last().copied() else {
            return Ok(failed);
        };
        after = last;
        for (contact_id, program_id) in places {
            let Some(program) = programs.get(&program_id).cloned() else {
                continue;
            };
            let place = Place { contact_id, program };
            let site = site.clone();
            match db.write_blocking(move |conn| gather(&place, &site, now, conn)) {
                Ok(done) => round.add(done),
                Err(Error::Unavailable) => return Err(Error::Unavailable),
                Err(fault) => {
                    tracing::error!(contact_id, program_id, %fault, "a digest failed");
                    failed += 1;
                }
            }
        }
    }
}

fn any_due(now: Instant, conn: &mut Conn) -> Result<bool> {
    let due: Option<i64> = mails::table
        .filter(waiting())
        .filter(mails::waiting_until_at.le(now))
        .order(mails::waiting_until_at)
        .select(mails::id)
        .first(conn)
        .optional()?;
    Ok(due.is_some())
}

/// The next people and programs for whom something is due.
fn due(after: (i64, i64), now: Instant, conn: &mut Conn) -> Result<Vec<(i64, i64)>> {
    let (contact, program) = (mails::contact_id, mails::program_id);
    let places: Vec<(Option<i64>, Option<i64>)> = mails::table
        .filter(waiting())
        .filter(mails::waiting_until_at.le(now))
        .filter(contact.ge(after.0))
        .filter(contact.gt(after.0).or(program.gt(after.1)))
        .order((contact, program))
        .select((contact, program))
        .distinct()
        .limit(PLACES)
        .load(conn)?;
    Ok(places.into_iter().filter_map(|(contact, program)| contact.zip(program)).collect())
}
