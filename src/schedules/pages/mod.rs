//! Pages of schedules: one struct for each template.

pub(super) mod difference;
pub(super) mod list;
pub(super) mod recipients;
pub(super) mod schedule;
