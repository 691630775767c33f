//! Leads: somebody who may buy, brought by the vendor (*distributed*) or by a partner (*generated*).
//!
//! `new → assigned → opened → accepted → in_progress`, and over as `converted` (to a deal), `lost`,
//! `junk`, `closed` or `expired`. What a partner has not accepted can be `recalled`, and it may have `declined` it: then it
//! is the vendor's to assign again. A partner's own lead begins as *accepted*: nobody hands it out, and
//! there is nothing to open or to decline; it ends by itself where nobody works on it.
//!
//! Program managers and account managers enter, edit, import, assign, recall and close; the back office
//! reads, since who gets a lead is a decision about partners and no paperwork. Everyone of a partner
//! sees its leads, works on them and may enter their own; who a lead is about is hidden until it is
//! opened. Distributors have no leads.

mod actions;
mod activities;
mod answers;
mod assignment;
mod candidates;
mod converting;
mod deadline;
mod declining;
mod distribution;
mod entry;
mod export;
mod fields;
mod figures;
mod forms;
mod handlers;
pub mod import;
mod list;
mod mail;
mod many;
mod model;
mod news;
mod next_steps;
mod opening;
mod pages;
mod ranking;
mod rules;
mod status;
mod sweep;
mod telling;
mod topics;
mod working;

pub(crate) use actions::ACTIONS;
pub use activities::{Activity, ActivityKind, NewActivity, add_note};
pub use assignment::{Decision, Receiver, assign, recall};
pub use converting::convert;
pub use deadline::{Deadlines, Ending, WARNINGS, warning};
pub use declining::decline;
pub use entry::{enter, enter_own};
pub use fields::NewLead;
pub use model::{AssignedTo, Details, KIND, Lead, Topic};
pub use opening::{Opened, open};
pub use ranking::{Class, Known, Place, reason};
pub use rules::Step;
pub use status::{LeadKind, LeadStatus};
pub use sweep::SWEEP;
pub use topics::{TopicId, Topics};
pub use working::{accept, close, junk, lose, progress};

use crate::auth::{Seat, Seats, Who};
use handlers::{
    assignment as handing_out, converting as becoming, expiring, figures as reporting,
    import as importing, leads, next_steps as planning, steps,
};

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
    Page "leads_expiring" GET "/p/{program}/leads/expiring" (READERS) => expiring::index;
    Action "leads_decide" POST "/p/{program}/leads/expiring" (PARTNER) => expiring::decide;
    Download "leads_expiring_csv" GET "/p/{program}/leads/expiring.csv" (READERS)
        => expiring::download;
    Page "lead_figures" GET "/p/{program}/leads/figures" (READERS) => reporting::show;
    Download "lead_figures_csv" GET "/p/{program}/leads/figures.csv" (READERS)
        => reporting::download;
    Page "lead_steps" GET "/p/{program}/leads/next-steps" (READERS) => planning::index;
    Download "lead_steps_csv" GET "/p/{program}/leads/next-steps.csv" (READERS)
        => planning::download;
    Page "lead" GET "/p/{program}/leads/{lead}" (READERS) => leads::show;
    Page "lead_edit" GET "/p/{program}/leads/{lead}/edit" (AUTHORS) => leads::edit;
    Action "lead_save" POST "/p/{program}/leads/{lead}/edit" (AUTHORS) => leads::save;
    Page "lead_recalling" GET "/p/{program}/leads/{lead}/recall" (DISTRIBUTORS_OF_LEADS)
        => steps::ask_recall;
    Action "lead_recall" POST "/p/{program}/leads/{lead}/recall" (DISTRIBUTORS_OF_LEADS)
        => steps::recall;
    Action "lead_open" POST "/p/{program}/leads/{lead}/opening" (PARTNER) => leads::open;
    Action "lead_accept" POST "/p/{program}/leads/{lead}/acceptance" (PARTNER) => steps::accept;
    Page "lead_declining" GET "/p/{program}/leads/{lead}/decline" (PARTNER) => steps::ask_decline;
    Action "lead_decline" POST "/p/{program}/leads/{lead}/decline" (PARTNER) => steps::decline;
    Action "lead_progress" POST "/p/{program}/leads/{lead}/progress" (PARTNER) => steps::progress;
    Page "lead_converting" GET "/p/{program}/leads/{lead}/conversion" (PARTNER) => becoming::ask;
    Action "lead_convert" POST "/p/{program}/leads/{lead}/conversion" (PARTNER)
        => becoming::convert;
    Page "lead_losing" GET "/p/{program}/leads/{lead}/loss" (PARTNER) => steps::ask_loss;
    Action "lead_lose" POST "/p/{program}/leads/{lead}/loss" (PARTNER) => steps::lose;
    Page "lead_junking" GET "/p/{program}/leads/{lead}/junk" (PARTNER) => steps::ask_junk;
    Action "lead_junk" POST "/p/{program}/leads/{lead}/junk" (PARTNER) => steps::junk;
    Page "lead_closing" GET "/p/{program}/leads/{lead}/closing" (AUTHORS) => steps::ask_closing;
    Action "lead_close" POST "/p/{program}/leads/{lead}/closing" (AUTHORS) => steps::close;
    Action "lead_note" POST "/p/{program}/leads/{lead}/notes" (PARTNER) => leads::note;
}
