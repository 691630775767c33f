//! The local mailbox: where a demo delivers, and the pages on which its mail is read.

mod model;

pub(super) use model::keep;
pub use model::{Filter, Message};
