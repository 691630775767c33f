//! One customer, as stored.

use diesel::prelude::*;

use crate::auth::{Part, Scope};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{customers, licences};
use crate::error::Result;

/// An end customer.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = customers)]
pub struct Customer {
    pub id: i64,
    pub reference: String,
    pub name: String,
    pub name_key: String,
    pub country: String,
    pub created_at: Instant,
}

impl Customer {
    /// A customer that the person may see, by its reference.
    pub fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let mut query = customers::table
            .filter(customers::program_id.eq(scope.program().id))
            .filter(customers::reference.eq(reference))
            .select(Self::as_select())
            .into_boxed();
        let theirs = licences::table
            .filter(licences::program_id.eq(scope.program().id))
            .filter(licences::customer_id.eq(customers::id));
        query = match scope.part() {
            None => query,
            Some(Part::Partner) => query.filter(diesel::dsl::exists(
                theirs.filter(licences::reseller_id.eq(scope.organisation_id())),
            )),
            Some(Part::Distributor) => query.filter(diesel::dsl::exists(
                theirs.filter(licences::distributor_id.eq(scope.organisation_id())),
            )),
        };
        Ok(query.first(conn)?)
    }
}
