//! Reads `[sku]` and `[[legacy_skus]]`, and checks them against products and policies.

use std::collections::{BTreeMap, BTreeSet};

use super::model::Product;
use super::policy::PolicyTimeline;
use super::problem::quoted;
use super::reader::{Node, Section, Unique};
use super::sku::{LegacySkus, PartMeaning, SkuGrammar, SkuPart};
use super::values;
use super::words::{ProductKind, SkuForm, SkuMeaning};
use crate::calendar::TermMonths;

const LONGEST_SKU: i32 = 40;

type Skus = (Option<SkuGrammar>, Vec<LegacySkus>);

/// Both sections; what they say of products and policies is checked as far as those are right.
pub(super) fn read_skus(
    root: &Section<'_>,
    products: Option<&[Product]>,
    policies: Option<&PolicyTimeline>,
) -> Option<Skus> {
    let grammar = match root.optional("sku") {
        None => Some(None),
        Some(node) => read_grammar(&node).map(Some),
    };
    let has_grammar = root.optional("sku").is_some();
    if !has_grammar {
        refuse_without_grammar(root);
    }
    if let (Some(products), Some(Some(grammar))) = (products, &grammar) {
        check_codes(root, products, grammar);
    }
    let known = Known { products, policies, grammar: grammar.as_ref().and_then(Option::as_ref) };
    let legacy = read_legacy(root, &known);
    Some((grammar?, legacy?))
}

/// `sku_code` of a product.
pub(super) fn read_sku_code(
    section: &Section<'_>,
    kind: Option<ProductKind>,
) -> Option<Option<String>> {
    let Some(node) = section.optional("sku_code") else {
        return Some(None);
    };
    if let Some(kind) = kind.filter(|kind| !kind.has_term()) {
        node.report(
            format!("a product of the kind \"{}\" is ordered by its code", kind.as_str()),
            "remove sku_code; only subscriptions and support plans have SKUs by the grammar",
        );
        return None;
    }
    values::sku_letters(&node, None).map(Some)
}

/// What only a program with a grammar may say.
fn refuse_without_grammar(root: &Section<'_>) {
    const HINT: &str = "add a section [sku] with its parts, or remove this";
    for product in root.sections("products").unwrap_or_default() {
        if let Some(node) = product.optional("sku_code") {
            node.report("this program has plain codes", HINT);
        }
    }
    for policy in root.sections("policies").unwrap_or_default() {
        if let Some(node) = policy.optional("sku_forms") {
            let forms = node.listed().unwrap_or_default();
            for form in forms.iter().filter(|form| form.says(SkuForm::New.as_str())) {
                form.report("this program has plain codes", HINT);
            }
        }
    }
    if let Some(node) = root.optional("legacy_skus") {
        node.report("this program has plain codes", HINT);
    }
}

fn read_grammar(node: &Node<'_>) -> Option<SkuGrammar> {
    let section = node.section("write its keys below a heading [sku]")?;
    section.allows(&["parts", "source"]);
    let source = values::source(&section);
    let sections = section.required_sections("parts")?;
    let mut next = Some(1);
    let mut parts = Vec::new();
    for part in &sections {
        parts.push(read_part(part, &mut next));
    }
    let parts: Vec<SkuPart> = parts.into_iter().collect::<Option<_>>()?;
    let grammar = SkuGrammar { parts, source: source? };
    is_complete(&section, &grammar).then_some(grammar)
}

/// Whether product, months and purpose have one part each, and a SKU is not too long.
fn is_complete(section: &Section<'_>, grammar: &SkuGrammar) -> bool {
    let mut is_right = true;
    for wanted in [SkuMeaning::Product, SkuMeaning::Months, SkuMeaning::Purpose] {
        let count = grammar.parts.iter().filter(|part| part.meaning.word() == wanted).count();
        if count != 1 {
            section.report(
                format!("{count} parts have the meaning \"{}\"", wanted.as_str()),
                "write one part each for \"product\", \"months\" and \"purpose\"",
            );
            is_right = false;
        }
    }
    let longest = usize::try_from(LONGEST_SKU).unwrap_or(usize::MAX);
    if grammar.length() > longest {
        let what = format!("a SKU would have {} letters", grammar.length());
        section.report(what, format!("let the parts have at most {LONGEST_SKU} together"));
        is_right = false;
    }
    is_right
}

