//! Reads `[[price_lists]]`: what each product costs from a day on. A compact entry is written out
//! while it is read, so that a pack holds a price for each product, term and band.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use iso_currency::Currency;

use super::lists::ProductKinds;
use super::model::{Price, PriceList};
use super::problem::quoted;
use super::reader::{Node, Section, Unique};
use super::values;
use super::words::ProductKind;
use crate::money::Money;
use crate::percent::{BasisPoints, half_even};

const LONGEST_TERM: i32 = 60;
const MOST_UNITS: i32 = 1_000_000;

pub(super) fn read_price_lists(
    root: &Section<'_>,
    products: &ProductKinds,
) -> Option<Vec<PriceList>> {
    let mut days = Unique::new("let each list of a currency begin on a day of its own");
    let sections = root.sections("price_lists")?;
    let lists: Vec<Option<PriceList>> =
        sections.iter().map(|section| read_list(section, products, &mut days)).collect();
    let mut lists: Vec<PriceList> = lists.into_iter().collect::<Option<_>>()?;
    lists.sort_by_key(|list| (list.currency.code(), list.from));
    Some(lists)
}

fn read_list(
    section: &Section<'_>,
    products: &ProductKinds,
    days: &mut Unique,
) -> Option<PriceList> {
    section.allows(&["from", "currency", "illustrative", "source", "prices"]);
    let currency =
        section.required("currency", "currency = \"EUR\"").and_then(|node| values::currency(&node));
    let from = section.required("from", "from = 2023-10-01").and_then(|node| {
        let day = node.date()?;
        let key = format!("{day} {}", currency.map_or("", |currency| currency.code()));
        days.admits(&node, &key).then_some(day)
    });
    let illustrative = values::illustrative(section);
    let source = values::source(section);
    let prices = read_prices(section, currency, products);
    list(from, currency, illustrative, source, prices)
}

fn list(
    from: Option<NaiveDate>,
    currency: Option<Currency>,
    illustrative: Option<bool>,
    source: Option<Option<String>>,
    prices: Option<Vec<Price>>,
) -> Option<PriceList> {
    Some(PriceList {
        from: from?,
        currency: currency?,
        illustrative: illustrative?,
        source: source?,
        prices: prices?,
    })
}

fn read_prices(
    section: &Section<'_>,
    currency: Option<Currency>,
    products: &ProductKinds,
) -> Option<Vec<Price>> {
    let entries = section.required_sections("prices")?;
    let mut known = BTreeSet::new();
    let mut prices = Vec::new();
    let mut sound = true;
    for entry in &entries {
        let Some(read) = read_entry(entry, currency, products) else {
            sound = false;
            continue;
        };
        for price in read {
            if !known.insert((price.product.clone(), price.months, price.from_quantity)) {
                entry.report(
                    format!("{} has this price already", quoted(&price.product)),
                    "give each product one price for each term and quantity",
                );
                sound = false;
                break;
            }
            prices.push(price);
        }
    }
    prices.sort_by(|a, b| {
        (&a.product, a.months, a.from_quantity).cmp(&(&b.product, b.months, b.from_quantity))
    });
    sound.then_some(prices)
}

fn read_entry(
    entry: &Section<'_>,
    currency: Option<Currency>,
    products: &ProductKinds,
) -> Option<Vec<Price>> {
    entry.allows(&["product", "from", "price", "months", "fill", "bands"]);
    let named = entry
        .required("product", "product = \"BOX-100\"")
        .and_then(|node| products.named_by(&node));
    let from_quantity =
        entry.optional("from").map_or(Some(1), |node| node.number(1..=MOST_UNITS, 10));
    let fill = entry.optional("fill").map_or(Some(false), |node| node.yes_or_no());
    let bands = entry.optional("bands").map_or(Some(Vec::new()), |node| read_bands(&node));
    let (product, kind) = named?;
    let terms = read_terms(entry, kind, currency?)?;
    let (from_quantity, fill, bands) = (from_quantity?, fill?, bands?);
    let terms = if fill { filled(&terms) } else { terms };
    let mut prices = Vec::new();
    for (months, unit_minor) in terms {
        let price = |from_quantity, unit_minor| Price {
            product: product.clone(),
            months,
            from_quantity,
            unit_minor,
        };
        prices.push(price(from_quantity, unit_minor));
        prices.extend(
            bands.iter().map(|(from, less)| price(*from, unit_minor - less.of(unit_minor))),
        );
    }
    Some(prices)
}

/// What has a term is priced by its months, everything else by one price, which stands at 0 months.
fn read_terms(
    entry: &Section<'_>,
    kind: ProductKind,
    currency: Currency,
) -> Option<BTreeMap<i32, i64>> {
    if kind.has_term() {
        if let Some(node) = entry.optional("price") {
            node.report(
                format!("a product of the kind \"{}\" is sold for a term", kind.as_str()),
                "write months = { 12 = \"100\" } with the price of each term",
            );
            return None;
        }
        let example = "months = { 12 = \"100\" }";
        let months = entry.required("months", example)?.section(&format!("write {example}"))?;
        let terms = months.entries().into_iter().map(|(key, node)| {
            let months = key.parse().ok().filter(|months| (1..=LONGEST_TERM).contains(months));
            if months.is_none() {
                node.report(
                    format!("{} is not a term", quoted(&key)),
                    format!("write so many months, from 1 to {LONGEST_TERM}"),
                );
            }
            Some((months?, amount(&node, currency)?))
        });
        let terms: Vec<Option<(i32, i64)>> = terms.collect();
        return terms.into_iter().collect();
    }
    if let Some(node) = entry.optional("months") {
        node.report(
            format!("a product of the kind \"{}\" has no term", kind.as_str()),
            "write price = \"100\"",
        );
        return None;
    }
    let price = amount(&entry.required("price", "price = \"100\"")?, currency)?;
    Some(BTreeMap::from([(0, price)]))
}

fn amount(node: &Node<'_>, currency: Currency) -> Option<i64> {
    let text = node.text("100")?;
    let money = Money::parse(text, currency);
    if money.is_none() {
        let example = Money::new(4_900, currency).plain();
        node.is_not(
            &format!("an amount in {}", currency.code()),
            format!("write digits with a point such as \"{example}\""),
        );
    }
    money.map(|money| money.minor)
}

fn read_bands(node: &Node<'_>) -> Option<Vec<(i32, BasisPoints)>> {
    let bands = node.section("write bands = { 10 = \"4\", 25 = \"7.5\" }, in percent")?;
    let bands = bands.entries().into_iter().map(|(key, node)| {
        let from = key.parse().ok().filter(|from| (2..=MOST_UNITS).contains(from));
        if from.is_none() {
            node.report(
                format!("{} is not the beginning of a band", quoted(&key)),
                format!("write the quantity from which it holds, from 2 to {MOST_UNITS}"),
            );
        }
        Some((from?, values::percent(&node)?))
    });
    let bands: Vec<Option<(i32, BasisPoints)>> = bands.collect();
    bands.into_iter().collect()
}

/// Every term up to the longest: one between those that are stated costs so many months of the
/// longest stated one that is not longer.
fn filled(stated: &BTreeMap<i32, i64>) -> BTreeMap<i32, i64> {
    (1..=LONGEST_TERM)
        .filter_map(|months| {
            let (term, minor) = stated.range(..=months).next_back()?;
            let price = half_even(i128::from(*minor) * i128::from(months), i128::from(*term));
            Some((months, i64::try_from(price).ok()?))
        })
        .collect()
}
