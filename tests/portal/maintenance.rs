//! Maintenance windows (domain, section 12): what stops, from when until when, and what becomes of
//! deadlines and of work under way.

mod clocks;
mod gates;
mod notices;
mod packs;
mod report;
mod windows;
