//! HTTP of orders.

pub(super) mod entry;
pub(super) mod import;
pub(super) mod orders;
pub(super) mod steps;
