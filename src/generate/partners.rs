//! Synthetic partners and distributors: organisations, enrolments, five contacts each, and who holds
//! which role.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{Duration, NaiveDate};
use diesel::prelude::*;
use rand::RngExt;
use rand_chacha::ChaCha12Rng;

use super::market::Market;
use super::words;
use crate::auth::{Access, Part};
use crate::clock::Instant;
use crate::contacts::{Role, note_gaps};
use crate::db::schema::{
    contact_roles, contacts, enrolment_distributors, enrolment_types, enrolments, organisations,
};
use crate::db::{self, Conn, Db};
use crate::error::{Error, Result};
use crate::{names, reference};

/// Partners in one transaction; with their people that is some thousand small rows.
pub(super) const AT_ONCE: usize = 100;
const CONTACTS: usize = 5;
/// Of a program that has no distributor.
pub(super) const DISTRIBUTORS: usize = 3;

/// A partner that can sell.
#[derive(Clone, Copy)]
pub(super) struct Seller {
    pub organisation_id: i64,
    pub distributor_id: Option<i64>,
}

#[derive(Insertable)]
#[diesel(table_name = organisations)]
struct NewOrganisation {
    reference: String,
    name: String,
    name_key: String,
    country: &'static str,
    created_at: Instant,
}

#[derive(Insertable)]
#[diesel(table_name = enrolments)]
struct NewEnrolment {
    reference: String,
    program_id: i64,
    organisation_id: i64,
    part: Part,
    tier_id: Option<i64>,
    currency: String,
    status: &'static str,
    name_key: String,
    enrolled_on: NaiveDate,
    roles_revision: i64,
    created_at: Instant,
}

#[derive(Insertable)]
#[diesel(table_name = contacts)]
struct NewContact {
    reference: String,
    organisation_id: i64,
    name: String,
    name_key: String,
    email: String,
    email_key: String,
    job_title: &'static str,
    phone: &'static str,
    locale: &'static str,
    access: Access,
    status: &'static str,
    created_at: Instant,
    updated_at: Instant,
}

#[derive(Insertable)]
#[diesel(table_name = contact_roles)]
struct NewRole {
    program_id: i64,
    contact_id: i64,
    role: Role,
    held: bool,
    revision: i64,
    changed_by: &'static str,
    changed_at: Instant,
}

/// What is drawn of an organisation before anything is written, so that a write that runs again writes
/// the same.
struct Drawn {
    reference: String,
    enrolment: String,
    name: String,
    country: &'static str,
    part: Part,
    tier: Option<i64>,
    kind: Option<i64>,
    distributor: Option<(i64, i64)>,
    enrolled_on: NaiveDate,
    people: Vec<(String, String, Vec<Role>)>,
}

/// Enrols the partners with these numbers and gives them in their order.
pub(super) fn enrol(
    market: &Market,
    numbers: Range<usize>,
    dice: &mut ChaCha12Rng,
    db: &Db,
) -> Result<Vec<Seller>> {
    let drawn: Vec<Drawn> = numbers
        .map(|number| draw(market, Part::Partner, market.rows_before + number as u64, dice))
        .collect();
    let (program_id, currency, now) =
        (market.program.id, market.program.currency.clone(), market.now);
    db.write_blocking(move |conn| {
        let organisations = insert_organisations(&drawn, now, conn)?;
        insert_enrolments(&drawn, &organisations, program_id, &currency, now, conn)?;
        insert_people(&drawn, &organisations, program_id, now, conn)?;
        Ok(drawn
            .iter()
            .map(|one| Seller {
                organisation_id: organisations[&one.reference],
                distributor_id: one.distributor.map(|(_, organisation_id)| organisation_id),
            })
            .collect())
    })
}

/// Enrols distributors with the numbers from one on; gives enrolment and organisation of each.
pub(super) fn enrol_distributors(
    market: &Market,
    first: usize,
    dice: &mut ChaCha12Rng,
    db: &Db,
) -> Result<Vec<(i64, i64)>> {
    let numbers = market.rows_before + first as u64..;
    let drawn: Vec<Drawn> = numbers
        .take(DISTRIBUTORS)
        .map(|number| draw(market, Part::Distributor, number, dice))
        .collect();
    let (program_id, currency, now) =
        (market.program.id, market.program.currency.clone(), market.now);
    db.write_blocking(move |conn| {
        let organisations = insert_organisations(&drawn, now, conn)?;
        insert_enrolments(&drawn, &organisations, program_id, &currency, now, conn)?;
        insert_people(&drawn, &organisations, program_id, now, conn)?;
        let references: Vec<&String> = drawn.iter().map(|one| &one.enrolment).collect();
        Ok(enrolments::table
            .filter(enrolments::reference.eq_any(references))
            .order(enrolments::id)
            .select((enrolments::id, enrolments::organisation_id))
            .load(conn)?)
    })
}

