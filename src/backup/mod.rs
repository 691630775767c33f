//! Backups: one file with everything that the database holds, from either engine and for either.
//!
//! The file is an SQLite database with the portal's tables and a manifest: who wrote it, when, and
//! for each table its rows and a digest over them. [`take`] reads one moment while the portal goes
//! on, reads the file back before it gives it its name, and never leaves half of one. [`restore`]
//! checks all of it again and fills a database in one transaction, in which it also parks the
//! outbox, ends the sessions and voids what was under way.

mod copy;
mod file;
mod manifest;
mod rest;
mod restore;

use crate::audit::Action;

pub use file::take;
pub use manifest::Manifest;
pub use rest::Rested;
pub use restore::{Restored, check, restore};

pub const ACTIONS: &[&Action] = &[&rest::RESTORED];

/// Is told how many rows of how many are done.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);
