//! A translated quote as CSV.

use chrono::NaiveDate;

use super::priced::PriceTags;
use super::quote::QuoteLine;
use super::standing::Standing;
use super::translation::{TranslatedQuote, Translation};
use crate::error::Result;
use crate::web::downloads::Csv;

const HEADS: [&str; 20] = [
    "line",
    "sku",
    "quantity",
    "months",
    "product",
    "product_name",
    "term",
    "purpose",
    "new_sku",
    "legacy_sku",
    "found",
    "day",
    "orderable",
    "from",
    "until",
    "order_instead",
    "currency",
    "msrp",
    "msrp_total",
    "remark",
];

pub(super) fn file(quote: &TranslatedQuote<'_>, prices: &PriceTags) -> Result<Csv> {
    let mut csv = Csv::with_heads(&HEADS)?;
    for (line, translation) in &quote.lines {
        csv.row(cells(line, translation, quote.day, prices))?;
    }
    Ok(csv)
}

fn cells(
    line: &QuoteLine,
    found: &Translation<'_>,
    day: NaiveDate,
    prices: &PriceTags,
) -> [String; 20] {
    let product = |cell: fn(&super::Listed) -> &String| found.product.map(cell).cloned();
    let (orderable, from, until) = match found.standing {
        None => ("", None, None),
        Some(Standing::Orderable { since, until }) => ("yes", since, until),
        Some(Standing::NotOrderable { ended, begins }) => ("no", begins, ended),
    };
    let tag = prices.tag(line, found);
    let text = |cell: Option<&dyn ToString>| cell.map(ToString::to_string).unwrap_or_default();
    [
        line.number.to_string(),
        line.sku.clone(),
        line.quantity.to_string(),
        text(line.months.as_ref().map(|months| months as &dyn ToString)),
        product(|one| &one.code).unwrap_or_default(),
        product(|one| &one.name).unwrap_or_default(),
        text(found.months.as_ref().map(|months| months as &dyn ToString)),
        text(found.purpose.as_ref().map(|purpose| purpose as &dyn ToString)),
        found.new_sku.clone().unwrap_or_default(),
        found.legacy_sku.clone().unwrap_or_default(),
        found.how.as_str().to_owned(),
        day.to_string(),
        orderable.to_owned(),
        text(from.as_ref().map(|day| day as &dyn ToString)),
        text(until.as_ref().map(|day| day as &dyn ToString)),
        found.instead.as_ref().map(ToString::to_string).unwrap_or_default(),
        tag.map(|_| prices.currency().code().to_owned()).unwrap_or_default(),
        tag.map(|tag| tag.unit.plain()).unwrap_or_default(),
        tag.map(|tag| tag.total.plain()).unwrap_or_default(),
        found.remark.sentence(),
    ]
}
