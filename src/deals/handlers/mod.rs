//! HTTP of deals.

pub(super) mod attachments;
pub(super) mod deals;
pub(super) mod decisions;
pub(super) mod drafts;
pub(super) mod figures;
pub(super) mod many;
pub(super) mod receipts;
