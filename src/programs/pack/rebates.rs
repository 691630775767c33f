//! Reads what is taken off a price: `[[discounts]]` and `[[promotions]]`.

use chrono::NaiveDate;

use super::lists::CategoryKeys;
use super::model::{Discount, Promotion};
use super::problem::quoted;
use super::reader::{Node, Section, Unique};
use super::values;
use super::words::DiscountLevel;
use crate::percent::BasisPoints;

const MOST_UNITS: i32 = 1_000_000;

pub(super) fn read_discounts(
    root: &Section<'_>,
    categories: &CategoryKeys,
) -> Option<Vec<Discount>> {
    let tiers = root.texts_of("tiers", "key");
    let mut unique = Unique::new("state each discount of a day once");
    let sections = root.sections("discounts")?;
    let discounts: Vec<Option<Discount>> = sections
        .iter()
        .map(|section| read_discount(section, categories, &tiers, &mut unique))
        .collect();
    let mut discounts: Vec<Discount> = discounts.into_iter().collect::<Option<_>>()?;
    discounts.sort();
    Some(discounts)
}

fn read_discount(
    section: &Section<'_>,
    categories: &CategoryKeys,
    tiers: &[String],
    unique: &mut Unique,
) -> Option<Discount> {
    section.allows(&["from", "level", "tier", "category", "percent", "approved_by", "source"]);
    let from = section.required("from", "from = 2023-10-01").and_then(|node| node.date());
    let level = section.optional("level").map_or(Some(DiscountLevel::Program), |node| node.word());
    let tier = section.optional("tier").map_or(Some(None), |node| {
        let text = node.text("gold")?;
        if tiers.iter().any(|key| key == text) {
            return Some(Some(text.to_owned()));
        }
        node.unknown_word("a tier of this pack", text, tiers.iter().map(String::as_str));
        None
    });
    let category = section.required("category", "category = \"endpoint\"").and_then(|node| {
        let category = categories.named_by(&node)?;
        let key = format!("{from:?} {level:?} {tier:?} {category}");
        unique.admits(&node, &key).then_some(category)
    });
    let percent =
        section.required("percent", "percent = \"15\"").and_then(|node| values::percent(&node));
    let (approved_by, source) = (approved_by(section), values::source(section));
    Some(Discount {
        level: level?,
        tier: tier?,
        category: category?,
        from: from?,
        percent: percent?,
        approved_by: approved_by?,
        source: source?,
    })
}

/// Who answers for it: a name or a title.
fn approved_by(section: &Section<'_>) -> Option<String> {
    let node = section.required("approved_by", "approved_by = \"Channel director\"")?;
    values::name(&node)
}

pub(super) fn read_promotions(
    root: &Section<'_>,
    categories: &CategoryKeys,
) -> Option<Vec<Promotion>> {
    let mut codes = Unique::new("give each promotion a code of its own");
    let sections = root.sections("promotions")?;
    let all = root.texts_of("promotions", "code");
    let promotions: Vec<Option<Promotion>> = sections
        .iter()
        .map(|section| read_promotion(section, categories, &all, &mut codes))
        .collect();
    let mut promotions: Vec<Promotion> = promotions.into_iter().collect::<Option<_>>()?;
    if !pairs_agree(&promotions, &sections) {
        return None;
    }
    promotions.sort_by(|a, b| a.code.cmp(&b.code));
    Some(promotions)
}

