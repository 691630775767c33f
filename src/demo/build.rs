//! Builds the demo into a fresh database.

use chrono::NaiveDate;
use diesel::prelude::*;
use url::Url;

use super::{
    PASSWORD, clock, content, deals, inquiries, leads, orders, organisations, preferences, staffing,
};
use crate::audit::By;
use crate::db::Db;
use crate::db::schema::{orders as orders_table, programs as programs_table};
use crate::error::{Error, Result};
use crate::web::Site;
use crate::{auth, programs, reference};

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
/// that holds anything else is left alone. A demo that is there is not moved to the plan's day,
/// which takes the work of each day between: see [`move_on`](super::move_on).
pub fn prepare(plan: Plan, address: &str, db: &Db) -> Result<()> {
    match (db.read_blocking(clock::standing)?, plan.as_of) {
        (None, _) => {
            refuse_other_portals(db)?;
            settle(plan, address, db)?;
        }
        (Some(standing), Some(day)) => {
            clock::refuse_earlier(day, standing.clock().now().utc().date())?;
        }
        (Some(_), None) => {}
    }
    sell(plan, address, db)?;
    let address = address.to_owned();
    db.write_blocking(move |conn| clock::keep_address(&address, conn))
}

fn refuse_other_portals(db: &Db) -> Result<()> {
    let programs: i64 =
        db.read_blocking(|conn| Ok(programs_table::table.count().get_result(conn)?))?;
    if programs > 0 {
        return Err(Error::Setting(
            "This folder holds a portal that is no demo; choose another one with --data."
                .to_owned(),
        ));
    }
    Ok(())
}

/// The programs, their partners, people and leads, in one transaction.
fn settle(plan: Plan, address: &str, db: &Db) -> Result<()> {
    let site = site_at(address)?;
    let clock = clock::beginning(plan.as_of);
    let now = clock.now();
    // Made once for everybody: a hash takes long, and this password is printed anyway.
    let password_hash = auth::hash_blocking(PASSWORD)?;
    let settled = db.write_blocking(move |conn| {
        reference::seed(Some(plan.seed));
        for pack in content::packs()? {
            programs::import(&pack, BY, now, conn)?;
        }
        let known = organisations::settle(now, conn)?;
        staffing::settle(&known, &password_hash, now, conn)?;
        preferences::choose(now, conn)?;
        organisations::assign_cams(conn)?;
        leads::settle(&known, now.utc().date(), &site, conn)?;
        deals::settle(now.utc().date(), conn)?;
        inquiries::settle(now.utc().date(), &site, conn)?;
        clock::begin(&clock, conn)
    });
    reference::seed(None);
    settled
}

fn site_at(address: &str) -> Result<Site> {
    let base = Url::parse(address).map_err(Error::internal)?;
    Ok(Site { base, demo: true, trusted_proxies: 0 })
}

/// What they have sold, unless all of it is there.
fn sell(plan: Plan, address: &str, db: &Db) -> Result<()> {
    let (site, standing) = (site_at(address)?, db.read_blocking(clock::standing)?);
    let Some(standing) = standing.filter(|standing| !standing.built) else {
        return Ok(());
    };
    // A build that goes on must not draw again what it drew before it was stopped.
    let sold: i64 = db.read_blocking(|conn| Ok(orders_table::table.count().get_result(conn)?))?;
    reference::seed(Some(plan.seed.wrapping_add(1 + sold.unsigned_abs())));
    let sold = orders::import(standing.began_on, &site, standing.clock().now(), db)
        .and_then(|()| orders::step(&site, standing.clock().now(), db));
    reference::seed(None);
    sold?;
    db.write_blocking(clock::finish)
}
