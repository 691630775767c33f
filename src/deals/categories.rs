//! The categories in which deals can be registered.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::eligibility::is_registrable;
use crate::auth::Program;
use crate::db::schema::categories;
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::programs::rules_of;

/// A category of products, as deals are registered in it.
#[derive(Clone, Debug, Queryable)]
pub struct DealCategory {
    pub id: i64,
    pub key: String,
    pub name: String,
}

/// Those of a program in which deals can be registered on a day, in its order. Two queries.
pub fn registrable(
    program: &Program,
    day: NaiveDate,
    conn: &mut Conn,
) -> Result<Vec<DealCategory>> {
    let mut known: Vec<DealCategory> = categories::table
        .filter(categories::program_id.eq(program.id))
        .order((categories::position, categories::id))
        .select((categories::id, categories::key, categories::name))
        .kept()
        .load(conn)?;
    let rules = rules_of(program.id, conn)?;
    let policy = rules.policies.at(day);
    known.retain(|category| is_registrable(policy, &category.key));
    Ok(known)
}
