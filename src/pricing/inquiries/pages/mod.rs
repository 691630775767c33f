//! What the pages show.

pub(super) mod draft;
pub(super) mod inquiry;
pub(super) mod list;
pub(super) mod new;
