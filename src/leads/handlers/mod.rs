//! The slice's addresses: pages and actions.

pub(super) mod assignment;
pub(super) mod import;
pub(super) mod leads;