/// One part; `next` is where it has to begin, as far as that is known.
fn read_part(section: &Section<'_>, next: &mut Option<i32>) -> Option<SkuPart> {
    let meaning: Option<SkuMeaning> =
        section.required("meaning", "meaning = \"months\"").and_then(|node| node.word());
    let own: &[&'static str] = match meaning {
        Some(SkuMeaning::Product) => &["pad"],
        Some(SkuMeaning::Months) => &[],
        Some(SkuMeaning::Purpose) => &["new", "renewal"],
        Some(SkuMeaning::Letters) => &["known", "sold"],
        None => &["pad", "new", "renewal", "known", "sold"],
    };
    section.allows(&[&["name", "position", "length", "meaning"], own].concat());
    let name = section.required("name", "name = \"Term in months\"").and_then(|n| values::name(&n));
    let position = section
        .required("position", "position = 1")
        .and_then(|node| Some((node.number(1..=LONGEST_SKU, 1)?, node)));
    let least = if meaning == Some(SkuMeaning::Months) { 2 } else { 1 };
    let length = section
        .required("length", "length = 2")
        .and_then(|node| node.number(least..=LONGEST_SKU, 2));
    let mut is_placed = position.is_some();
    if let (Some((at, node)), Some(next)) = (&position, *next)
        && *at != next
    {
        let hint = format!("write {next}: parts stand in their order, without gaps");
        node.report(format!("this part cannot begin at {at}"), hint);
        is_placed = false;
    }
    let begins = next.or(position.map(|(at, _)| at));
    *next = begins.zip(length).map(|(begins, length)| begins + length);
    let meaning = read_meaning(section, meaning?, usize::try_from(length?).ok()?);
    let length = usize::try_from(length?).ok()?;
    Some(SkuPart { name: name?, length, meaning: meaning? }).filter(|_| is_placed)
}

fn read_meaning(section: &Section<'_>, meaning: SkuMeaning, length: usize) -> Option<PartMeaning> {
    let letters = |key: &str, example: &str| {
        let node = section.required(key, example)?;
        values::sku_letters(&node, Some(length))
    };
    match meaning {
        SkuMeaning::Months => Some(PartMeaning::Months),
        SkuMeaning::Product => {
            let pad = match section.optional("pad") {
                None => Some(None),
                Some(node) => values::sku_letters(&node, Some(1)).map(|pad| pad.chars().next()),
            };
            Some(PartMeaning::Product { pad: pad? })
        }
        SkuMeaning::Purpose => {
            let new = letters("new", "new = \"N\"");
            let renewal = letters("renewal", "renewal = \"R\"");
            if new.is_some() && new == renewal {
                section.report("new and renewal are the same", "give each letters of its own");
                return None;
            }
            Some(PartMeaning::Purpose { new: new?, renewal: renewal? })
        }
        SkuMeaning::Letters => {
            let known = read_known(section, length);
            let sold = letters("sold", "sold = \"ZZ\"");
            let (known, sold) = (known?, sold?);
            if !known.contains_key(&sold) {
                let node = section.optional("sold")?;
                node.unknown_word("known here", &sold, known.keys().map(String::as_str));
                return None;
            }
            Some(PartMeaning::Letters { known, sold })
        }
    }
}

/// The letters that a part can have, and what they say.
fn read_known(section: &Section<'_>, length: usize) -> Option<BTreeMap<String, String>> {
    const EXAMPLE: &str = "known = { ZZ = \"none\" }";
    let node = section.required("known", EXAMPLE)?;
    let entries = node.section(&format!("write {EXAMPLE}"))?.entries();
    if entries.is_empty() {
        node.report("this is empty", format!("write the letters that are known: {EXAMPLE}"));
        return None;
    }
    let known = entries.iter().map(|(letters, node)| {
        let meaning = values::name(node);
        if letters.len() != length || !values::is_sku_letters(letters) {
            let hint = format!("write {length} capital letters and digits before the sign =");
            node.report(format!("{} does not fit its part", quoted(letters)), hint);
            return None;
        }
        Some((letters.clone(), meaning?))
    });
    known.collect::<Vec<_>>().into_iter().collect()
}

/// Whether each product that is sold for a term can be told from the others in a SKU.
fn check_codes(root: &Section<'_>, products: &[Product], grammar: &SkuGrammar) {
    let sections = root.sections("products").unwrap_or_default();
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (section, product) in sections.iter().zip(products) {
        if !product.kind.has_term() {
            continue;
        }
        let code = product.code_in_skus();
        let Some(node) = section.optional("sku_code").or_else(|| section.optional("code")) else {
            continue;
        };
        let Some(padded) = grammar.padded(code) else {
            node.report(
                format!("{} does not fit the part of a SKU that names the product", quoted(code)),
                "write a sku_code of capital letters and digits that is not longer than the part",
            );
            continue;
        };
        if let Some(other) = seen.insert(padded, &product.code) {
            node.report(
                format!("a SKU could not tell this product from {}", quoted(other)),
                "give each product a sku_code of its own",
            );
        }
    }
}

