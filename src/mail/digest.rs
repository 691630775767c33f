//! Digests: what waited for a person in a program, told in one mail a day (docs/domain.md,
//! section 13).
//!
//! A round takes up every waiting mail whose time has come. What its recipient wants at once by now,
//! or was only kept over quiet hours, becomes a mail of its own; the rest goes into the digest of the
//! recipient's day, whose key makes a second one impossible; what may not be sent any more ends with
//! the reason. Each person and program is one transaction, so that a round can be stopped anywhere
//! and run by many at once.

mod gather;
mod gist;
mod message;
mod round;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

pub use gather::{Place, gather};
pub use gist::{Gist, Item};
pub use round::{Round, run_due};

use super::worker::Stop;
use crate::clock::Clock;
use crate::db::Db;
use crate::web::Site;

/// How often it is looked whether anything is due.
const LOOK: Duration = Duration::from_secs(5);

/// Runs a round whenever something is due, until it is told to stop. A round under way is finished.
pub async fn keep_collecting(db: Db, clock: Clock, site: Site, mut stop: Stop) {
    let parts = Arc::new((db, clock, site));
    while !*stop.borrow() {
        let parts = Arc::clone(&parts);
        let round = tokio::task::spawn_blocking(move || {
            let (db, clock, site) = &*parts;
            run_due(db, site, clock.now())
        });
        match round.await {
            Ok(Ok(_)) => {}
            Ok(Err(fault)) => tracing::warn!(%fault, "the digests wait for the database"),
            Err(fault) => tracing::error!(%fault, "a round of digests stopped short"),
        }
        if let Ok(Err(_)) = timeout(LOOK, stop.wait_for(|stopped| *stopped)).await {
            return;
        }
    }
}
