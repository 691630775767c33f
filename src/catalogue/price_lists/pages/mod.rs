//! The pages of price lists, one struct for each template.

pub(super) mod import;
pub(super) mod list;
pub(super) mod show;