/// What legacy SKUs are checked against.
struct Known<'k> {
    products: Option<&'k [Product]>,
    policies: Option<&'k PolicyTimeline>,
    grammar: Option<&'k SkuGrammar>,
}

impl Known<'_> {
    /// The terms that have had a legacy SKU at some time.
    fn standard_terms(&self) -> BTreeSet<i32> {
        let policies = self.policies.into_iter().flat_map(PolicyTimeline::iter);
        policies.flat_map(|policy| policy.standard_terms.iter().copied()).collect()
    }

    fn product(&self, node: &Node<'_>) -> Option<String> {
        let code = node.text("BOX-100")?;
        let Some(products) = self.products else {
            return Some(code.to_owned());
        };
        let Some(product) = products.iter().find(|product| product.code == code) else {
            let codes = products.iter().filter(|product| product.kind.has_term());
            node.unknown_word("a product of this pack", code, codes.map(|one| one.code.as_str()));
            return None;
        };
        if !product.kind.has_term() {
            node.report(
                format!("a product of the kind \"{}\" is ordered by its code", product.kind),
                "name a subscription or a support plan",
            );
            return None;
        }
        Some(code.to_owned())
    }

    /// A legacy SKU that nothing else can be taken for.
    fn sku(&self, node: &Node<'_>, unique: &mut Unique) -> Option<String> {
        let sku = values::code(node)?;
        if self.products.into_iter().flatten().any(|product| product.code == sku) {
            node.report(
                format!("{} is the code of a product", quoted(&sku)),
                "write a SKU that nothing else has",
            );
            return None;
        }
        if self.grammar.is_some_and(|grammar| grammar.is_form_of(&sku)) {
            node.report(
                format!("{} has the form of the newer SKUs", quoted(&sku)),
                "write the older SKU, in whatever form it had",
            );
            return None;
        }
        unique.admits(node, &sku).then_some(sku)
    }
}

fn read_legacy(root: &Section<'_>, known: &Known<'_>) -> Option<Vec<LegacySkus>> {
    let mut products = Unique::new("write the SKUs of one product in one section");
    let mut skus = Unique::new("a SKU stands for one product, term and purpose");
    let terms = known.standard_terms();
    let sections = root.sections("legacy_skus")?;
    let read = |section: &Section<'_>| {
        section.allows(&["product", "new", "renewal", "source"]);
        let product = section.required("product", "product = \"XS136Z\"").and_then(|node| {
            let product = known.product(&node)?;
            products.admits(&node, &product).then_some(product)
        });
        let mut of = |key: &str| match section.optional(key) {
            None => Some(BTreeMap::new()),
            Some(node) => read_terms(&node, &terms, |node| known.sku(node, &mut skus)),
        };
        let (new, renewal) = (of("new"), of("renewal"));
        let source = values::source(section);
        let skus = LegacySkus { product: product?, new: new?, renewal: renewal?, source: source? };
        if skus.new.is_empty() && skus.renewal.is_empty() {
            section.report("there are no SKUs", "add a line such as new = { 12 = \"XS136-12\" }");
            return None;
        }
        Some(skus)
    };
    let read: Vec<Option<LegacySkus>> = sections.iter().map(read).collect();
    read.into_iter().collect()
}

/// SKUs by the months of their term.
fn read_terms<'a>(
    node: &Node<'a>,
    standard: &BTreeSet<i32>,
    mut sku: impl FnMut(&Node<'a>) -> Option<String>,
) -> Option<BTreeMap<TermMonths, String>> {
    let section =
        node.section("write months and SKUs such as { 1 = \"XS136-1\", 12 = \"XS136-12\" }")?;
    let terms: Vec<String> = standard.iter().map(i32::to_string).collect();
    let read = section.entries().into_iter().map(|(key, node)| {
        let months = super::sku::months_of(&key).filter(|_| !key.starts_with('0'));
        let months = months
            .filter(|months| standard.is_empty() || standard.contains(&i32::from(months.get())));
        if months.is_none() {
            let hint = format!("write one of {}, or add it to standard_terms", terms.join(", "));
            node.report(format!("{} is not a standard term", quoted(&key)), hint);
        }
        let sku = sku(&node);
        Some((months?, sku?))
    });
    read.collect::<Vec<_>>().into_iter().collect()
}
