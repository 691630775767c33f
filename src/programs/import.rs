//! A pack into the database: all of it, in one transaction, and as often as one likes.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::pack::{Pack, Policy};
use super::{IMPORTED, model};
use crate::audit::{self, By, Change, Subject};
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::schema::{
    categories, notice_rungs, organisations, partner_types, policies, products, programs, tiers,
};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::{names, reference};

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    pub slug: String,
    /// Rows that were made or changed; 0 when the pack was imported already.
    pub changes: usize,
}

/// Imports a pack. A policy whose day has come is never changed by it.
pub fn import(pack: &Pack, by: By<'_>, now: Instant, conn: &mut Conn) -> Result<Imported> {
    let vendor_id = vendor(pack, now, conn)?;
    let (program_id, mut changes) = program(pack, vendor_id, now, conn)?;
    let is_new = changes > 0 && model::rules_of(program_id, conn).is_err();
    let today = now.to_datetime().with_timezone(&pack.time_zone).date_naive();
    changes += import_types(pack, program_id, conn)?;
    changes += import_tiers(pack, program_id, conn)?;
    changes += import_products(pack, program_id, conn)?;
    changes += import_ladder(pack, program_id, conn)?;
    changes += import_policies(pack, program_id, (!is_new).then_some(today), conn)?;
    if changes > 0 {
        let program = Program::find_unscoped(&pack.slug, conn)?;
        let subject = Subject {
            kind: "program",
            id: program.id,
            reference: &program.slug,
            name: &program.name,
            program_id: Some(program.id),
            organisation_id: Some(vendor_id),
        };
        audit::record(by, &IMPORTED, subject, Change::default(), now, conn)?;
    }
    Ok(Imported { slug: pack.slug.clone(), changes })
}

/// The vendor's organisation, made if it is not there yet.
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

fn program(pack: &Pack, vendor_id: i64, now: Instant, conn: &mut Conn) -> Result<(i64, usize)> {
    let colour = pack.colour.to_string();
    let row = (
        programs::name.eq(&pack.name),
        programs::currency.eq(pack.currency.code()),
        programs::time_zone.eq(pack.time_zone.name()),
        programs::colour.eq(&colour),
        programs::notice_late_days.eq(pack.notices.late_days),
    );
    let known: Option<(i64, i64)> = programs::table
        .filter(programs::slug.eq(&pack.slug))
        .select((programs::id, programs::vendor_id))
        .first(conn)
        .optional()?;
    let Some((id, owner)) = known else {
        let new = (
            row,
            programs::slug.eq(&pack.slug),
            programs::vendor_id.eq(vendor_id),
            programs::created_at.eq(now),
            programs::updated_at.eq(now),
        );
        let id = diesel::insert_into(programs::table)
            .values(new)
            .returning(programs::id)
            .get_result(conn)?;
        return Ok((id, 1));
    };
    if owner != vendor_id {
        return Err(Error::conflict(format!(
            "The program {} belongs to another vendor; choose another slug.",
            pack.slug
        )));
    }
    let same = programs::table
        .find(id)
        .filter(programs::name.eq(&pack.name))
        .filter(programs::currency.eq(pack.currency.code()))
        .filter(programs::time_zone.eq(pack.time_zone.name()))
        .filter(programs::colour.eq(&colour))
        .filter(programs::notice_late_days.eq(pack.notices.late_days));
    if diesel::select(diesel::dsl::exists(same)).get_result(conn)? {
        return Ok((id, 0));
    }
    let changed = diesel::update(programs::table.find(id))
        .set((row, programs::updated_at.eq(now)))
        .execute(conn)?;
    Ok((id, changed))
}

fn import_types(pack: &Pack, program_id: i64, conn: &mut Conn) -> Result<usize> {
    let mut changes = 0;
    for (position, kind) in (1..).zip(&pack.partner_types) {
        let new = (
            partner_types::program_id.eq(program_id),
            partner_types::key.eq(&kind.key),
            partner_types::name.eq(&kind.name),
            partner_types::position.eq(position),
        );
        changes += db::insert_new!(conn, partner_types::table, new);
        let stale = partner_types::table
            .filter(partner_types::program_id.eq(program_id))
            .filter(partner_types::key.eq(&kind.key))
            .filter(partner_types::name.ne(&kind.name).or(partner_types::position.ne(position)));
        changes += diesel::update(stale)
            .set((partner_types::name.eq(&kind.name), partner_types::position.eq(position)))
            .execute(conn)?;
    }
    Ok(changes)
}

fn import_tiers(pack: &Pack, program_id: i64, conn: &mut Conn) -> Result<usize> {
    let mut changes = 0;
    for tier in &pack.tiers {
        let new = (
            tiers::program_id.eq(program_id),
            tiers::key.eq(&tier.key),
            tiers::name.eq(&tier.name),
            tiers::rank.eq(tier.rank),
        );
        changes += db::insert_new!(conn, tiers::table, new);
        let stale = tiers::table
            .filter(tiers::program_id.eq(program_id))
            .filter(tiers::key.eq(&tier.key))
            .filter(tiers::name.ne(&tier.name).or(tiers::rank.ne(tier.rank)));
        changes += diesel::update(stale)
            .set((tiers::name.eq(&tier.name), tiers::rank.eq(tier.rank)))
            .execute(conn)?;
    }
    Ok(changes)
}

