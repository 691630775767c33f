//! Renewals: which licences come to their end, whether they were renewed, and who is told of it
//! in time (docs/domain.md, section 5).
//!
//! A licence is *coming* until its last day, *late* for as long after it as the policy lets it be
//! renewed, and *renewed* once another takes over from it. Partners see their own, distributors
//! what was ordered through them, the vendor all of its program. [`sweep`] writes the mails of
//! one day of the notice ladder.

pub mod coterm;
mod charts;
mod due;
mod export;
mod filter;
mod handlers;
pub mod ladder;
mod mail;
mod model;
mod outline;
mod pages;
mod sums;
mod sweep;
mod totals;
mod words;

pub use sweep::sweep;

use crate::audit::Action;
use crate::auth::{Seats, Who};
use crate::routes;
use crate::sweep::Sweep;

pub(crate) const TOLD: Action = Action::new("licence.renewal_told", "sent a renewal notice");

/// The mails of the notice ladder, early in the program's day.
pub const SWEEP: Sweep = Sweep {
    name: "renewals",
    what: "tells contacts with the role Renewals of licences that come to their end",
    hour: 6,
    run: sweep,
};

/// What can happen to a licence here.
pub(crate) const ACTIONS: &[&Action] = &[&TOLD];

routes! {
    Page "renewals" GET "/p/{program}/renewals" (Who::Seats(Seats::ALL)) => handlers::index;
    Page "renewals.coterm" GET "/p/{program}/customers/{reference}/co-term" (Who::Seats(Seats::ALL))
        => coterm::handlers::show;
    Download "renewals.csv" GET "/p/{program}/renewals.csv" (Who::Seats(Seats::ALL)) => handlers::export;
}
