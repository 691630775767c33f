//! The pages of promotions, one struct for each template.

pub(super) mod form;
pub(super) mod list;
pub(in crate::catalogue) mod offers;
pub(super) mod show;
