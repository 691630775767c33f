//! Leads: somebody who may buy, brought by the vendor (*distributed*) or by a partner (*generated*).
//!
//! `new → assigned → opened`, and back by `recalled` while nobody has opened it; what comes after
//! (accepted, in progress and the ends) is in the model already. A partner's own lead begins as
//! *accepted*: nobody hands it out, and there is nothing to open or to decline.
//!
//! Program managers and account managers enter, edit, import, assign and recall; the back office
//! reads, since who gets a lead is a decision about partners and no paperwork. Everyone of a partner
//! sees its leads, may open one and may enter their own; who a lead is about is hidden until it is
//! opened. Distributors have no leads.

mod actions;
mod assignment;
mod candidates;
mod entry;
mod export;
mod fields;
mod forms;
mod handlers;
pub mod import;
mod list;
mod mail;
mod model;
mod opening;
mod pages;
mod rules;
mod status;
mod telling;
mod topics;

pub(crate) use actions::ACTIONS;
pub use assignment::{Decision, Receiver, assign, recall};
pub use entry::{enter, enter_own};
pub use fields::NewLead;
pub use model::{AssignedTo, Details, KIND, Lead, Topic};
pub use opening::{Opened, add_note, open};
pub use rules::{Step, reason};
pub use status::{LeadKind, LeadStatus};
pub use topics::{TopicId, Topics};

use crate::auth::{Seat, Seats, Who};
use handlers::{assignment as handing_out, import as importing, leads};

/// Who hands leads out.
pub const DISTRIBUTING: Seats = Seats::PROGRAM_MANAGER.and(Seats::one(Seat::Cam));
const DISTRIBUTORS_OF_LEADS: Who = Who::Seats(DISTRIBUTING);
const READERS: Who = Who::Seats(Seats::VENDOR.and(Seats::PARTNER));
const AUTHORS: Who = Who::Seats(DISTRIBUTING.and(Seats::PARTNER));
const PARTNER: Who = Who::Seats(Seats::PARTNER);

crate::routes! {
    Page "leads" GET "/p/{program}/leads" (READERS) => leads::index;
    Download "leads_csv" GET "/p/{program}/leads.csv" (READERS) => leads::download;
    Page "lead_new" GET "/p/{program}/leads/new" (AUTHORS) => leads::new;
    Action "lead_enter" POST "/p/{program}/leads/new" (AUTHORS) => leads::enter;
    Page "leads_import" GET "/p/{program}/leads/import" (DISTRIBUTORS_OF_LEADS) => importing::form;
    Action "leads_upload" POST "/p/{program}/leads/import" (DISTRIBUTORS_OF_LEADS)
        => importing::upload;
    Page "leads_assignment" GET "/p/{program}/leads/assignment" (DISTRIBUTORS_OF_LEADS)
        => handing_out::choose;
    Action "leads_assign" POST "/p/{program}/leads/assignment" (DISTRIBUTORS_OF_LEADS)
        => handing_out::assign;
    Page "lead" GET "/p/{program}/leads/{lead}" (READERS) => leads::show;
    Page "lead_edit" GET "/p/{program}/leads/{lead}/edit" (AUTHORS) => leads::edit;
    Action "lead_save" POST "/p/{program}/leads/{lead}/edit" (AUTHORS) => leads::save;
    Page "lead_recalling" GET "/p/{program}/leads/{lead}/recall" (DISTRIBUTORS_OF_LEADS)
        => handing_out::ask_recall;
    Action "lead_recall" POST "/p/{program}/leads/{lead}/recall" (DISTRIBUTORS_OF_LEADS)
        => handing_out::recall;
    Action "lead_open" POST "/p/{program}/leads/{lead}/opening" (PARTNER) => leads::open;
    Action "lead_note" POST "/p/{program}/leads/{lead}/notes" (PARTNER) => leads::note;
}