fn draw(market: &Market, part: Part, number: u64, dice: &mut ChaCha12Rng) -> Drawn {
    let of_partners = part == Part::Partner;
    let some = |list: &[i64], dice: &mut ChaCha12Rng| {
        (of_partners && !list.is_empty()).then(|| *words::pick(list, dice))
    };
    Drawn {
        reference: reference::draw("O"),
        enrolment: reference::draw("P"),
        name: words::seller(number, dice),
        country: words::country(dice),
        part,
        tier: some(&market.tiers, dice),
        kind: some(&market.types, dice),
        distributor: (of_partners && !market.distributors.is_empty())
            .then(|| *words::pick(&market.distributors, dice)),
        enrolled_on: market.today - Duration::days(dice.random_range(1..3000)),
        people: (0..CONTACTS)
            .map(|_| {
                let roles = Role::of_part(part).iter().copied();
                // Half of the roles of an organisation have nobody or somebody, as in life.
                let roles = roles.filter(|_| dice.random_ratio(1, 4)).collect();
                (reference::draw("C"), words::person(dice), roles)
            })
            .collect(),
    }
}

fn insert_organisations(
    drawn: &[Drawn],
    now: Instant,
    conn: &mut Conn,
) -> Result<HashMap<String, i64>> {
    let rows: Vec<NewOrganisation> = drawn
        .iter()
        .map(|one| NewOrganisation {
            reference: one.reference.clone(),
            name: one.name.clone(),
            name_key: names::fold(&one.name),
            country: one.country,
            created_at: now,
        })
        .collect();
    db::insert_all!(conn, organisations::table, rows);
    let references: Vec<&String> = drawn.iter().map(|one| &one.reference).collect();
    let rows: Vec<(String, i64)> = organisations::table
        .filter(organisations::reference.eq_any(references))
        .select((organisations::reference, organisations::id))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

fn insert_enrolments(
    drawn: &[Drawn],
    organisations: &HashMap<String, i64>,
    program_id: i64,
    currency: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let rows: Vec<NewEnrolment> = drawn
        .iter()
        .map(|one| NewEnrolment {
            reference: one.enrolment.clone(),
            program_id,
            organisation_id: organisations[&one.reference],
            part: one.part,
            tier_id: one.tier,
            currency: currency.to_owned(),
            status: "active",
            name_key: names::fold(&one.name),
            enrolled_on: one.enrolled_on,
            roles_revision: 1,
            created_at: now,
        })
        .collect();
    db::insert_all!(conn, enrolments::table, rows);
    let references: Vec<&String> = drawn.iter().map(|one| &one.enrolment).collect();
    let ids: HashMap<String, i64> = enrolments::table
        .filter(enrolments::reference.eq_any(references))
        .select((enrolments::reference, enrolments::id))
        .load::<(String, i64)>(conn)?
        .into_iter()
        .collect();
    let (mut kinds, mut sellers) = (Vec::new(), Vec::new());
    for one in drawn {
        let id = ids.get(&one.enrolment).copied().ok_or(Error::LostRace)?;
        kinds.extend(
            one.kind.map(|kind| {
                (enrolment_types::enrolment_id.eq(id), enrolment_types::type_id.eq(kind))
            }),
        );
        sellers.extend(one.distributor.map(|(distributor, _)| {
            (
                enrolment_distributors::enrolment_id.eq(id),
                enrolment_distributors::distributor_id.eq(distributor),
            )
        }));
    }
    db::insert_all!(conn, enrolment_types::table, kinds);
    db::insert_all!(conn, enrolment_distributors::table, sellers);
    Ok(())
}

fn insert_people(
    drawn: &[Drawn],
    organisations: &HashMap<String, i64>,
    program_id: i64,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let mut rows = Vec::new();
    for one in drawn {
        let host = names::fold(&one.name).replace(' ', "-");
        for (place, (reference, name, _)) in one.people.iter().enumerate() {
            let email = format!("{}.{place}@{host}.example", ascii(name));
            rows.push(NewContact {
                reference: reference.clone(),
                organisation_id: organisations[&one.reference],
                name: name.clone(),
                name_key: names::fold(name),
                email_key: names::fold_email(&email),
                email,
                job_title: "",
                phone: "",
                locale: "en-GB",
                access: if place == 0 { Access::Administrator } else { Access::Member },
                status: "active",
                created_at: now,
                updated_at: now,
            });
        }
    }
    db::insert_all!(conn, contacts::table, rows);
    let references: Vec<&String> = rows.iter().map(|row| &row.reference).collect();
    let ids: HashMap<String, i64> = contacts::table
        .filter(contacts::reference.eq_any(references))
        .select((contacts::reference, contacts::id))
        .load::<(String, i64)>(conn)?
        .into_iter()
        .collect();
    let held = drawn.iter().flat_map(|one| &one.people).flat_map(|(reference, _, roles)| {
        roles.iter().map(|role| NewRole {
            program_id,
            contact_id: ids[reference],
            role: *role,
            held: true,
            revision: 1,
            changed_by: "portal generate",
            changed_at: now,
        })
    });
    let held: Vec<NewRole> = held.collect();
    db::insert_all!(conn, contact_roles::table, held);
    let organisations: Vec<i64> = organisations.values().copied().collect();
    note_gaps(&organisations, conn)
}

/// A person's name as the left part of an address.
fn ascii(name: &str) -> String {
    names::fold(name).replace(' ', ".").chars().filter(char::is_ascii).collect()
}
