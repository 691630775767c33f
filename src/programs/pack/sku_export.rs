//! Writes `[sku]` and `[[legacy_skus]]` in the canonical form.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::export::{File, text};
use super::model::Pack;
use super::sku::{LegacySkus, PartMeaning, SkuPart};

pub(super) fn write(file: &mut File, pack: &Pack) {
    if let Some(grammar) = &pack.sku {
        file.heading("[sku]");
        file.source(grammar.source.as_deref());
        for (place, part) in grammar.placed() {
            write_part(file, place + 1, part);
        }
    }
    for skus in &pack.legacy_skus {
        write_legacy(file, skus);
    }
}

fn write_part(file: &mut File, position: usize, part: &SkuPart) {
    file.heading("[[sku.parts]]");
    file.line("name", text(&part.name));
    file.line("position", position);
    file.line("length", part.length);
    file.line("meaning", text(part.meaning.word().as_str()));
    match &part.meaning {
        PartMeaning::Months => {}
        PartMeaning::Product { pad } => {
            if let Some(pad) = pad {
                file.line("pad", text(&pad.to_string()));
            }
        }
        PartMeaning::Purpose { new, renewal } => {
            file.line("new", text(new));
            file.line("renewal", text(renewal));
        }
        PartMeaning::Letters { known, sold } => {
            file.line("known", table(known));
            file.line("sold", text(sold));
        }
    }
}

fn write_legacy(file: &mut File, skus: &LegacySkus) {
    file.heading("[[legacy_skus]]");
    file.line("product", text(&skus.product));
    for (key, skus) in [("new", &skus.new), ("renewal", &skus.renewal)] {
        if !skus.is_empty() {
            file.line(key, table(skus));
        }
    }
    file.source(skus.source.as_deref());
}

/// A table in one line; its keys are letters and digits and need no quotation marks.
fn table(values: &BTreeMap<impl Display, String>) -> String {
    let values: Vec<String> =
        values.iter().map(|(key, value)| format!("{key} = {}", text(value))).collect();
    format!("{{ {} }}", values.join(", "))
}
