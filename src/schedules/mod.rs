//! Licence schedules: what a processed order made, on paper (docs/domain.md, section 5). Number,
//! day, the four parties, and a line for each licence with its dates as issued; no keys, no prices.
//!
//! A schedule is written in the transaction that writes the licences of an order ([`issue_all`]), and
//! never changes: its page says beside a line where the dates are others by now. The reseller sees its
//! own, a distributor those of orders through it, the vendor all. They go by mail to the reseller's
//! *schedule recipients*, a list of its own that the contact roles do not touch.

mod difference;
mod entries;
mod export;
mod handlers;
mod issue;
mod lines;
mod list;
mod mail;
mod model;
mod pages;
mod print;
mod recipients;
mod telling;

pub use issue::{Issuing, issue_all, write_all};
pub use model::Schedule;
pub use print::{CSV, PDF};
pub use recipients::{LIST, Recipients, Saved, recipients_of, save};

use crate::audit::Action;
use crate::auth::{Seat, Seats, Who};
use handlers::{recipients as listed, schedules};

/// What the history of a schedule calls it.
const KIND: &str = "schedule";

const EVERYBODY: Who = Who::Seats(Seats::ALL);
const RESELLERS: Who = Who::Seats(Seats::PARTNER);
/// Who says which people of a partner get its schedules.
const KEEPERS: Seats = Seats::one(Seat::PartnerAdministrator);

crate::routes! {
    Page "schedules" GET "/p/{program}/schedules" (EVERYBODY) => schedules::index;
    Download "schedules_csv" GET "/p/{program}/schedules.csv" (EVERYBODY) => schedules::download;
    Page "schedule_recipients" GET "/p/{program}/schedules/recipients" (RESELLERS) => listed::show;
    Action "save_schedule_recipients" POST "/p/{program}/schedules/recipients"
        (Who::Seats(KEEPERS)) => listed::save;
    Page "schedule" GET "/p/{program}/schedules/{schedule}" (EVERYBODY) => schedules::show;
    Page "schedule_difference" GET "/p/{program}/schedules/{schedule}/difference" (EVERYBODY)
        => schedules::difference;
    Download "schedule_pdf" GET "/p/{program}/schedules/{schedule}/schedule.pdf" (EVERYBODY)
        => schedules::download_paper;
    Download "schedule_lines_csv" GET "/p/{program}/schedules/{schedule}/lines.csv" (EVERYBODY)
        => schedules::download_lines;
    Download "schedule_json" GET "/p/{program}/schedules/{schedule}/schedule.json" (EVERYBODY)
        => schedules::download_json;
}

pub(crate) const ISSUED: Action = Action::new("schedule.issued", "issued this schedule");
pub(crate) const RECIPIENT_ADDED: Action =
    Action::new("schedule_recipients.added", "put a person on the list of schedule recipients");
pub(crate) const RECIPIENT_REMOVED: Action =
    Action::new("schedule_recipients.removed", "took a person off the list of schedule recipients");

/// What can happen to schedules and to the lists of who gets them.
pub(crate) const ACTIONS: &[&Action] = &[&ISSUED, &RECIPIENT_ADDED, &RECIPIENT_REMOVED];
