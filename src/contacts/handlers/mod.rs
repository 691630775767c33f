//! The slice's addresses: pages and actions.

pub(super) mod roles;
