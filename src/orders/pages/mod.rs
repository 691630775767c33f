//! Pages of orders.

pub(super) mod entry;
pub(super) mod import;
pub(super) mod order;
pub(super) mod orders;
