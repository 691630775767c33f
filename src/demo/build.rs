//! Builds the demo into a fresh database.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{clock, content, organisations, staffing};
use crate::audit::By;
use crate::db::Db;
use crate::db::schema::programs as programs_table;
use crate::error::{Error, Result};
use crate::{programs, reference};

/// Which demo to build.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The day on which it begins; today where none is given.
    pub as_of: Option<NaiveDate>,
    /// The same seed draws the same references.
    pub seed: u64,
}

/// Who did what the demo begins with.
pub(super) const BY: By<'static> = By::Portal("the demo");

/// Builds the demo, or goes on with the one that is there, to be served at an address. A database
/// that holds anything else is left alone.
pub fn prepare(plan: Plan, address: &str, db: &Db) -> Result<()> {
    let (standing, used) = db.read_blocking(|conn| {
        let used: i64 = programs_table::table.count().get_result(conn)?;
        Ok((clock::standing(conn)?, used > 0))
    })?;
    match (standing, plan.as_of) {
        (None, _) if used => {
            return Err(Error::Setting(
                "This folder holds a portal that is no demo; choose another one with --data."
                    .to_owned(),
            ));
        }
        (None, _) => build(plan, db)?,
        (Some(standing), Some(day)) => clock::set(&standing, day, db)?,
        (Some(_), None) => {}
    }
    let address = address.to_owned();
    db.write_blocking(move |conn| clock::keep_address(&address, conn))
}

fn build(plan: Plan, db: &Db) -> Result<()> {
    let clock = clock::beginning(plan.as_of);
    let now = clock.now();
    let password_hash = staffing::hash_of_password()?;
    let built = db.write_blocking(move |conn| {
        reference::seed(Some(plan.seed));
        for pack in content::packs()? {
            programs::import(&pack, BY, now, conn)?;
        }
        let known = organisations::settle(now, conn)?;
        staffing::settle(&known, &password_hash, now, conn)?;
        organisations::assign_cams(conn)?;
        clock::keep(&clock, conn)
    });
    reference::seed(None);
    built
}
