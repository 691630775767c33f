//! The ways between the pages of the catalogue, as a person's seat has them.

use crate::auth::{Scope, Seats};

/// One of them.
pub(super) struct Tab {
    pub href: String,
    pub label: &'static str,
    pub current: bool,
}

/// A place below the program, its words, and whose it is.
const TABS: &[(&str, &str, Seats)] = &[
    ("/catalogue", "Products", Seats::ALL),
    ("/catalogue/promotions", "Promotions", Seats::CHANNEL),
    ("/prices", "Price lists", Seats::VENDOR),
    ("/promotions", "Promotions", Seats::VENDOR),
    ("/discounts", "Discounts", Seats::VENDOR),
];

pub(super) fn tabs(scope: &Scope, current: &str) -> Vec<Tab> {
    TABS.iter()
        .filter(|(_, _, seats)| seats.has(scope.seat()))
        .map(|(path, label, _)| Tab { href: scope.path(path), label, current: *path == current })
        .collect()
}
