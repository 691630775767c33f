//! Reads the lists of a pack: partner types, tiers, categories and products.

use super::model::{Category, PartnerType, Product, Tier};
use super::reader::{Node, Section, Unique};
use super::sku_reader;
use super::values;
use super::words::ProductKind;

const HIGHEST_RANK: i32 = 1000;
const LONGEST_WARRANTY: i32 = 240;
const MOST_UNITS: i32 = 10_000_000;

/// The keys of the categories, as far as they can be read, so that one wrong category does not
/// make every product of it wrong too.
pub(super) struct CategoryKeys(Vec<String>);

impl CategoryKeys {
    /// Collects the keys without reporting anything about them.
    pub(super) fn of(root: &Section<'_>) -> Self {
        Self(root.texts_of("categories", "key"))
    }

    /// The category that `node` names.
    pub(super) fn named_by(&self, node: &Node<'_>) -> Option<String> {
        let text = node.text("endpoint")?;
        if self.0.is_empty() || self.0.iter().any(|key| key == text) {
            return Some(text.to_owned());
        }
        node.unknown_word("a category of this pack", text, self.0.iter().map(String::as_str));
        None
    }
}

/// The products by their codes, as far as they can be read.
pub(super) struct ProductKinds(Vec<(String, ProductKind)>);

impl ProductKinds {
    /// Collects them without reporting anything about them.
    pub(super) fn of(root: &Section<'_>) -> Self {
        let kinds = root.texts_in("products", ["code", "kind"]).into_iter();
        Self(kinds.filter_map(|[code, kind]| Some((code, kind.parse().ok()?))).collect())
    }

    /// The product that `node` names, and its kind.
    pub(super) fn named_by(&self, node: &Node<'_>) -> Option<(String, ProductKind)> {
        let text = node.text("BOX-100")?;
        let found = self.0.iter().find(|(code, _)| code == text).cloned();
        if found.is_none() {
            let codes = self.0.iter().map(|(code, _)| code.as_str());
            node.unknown_word("a product of this pack", text, codes);
        }
        found
    }
}

pub(super) fn read_partner_types(root: &Section<'_>) -> Option<Vec<PartnerType>> {
    let mut keys = Unique::new("give each partner type a key of its own");
    let mut names = Unique::new("give each partner type a name of its own");
    let sections = root.required_sections("partner_types")?;
    every(&sections, |section| {
        let (key, name, source) = read_named(section, &[], &mut keys, &mut names);
        Some(PartnerType { key: key?, name: name?, source: source? })
    })
}

pub(super) fn read_tiers(root: &Section<'_>) -> Option<Vec<Tier>> {
    let mut keys = Unique::new("give each tier a key of its own");
    let mut names = Unique::new("give each tier a name of its own");
    let mut ranks = Unique::new("give each tier a rank of its own, the highest to the best");
    let sections = root.sections("tiers")?;
    let mut tiers = every(&sections, |section| {
        let (key, name, source) = read_named(section, &["rank"], &mut keys, &mut names);
        let rank = section.required("rank", "rank = 2").and_then(|node| {
            let rank = node.number(1..=HIGHEST_RANK, 2)?;
            ranks.admits(&node, &rank.to_string()).then_some(rank)
        });
        Some(Tier { key: key?, name: name?, rank: rank?, source: source? })
    })?;
    tiers.sort_by_key(|tier| tier.rank);
    Some(tiers)
}

pub(super) fn read_categories(root: &Section<'_>) -> Option<Vec<Category>> {
    let mut keys = Unique::new("give each category a key of its own");
    let mut names = Unique::new("give each category a name of its own");
    let sections = root.required_sections("categories")?;
    every(&sections, |section| {
        let (key, name, source) = read_named(section, &[], &mut keys, &mut names);
        Some(Category { key: key?, name: name?, source: source? })
    })
}

pub(super) fn read_products(root: &Section<'_>, categories: &CategoryKeys) -> Option<Vec<Product>> {
    let mut codes = Unique::new("give each product a code of its own");
    let sections = root.required_sections("products")?;
    every(&sections, |section| read_product(section, categories, &mut codes))
}

fn read_product(
    section: &Section<'_>,
    categories: &CategoryKeys,
    codes: &mut Unique,
) -> Option<Product> {
    section.allows(&[
        "code",
        "name",
        "category",
        "kind",
        "unit",
        "warranty_months",
        "most_units",
        "illustrative",
        "sku_code",
        "source",
    ]);
    let code = section.required("code", "code = \"BOX-100\"").and_then(|node| {
        let code = values::code(&node)?;
        codes.admits(&node, &code).then_some(code)
    });
    let name = section
        .required("name", "name = \"Endpoint protection\"")
        .and_then(|node| values::name(&node));
    let category = section
        .required("category", "category = \"endpoint\"")
        .and_then(|node| categories.named_by(&node));
    let kind: Option<ProductKind> =
        section.required("kind", "kind = \"subscription\"").and_then(|node| node.word());
    let unit = section.required("unit", "unit = \"user\"").and_then(|node| values::unit(&node));
    let warranty_months = read_warranty(section, kind);
    let most_units = section
        .optional("most_units")
        .map_or(Some(None), |node| node.number(1..=MOST_UNITS, 256).map(Some));
    let illustrative = values::illustrative(section);
    let sku_code = sku_reader::read_sku_code(section, kind);
    let source = values::source(section);
    Some(Product {
        code: code?,
        name: name?,
        category: category?,
        kind: kind?,
        unit: unit?,
        warranty_months: warranty_months?,
        most_units: most_units?,
        illustrative: illustrative?,
        sku_code: sku_code?,
        source: source?,
    })
}

fn read_warranty(section: &Section<'_>, kind: Option<ProductKind>) -> Option<Option<i32>> {
    let Some(node) = section.optional("warranty_months") else {
        return Some(None);
    };
    if let Some(kind) = kind.filter(|kind| *kind != ProductKind::Hardware) {
        node.report(
            format!("a product of the kind \"{}\" has no warranty", kind.as_str()),
            "remove warranty_months, or write kind = \"hardware\"",
        );
        return None;
    }
    node.number(1..=LONGEST_WARRANTY, 12).map(Some)
}

type Named = (Option<String>, Option<String>, Option<Option<String>>);

/// `key`, `name` and `source`, which every list but the products has, beside `further` keys.
fn read_named(
    section: &Section<'_>,
    further: &[&'static str],
    keys: &mut Unique,
    names: &mut Unique,
) -> Named {
    section.allows(&[&["key", "name", "source"], further].concat());
    let key = section.required("key", "key = \"gold\"").and_then(|node| {
        let key = values::key(&node)?;
        keys.admits(&node, &key).then_some(key)
    });
    let name = section.required("name", "name = \"Gold\"").and_then(|node| {
        let name = values::name(&node)?;
        names.admits(&node, &name).then_some(name)
    });
    (key, name, values::source(section))
}

/// What `read` makes of every section; nothing when one of them is wrong, but only after all
/// have been read.
fn every<'a, T>(
    sections: &[Section<'a>],
    read: impl FnMut(&Section<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let rows: Vec<Option<T>> = sections.iter().map(read).collect();
    rows.into_iter().collect()
}
