//! Work that slices do batch by batch, done until nothing is left.

use chrono::NaiveDate;

use crate::auth::{self, Program};
use crate::clock::Instant;
use crate::db::Db;
use crate::error::Result;
use crate::licences;
use crate::sweep::{Sweep, SweepOutcome};
use crate::web::Site;

pub(super) const LICENCES: Sweep = Sweep {
    name: "licences",
    what: "gives dates to licences that waited for a rule's day",
    hour: 0,
    run: date_licences,
};

pub(super) const SIGN_IN: Sweep = Sweep {
    name: "sign_in",
    what: "clears away sessions, links and counts whose time is over",
    hour: 3,
    run: clear_sign_ins,
};

fn date_licences(
    program: &Program,
    day: NaiveDate,
    _: &Site,
    now: Instant,
    db: &Db,
) -> Result<SweepOutcome> {
    let (mut after, mut dated) = (Some(0), 0);
    while let Some(place) = after {
        let program = program.clone();
        let swept = db
            .write_blocking(move |conn| licences::sweep_pending(&program, day, place, now, conn))?;
        dated += swept.dated;
        after = swept.next;
    }
    loop {
        let program = program.clone();
        if db.write_blocking(move |conn| licences::fold_tallies(&program, conn))? == 0 {
            break;
        }
    }
    Ok(SweepOutcome::new(dated, format!("{dated} licences got their dates")))
}

/// The whole portal's, so that the first program of the day finds the work.
fn clear_sign_ins(
    _: &Program,
    _: NaiveDate,
    _: &Site,
    now: Instant,
    db: &Db,
) -> Result<SweepOutcome> {
    let mut cleared = 0;
    loop {
        let batch = db.write_blocking(move |conn| auth::sweep_expired(now, conn))?;
        cleared += batch;
        if batch == 0 {
            let text = format!("{cleared} ended sessions, links and counts were cleared away");
            return Ok(SweepOutcome::new(cleared, text));
        }
    }
}
