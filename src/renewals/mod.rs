//! Renewals: which licences come to their end, whether they were renewed, and who is told of it
//! in time (docs/domain.md, section 5).
//!
//! A licence is *coming* until its last day, *late* for as long after it as the policy lets it be
//! renewed, then *lapsed*, and *renewed* once another takes over from it. Partners see their own, distributors
//! what was ordered through them, the vendor all of its program. [`sweep`] writes the mails of
//! one day of the notice ladder.

mod basket;
mod basket_page;
mod calendar;
mod charts;
pub mod coterm;
mod due;
mod export;
mod feed;
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

const EVERYBODY: Who = Who::Seats(Seats::ALL);
/// Who asks for prices.
const PARTNER: Who = Who::Seats(Seats::PARTNER);

routes! {
    Page "renewals" GET "/p/{program}/renewals" (EVERYBODY) => handlers::index;
    Page "renewals.coterm" GET "/p/{program}/customers/{reference}/co-term" (EVERYBODY)
        => coterm::handlers::show;
    Page "renewals.basket" GET "/p/{program}/renewals/basket" (PARTNER) => basket_page::show;
    Action "renewals.put" POST "/p/{program}/renewals/basket" (PARTNER) => basket_page::put;
    Action "renewals.take_out" POST "/p/{program}/renewals/basket/removal" (PARTNER)
        => basket_page::take_out;
    Action "renewals.ask" POST "/p/{program}/renewals/basket/inquiries" (PARTNER)
        => basket_page::ask;
    Page "renewals.calendar" GET "/p/{program}/renewals/calendar" (EVERYBODY) => feed::show;
    Action "renewals.make_feed" POST "/p/{program}/renewals/calendar" (EVERYBODY) => feed::make;
    Action "renewals.revoke_feed" POST "/p/{program}/renewals/calendar/revocation" (EVERYBODY)
        => feed::revoke;
    Feed "renewals.feed" GET "/calendar/{token}/renewals.ics" (Who::Anyone) => feed::read;
    Download "renewals.csv" GET "/p/{program}/renewals.csv" (EVERYBODY) => handlers::export;
}