fn read_promotion(
    section: &Section<'_>,
    categories: &CategoryKeys,
    all: &[String],
    codes: &mut Unique,
) -> Option<Promotion> {
    section.allows(&[
        "code",
        "name",
        "starts",
        "ends",
        "percent",
        "categories",
        "least_units",
        "with_program",
        "with_deal",
        "combines",
        "approved_by",
        "source",
    ]);
    let code = section.required("code", "code = \"SUMMER-23\"").and_then(|node| {
        let code = values::promotion_code(&node)?;
        codes.admits(&node, &code).then_some(code)
    });
    let name = section.required("name", "name = \"Summer\"").and_then(|node| values::name(&node));
    let starts = section.required("starts", "starts = 2023-06-01").and_then(|node| node.date());
    let ends = last_day(section, starts);
    let percent = taken_off(section);
    let listed = section
        .required("categories", "categories = [\"endpoint\"]")
        .and_then(|node| read_set(&node, "[\"endpoint\"]", |item| categories.named_by(item)));
    let least =
        section.optional("least_units").map_or(Some(1), |node| node.number(1..=MOST_UNITS, 10));
    let yes = |key| section.optional(key).map_or(Some(true), |node| node.yes_or_no());
    let combines = combined(section, all);
    let (with_program, with_deal) = (yes("with_program"), yes("with_deal"));
    let (approved_by, source) = (approved_by(section), values::source(section));
    Some(Promotion {
        code: code?,
        name: name?,
        starts: starts?,
        ends: ends?,
        percent: percent?,
        categories: listed?,
        least_units: least?,
        with_program: with_program?,
        with_deal: with_deal?,
        combines: combines?,
        approved_by: approved_by?,
        source: source?,
    })
}

/// Not before the first.
fn last_day(section: &Section<'_>, starts: Option<NaiveDate>) -> Option<NaiveDate> {
    section.required("ends", "ends = 2023-08-31").and_then(|node| {
        let ends = node.date()?;
        let late = starts.is_none_or(|starts| starts <= ends);
        if !late {
            node.report(
                format!("{ends} is before it starts"),
                "write the last day on which it holds",
            );
        }
        late.then_some(ends)
    })
}

/// Zero would be no promotion.
fn taken_off(section: &Section<'_>) -> Option<BasisPoints> {
    section.required("percent", "percent = \"15\"").and_then(|node| {
        let percent = values::percent(&node)?;
        if percent.is_none() {
            node.report("this takes nothing off", "write more than 0");
        }
        Some(percent).filter(|percent| !percent.is_none())
    })
}

/// Codes of other promotions of the pack.
fn combined(section: &Section<'_>, all: &[String]) -> Option<Vec<String>> {
    section.optional("combines").map_or(Some(Vec::new()), |node| {
        read_set(&node, "[\"WELCOME\"]", |item| {
            let text = item.text("WELCOME")?;
            let known = all.iter().any(|code| code == text);
            if !known {
                item.unknown_word("a promotion of this pack", text, all.iter().map(String::as_str));
            }
            known.then(|| text.to_owned())
        })
    })
}

/// A list whose order says nothing, sorted, with at least one item and none twice.
fn read_set(
    node: &Node<'_>,
    example: &str,
    mut read: impl FnMut(&Node<'_>) -> Option<String>,
) -> Option<Vec<String>> {
    let mut unique = Unique::new("name each once");
    let items: Vec<Option<String>> = node
        .items(example)?
        .iter()
        .map(|item| {
            let text = read(item)?;
            unique.admits(item, &text).then_some(text)
        })
        .collect();
    let mut items: Vec<String> = items.into_iter().collect::<Option<_>>()?;
    if items.is_empty() {
        node.report("this is empty", format!("write at least one, such as {example}"));
        return None;
    }
    items.sort();
    Some(items)
}

/// What goes together does so whichever of the two is looked at.
fn pairs_agree(promotions: &[Promotion], sections: &[Section<'_>]) -> bool {
    let mut agree = true;
    for (promotion, section) in promotions.iter().zip(sections) {
        for other in &promotion.combines {
            if *other == promotion.code {
                section.report("it is combined with itself", "name other promotions only");
                agree = false;
            }
            let back = promotions.iter().find(|one| one.code == *other);
            if back.is_some_and(|back| !back.combines.contains(&promotion.code)) {
                section.report(
                    format!("it is combined with {}, which does not name it", quoted(other)),
                    format!("add {} to what that one combines with", quoted(&promotion.code)),
                );
                agree = false;
            }
        }
    }
    agree
}
