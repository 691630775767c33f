//! Readers of the values that have a form of their own: keys, names, codes, currencies, zones.

use chrono_tz::Tz;
use iso_currency::Currency;

use super::colour::Colour;
use super::countries::is_country;
use super::nearest::nearest;
use super::problem::quoted;
use super::reader::{Node, Section};
use crate::percent::BasisPoints;

const LONGEST_KEY: usize = 40;
const LONGEST_UNIT: usize = 40;
const LONGEST_NAME: usize = 80;
const LONGEST_SOURCE: usize = 400;
const LONGEST_MESSAGE: usize = 300;

/// A name that people read.
pub(super) fn name(node: &Node<'_>) -> Option<String> {
    line(node, LONGEST_NAME, "Gold")
}

/// A sentence for everybody in the program.
pub(super) fn message(node: &Node<'_>) -> Option<String> {
    line(node, LONGEST_MESSAGE, "We move to new systems.")
}

/// What a quantity counts.
pub(super) fn unit(node: &Node<'_>) -> Option<String> {
    line(node, LONGEST_UNIT, "user")
}

/// The `source` of a section, which may be left out; nothing only when it is wrong.
pub(super) fn source(section: &Section<'_>) -> Option<Option<String>> {
    match section.optional("source") {
        None => Some(None),
        Some(node) => line(&node, LONGEST_SOURCE, "the vendor's program guide, 2023").map(Some),
    }
}

/// `illustrative`: whether something was invented; `false` when left out.
pub(super) fn illustrative(section: &Section<'_>) -> Option<bool> {
    section.optional("illustrative").map_or(Some(false), |node| node.yes_or_no())
}

/// A percentage from 0 to 100 with at most two decimals.
pub(super) fn percent(node: &Node<'_>) -> Option<BasisPoints> {
    let text = node.text("12.5")?;
    let percent = BasisPoints::parse(text);
    if percent.is_none() {
        let hint = "write a number from 0 to 100 with at most two decimals such as \"12.5\"";
        node.is_not("a percentage", hint);
    }
    percent
}

/// Lower-case letters, digits and underscores, as a key within the pack.
pub(super) fn key(node: &Node<'_>) -> Option<String> {
    let text = node.text("gold")?;
    let fits = text.len() <= LONGEST_KEY
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !fits {
        let hint = format!(
            "write at most {LONGEST_KEY} lower-case letters, digits and underscores, a letter first, such as \"gold\""
        );
        node.is_not("a key", hint);
    }
    fits.then(|| text.to_owned())
}

/// The program's part of an address.
pub(super) fn slug(node: &Node<'_>) -> Option<String> {
    let text = node.text("shield")?;
    let fits = (2..=LONGEST_KEY).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && !text.ends_with('-')
        && !text.contains("--")
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !fits {
        let hint = format!(
            "write 2 to {LONGEST_KEY} lower-case letters, digits and single hyphens, a letter first, such as \"shield\""
        );
        node.is_not("a slug", hint);
    }
    fits.then(|| text.to_owned())
}

/// A product's code.
pub(super) fn code(node: &Node<'_>) -> Option<String> {
    capitals(node, "a product code", "BOX-100")
}

/// A promotion's code.
pub(super) fn promotion_code(node: &Node<'_>) -> Option<String> {
    capitals(node, "a code", "SUMMER-23")
}

fn capitals(node: &Node<'_>, what: &str, example: &str) -> Option<String> {
    let text = node.text(example)?;
    let fits = text.len() <= LONGEST_KEY
        && text.starts_with(|first: char| first.is_ascii_uppercase() || first.is_ascii_digit())
        && text.bytes().all(|byte| {
            byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"-._".contains(&byte)
        });
    if !fits {
        let hint = format!(
            "write at most {LONGEST_KEY} capital letters, digits, hyphens, dots and underscores such as \"{example}\""
        );
        node.is_not(what, hint);
    }
    fits.then(|| text.to_owned())
}

