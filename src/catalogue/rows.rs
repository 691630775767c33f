//! What the book of SKUs is read from: products, older SKUs and the grammar, in one question.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use super::book::Listed;
use crate::calendar::TermMonths;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::programs::GrammarRow;
use crate::programs::pack::Purpose;

/// Products, each beside one of its older SKUs if it has any; then, without a product, the parts of
/// the grammar, each beside one of its letters if it has any.
const ROWS: &str = "\
    SELECT p.id AS product_id, p.code AS code, p.name AS name, p.kind AS kind, p.unit AS unit, \
        p.sku_code AS sku_code, l.sku AS sku, l.purpose AS meaning, l.months AS months, \
        0 AS position, 0 AS length \
      FROM products p LEFT JOIN legacy_skus l ON l.product_id = p.id WHERE p.program_id = $1 \
    UNION ALL \
    SELECT NULL, s.pad, s.name, s.meaning, s.sold, NULL, l.letters, l.meaning, NULL, \
        s.position, s.length \
      FROM sku_parts s \
      LEFT JOIN sku_letters l ON l.program_id = s.program_id AND l.position = s.position \
     WHERE s.program_id = $2";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<BigInt>)]
    product_id: Option<i64>,
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    unit: String,
    #[diesel(sql_type = Nullable<Text>)]
    sku_code: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    sku: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    meaning: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    months: Option<i32>,
    #[diesel(sql_type = Integer)]
    position: i32,
    #[diesel(sql_type = Integer)]
    length: i32,
}

/// The rows of one program.
pub(super) struct Rows {
    products: Vec<Row>,
    grammar: Vec<Row>,
}

/// A product, what stands for it in SKUs, and one of its older SKUs.
pub(super) type ProductRow = (Listed, Option<String>, Option<(String, TermMonths, Purpose)>);

pub(super) fn of(program_id: i64, conn: &mut Conn) -> Result<Rows> {
    let rows: Vec<Row> =
        sql_query(ROWS).bind::<BigInt, _>(program_id).bind::<BigInt, _>(program_id).load(conn)?;
    let (products, grammar) = rows.into_iter().partition(|row| row.product_id.is_some());
    Ok(Rows { products, grammar })
}

impl Rows {
    pub(super) fn take_grammar(&mut self) -> Result<Vec<GrammarRow>> {
        std::mem::take(&mut self.grammar).into_iter().map(Row::grammar).collect()
    }

    pub(super) fn products(self) -> Result<Vec<ProductRow>> {
        self.products.into_iter().filter_map(Row::product).collect()
    }
}

impl Row {
    fn grammar(self) -> Result<GrammarRow> {
        Ok(GrammarRow {
            position: self.position,
            length: self.length,
            name: self.name,
            meaning: self.kind.parse().map_err(Error::internal)?,
            pad: self.code,
            sold: self.unit,
            letters: self.sku.zip(self.meaning),
        })
    }

    fn product(self) -> Option<Result<ProductRow>> {
        let id = self.product_id?;
        Some(self.product_of(id))
    }

    fn product_of(self, id: i64) -> Result<ProductRow> {
        let legacy = match (self.sku, self.months, self.meaning) {
            (Some(sku), Some(months), Some(purpose)) => {
                let months = TermMonths::new(months.into()).map_err(Error::internal)?;
                Some((sku, months, purpose.parse().map_err(Error::internal)?))
            }
            _ => None,
        };
        let kind = self.kind.parse().map_err(Error::internal)?;
        let product = Listed { id, code: self.code, name: self.name, kind, unit: self.unit };
        Ok((product, self.sku_code, legacy))
    }
}
