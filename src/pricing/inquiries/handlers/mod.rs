//! The slice's addresses: pages and actions.

pub(super) mod drafts;
pub(super) mod inquiries;
