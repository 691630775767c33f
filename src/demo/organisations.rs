//! The demo's organisations and where each is enrolled.

use std::collections::HashMap;

use diesel::prelude::*;

use super::content::{self, EnrolmentLine};
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    contacts, enrolment_distributors, enrolment_types, enrolments, organisations, partner_types,
    programs, tiers,
};
use crate::error::{Error, Result};
use crate::{names, reference};

/// Organisations by their names.
pub(super) type Organisations = HashMap<String, i64>;

/// Makes and enrols every organisation; the vendors have been made by their packs.
pub(super) fn settle(now: Instant, conn: &mut Conn) -> Result<Organisations> {
    let vendors: Vec<(String, i64)> = programs::table
        .inner_join(organisations::table)
        .select((organisations::name, organisations::id))
        .load(conn)?;
    let mut known: Organisations = vendors.into_iter().collect();
    let mut enrolled = HashMap::new();
    for line in content::enrolments()? {
        let program = Program::find_unscoped(&line.program, conn)?;
        let organisation_id = match known.get(&line.organisation) {
            Some(id) => *id,
            None => insert_organisation(&line, now, conn)?,
        };
        let id = enrol(&line, &program, organisation_id, now, conn)?;
        for distributor in line.distributors() {
            let seller: &i64 = enrolled
                .get(&(program.id, distributor.to_owned()))
                .ok_or_else(|| Error::internal(format!("{distributor} is not enrolled yet")))?;
            let row = (
                enrolment_distributors::enrolment_id.eq(id),
                enrolment_distributors::distributor_id.eq(seller),
            );
            diesel::insert_into(enrolment_distributors::table).values(row).execute(conn)?;
        }
        known.insert(line.organisation.clone(), organisation_id);
        enrolled.insert((program.id, line.organisation), id);
    }
    Ok(known)
}

fn insert_organisation(line: &EnrolmentLine, now: Instant, conn: &mut Conn) -> Result<i64> {
    let row = (
        organisations::reference.eq(reference::draw("O")),
        organisations::name.eq(&line.organisation),
        organisations::name_key.eq(names::fold(&line.organisation)),
        organisations::country.eq(&line.country),
        organisations::created_at.eq(now),
    );
    Ok(diesel::insert_into(organisations::table)
        .values(row)
        .returning(organisations::id)
        .get_result(conn)?)
}

fn enrol(
    line: &EnrolmentLine,
    program: &Program,
    organisation_id: i64,
    now: Instant,
    conn: &mut Conn,
) -> Result<i64> {
    let tier_id: Option<i64> = match &line.tier {
        None => None,
        Some(key) => tiers::table
            .filter(tiers::program_id.eq(program.id))
            .filter(tiers::key.eq(key))
            .select(tiers::id)
            .first(conn)
            .map(Some)?,
    };
    let row = (
        enrolments::reference.eq(reference::draw("P")),
        enrolments::program_id.eq(program.id),
        enrolments::organisation_id.eq(organisation_id),
        enrolments::part.eq(line.part),
        enrolments::tier_id.eq(tier_id),
        enrolments::currency.eq(&program.currency),
        enrolments::status.eq(&line.status),
        enrolments::name_key.eq(names::fold(&line.organisation)),
        enrolments::enrolled_on.eq(line.enrolled_on),
        enrolments::created_at.eq(now),
    );
    let id: i64 = diesel::insert_into(enrolments::table)
        .values(row)
        .returning(enrolments::id)
        .get_result(conn)?;
    for key in line.types() {
        let type_id: i64 = partner_types::table
            .filter(partner_types::program_id.eq(program.id))
            .filter(partner_types::key.eq(key))
            .select(partner_types::id)
            .first(conn)?;
        let row = (enrolment_types::enrolment_id.eq(id), enrolment_types::type_id.eq(type_id));
        diesel::insert_into(enrolment_types::table).values(row).execute(conn)?;
    }
    Ok(id)
}

/// Gives each partner its channel account manager, once the vendors' people are there.
pub(super) fn assign_cams(conn: &mut Conn) -> Result<()> {
    for line in content::enrolments()? {
        let Some(cam) = &line.cam else { continue };
        let cam_id: i64 = contacts::table
            .filter(contacts::email_key.eq(names::fold_email(cam)))
            .select(contacts::id)
            .first(conn)?;
        let program = Program::find_unscoped(&line.program, conn)?;
        let enrolment = enrolments::table
            .filter(enrolments::program_id.eq(program.id))
            .filter(enrolments::name_key.eq(names::fold(&line.organisation)));
        diesel::update(enrolment).set(enrolments::cam_id.eq(cam_id)).execute(conn)?;
    }
    Ok(())
}
