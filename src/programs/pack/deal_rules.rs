//! Reads what a policy says of deals that can be registered.

use super::lists::CategoryKeys;
use super::policies::{read_categories, read_set};
use super::policy::Threshold;
use super::problem::quoted;
use super::reader::{Node, Unique};
use crate::money::Money;
use iso_currency::Currency;

const ALL: &str = "all";

/// A least value of deals, currency by currency: `["EUR 2500", "USD 2500"]`.
pub(super) fn read_thresholds(node: &Node<'_>) -> Option<Vec<Threshold>> {
    const EXAMPLE: &str = "[\"EUR 2500\"]";
    let mut unique = Unique::new("name each currency once");
    read_set(node, EXAMPLE, |item| {
        let text = item.text("EUR 2500")?;
        let read = text.split_once(' ').and_then(|(code, amount)| {
            let currency = Currency::from_code(code)?;
            let least = Money::parse(amount, currency).filter(|money| money.minor > 0)?;
            Some(Threshold { currency: code.to_owned(), least_minor: least.minor })
        });
        let Some(read) = read else {
            item.report(
                format!("{} is no amount of a currency", quoted(text)),
                format!("write the currency and the least amount, such as {EXAMPLE}"),
            );
            return None;
        };
        unique.admits(item, &read.currency).then_some(read)
    })
}

/// The categories whose deals can be registered; nothing: those of every category.
pub(super) fn read_deal_categories(
    node: &Node<'_>,
    categories: &CategoryKeys,
) -> Option<Option<Vec<String>>> {
    if node.says(ALL) {
        return Some(None);
    }
    if node.is_text() {
        node.is_not("a list of categories", "write their keys as a list, or \"all\"");
        return None;
    }
    read_categories(node, categories).map(Some)
}
