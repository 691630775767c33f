//! The slice's addresses: pages and actions.

pub(super) mod import;
pub(super) mod orders;
