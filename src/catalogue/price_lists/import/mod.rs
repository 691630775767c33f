//! Prices from a file (docs/import-prices.md): a list is checked whole before it is published.

mod check;
mod table;

pub use check::{Plan, check};
pub use table::{Column, MOST_LINES, PriceFile};
