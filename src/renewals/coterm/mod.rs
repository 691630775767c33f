//! The co-term planner: for the licences of a customer the renewal terms, in whole months, whose
//! ends come closest to a day, and an inquiry of them in one click. No running term is moved: two
//! licences of one product run side by side, and each is renewed for itself.

pub(super) mod handlers;
mod model;
mod page;
pub mod rules;
