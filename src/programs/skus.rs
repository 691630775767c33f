//! The SKUs of a program, read back: their grammar, and the older ones product by product.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::pack::{LegacySkus, PartMeaning, Purpose, SkuGrammar, SkuMeaning, SkuPart};
use crate::calendar::TermMonths;
use crate::db::Conn;
use crate::db::schema::{categories, legacy_skus, products, sku_letters, sku_parts};
use crate::error::{Error, Result};

/// A part of a grammar as the tables keep it, beside one of its letters and what they say.
#[derive(Clone, Debug)]
pub struct GrammarRow {
    pub position: i32,
    pub length: i32,
    pub name: String,
    pub meaning: SkuMeaning,
    pub pad: String,
    pub sold: String,
    /// Nothing where a part has no letters of its own.
    pub letters: Option<(String, String)>,
}

type Columns = (i32, i32, String, SkuMeaning, String, String, Option<(String, String)>);

/// How a program's SKUs are built; nothing where its codes are plain.
pub(super) fn sku_grammar_of(program_id: i64, conn: &mut Conn) -> Result<Option<SkuGrammar>> {
    let its_letters = sku_letters::program_id
        .eq(sku_parts::program_id)
        .and(sku_letters::position.eq(sku_parts::position));
    let rows: Vec<Columns> = sku_parts::table
        .left_join(sku_letters::table.on(its_letters))
        .filter(sku_parts::program_id.eq(program_id))
        .select((
            sku_parts::position,
            sku_parts::length,
            sku_parts::name,
            sku_parts::meaning,
            sku_parts::pad,
            sku_parts::sold,
            (sku_letters::letters, sku_letters::meaning).nullable(),
        ))
        .load(conn)?;
    let row = |(position, length, name, meaning, pad, sold, letters)| GrammarRow {
        position,
        length,
        name,
        meaning,
        pad,
        sold,
        letters,
    };
    sku_grammar_from(rows.into_iter().map(row))
}

/// The grammar that rows of the tables make, in whatever order they come; nothing without rows.
pub fn sku_grammar_from(rows: impl IntoIterator<Item = GrammarRow>) -> Result<Option<SkuGrammar>> {
    let mut parts: BTreeMap<i32, (GrammarRow, BTreeMap<String, String>)> = BTreeMap::new();
    for mut row in rows {
        let letters = row.letters.take();
        let (_, known) = parts.entry(row.position).or_insert((row, BTreeMap::new()));
        known.extend(letters);
    }
    if parts.is_empty() {
        return Ok(None);
    }
    let parts = parts.into_values().map(|(row, known)| row.part(known));
    let parts: Option<Vec<SkuPart>> = parts.collect();
    let parts = parts.ok_or_else(|| Error::internal("a grammar of SKUs is unreadable"))?;
    Ok(Some(SkuGrammar { parts, source: None }))
}

impl GrammarRow {
    fn part(self, known: BTreeMap<String, String>) -> Option<SkuPart> {
        let meaning = match self.meaning {
            SkuMeaning::Product => PartMeaning::Product { pad: self.pad.chars().next() },
            SkuMeaning::Months => PartMeaning::Months,
            SkuMeaning::Purpose => {
                let of = |purpose: Purpose| {
                    let found = known.iter().find(|(_, word)| *word == purpose.as_str());
                    found.map(|(letters, _)| letters.clone())
                };
                PartMeaning::Purpose { new: of(Purpose::New)?, renewal: of(Purpose::Renewal)? }
            }
            SkuMeaning::Letters => PartMeaning::Letters { known, sold: self.sold },
        };
        Some(SkuPart { name: self.name, length: usize::try_from(self.length).ok()?, meaning })
    }
}

/// The older SKUs, products in the order of the canonical pack.
pub(super) fn legacy_skus_of(program_id: i64, conn: &mut Conn) -> Result<Vec<LegacySkus>> {
    let rows: Vec<(String, String, i32, Purpose)> = legacy_skus::table
        .inner_join(products::table.inner_join(categories::table))
        .filter(legacy_skus::program_id.eq(program_id))
        .order((categories::position, categories::key, products::code))
        .select((products::code, legacy_skus::sku, legacy_skus::months, legacy_skus::purpose))
        .load(conn)?;
    let mut all: Vec<LegacySkus> = Vec::new();
    for (product, sku, months, purpose) in rows {
        let months = TermMonths::new(months.into()).map_err(Error::internal)?;
        if all.last().is_none_or(|last| last.product != product) {
            let (new, renewal) = (BTreeMap::new(), BTreeMap::new());
            all.push(LegacySkus { product, new, renewal, source: None });
        }
        if let Some(last) = all.last_mut() {
            let terms = match purpose {
                Purpose::New => &mut last.new,
                Purpose::Renewal => &mut last.renewal,
            };
            terms.insert(months, sku);
        }
    }
    Ok(all)
}
