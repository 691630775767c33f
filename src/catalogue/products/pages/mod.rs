//! The pages of the catalogue, one struct for each template.

pub(super) mod list;
pub(super) mod product;
