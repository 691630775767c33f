//! Licences: the lines that processed orders leave with customers, with their dates.
//!
//! `rules` decides the dates of a line, `status` what it is on a day; both are pure. A line that
//! waits (to be activated, or for the end of what it renews) is decided again by [`activate`] and,
//! when a policy's day has passed, by [`sweep_pending`]. The partner sees its own lines, the
//! distributor those that were bought through it, the vendor all of its program.

mod activation;
mod decision;
mod export;
mod handlers;
mod list;
mod model;
mod ordered;
mod pages;
mod query;
mod record;
pub mod refusal;
mod rulebook;
pub mod rules;
pub mod set_backs;
pub mod status;
mod sweep;
mod tally;
mod unused;
mod verbs;
pub mod warranty;

pub use activation::activate;
pub use list::{LicenceFilter, LicenceLine, StatusFilter, list_for};
pub use model::{Licence, NO_END};
pub use ordered::OrderedLicence;
pub use rulebook::{RuleBook, goods_of};
pub use sweep::{Swept, sweep_pending};
pub use tally::{Span as TallySpan, count as count_lines, fold_tallies, keeping as keep_count};
pub use verbs::{NewLicence, Renewed, TrialEnd, add_all, end_trials, line_name, mark_renewed};

use crate::audit::Action;
use crate::auth::{Seat, Seats, Who};

const EVERYBODY: Who = Who::Seats(Seats::ALL);
/// Who records activations: the partner that the licence is of, and the vendor's back office.
const ACTIVATORS: Who = Who::Seats(Seats::PARTNER.and(Seats::one(Seat::BackOffice)));

crate::routes! {
    Page "licences" GET "/p/{program}/licences" (EVERYBODY) => handlers::index;
    Download "licences.csv" GET "/p/{program}/licences.csv" (EVERYBODY) => handlers::download;
    Page "licences.set_backs" GET "/p/{program}/set-backs" (EVERYBODY)
        => set_backs::handlers::index;
    Download "licences.set_backs.csv" GET "/p/{program}/set-backs.csv" (EVERYBODY)
        => set_backs::handlers::download;
    Page "licences.unused" GET "/p/{program}/lost-days" (EVERYBODY) => unused::handlers::index;
    Download "licences.unused.csv" GET "/p/{program}/lost-days.csv" (EVERYBODY)
        => unused::handlers::download;
    Page "licence" GET "/p/{program}/licences/{reference}" (EVERYBODY) => handlers::show;
    Page "licence.notices" GET "/p/{program}/licences/{reference}/notices" (EVERYBODY)
        => handlers::notices;
    Action "licence.activate" POST "/p/{program}/licences/{reference}/activation" (ACTIVATORS)
        => handlers::activate;
    Page "customer" GET "/p/{program}/customers/{reference}" (EVERYBODY)
        => handlers::customer;
}

pub(crate) const CREATED: Action = Action::new("licence.created", "created this licence");
pub(crate) const RENEWED: Action = Action::new("licence.renewed", "renewed this licence");
pub(crate) const ACTIVATED: Action =
    Action::new("licence.activated", "recorded the activation of this licence");
pub(crate) const DATED: Action = Action::new("licence.dated", "set the dates of this licence");
pub(crate) const TRIAL_ENDED: Action = Action::new(
    "licence.trial_ended",
    "ended this trial: the paid term of the same product takes over",
);

/// What can happen to a licence.
pub(crate) const ACTIONS: &[&Action] =
    &[&CREATED, &RENEWED, &ACTIVATED, &DATED, &TRIAL_ENDED, &set_backs::TOLD];
