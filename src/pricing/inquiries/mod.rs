//! Pricing inquiries: a reseller puts lines together at recommended prices and sends them to one of
//! its distributors, or to the vendor while the policy lets it quote.

mod model;
mod settling;
mod status;

pub use model::{Inquiry, InquiryLine, KIND, LineBase, LineProduct};
pub(in crate::pricing) use settling::{changed_meanwhile, move_to};
pub use status::{InquiryStatus, Purpose};
