//! SKUs letter by letter: what is listed is told, what is not is not guessed, and each SKU that is
//! made reads back as what it was made of.

use std::collections::BTreeSet;
use std::path::Path;

use portal::calendar::TermMonths;
use portal::catalogue::{Grammar, Meaning, Purpose, Says, read_quote};
use portal::programs::pack::{self, Pack};
use proptest::prelude::*;

const SHIELD: &str = include_str!("packs/shield.toml");

fn shipped(slug: &str) -> Pack {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("programs/{slug}.toml"));
    pack::parse(slug, &std::fs::read_to_string(file).unwrap()).unwrap()
}

fn shield() -> Pack {
    pack::parse("shield.toml", SHIELD).unwrap()
}

/// The grammar of a pack; the place of a product in the pack is its id.
fn grammar_of(pack: &Pack) -> Grammar {
    let products = pack.products.iter().enumerate().filter(|(_, one)| one.kind.has_term());
    let products = products.map(|(place, one)| (place as i64, one.code_in_skus()));
    Grammar::new(pack.sku.clone().unwrap(), products)
}

fn product(pack: &Pack, code: &str) -> i64 {
    pack.products.iter().position(|one| one.code == code).unwrap() as i64
}

fn months(count: i64) -> TermMonths {
    TermMonths::new(count).unwrap()
}

/// What each part of a SKU says, the product by its code.
fn said(pack: &Pack, sku: &str) -> Vec<(String, String, String)> {
    let words = |says: &Says| match says {
        Says::Product(id) => pack.products[*id as usize].code.clone(),
        Says::Months(months) => format!("{months} months"),
        Says::Purpose(purpose) => purpose.to_string(),
        Says::Words(words) => words.clone(),
        Says::NotKnown => "not known".to_owned(),
    };
    let decoded = grammar_of(pack).decode(sku);
    let part = |part: &portal::catalogue::DecodedPart| {
        (part.name.clone(), part.letters.clone(), words(&part.says))
    };
    decoded.parts.iter().map(part).collect()
}

fn texts(parts: &[(String, String, String)]) -> Vec<(&str, &str)> {
    parts.iter().map(|(_, letters, says)| (letters.as_str(), says.as_str())).collect()
}

/// docs/domain.md, section 3: the three SKUs that were seen in public.
#[test]
fn public_skus_read_as_the_domain_says() {
    let pack = shipped("sophos");
    let ending = [("C", "Commercial"), ("AA", "The same in every SKU seen in public")];
    for (sku, product, term, purpose) in [
        ("SS430012ZZNCAA", "SS4300", ("12", "12 months"), ("N", "new")),
        ("SS430036ZZNCAA", "SS4300", ("36", "36 months"), ("N", "new")),
        ("XS136Z12ZZRCAA", "XS136Z", ("12", "12 months"), ("R", "renewal")),
    ] {
        let parts = said(&pack, sku);
        let expected =
            [[(product, product), term, ("ZZ", "None"), purpose].as_slice(), &ending].concat();
        assert_eq!(texts(&parts), expected, "{sku}");
        assert!(grammar_of(&pack).decode(sku).is_known());
    }
}

#[test]
fn letters_that_the_grammar_does_not_list_are_not_known() {
    let pack = shipped("sophos");
    let grammar = grammar_of(&pack);
    for (sku, wrong) in [
        ("QQ430012ZZNCAA", "QQ4300"),
        ("SS430000ZZNCAA", "00"),
        ("SS430061ZZNCAA", "61"),
        ("SS4300+1ZZNCAA", "+1"),
        ("SS430012A1NCAA", "A1"),
        ("SS430012ZZXCAA", "X"),
        ("SS430012ZZNEAA", "E"),
        ("SS430012ZZNCAB", "AB"),
        ("SS430012ZZNCA", "A"),
        ("ss430012ZZNCAA", "ss4300"),
    ] {
        let parts = said(&pack, sku);
        let unknown: Vec<&str> = texts(&parts)
            .into_iter()
            .filter(|(_, says)| *says == "not known")
            .map(|(letters, _)| letters)
            .collect();
        assert_eq!(unknown, [wrong], "{sku}");
        assert_eq!(grammar.read(sku), None, "{sku}");
    }
    assert_eq!(grammar.decode("SS430012ZZNCAAX").beyond, "X");
    assert_eq!(grammar.read("SS430012ZZNCAAX"), None);
}

