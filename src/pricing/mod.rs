//! Pricing: what resellers ask a price for, and what is quoted.
//!
//! An *inquiry* is the reseller's and shows recommended prices (MSRP) only:
//! `draft → submitted → quoted → accepted | declined | expired`, and `withdrawn` before acceptance.
//! A *quote* is the answer of a distributor, or of the vendor where the policy lets it quote: lines
//! with their *waterfall*, in revisions. Until it is sent, no discount is in any byte that the
//! reseller gets; of a distributor's quote the vendor never sees its own level, net prices and notes.

mod actions;
pub mod inquiries;
pub mod promotions;
pub mod quotes;
pub mod rates;
pub mod waterfall;

pub(crate) use actions::ACTIONS;
