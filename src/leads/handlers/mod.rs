//! Requests of the slice.

pub(super) mod assignment;
pub(super) mod converting;
pub(super) mod expiring;
pub(super) mod figures;
pub(super) mod import;
pub(super) mod leads;
pub(super) mod next_steps;
pub(super) mod steps;
