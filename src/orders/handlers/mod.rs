//! HTTP of orders.

pub(super) mod import;
pub(super) mod orders;
pub(super) mod steps;
