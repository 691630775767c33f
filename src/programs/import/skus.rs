//! The grammar of SKUs, and the older SKUs, each a row.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::Imported;
use crate::db::schema::{legacy_skus, products, sku_letters, sku_parts};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::programs::pack::{Pack, PartMeaning, ProductKind, Purpose, SkuGrammar};
use crate::programs::skus;

/// An older SKU: what it is, its product's code, its months and its purpose.
type Legacy = (String, String, i32, Purpose);

/// Takes away the older SKUs that the pack does not have, so that their products can go and their
/// names are free; gives those that are left.
pub(super) fn remove_legacy(
    pack: &Pack,
    program_id: i64,
    done: &mut Imported,
    conn: &mut Conn,
) -> Result<BTreeSet<Legacy>> {
    let stored: Vec<(i64, Legacy)> = legacy_skus::table
        .inner_join(products::table)
        .filter(legacy_skus::program_id.eq(program_id))
        .select((
            legacy_skus::id,
            (legacy_skus::sku, products::code, legacy_skus::months, legacy_skus::purpose),
        ))
        .load(conn)?;
    let wanted = wanted(pack);
    let (kept, stale): (Vec<_>, Vec<_>) =
        stored.into_iter().partition(|(_, sku)| wanted.contains(sku));
    let ids: Vec<i64> = stale.iter().map(|(id, _)| *id).collect();
    for ids in ids.chunks(db::ROWS_PER_STATEMENT) {
        diesel::delete(legacy_skus::table.filter(legacy_skus::id.eq_any(ids))).execute(conn)?;
    }
    if !ids.is_empty() {
        done.changes.push(format!("legacy SKUs: {} removed", ids.len()));
    }
    Ok(kept.into_iter().map(|(_, sku)| sku).collect())
}

/// Brings the grammar and the older SKUs to what the pack says, when its products are.
pub(super) fn import_skus(
    pack: &Pack,
    program_id: i64,
    legacy: &BTreeSet<Legacy>,
    done: &mut Imported,
    conn: &mut Conn,
) -> Result<()> {
    let wanted_grammar = pack.sku.clone().map(|grammar| SkuGrammar { source: None, ..grammar });
    if skus::sku_grammar_of(program_id, conn)? != wanted_grammar {
        let letters = sku_letters::table.filter(sku_letters::program_id.eq(program_id));
        diesel::delete(letters).execute(conn)?;
        let parts = sku_parts::table.filter(sku_parts::program_id.eq(program_id));
        let before = diesel::delete(parts).execute(conn)?;
        if let Some(grammar) = &wanted_grammar {
            insert_grammar(grammar, program_id, conn)?;
        }
        let what = match (before, &wanted_grammar) {
            (_, None) => "removed",
            (0, Some(_)) => "added",
            (_, Some(_)) => "changed",
        };
        done.changes.push(format!("SKU grammar: {what}"));
    }
    if let Some(grammar) = &pack.sku {
        refuse_alike(grammar, program_id, conn)?;
    }
    let new: Vec<Legacy> = wanted(pack).difference(legacy).cloned().collect();
    insert_legacy(&new, program_id, conn)?;
    if !new.is_empty() {
        done.changes.push(format!("legacy SKUs: {} added", new.len()));
    }
    Ok(())
}

fn wanted(pack: &Pack) -> BTreeSet<Legacy> {
    let of_product = |skus: &crate::programs::pack::LegacySkus| {
        let product = skus.product.clone();
        let rows = skus.all().map(move |(purpose, months, sku)| {
            (sku.to_owned(), product.clone(), i32::from(months.get()), purpose)
        });
        rows.collect::<Vec<_>>()
    };
    pack.legacy_skus.iter().flat_map(of_product).collect()
}

fn insert_grammar(grammar: &SkuGrammar, program_id: i64, conn: &mut Conn) -> Result<()> {
    let mut parts = Vec::new();
    let mut letters = Vec::new();
    for (place, part) in grammar.placed() {
        let position = i32::try_from(place + 1).map_err(Error::internal)?;
        let length = i32::try_from(part.length).map_err(Error::internal)?;
        let mut letter = |letters_of: &str, meaning: &str| {
            letters.push((
                sku_letters::program_id.eq(program_id),
                sku_letters::position.eq(position),
                sku_letters::letters.eq(letters_of.to_owned()),
                sku_letters::meaning.eq(meaning.to_owned()),
            ));
        };
        let (mut pad, mut sold) = (String::new(), String::new());
        match &part.meaning {
            PartMeaning::Months => {}
            PartMeaning::Product { pad: letter } => pad.extend(letter),
            PartMeaning::Purpose { new, renewal } => {
                letter(new, Purpose::New.as_str());
                letter(renewal, Purpose::Renewal.as_str());
            }
            PartMeaning::Letters { known, sold: letters } => {
                known.iter().for_each(|(letters, meaning)| letter(letters, meaning));
                sold.clone_from(letters);
            }
        }
        parts.push((
            sku_parts::program_id.eq(program_id),
            sku_parts::position.eq(position),
            sku_parts::length.eq(length),
            sku_parts::name.eq(part.name.clone()),
            sku_parts::meaning.eq(part.meaning.word()),
            sku_parts::pad.eq(pad),
            sku_parts::sold.eq(sold),
        ));
    }
    db::insert_all!(conn, sku_parts::table, parts);
    db::insert_all!(conn, sku_letters::table, letters);
    Ok(())
}

fn insert_legacy(new: &[Legacy], program_id: i64, conn: &mut Conn) -> Result<()> {
    let ids: BTreeMap<String, i64> = products::table
        .filter(products::program_id.eq(program_id))
        .select((products::code, products::id))
        .load::<(String, i64)>(conn)?
        .into_iter()
        .collect();
    let rows: Vec<_> = new
        .iter()
        .filter_map(|(sku, product, months, purpose)| {
            Some((
                legacy_skus::program_id.eq(program_id),
                legacy_skus::product_id.eq(*ids.get(product)?),
                legacy_skus::sku.eq(sku),
                legacy_skus::months.eq(months),
                legacy_skus::purpose.eq(purpose),
            ))
        })
        .collect();
    db::insert_all!(conn, legacy_skus::table, rows);
    Ok(())
}

/// A product that is kept because it was sold must still be told from those of the pack.
fn refuse_alike(grammar: &SkuGrammar, program_id: i64, conn: &mut Conn) -> Result<()> {
    let rows: Vec<(String, Option<String>, ProductKind)> = products::table
        .filter(products::program_id.eq(program_id))
        .order(products::code)
        .select((products::code, products::sku_code, products::kind))
        .load(conn)?;
    let mut seen = BTreeMap::new();
    for (code, sku_code, kind) in rows {
        let in_skus = sku_code.as_deref().unwrap_or(&code);
        let padded = grammar.padded(in_skus).filter(|_| kind.has_term());
        if let Some(other) = padded.and_then(|padded| seen.insert(padded, code.clone())) {
            return Err(Error::conflict(format!(
                "The products {other} and {code} are in the program, and a SKU could not tell one \
                 from the other; give the one of the pack another sku_code."
            )));
        }
    }
    Ok(())
}
