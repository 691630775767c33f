//! A pack into the database: all of it, in one transaction, and as often as one likes.
//!
//! What the pack describes is made or changed. What it no longer has is removed, unless something
//! refers to it: a tier that partners hold, a product that was sold. That stays as it is, and the
//! import says so. A policy whose day has come is never changed.

mod lists;
mod maintenance;
mod policies;
mod prices;
mod products;
mod rebates;
mod skus;

use diesel::prelude::*;

use super::pack::Pack;
use super::{IMPORTED, subject};
use crate::audit::{self, By, Change};
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::schema::{notice_rungs, organisations, programs};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::{names, reference};

/// What an import did, in sentences for the person who ran it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// What was made, changed or removed; nothing when the pack was imported already.
    pub changes: Vec<String>,
    /// What the pack no longer has but something refers to.
    pub kept: Vec<String>,
}

/// Imports a pack.
///
/// # Errors
/// A conflict where the program is another vendor's, where a policy would change whose day has
/// come, or where something kept stands in the way of something new.
pub fn import(pack: &Pack, by: By<'_>, now: Instant, conn: &mut Conn) -> Result<Imported> {
    let mut done = Imported::default();
    let known = match Program::find_unscoped(&pack.slug, conn) {
        Ok(program) => Some(program),
        Err(Error::NotFound) => None,
        Err(fault) => return Err(fault),
    };
    let program_id = match &known {
        Some(program) => update_program(pack, program, now, &mut done, conn)?,
        None => create_program(pack, now, &mut done, conn)?,
    };
    lists::import_types(pack, program_id, &mut done, conn)?;
    lists::import_tiers(pack, program_id, &mut done, conn)?;
    let legacy = skus::remove_legacy(pack, program_id, &mut done, conn)?;
    products::import_products(pack, program_id, &mut done, conn)?;
    skus::import_skus(pack, program_id, &legacy, &mut done, conn)?;
    import_ladder(pack, program_id, &mut done, conn)?;
    let past_until = known.as_ref().map(|program| {
        let today = crate::calendar::day_of(now.utc(), pack.time_zone);
        today.max(program.day_of(now))
    });
    policies::import_policies(pack, program_id, past_until, &mut done, conn)?;
    prices::import_price_lists(pack, program_id, past_until, now, &mut done, conn)?;
    rebates::import_discounts(pack, program_id, past_until, &mut done, conn)?;
    rebates::import_promotions(pack, program_id, past_until, now, &mut done, conn)?;
    let importing = maintenance::Importing { pack, by, now, anew: known.is_none() };
    maintenance::import_maintenance(&importing, &mut done, conn)?;
    if !done.changes.is_empty() {
        let program = Program::find_unscoped(&pack.slug, conn)?;
        let why = match &known {
            Some(_) => done.changes.join("; "),
            None => String::new(),
        };
        let change = Change { why: &why, ..Change::default() };
        audit::record(by, &IMPORTED, subject(&program), change, now, conn)?;
    }
    Ok(done)
}

fn create_program(pack: &Pack, now: Instant, done: &mut Imported, conn: &mut Conn) -> Result<i64> {
    let row = (
        programs::slug.eq(&pack.slug),
        programs::name.eq(&pack.name),
        programs::vendor_id.eq(vendor(pack, now, conn)?),
        programs::currency.eq(pack.currency.code()),
        programs::time_zone.eq(pack.time_zone.name()),
        programs::colour.eq(pack.colour.to_string()),
        programs::notice_late_days.eq(pack.notices.late_days),
        programs::renewal_target_percent.eq(pack.renewal_target_percent),
        programs::created_at.eq(now),
        programs::updated_at.eq(now),
    );
    done.changes.push(format!("program {}: added", pack.slug));
    Ok(diesel::insert_into(programs::table).values(row).returning(programs::id).get_result(conn)?)
}

