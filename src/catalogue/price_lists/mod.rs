//! Price lists: whole, dated, and published before their day comes.
//!
//! A list holds from its day until the next one of its currency. It comes with the program's pack
//! or is published in the portal, from a file; one of the portal's that is still to come may be
//! replaced or withdrawn. What is in force, or was, is never rewritten. Whoever pays in the currency
//! is told once of each publication.

mod difference;
mod export;
mod forms;
pub(super) mod handlers;
pub mod import;
mod mail;
mod model;
mod news;
mod pages;
mod publishing;

pub use difference::{Change, Difference, PriceKey, PriceTable, Step};
pub use model::{KIND, ListRecord};
pub use news::SWEEP;
pub use publishing::{Done, Publication, Published, Seen, publish, withdraw};

use crate::audit::By;
use crate::auth::Program;
use crate::clock::Instant;
use crate::web::Site;

/// Who publishes or withdraws, and when. Without a site nobody is told: for the demo's past.
#[derive(Clone, Copy)]
pub struct Decision<'a> {
    pub program: &'a Program,
    pub by: By<'a>,
    pub site: Option<&'a Site>,
    pub now: Instant,
}
