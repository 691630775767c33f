//! Onboarding: an organisation joins a program, one by one or as a file, and its first
//! administrator is invited.
//!
//! An organisation that takes part in another program is the same one here: it is found by its
//! reference, which it can tell, or by its name where this vendor knows it already.

mod administrator;
mod forms;
mod handlers;
pub mod import;
mod pages;
mod verbs;

pub use administrator::Administrator;
pub use verbs::{Joining, Onboard, onboard};

use crate::auth::{Seats, Who};

const MANAGER: Who = Who::Seats(Seats::PROGRAM_MANAGER);

crate::routes! {
    Page "partner_new" GET "/p/{program}/partners/new" (MANAGER) => handlers::new;
    Action "partner_enrol" POST "/p/{program}/partners/new" (MANAGER) => handlers::create;
    Page "partners_import" GET "/p/{program}/partners/import" (MANAGER) => handlers::import_page;
    Action "partners_upload" POST "/p/{program}/partners/import" (MANAGER) => handlers::upload;
}