/// Letters of a SKU: capitals and digits, exactly so many where `length` says.
pub(super) fn sku_letters(node: &Node<'_>, length: Option<usize>) -> Option<String> {
    let text = node.text("ZZ")?;
    if !is_sku_letters(text) {
        node.is_not("letters of a SKU", "write capital letters and digits such as \"ZZ\"");
    } else if let Some(length) = length.filter(|length| *length != text.len()) {
        node.report(
            format!("{} has {} letters, and its part {length}", quoted(text), text.len()),
            "write as many letters as the part is long",
        );
    } else {
        return Some(text.to_owned());
    }
    None
}

/// Whether a text could stand in a SKU that has a grammar.
pub(super) fn is_sku_letters(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// A currency of ISO 4217 that has minor units to count in.
pub(super) fn currency(node: &Node<'_>) -> Option<Currency> {
    let text = node.text("EUR")?;
    let found = Currency::from_code(text);
    match found {
        Some(currency) if currency.exponent().is_some() => return found,
        Some(_) => {
            node.is_not("a currency that is paid in", "write an ISO 4217 code such as \"EUR\"");
        }
        None => {
            let capitals = text.to_uppercase();
            let hint = match Currency::from_code(&capitals) {
                Some(_) => format!("write \"{capitals}\""),
                None => "write an ISO 4217 code such as \"EUR\"".to_owned(),
            };
            node.is_not("a currency", hint);
        }
    }
    None
}

/// A time zone of the IANA database.
pub(super) fn time_zone(node: &Node<'_>) -> Option<Tz> {
    let text = node.text("Europe/Brussels")?;
    let zone = text.parse().ok();
    if zone.is_none() {
        let meant = nearest(text, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()));
        let hint = match meant {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => "write an IANA name such as \"Europe/Brussels\"".to_owned(),
        };
        node.is_not("a time zone", hint);
    }
    zone
}

/// Two letters of ISO 3166-1.
pub(super) fn country(node: &Node<'_>) -> Option<String> {
    let text = node.text("BE")?;
    let known = is_country(text);
    if !known {
        let hint =
            "write two capital letters of ISO 3166-1 such as \"BE\"; the United Kingdom is \"GB\"";
        node.is_not("a country", hint);
    }
    known.then(|| text.to_owned())
}

/// A colour that can be seen on white. Text on it needs no check: [`Colour::ink`] always reads.
pub(super) fn colour(node: &Node<'_>) -> Option<Colour> {
    let text = node.text("#1f6feb")?;
    let Some(colour) = Colour::parse(text) else {
        node.is_not("a colour", "write # and six hexadecimal digits such as \"#1f6feb\"");
        return None;
    };
    let contrast = colour.contrast_with_white();
    if contrast < Colour::EDGE_CONTRAST {
        node.report(
            format!("{} has a contrast of {contrast:.2} with white", quoted(text)),
            format!(
                "choose a darker shade, with a contrast of {:.1} or more (WCAG 1.4.11)",
                Colour::EDGE_CONTRAST
            ),
        );
        return None;
    }
    Some(colour)
}

/// One line of text, without characters that cannot be seen.
fn line(node: &Node<'_>, longest: usize, example: &str) -> Option<String> {
    let text = node.text(example)?;
    let length = text.chars().count();
    if text.chars().any(is_hidden) {
        node.report(
            format!("{} has a control character", quoted(text)),
            "write one line without tabs, line breaks and marks of direction",
        );
    } else if text.trim().is_empty() {
        node.report("this is empty", format!("write a text such as \"{example}\""));
    } else if text.trim() != text {
        node.report(format!("{} starts or ends with a space", quoted(text)), "remove the space");
    } else if length > longest {
        node.report(format!("this has {length} characters"), format!("write at most {longest}"));
    } else {
        return Some(text.to_owned());
    }
    None
}

/// Control characters, and those that make a line read in another order than it is stored.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
