//! What a program offers to be filled with.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::auth::{Part, Program};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    categories, enrolments, licences, orders, organisations, partner_types, products, tiers,
};
use crate::deals;
use crate::error::{Error, Result};

/// The program with what its partners can be and sell.
pub(super) struct Market {
    pub program: Program,
    pub now: Instant,
    pub today: NaiveDate,
    pub types: Vec<i64>,
    pub tiers: Vec<i64>,
    /// Enrolment and organisation of each active distributor.
    pub distributors: Vec<(i64, i64)>,
    /// What is sold for a term: product, code, and the months it is sold for.
    pub products: Vec<(i64, String)>,
    /// The categories in which deals can be registered, each with what is sold in it for a term.
    pub registrable: Vec<(i64, Vec<i64>)>,
    /// How many organisations and orders there are already: names and numbers go on from there.
    pub rows_before: u64,
}

impl Market {
    pub(super) fn of(slug: &str, now: Instant, conn: &mut Conn) -> Result<Self> {
        let program = Program::find_unscoped(slug, conn).map_err(|fault| match fault {
            Error::NotFound => Error::Setting(format!(
                "There is no program {slug}; import its pack with `portal program import FILE`."
            )),
            other => other,
        })?;
        let types = partner_types::table
            .filter(partner_types::program_id.eq(program.id))
            .order(partner_types::position)
            .select(partner_types::id)
            .load(conn)?;
        let tiers = tiers::table
            .filter(tiers::program_id.eq(program.id))
            .order(tiers::rank)
            .select(tiers::id)
            .load(conn)?;
        let distributors = enrolments::table
            .filter(enrolments::program_id.eq(program.id))
            .filter(enrolments::part.eq(Part::Distributor))
            .filter(enrolments::status.eq("active"))
            .order(enrolments::id)
            .select((enrolments::id, enrolments::organisation_id))
            .load(conn)?;
        let products: Vec<(i64, String)> = products::table
            .inner_join(categories::table)
            .filter(products::program_id.eq(program.id))
            .filter(products::kind.eq("subscription"))
            .order((categories::position, products::code))
            .select((products::id, products::code))
            .load(conn)?;
        if products.is_empty() {
            return Err(Error::Setting(format!(
                "The program {slug} sells no subscriptions; there is nothing to generate."
            )));
        }
        let today = program.day_of(now);
        let registrable = registrable(&program, today, conn)?;
        let rows_before = rows_before(conn)?;
        Ok(Self {
            program,
            now,
            today,
            types,
            tiers,
            distributors,
            products,
            registrable,
            rows_before,
        })
    }
}

fn registrable(
    program: &Program,
    today: NaiveDate,
    conn: &mut Conn,
) -> Result<Vec<(i64, Vec<i64>)>> {
    let mut found = Vec::new();
    for category in deals::registrable(program, today, conn)? {
        let sold: Vec<i64> = products::table
            .filter(products::category_id.eq(category.id))
            .filter(products::kind.eq("subscription"))
            .order(products::code)
            .select(products::id)
            .load(conn)?;
        if !sold.is_empty() {
            found.push((category.id, sold));
        }
    }
    Ok(found)
}

fn rows_before(conn: &mut Conn) -> Result<u64> {
    let organisations: i64 = organisations::table.count().get_result(conn)?;
    let orders: i64 = orders::table.count().get_result(conn)?;
    let licences: i64 = licences::table.count().get_result(conn)?;
    Ok((organisations + orders + licences).unsigned_abs())
}
