//! The catalogue as people browse it: products with the recommended price (MSRP) of today and of
//! lists that are announced, in the currency in which the person's organisation pays.

mod export;
pub(super) mod handlers;
mod lists;
mod pages;
mod query;
mod words;
