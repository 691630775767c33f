//! Licences.
pub mod refusal;
pub mod rules;
pub mod status;
