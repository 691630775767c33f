//! The demo: three programs, their people and their story, built from `programs/*.toml` and
//! `programs/demo/`, and served with a mailbox that anyone may read and a clock that can be set.
//!
//! Nothing here runs on a real portal: a database is a demo only if it was built as one.

mod build;
mod clock;
mod content;
mod handlers;
mod inquiries;
mod leads;
mod orders;
mod organisations;
mod people;
mod preferences;
mod staffing;

use std::sync::Arc;

use crate::auth::Who;
use crate::error::Result;
use crate::routes;

pub use build::{Plan, prepare};
pub use clock::{Standing, standing};
pub use people::{SignIn, sign_ins};

routes! {
    Action "demo.clock" POST "/demo/clock" (Who::AnyoneOnDemo) => handlers::step;
}

/// The recurring work of a day, done each time that the demo's clock comes to one. Whoever puts the
/// demo together says what it is; elsewhere there is none.
#[derive(Clone, Default)]
pub struct EachDay(Option<Arc<dyn Fn() -> Result<()> + Send + Sync>>);

impl EachDay {
    pub fn new(work: impl Fn() -> Result<()> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(work)))
    }

    fn work(&self) -> Result<()> {
        self.0.as_ref().map_or(Ok(()), |work| work())
    }
}

/// What everybody in the demo signs in with; it is no secret.
pub const PASSWORD: &str = "welcome-to-the-demo";
