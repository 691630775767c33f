//! Products and their categories, as stored.

use std::num::NonZeroU16;

use diesel::prelude::*;

use crate::db::schema::{categories, products};
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::programs::pack::ProductKind;

/// A group of products that rules and filters speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    pub key: String,
    pub name: String,
}

/// Something that the vendor sells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    pub id: i64,
    pub category_id: i64,
    pub code: String,
    pub name: String,
    pub kind: ProductKind,
    /// What a quantity counts, in the singular.
    pub unit: String,
    pub warranty_months: Option<NonZeroU16>,
    /// The most units that one customer may have; none where there is no limit.
    pub most_units: Option<i32>,
    /// Whether code or name were invented to show how the portal works.
    pub illustrative: bool,
    pub category: Category,
}

/// What a product is read from: of products and their categories, joined.
pub(super) type Row = (
    i64,
    String,
    String,
    ProductKind,
    String,
    Option<i32>,
    Option<i32>,
    bool,
    (i64, String, String),
);

type Columns = (
    products::id,
    products::code,
    products::name,
    products::kind,
    products::unit,
    products::warranty_months,
    products::most_units,
    products::illustrative,
    (categories::id, categories::key, categories::name),
);

pub(super) const ROW: Columns = (
    products::id,
    products::code,
    products::name,
    products::kind,
    products::unit,
    products::warranty_months,
    products::most_units,
    products::illustrative,
    (categories::id, categories::key, categories::name),
);

impl Product {
    /// All products of a program, by category and name. A catalogue is open to whoever has a
    /// part in the program, so there is no scope to keep.
    pub fn all(program_id: i64, conn: &mut Conn) -> Result<Vec<Self>> {
        let rows: Vec<Row> = products::table
            .inner_join(categories::table)
            .filter(products::program_id.eq(program_id))
            .order((categories::position, products::name, products::id))
            .select(ROW)
            .kept()
            .load(conn)?;
        Ok(rows.into_iter().map(Self::of).collect())
    }

    /// A product by its code.
    pub fn find(program_id: i64, code: &str, conn: &mut Conn) -> Result<Self> {
        let row: Row = products::table
            .inner_join(categories::table)
            .filter(products::program_id.eq(program_id))
            .filter(products::code.eq(code))
            .select(ROW)
            .first(conn)?;
        Ok(Self::of(row))
    }

    pub(super) fn of(row: Row) -> Self {
        let (
            id,
            code,
            name,
            kind,
            unit,
            warranty_months,
            most_units,
            illustrative,
            (category_id, key, category),
        ) = row;
        let months = warranty_months.and_then(|months| u16::try_from(months).ok());
        Self {
            warranty_months: months.and_then(NonZeroU16::new),
            category: Category { key, name: category },
            most_units,
            illustrative,
            category_id,
            id,
            code,
            name,
            kind,
            unit,
        }
    }
}