fn import_products(pack: &Pack, program_id: i64, conn: &mut Conn) -> Result<usize> {
    let mut changes = 0;
    for (position, category) in (1..).zip(&pack.categories) {
        let new = (
            categories::program_id.eq(program_id),
            categories::key.eq(&category.key),
            categories::name.eq(&category.name),
            categories::position.eq(position),
        );
        changes += db::insert_new!(conn, categories::table, new);
        let stale = categories::table
            .filter(categories::program_id.eq(program_id))
            .filter(categories::key.eq(&category.key))
            .filter(categories::name.ne(&category.name).or(categories::position.ne(position)));
        changes += diesel::update(stale)
            .set((categories::name.eq(&category.name), categories::position.eq(position)))
            .execute(conn)?;
    }
    for product in &pack.products {
        changes += import_product(product, program_id, conn)?;
    }
    Ok(changes)
}

fn import_product(
    product: &super::pack::Product,
    program_id: i64,
    conn: &mut Conn,
) -> Result<usize> {
    let category_id: i64 = categories::table
        .filter(categories::program_id.eq(program_id))
        .filter(categories::key.eq(&product.category))
        .select(categories::id)
        .first(conn)?;
    let row = (
        products::category_id.eq(category_id),
        products::name.eq(&product.name),
        products::kind.eq(product.kind.as_str()),
        products::unit.eq(&product.unit),
        products::warranty_months.eq(product.warranty_months),
        products::illustrative.eq(product.illustrative),
    );
    let one = products::table
        .filter(products::program_id.eq(program_id))
        .filter(products::code.eq(&product.code));
    type Known = (i64, String, String, String, Option<i32>, bool);
    let known: Option<Known> = one
        .select((
            products::category_id,
            products::name,
            products::kind,
            products::unit,
            products::warranty_months,
            products::illustrative,
        ))
        .first(conn)
        .optional()?;
    match known {
        None => {
            let new = (row, products::program_id.eq(program_id), products::code.eq(&product.code));
            Ok(diesel::insert_into(products::table).values(new).execute(conn)?)
        }
        Some(known)
            if known
                == (
                    category_id,
                    product.name.clone(),
                    product.kind.as_str().to_owned(),
                    product.unit.clone(),
                    product.warranty_months,
                    product.illustrative,
                ) =>
        {
            Ok(0)
        }
        Some(_) => Ok(diesel::update(one).set(row).execute(conn)?),
    }
}

fn import_ladder(pack: &Pack, program_id: i64, conn: &mut Conn) -> Result<usize> {
    let ladder = &pack.notices.ladder;
    let gone = notice_rungs::table
        .filter(notice_rungs::program_id.eq(program_id))
        .filter(notice_rungs::days_before.ne_all(ladder));
    let mut changes = diesel::delete(gone).execute(conn)?;
    for days in ladder {
        let rung = (notice_rungs::program_id.eq(program_id), notice_rungs::days_before.eq(days));
        changes += db::insert_new!(conn, notice_rungs::table, rung);
    }
    Ok(changes)
}

/// Policies by their days. `today` is none for a program that is new: then its past may be told.
fn import_policies(
    pack: &Pack,
    program_id: i64,
    today: Option<NaiveDate>,
    conn: &mut Conn,
) -> Result<usize> {
    let known = match today {
        None => Vec::new(),
        Some(_) => model::rules_of(program_id, conn)?.policies.iter().cloned().collect::<Vec<_>>(),
    };
    let wanted: Vec<&Policy> = pack.policies.iter().collect();
    let differs = |from: NaiveDate| {
        known.iter().find(|policy| policy.from == from)
            != wanted.iter().find(|policy| policy.from == from).copied()
    };
    let days = known.iter().map(|policy| policy.from).chain(wanted.iter().map(|one| one.from));
    let mut changed: Vec<NaiveDate> = days.filter(|from| differs(*from)).collect();
    changed.sort_unstable();
    changed.dedup();
    if let Some(past) = changed.iter().find(|from| today.is_some_and(|today| **from <= today)) {
        return Err(Error::conflict(format!(
            "The policy from {past} is in force or past and cannot be changed by a pack; state \
             what is to change as a policy with a later day."
        )));
    }
    let stale = policies::table
        .filter(policies::program_id.eq(program_id))
        .filter(policies::effective_on.eq_any(&changed));
    diesel::delete(stale).execute(conn)?;
    for policy in wanted.into_iter().filter(|policy| changed.contains(&policy.from)) {
        insert_policy(policy, program_id, conn)?;
    }
    Ok(changed.len())
}

fn insert_policy(policy: &Policy, program_id: i64, conn: &mut Conn) -> Result<()> {
    let forms: Vec<&str> = policy.sku_forms.iter().map(|form| form.as_str()).collect();
    let terms: Vec<String> = policy.standard_terms.iter().map(i32::to_string).collect();
    let row = (
        policies::program_id.eq(program_id),
        policies::effective_on.eq(policy.from),
        policies::term_starts.eq(policy.term_starts.as_str()),
        policies::renewals_by_key.eq(policy.renewals_by_key.join(" ")),
        policies::warranty_starts.eq(policy.warranty_starts.as_str()),
        policies::warranty_grace_days.eq(policy.warranty_grace_days),
        policies::standard_terms.eq(terms.join(" ")),
        policies::sku_forms.eq(forms.join(" ")),
        policies::odd_terms.eq(policy.odd_terms.as_str()),
        policies::quoted_by.eq(policy.quoted_by.as_str()),
        policies::lead_inactivity_days.eq(policy.lead_inactivity_days),
        policies::closes_leads_inactive_days.eq(policy.closes_leads_inactive_days),
        policies::nfr_on_joining.eq(policy.nfr_on_joining),
        policies::renewal_lapse_days.eq(policy.renewal_lapse_days),
        policies::deal_protection_days.eq(policy.deal_protection_days),
        policies::quote_validity_days.eq(policy.quote_validity_days),
        policies::source.eq(policy.source.as_deref().unwrap_or_default()),
    );
    diesel::insert_into(policies::table).values(row).execute(conn)?;
    Ok(())
}