#[test]
fn another_vendors_skus_have_another_length_order_and_letters() {
    let pack = shield();
    let parts = said(&pack, "G012J1ACAREX");
    assert_eq!(
        texts(&parts),
        [("G", "renewal"), ("012", "12 months"), ("J1", "Japan"), ("ACAREX", "ALARM-CARE")]
    );
    let names: Vec<&str> = parts.iter().map(|(name, _, _)| name.as_str()).collect();
    assert_eq!(names, ["First or again", "Months", "Where", "What"]);
    // Known letters that nothing is sold with are explained, and name no SKU of the catalogue.
    let grammar = grammar_of(&pack);
    assert!(grammar.decode("G012W9ACAREX").is_known());
    assert_eq!(grammar.read("G012W9ACAREX"), None);
}

#[test]
fn every_term_of_every_product_reads_back() {
    for pack in [shipped("sophos"), shield()] {
        let grammar = grammar_of(&pack);
        let mut seen = BTreeSet::new();
        let sold: Vec<i64> =
            (0..pack.products.len() as i64).filter(|id| grammar.has(*id)).collect();
        assert!(sold.len() >= 4);
        for product_id in sold {
            for count in 1..=60 {
                for purpose in [Purpose::New, Purpose::Renewal] {
                    let meaning = Meaning { product_id, months: months(count), purpose };
                    let sku = grammar.encode(product_id, months(count), purpose).unwrap();
                    assert_eq!(grammar.read(&sku), Some(meaning), "{sku}");
                    assert_eq!(sku.len(), grammar.length());
                    assert!(seen.insert(sku.clone()), "{sku} stands for two");
                }
            }
        }
    }
}

#[test]
fn what_is_not_sold_for_a_term_has_no_sku_by_the_grammar() {
    let pack = shipped("sophos");
    let grammar = grammar_of(&pack);
    for code in ["FW-136", "DP-PERP", "PS-BUILD", "TR-CERT", "MSP-USER"] {
        assert_eq!(grammar.encode(product(&pack, code), months(12), Purpose::New), None, "{code}");
    }
}

#[test]
fn packs_without_the_section_have_plain_codes() {
    for slug in ["qualys", "wso2"] {
        let pack = shipped(slug);
        assert_eq!((pack.sku, pack.legacy_skus.len()), (None, 0), "{slug}");
    }
}

proptest! {
    #[test]
    fn any_text_is_taken_apart_whole(text in any::<String>()) {
        let grammar = grammar_of(&shipped("sophos"));
        let decoded = grammar.decode(&text);
        let letters: String = decoded.parts.iter().map(|part| part.letters.as_str()).collect();
        prop_assert_eq!(letters + &decoded.beyond, text);
    }

    /// Near a SKU: some letters changed, dropped or doubled.
    #[test]
    fn what_reads_is_made_of_the_same_letters(
        count in 1i64..=60,
        place in 0usize..14,
        put in "[A-Z0-9]{0,2}",
        cut in 0usize..3,
    ) {
        let pack = shipped("sophos");
        let grammar = grammar_of(&pack);
        let id = product(&pack, "EPUSRZ");
        let sku = grammar.encode(id, months(count), Purpose::New).unwrap();
        let near = [&sku[..place], put.as_str(), sku.get(place + cut..).unwrap_or("")].concat();
        if let Some(read) = grammar.read(&near) {
            prop_assert_eq!(grammar.encode(read.product_id, read.months, read.purpose), Some(near));
        } else {
            prop_assert_ne!(near, sku);
        }
    }

    #[test]
    fn any_pasted_text_is_read_or_refused(text in "(?s).{0,300}") {
        let _ = read_quote(&text);
    }

    #[test]
    fn any_table_is_read_or_refused(text in "([A-Z0-9=+@\"';,\t -]{0,9}[;,\t\n]){0,40}") {
        if let Ok(lines) = read_quote(&text) {
            prop_assert!(lines.iter().all(|line| line.quantity > 0 && !line.sku.is_empty()));
        }
    }
}
