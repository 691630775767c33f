//! Partners and distributors: organisations that take part in a program through an enrolment.
//!
//! An enrolment is *applied*, *active*, *suspended* or *ended*; only an active one opens the
//! program to its people, from their next request on. The vendor's staff see all of a program's;
//! the program manager edits them. A distributor sees the names of its resellers, and everyone in
//! the channel their own enrolment.

mod choices;
mod desk;
mod export;
mod forms;
mod handlers;
mod list;
mod model;
mod pages;
mod resellers;
mod status;
mod status_change;
mod verbs;

pub use choices::{Choice, Choices, Surroundings, chosen};
pub use desk::vendor_desk;
pub use forms::TermsForm;
pub use list::FILE_HEADS;
pub use model::{Cam, Enrolment, Organisation, Tier};
pub use status::EnrolmentStatus;
pub use status_change::StatusChange;
pub use verbs::{
    Enrol, KIND, Terms, add_organisation, all_chosen, enrol, namesakes, organisation_by_reference,
};

use crate::audit::Action;
use crate::auth::{Seats, Who};
use crate::routes;

pub(crate) const ENROLLED: Action = Action::new("enrolment.enrolled", "enrolled this organisation");
pub(crate) const TYPES_CHANGED: Action =
    Action::new("enrolment.types_changed", "changed the partner types");
pub(crate) const TIER_CHANGED: Action = Action::new("enrolment.tier_changed", "changed the tier");
pub(crate) const CAM_CHANGED: Action =
    Action::new("enrolment.cam_changed", "changed the channel account manager");
pub(crate) const DISTRIBUTORS_CHANGED: Action =
    Action::new("enrolment.distributors_changed", "changed the distributors");
pub(crate) const CURRENCY_CHANGED: Action =
    Action::new("enrolment.currency_changed", "changed the currency");
pub(crate) const SUSPENDED: Action = Action::new("enrolment.suspended", "suspended this enrolment");
pub(crate) const REACTIVATED: Action =
    Action::new("enrolment.reactivated", "reactivated this enrolment");
pub(crate) const ENDED: Action = Action::new("enrolment.ended", "ended this enrolment");

/// What can happen to an enrolment.
pub(crate) const ACTIONS: &[&Action] = &[
    &ENROLLED,
    &TYPES_CHANGED,
    &TIER_CHANGED,
    &CAM_CHANGED,
    &DISTRIBUTORS_CHANGED,
    &CURRENCY_CHANGED,
    &SUSPENDED,
    &REACTIVATED,
    &ENDED,
];

const VENDOR: Who = Who::Seats(Seats::VENDOR);
const MANAGER: Who = Who::Seats(Seats::PROGRAM_MANAGER);

routes! {
    Page "partners" GET "/p/{program}/partners" (VENDOR) => handlers::index;
    Download "partners_csv" GET "/p/{program}/partners.csv" (VENDOR) => handlers::download;
    Page "partner" GET "/p/{program}/partners/{enrolment}" (VENDOR) => handlers::show;
    Page "partner_edit" GET "/p/{program}/partners/{enrolment}/edit" (MANAGER) => handlers::edit;
    Action "partner_save" POST "/p/{program}/partners/{enrolment}/edit" (MANAGER) => handlers::save;
    Page "partner_suspension" GET "/p/{program}/partners/{enrolment}/suspension" (MANAGER)
        => handlers::ask_suspension;
    Action "partner_suspend" POST "/p/{program}/partners/{enrolment}/suspension" (MANAGER)
        => handlers::suspend;
    Page "partner_reactivation" GET "/p/{program}/partners/{enrolment}/reactivation" (MANAGER)
        => handlers::ask_reactivation;
    Action "partner_reactivate" POST "/p/{program}/partners/{enrolment}/reactivation" (MANAGER)
        => handlers::reactivate;
    Page "partner_ending" GET "/p/{program}/partners/{enrolment}/ending" (MANAGER)
        => handlers::ask_ending;
    Action "partner_end" POST "/p/{program}/partners/{enrolment}/ending" (MANAGER) => handlers::end;
    Page "resellers" GET "/p/{program}/resellers" (Who::Seats(Seats::DISTRIBUTOR))
        => handlers::resellers;
    Download "resellers_csv" GET "/p/{program}/resellers.csv" (Who::Seats(Seats::DISTRIBUTOR))
        => handlers::download_resellers;
    Page "enrolment" GET "/p/{program}/enrolment" (Who::Seats(Seats::CHANNEL)) => handlers::own;
}
