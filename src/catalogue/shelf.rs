//! What somebody chooses from: every product with its prices at a few terms, in one question.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use iso_currency::Currency;

use super::model::{Product, ROW, Row};
use super::prices::{Band, UnitPrice};
use crate::calendar::TermMonths;
use crate::db::Conn;
use crate::db::schema::{categories, price_lists, prices, products};
use crate::error::Result;
use crate::names;

/// Products with prices in force on a day.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// By category and name.
    pub products: Vec<Product>,
    bands: BTreeMap<(i64, i32), Vec<Band>>,
}

/// Months, the beginning of a band, and the price of one.
type PriceCells = (i32, i32, i64);

impl Shelf {
    /// Every product of a program, with its bands at these terms and without a term.
    pub fn of(
        program_id: i64,
        currency: Currency,
        day: NaiveDate,
        terms: &[i32],
        conn: &mut Conn,
    ) -> Result<Self> {
        let lists = diesel::alias!(price_lists as dated_lists);
        let in_force = lists
            .filter(lists.field(price_lists::program_id).eq(program_id))
            .filter(lists.field(price_lists::currency).eq(currency.code()))
            .filter(lists.field(price_lists::effective_on).le(day))
            .order(lists.field(price_lists::effective_on).desc())
            .limit(1)
            .select(lists.field(price_lists::id))
            .single_value();
        let mut months = terms.to_vec();
        months.push(0);
        let priced = prices::product_id
            .eq(products::id)
            .and(prices::price_list_id.nullable().eq(in_force))
            .and(prices::months.eq_any(months));
        let rows: Vec<(Row, Option<PriceCells>)> = products::table
            .inner_join(categories::table)
            .left_join(prices::table.on(priced))
            .filter(products::program_id.eq(program_id))
            .order((categories::position, products::name, products::id, prices::from_quantity))
            .select((ROW, (prices::months, prices::from_quantity, prices::unit_minor).nullable()))
            .load(conn)?;
        let mut shelf = Self { products: Vec::new(), bands: BTreeMap::new() };
        for (row, price) in rows {
            let product = Product::of(row);
            if let Some((months, from_quantity, unit_minor)) = price {
                let bands = shelf.bands.entry((product.id, months)).or_default();
                bands.push(Band { from_quantity, unit_minor });
            }
            if shelf.products.last().is_none_or(|last| last.id != product.id) {
                shelf.products.push(product);
            }
        }
        Ok(shelf)
    }

    pub fn product(&self, id: i64) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    /// What a unit costs in this quantity; none where there is no price for it.
    pub fn unit(
        &self,
        product_id: i64,
        months: Option<TermMonths>,
        quantity: i32,
    ) -> Option<UnitPrice> {
        let months = months.map_or(0, |months| i32::from(months.get()));
        let bands = self.bands.get(&(product_id, months))?;
        let after = bands.partition_point(|band| band.from_quantity <= quantity);
        let band = *bands.get(after.checked_sub(1)?)?;
        Some(UnitPrice { band, next: bands.get(after).copied() })
    }

    /// The products whose code, name or category have all of these words in them.
    pub fn search(&self, words: &str) -> impl Iterator<Item = &Product> {
        let sought = names::fold(words);
        let words: Vec<String> = sought.split(' ').map(str::to_owned).collect();
        self.products.iter().filter(move |product| {
            let text = format!("{} {} {}", product.code, product.name, product.category.name);
            let text = names::fold(&text);
            words.iter().all(|word| text.contains(word.as_str()))
        })
    }

    /// A product that takes more units than this one: of its category and unit the one whose limit
    /// is the lowest that is enough.
    pub fn larger(&self, product: &Product, quantity: i64) -> Option<&Product> {
        let fits = |one: &&Product| {
            one.id != product.id
                && one.category == product.category
                && one.unit == product.unit
                && one.kind == product.kind
                && one.most_units.is_none_or(|most| i64::from(most) >= quantity)
                && self.bands.keys().any(|(id, _)| *id == one.id)
        };
        self.products
            .iter()
            .filter(fits)
            .min_by_key(|one| (one.most_units.unwrap_or(i32::MAX), &one.code))
    }
}
