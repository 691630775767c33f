//! What must not simply go on where a backup left off: mail that went out since, sessions and
//! links that were ended since, work that somebody had claimed.

use diesel::prelude::*;

use super::Manifest;
use crate::audit::{self, Action, By, Change, Subject};
use crate::clock::{Clock, Instant};
use crate::db::schema::{one_time_links, sessions, sweep_runs};
use crate::db::{self, Conn};
use crate::demo;
use crate::error::Result;
use crate::mail::{MailFilter, outbox};

pub(super) const RESTORED: Action = Action::new("portal.restored", "restored the portal");

const BY: By<'static> = By::Portal("A restore");

/// What was put to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rested {
    /// Mails parked: some may have been sent after the backup was made.
    pub mails: usize,
    pub sessions: usize,
    pub links: usize,
}

/// Runs in the transaction of the restore, so that no portal ever sees it undone.
pub(super) fn put_to_rest(manifest: &Manifest, conn: &mut Conn) -> Result<Rested> {
    let now = demo::standing(conn)?.map_or_else(Clock::default, |demo| demo.clock()).now();
    let mails = park_outbox(now, conn)?;
    let sessions = diesel::delete(sessions::table).execute(conn)?;
    let links = diesel::update(one_time_links::table)
        .filter(one_time_links::used_at.is_null().and(one_time_links::expires_at.gt(now)))
        .set(one_time_links::expires_at.eq(now))
        .execute(conn)?;
    let free_at = db::now(conn)?;
    diesel::update(sweep_runs::table.filter(sweep_runs::finished_at.is_null()))
        .set(sweep_runs::claimed_until_at.eq(free_at))
        .execute(conn)?;
    let why = format!("{mails} mails parked, {sessions} sessions and {links} links ended.");
    let subject = Subject {
        kind: "portal",
        id: 0,
        reference: "",
        name: "The portal",
        program_id: None,
        organisation_id: None,
    };
    let change = Change { from: "", to: &manifest.taken_at, why: &why };
    audit::record(BY, &RESTORED, subject, change, now, conn)?;
    Ok(Rested { mails, sessions, links })
}

fn park_outbox(now: Instant, conn: &mut Conn) -> Result<usize> {
    let everything =
        MailFilter { references: Vec::new(), status: None, event: None, to_email: None };
    let mut parked = 0;
    loop {
        let some = outbox::hold(&everything, BY, now, conn)?.len();
        if some == 0 {
            return Ok(parked);
        }
        parked += some;
    }
}
