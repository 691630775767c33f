//! One struct for each template.

pub(super) mod import;
pub(super) mod orders;
