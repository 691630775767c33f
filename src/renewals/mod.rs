//! Renewals.
pub mod ladder;