/// The organisation of a new program's vendor: the one that runs a program under this name, or a
/// new one. A partner of the same name is somebody else.
fn vendor(pack: &Pack, now: Instant, conn: &mut Conn) -> Result<i64> {
    let key = names::fold(&pack.vendor.name);
    let known = organisations::table
        .inner_join(programs::table)
        .filter(organisations::name_key.eq(&key))
        .select(organisations::id)
        .first(conn)
        .optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    let row = (
        organisations::reference.eq(reference::draw("O")),
        organisations::name.eq(&pack.vendor.name),
        organisations::name_key.eq(key),
        organisations::country.eq(&pack.vendor.country),
        organisations::created_at.eq(now),
    );
    Ok(diesel::insert_into(organisations::table)
        .values(row)
        .returning(organisations::id)
        .get_result(conn)?)
}

fn update_program(
    pack: &Pack,
    program: &Program,
    now: Instant,
    done: &mut Imported,
    conn: &mut Conn,
) -> Result<i64> {
    update_vendor(pack, program, done, conn)?;
    let (late_days, target): (i32, Option<i32>) = programs::table
        .find(program.id)
        .select((programs::notice_late_days, programs::renewal_target_percent))
        .first(conn)?;
    let percent = |percent: Option<i32>| {
        percent.map_or_else(|| "none".to_owned(), |percent| format!("{percent} %"))
    };
    let facts = [
        ("name", program.name.clone(), pack.name.clone()),
        ("currency", program.currency.clone(), pack.currency.code().to_owned()),
        ("time zone", program.time_zone.name().to_owned(), pack.time_zone.name().to_owned()),
        ("colour", program.colour.clone(), pack.colour.to_string()),
        ("late days", late_days.to_string(), pack.notices.late_days.to_string()),
        ("renewal target", percent(target), percent(pack.renewal_target_percent)),
    ];
    let changed = facts.iter().filter(|(_, from, to)| from != to);
    let sentences: Vec<String> =
        changed.map(|(what, from, to)| format!("program: {what} {to} (was {from})")).collect();
    if !sentences.is_empty() {
        let row = (
            programs::name.eq(&pack.name),
            programs::currency.eq(pack.currency.code()),
            programs::time_zone.eq(pack.time_zone.name()),
            programs::colour.eq(pack.colour.to_string()),
            programs::notice_late_days.eq(pack.notices.late_days),
            programs::renewal_target_percent.eq(pack.renewal_target_percent),
            programs::updated_at.eq(now),
        );
        diesel::update(programs::table.find(program.id)).set(row).execute(conn)?;
        done.changes.extend(sentences);
    }
    Ok(program.id)
}

/// The spelling and the country may be corrected; a program never goes to another vendor.
fn update_vendor(
    pack: &Pack,
    program: &Program,
    done: &mut Imported,
    conn: &mut Conn,
) -> Result<()> {
    let (name, country): (String, String) = organisations::table
        .find(program.vendor_id)
        .select((organisations::name, organisations::country))
        .first(conn)?;
    if names::fold(&name) != names::fold(&pack.vendor.name) {
        return Err(Error::conflict(format!(
            "The program {} belongs to {name} and a pack cannot give it to {}; choose another \
             slug.",
            pack.slug, pack.vendor.name
        )));
    }
    if (&name, &country) != (&pack.vendor.name, &pack.vendor.country) {
        diesel::update(organisations::table.find(program.vendor_id))
            .set((
                organisations::name.eq(&pack.vendor.name),
                organisations::country.eq(&pack.vendor.country),
            ))
            .execute(conn)?;
        done.changes.push(format!(
            "vendor: {}, {} (was {name}, {country})",
            pack.vendor.name, pack.vendor.country
        ));
    }
    Ok(())
}

fn import_ladder(pack: &Pack, program_id: i64, done: &mut Imported, conn: &mut Conn) -> Result<()> {
    let ladder = &pack.notices.ladder;
    let stale = notice_rungs::table
        .filter(notice_rungs::program_id.eq(program_id))
        .filter(notice_rungs::days_before.ne_all(ladder));
    let mut changed = diesel::delete(stale).execute(conn)?;
    for days in ladder {
        let rung = (notice_rungs::program_id.eq(program_id), notice_rungs::days_before.eq(days));
        changed += db::insert_new!(conn, notice_rungs::table, rung);
    }
    if changed > 0 {
        let days: Vec<String> = ladder.iter().map(i32::to_string).collect();
        done.changes.push(format!("notice ladder: {} days", days.join(", ")));
    }
    Ok(())
}
