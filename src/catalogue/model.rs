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
    pub code: String,
    pub name: String,
    pub kind: ProductKind,
    /// What a quantity counts, in the singular.
    pub unit: String,
    pub warranty_months: Option<NonZeroU16>,
    pub category: Category,
}

type Row = (i64, String, String, ProductKind, String, Option<i32>, String, String);

impl Product {
    /// All products of a program, by category and name. A catalogue is open to whoever has a
    /// part in the program, so there is no scope to keep.
    pub fn all(program_id: i64, conn: &mut Conn) -> Result<Vec<Self>> {
        let rows: Vec<Row> = products::table
            .inner_join(categories::table)
            .filter(products::program_id.eq(program_id))
            .order((categories::position, products::name, products::id))
            .select((
                products::id,
                products::code,
                products::name,
                products::kind,
                products::unit,
                products::warranty_months,
                categories::key,
                categories::name,
            ))
            .kept()
            .load(conn)?;
        Ok(rows.into_iter().map(Self::of).collect())
    }

    fn of(row: Row) -> Self {
        let (id, code, name, kind, unit, warranty_months, key, category) = row;
        let months = warranty_months.and_then(|months| u16::try_from(months).ok());
        Self {
            warranty_months: months.and_then(NonZeroU16::new),
            category: Category { key, name: category },
            id,
            code,
            name,
            kind,
            unit,
        }
    }
}
