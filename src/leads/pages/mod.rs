//! What the pages show.

pub(super) mod assignment;
pub(super) mod converting;
pub(super) mod expiring;
pub(super) mod figures;
pub(super) mod form;
pub(super) mod import;
pub(super) mod lead;
pub(super) mod list;
pub(super) mod next_steps;
pub(super) mod reason;
