//! Maintenance windows (docs/domain.md, section 12): between two instants, of which the second is no
//! longer part of it, some of what a program does is stopped, and everything else works.
//!
//! Program managers declare windows, change and cancel them before they begin, and move the end of one
//! that runs; everybody in the program reads them. Whoever does what can be stopped asks [`open_for`]
//! in the transaction of the change. Deadlines of what is stopped stand still meanwhile:
//! [`Pauses`] says by how much they move.

mod actions;
mod export;
mod forms;
mod gate;
mod handlers;
mod mail;
mod model;
mod notices;
mod pages;
mod rules;
mod verbs;

pub(crate) use actions::ACTIONS;

pub use crate::stoppages::{Capability, Pauses, Stoppage, Stoppages, Stopped, StoppedNote};
pub use gate::{current, open_for, stopped};
pub use model::{KIND, Window};
pub use notices::SWEEP;
pub use rules::Standing;
pub use verbs::{Decision, NewWindow, cancel, declare, edit, move_end};

use crate::auth::{Seats, Who};

const EVERYBODY: Who = Who::Seats(Seats::ALL);
const DECLARING: Who = Who::Seats(Seats::PROGRAM_MANAGER);

crate::routes! {
    Page "maintenance" GET "/p/{program}/maintenance" (EVERYBODY) => handlers::index;
    Download "maintenance_csv" GET "/p/{program}/maintenance.csv" (EVERYBODY)
        => handlers::download;
    Page "maintenance_new" GET "/p/{program}/maintenance/new" (DECLARING) => handlers::new;
    Action "maintenance_declare" POST "/p/{program}/maintenance/new" (DECLARING)
        => handlers::create;
    Page "maintenance_window" GET "/p/{program}/maintenance/{window}" (EVERYBODY)
        => handlers::show;
    Page "maintenance_edit" GET "/p/{program}/maintenance/{window}/edit" (DECLARING)
        => handlers::edit_form;
    Action "maintenance_change" POST "/p/{program}/maintenance/{window}/edit" (DECLARING)
        => handlers::change;
    Action "maintenance_end" POST "/p/{program}/maintenance/{window}/end" (DECLARING)
        => handlers::set_end;
    Action "maintenance_cancel" POST "/p/{program}/maintenance/{window}/cancellation" (DECLARING)
        => handlers::take_back;
}
