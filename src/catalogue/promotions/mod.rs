//! Promotions: a percentage off products of some categories between two days, under a code.
//!
//! Program managers make them and end them. Partners and distributors read which there are, for what
//! and when, but not how much they take off: before a quote is sent no discount reaches their pages
//! (docs/domain.md, section 4), so that what they are shown is read without it.

mod export;
mod forms;
pub(super) mod handlers;
mod model;
mod pages;
mod verbs;

pub(super) use model::PublicOffer;
pub use model::{KIND, Promotion};
pub(super) use pages::offers::OfferLine;
pub use verbs::{NewPromotion, end, make, withdraw};
