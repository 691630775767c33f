//! Maintenance windows (docs/domain.md, section 12): between two instants, of which the second is no
//! longer part of it, some of what a program does is stopped, and everything else works.
//!
//! Whoever does what can be stopped asks [`open_for`] in the transaction of the change. Deadlines of
//! what is stopped stand still meanwhile: [`crate::stoppages::Pauses`] says by how much they move.

mod gate;

pub use crate::stoppages::{Capability, Pauses, Stoppage, Stoppages};
pub use gate::{current, open_for, stopped};
