//! Products and the categories they stand in.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{Imported, lists};
use crate::db::Conn;
use crate::db::schema::{
    categories, inquiry_lines, leads, licences, order_lines, prices, products, quote_lines,
    special_prices,
};
use crate::error::Result;
use crate::programs::pack::{Pack, Product, ProductKind};

/// A product as the table keeps it.
#[derive(Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = products)]
#[diesel(treat_none_as_null = true)]
struct Row {
    program_id: i64,
    category_id: i64,
    code: String,
    name: String,
    kind: ProductKind,
    unit: String,
    warranty_months: Option<i32>,
    most_units: Option<i32>,
    illustrative: bool,
    sku_code: Option<String>,
}

impl Row {
    fn new(product: &Product, program_id: i64, category_id: i64) -> Self {
        Self {
            program_id,
            category_id,
            code: product.code.clone(),
            name: product.name.clone(),
            kind: product.kind,
            unit: product.unit.clone(),
            warranty_months: product.warranty_months,
            most_units: product.most_units,
            illustrative: product.illustrative,
            sku_code: product.sku_code.clone(),
        }
    }
}

pub(super) fn import_products(
    pack: &Pack,
    program_id: i64,
    done: &mut Imported,
    conn: &mut Conn,
) -> Result<()> {
    let old_categories = lists::import_categories(pack, program_id, done, conn)?;
    let category_ids: BTreeMap<String, i64> = categories::table
        .filter(categories::program_id.eq(program_id))
        .select((categories::key, categories::id))
        .load::<(String, i64)>(conn)?
        .into_iter()
        .collect();
    let stored: Vec<(i64, Row)> = products::table
        .filter(products::program_id.eq(program_id))
        .select((products::id, Row::as_select()))
        .load(conn)?;
    let mut stored: BTreeMap<String, (i64, Row)> =
        stored.into_iter().map(|(id, row)| (row.code.clone(), (id, row))).collect();
    for product in &pack.products {
        let row = Row::new(product, program_id, category_ids[&product.category]);
        put(&row, stored.remove(&product.code), done, conn)?;
    }
    for (code, (id, _)) in stored {
        remove(&code, id, done, conn)?;
    }
    lists::remove_categories(pack, old_categories, program_id, done, conn)
}

fn put(row: &Row, known: Option<(i64, Row)>, done: &mut Imported, conn: &mut Conn) -> Result<()> {
    let what = match known {
        Some((_, same)) if same == *row => return Ok(()),
        Some((id, _)) => {
            diesel::update(products::table.find(id)).set(row).execute(conn)?;
            "changed"
        }
        None => {
            diesel::insert_into(products::table).values(row).execute(conn)?;
            "added"
        }
    };
    done.changes.push(format!("product {}: {what}", row.code));
    Ok(())
}

fn remove(code: &str, id: i64, done: &mut Imported, conn: &mut Conn) -> Result<()> {
    let sold: i64 = licences::table.filter(licences::product_id.eq(id)).count().get_result(conn)?;
    if sold > 0 {
        let text = format!("product {code}: not in the pack, kept because it was sold ({sold})");
        done.kept.push(text);
        return Ok(());
    }
    if is_named(id, conn)? {
        let text = format!("product {code}: not in the pack, kept because others name it");
        done.kept.push(text);
        return Ok(());
    }
    diesel::delete(products::table.find(id)).execute(conn)?;
    done.changes.push(format!("product {code}: removed"));
    Ok(())
}

/// Whether a price, a lead or something on its way to an order names the product.
fn is_named(id: i64, conn: &mut Conn) -> Result<bool> {
    macro_rules! names {
        ($table:ident) => {
            diesel::select(diesel::dsl::exists($table::table.filter($table::product_id.eq(id))))
                .get_result::<bool>(conn)?
        };
    }
    Ok(names!(prices)
        || names!(leads)
        || names!(inquiry_lines)
        || names!(quote_lines)
        || names!(order_lines)
        || names!(special_prices))
}
