//! The slice's addresses: pages and actions.

pub(super) mod recipients;
pub(super) mod schedules;
