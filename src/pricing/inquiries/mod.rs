//! Pricing inquiries: a reseller puts lines together at recommended prices and sends them to one of
//! its distributors, or to the vendor while the policy lets it quote.
//!
//! A draft is the reseller's alone and shows the prices of the day it is looked at. Sending it takes
//! all prices from one list at one instant; from then on they stay as they are. Everyone of a
//! partner asks; distributors read what was sent to them, the vendor all that was sent.

mod bases;
mod configured;
mod drafts;
mod export;
mod forms;
mod handlers;
mod list;
mod mail;
mod model;
mod pages;
mod paper;
mod quoters;
mod registered;
pub mod rules;
mod settling;
mod status;
mod submission;
mod telling;

pub use configured::{Configured, configure, terms_of, total};
pub use drafts::{Head, NewLine, begin, begin_renewals};
pub(in crate::pricing) use forms::codes;
pub use model::{Inquiry, InquiryLine, KIND, LineBase, LineProduct};
pub use quoters::{Quoter, Surroundings, VENDOR};
pub(in crate::pricing) use settling::{changed_meanwhile, move_to};
pub use status::{InquiryStatus, Purpose};
pub use submission::{currency_of, submit, withdraw};

use crate::auth::{Seats, Who};
use handlers::{drafts as drafting, inquiries};

const EVERYBODY: Who = Who::Seats(Seats::ALL);
const PARTNER: Who = Who::Seats(Seats::PARTNER);

crate::routes! {
    Page "inquiries" GET "/p/{program}/inquiries" (EVERYBODY) => inquiries::index;
    Download "inquiries_csv" GET "/p/{program}/inquiries.csv" (EVERYBODY) => inquiries::download;
    Page "inquiry_new" GET "/p/{program}/inquiries/new" (PARTNER) => drafting::new;
    Action "inquiry_begin" POST "/p/{program}/inquiries/new" (PARTNER) => drafting::begin;
    Page "inquiry" GET "/p/{program}/inquiries/{inquiry}" (EVERYBODY) => inquiries::show;
    Download "inquiry_lines_csv" GET "/p/{program}/inquiries/{inquiry}/lines.csv" (EVERYBODY)
        => inquiries::download_lines;
    Download "inquiry_pdf" GET "/p/{program}/inquiries/{inquiry}/inquiry.pdf" (EVERYBODY)
        => inquiries::download_paper;
    Action "inquiry_save" POST "/p/{program}/inquiries/{inquiry}/edit" (PARTNER)
        => drafting::save;
    Action "inquiry_submit" POST "/p/{program}/inquiries/{inquiry}/submission" (PARTNER)
        => drafting::submit;
    Action "inquiry_discard" POST "/p/{program}/inquiries/{inquiry}/discarding" (PARTNER)
        => drafting::discard;
    Page "inquiry_deal" GET "/p/{program}/inquiries/{inquiry}/deal" (PARTNER)
        => drafting::ask_deal;
    Action "inquiry_choose_deal" POST "/p/{program}/inquiries/{inquiry}/deal" (PARTNER)
        => drafting::choose_deal;
    Page "inquiry_withdrawing" GET "/p/{program}/inquiries/{inquiry}/withdrawal" (PARTNER)
        => inquiries::ask_withdrawal;
    Action "inquiry_withdraw" POST "/p/{program}/inquiries/{inquiry}/withdrawal" (PARTNER)
        => inquiries::withdraw;
}
