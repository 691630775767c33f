//! The demo: three programs, their people and their story, built from `programs/*.toml` and
//! `programs/demo/`, and served with a mailbox that anyone may read and a clock that can be set.
//!
//! Nothing here runs on a real portal: a database is a demo only if it was built as one.

mod build;
mod clock;
mod content;
mod deals;
mod following;
mod handlers;
mod inquiries;
mod leads;
mod moving;
mod orders;
mod organisations;
mod people;
mod preferences;
mod staffing;

use crate::auth::Who;
use crate::routes;

pub use build::{Plan, prepare};
pub use clock::{Standing, standing};
pub use following::{follow, keep_time};
pub use moving::{DueWork, EachDay, Move, Moved, move_on};
pub use people::{SignIn, sign_ins};

routes! {
    Action "demo.clock" POST "/demo/clock" (Who::AnyoneOnDemo) => handlers::move_clock;
}

/// What everybody in the demo signs in with; it is no secret.
pub const PASSWORD: &str = "welcome-to-the-demo";
