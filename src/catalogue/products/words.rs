//! How the catalogue says things.

use crate::catalogue::{Product, ProductKind};
use crate::locale::Locale;

pub(super) fn kind(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::Subscription => "Subscription",
        ProductKind::Hardware => "Hardware",
        ProductKind::Perpetual => "Perpetual licence",
        ProductKind::Service => "Service",
        ProductKind::SupportPlan => "Support plan",
        ProductKind::Training => "Training",
        ProductKind::Usage => "Usage, by the month",
    }
}

/// `12 months`; empty where there is no term.
pub(super) fn term(months: i32) -> String {
    match months {
        0 => String::new(),
        1 => "1 month".to_owned(),
        many => format!("{many} months"),
    }
}

/// What a price is for: `per seat for 12 months`.
pub(super) fn per(product: &Product, months: i32) -> String {
    let usage = product.kind == ProductKind::Usage;
    match months {
        0 if usage => format!("per {} and month", product.unit),
        0 => format!("per {}", product.unit),
        months => format!("per {} for {}", product.unit, term(months)),
    }
}

/// The quantities of a band: `1–9`, `50 and more`.
pub(super) fn band(from: i32, next: Option<i32>, locale: Locale) -> String {
    let number = |quantity: i32| locale.number(quantity.into());
    match next {
        None if from == 1 => "Any".to_owned(),
        None => format!("{} and more", number(from)),
        Some(next) if next - 1 == from => number(from),
        Some(next) => format!("{}\u{2013}{}", number(from), number(next - 1)),
    }
}
