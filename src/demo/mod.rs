//! The demo: three programs, their people and their story, built from `programs/*.toml` and
//! `programs/demo/`, and served with a mailbox that anyone may read and a clock that can be set.
//!
//! Nothing here runs on a real portal: a database is a demo only if it was built as one.

mod build;
mod clock;
mod content;
mod handlers;
mod orders;
mod organisations;
mod people;
mod staffing;

use crate::auth::Who;
use crate::routes;

pub use build::{Plan, prepare};
pub use clock::{Standing, standing};
pub use people::{SignIn, sign_ins};

routes! {
    Action "demo.clock" POST "/demo/clock" (Who::AnyoneOnDemo) => handlers::step;
}

/// What everybody in the demo signs in with; it is no secret.
pub const PASSWORD: &str = "welcome-to-the-demo";
