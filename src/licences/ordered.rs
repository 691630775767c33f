//! The licences that one order made.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::rules::LineKind;
use crate::db::Conn;
use crate::db::schema::{licences, products};
use crate::error::Result;

diesel::alias!(licences as bases: Bases);

/// A licence, as its order shows it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = licences)]
pub struct OrderedLicence {
    pub reference: String,
    pub position: i32,
    #[diesel(select_expression = products::name)]
    pub product: String,
    pub sku: String,
    pub quantity: i32,
    pub kind: LineKind,
    pub months: Option<i32>,
    pub unit_price_minor: i64,
    pub currency: String,
    pub serial_number: String,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    /// The licence that it renews or changes.
    #[diesel(select_expression = bases.field(licences::reference).nullable())]
    pub base: Option<String>,
}

impl OrderedLicence {
    /// The licences of an order in the order of its lines. The caller has found the order within
    /// its scope.
    pub fn of_order(order_id: i64, conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(licences::table
            .inner_join(products::table)
            .left_join(bases.on(licences::base_id.eq(bases.field(licences::id).nullable())))
            .filter(licences::order_id.eq(order_id))
            .order(licences::position)
            .select(Self::as_select())
            .load(conn)?)
    }
}
