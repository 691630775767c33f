//! Deal registration: a partner registers an opportunity, the vendor decides, and an approved deal
//! protects its customer in one product category until its last day.
//!
//! `draft → submitted → in_review → approved | returned | rejected | duplicate`; an approved deal is
//! `won | lost | revoked`, or `expired` by the sweep; what nobody has decided can be `withdrawn`.
//! Above a value of the policy two people approve. One deal at a time protects a customer in a category:
//! a table of claims sees to it. Of what others
//! have registered a partner learns *free*, *contested* or *taken*, and nothing else.
//!
//! Everyone of a partner registers; program managers and account managers decide; the back office
//! reads. Distributors have no deals.

mod actions;
mod approvals;
mod attachments;
mod candidates;
mod categories;
mod claims;
mod drafts;
mod due;
pub mod eligibility;
mod export;
mod figures;
mod files;
mod forms;
mod handlers;
mod list;
mod mail;
mod many;
mod model;
mod pages;
mod protection;
mod receipts;
mod results;
mod standing;
mod status;
mod steps;
mod submission;
mod telling;
mod verbs;

pub(crate) use actions::ACTIONS;
pub use approvals::{Approval, approve};
pub use attachments::{Attachment, MOST_FILES, attach};
pub use categories::{DealCategory, registrable};
pub use drafts::{Begun, NewCustomer, NewDeal, NewLine, SaveDeal, begin, save};
pub use due::{SWEEP, expire};
pub use files::{FileKind, NewFile};
pub use model::{Deal, DealProduct, FirstApproval, KIND};
pub use protection::{protecting, protecting_inquiry};
pub use receipts::{Receipt, hash};
pub use standing::{QUESTIONS_OF_PARTNER, QUESTIONS_OF_PERSON, namesakes};
pub use status::{DealStatus, Standing};
pub use steps::Step;
pub use submission::submit;
pub use verbs::{
    Act, At, ask_extension, duplicate, grant_extension, lose, refuse_extension, reject, return_it,
    review, revoke, win, withdraw,
};

use crate::auth::{Seat, Seats, Who};
use handlers::{
    attachments as attaching, deals, decisions, drafts as drafting, figures as reporting,
    many as deciding, receipts as receipting,
};

/// Who decides on deals.
pub const DECIDING: Seats = Seats::PROGRAM_MANAGER.and(Seats::one(Seat::Cam));
const DECIDERS: Who = Who::Seats(DECIDING);
const READERS: Who = Who::Seats(Seats::VENDOR.and(Seats::PARTNER));
const PARTNER: Who = Who::Seats(Seats::PARTNER);
const BOTH: Who = Who::Seats(DECIDING.and(Seats::PARTNER));

crate::routes! {
    Page "deals" GET "/p/{program}/deals" (READERS) => deals::index;
    Download "deals_csv" GET "/p/{program}/deals.csv" (READERS) => deals::download;
    Page "deal_figures" GET "/p/{program}/deals/figures" (READERS) => reporting::show;
    Download "deal_figures_csv" GET "/p/{program}/deals/figures.csv" (READERS)
        => reporting::download;
    Page "deal_new" GET "/p/{program}/deals/new" (PARTNER) => drafting::new;
    Action "deal_begin" POST "/p/{program}/deals/new" (PARTNER) => drafting::begin;
    Action "deals_decide" POST "/p/{program}/deals/decisions" (DECIDERS) => deciding::decide;
    Page "deal_receipts" GET "/p/{program}/deals/receipts" (READERS) => receipting::verify;
    Page "deal_receipt" GET "/p/{program}/deals/receipts/{receipt}" (READERS) => receipting::show;
    Download "deal_receipt_text" GET "/p/{program}/deals/receipts/{receipt}/receipt.txt" (READERS)
        => receipting::download;
    Page "deal" GET "/p/{program}/deals/{deal}" (READERS) => deals::show;
    Action "deal_attach" POST "/p/{program}/deals/{deal}/attachments" (PARTNER)
        => attaching::attach;
    Download "deal_attachment" GET "/p/{program}/deals/{deal}/attachments/{attachment}" (READERS)
        => attaching::download;
    Action "deal_detach" POST "/p/{program}/deals/{deal}/attachments/{attachment}/removal"
        (PARTNER) => attaching::detach;
    Action "deal_save" POST "/p/{program}/deals/{deal}/edit" (PARTNER) => drafting::save;
    Action "deal_ask" POST "/p/{program}/deals/{deal}/standing" (PARTNER) => drafting::ask;
    Action "deal_submit" POST "/p/{program}/deals/{deal}/submission" (PARTNER) => drafting::submit;
    Action "deal_discard" POST "/p/{program}/deals/{deal}/discarding" (PARTNER)
        => drafting::discard;
    Action "deal_withdraw" POST "/p/{program}/deals/{deal}/withdrawal" (PARTNER)
        => decisions::withdraw;
    Action "deal_review" POST "/p/{program}/deals/{deal}/review" (DECIDERS) => decisions::review;
    Action "deal_approve" POST "/p/{program}/deals/{deal}/approval" (DECIDERS)
        => decisions::approve;
    Action "deal_return" POST "/p/{program}/deals/{deal}/return" (DECIDERS)
        => decisions::return_it;
    Action "deal_reject" POST "/p/{program}/deals/{deal}/rejection" (DECIDERS)
        => decisions::reject;
    Action "deal_duplicate" POST "/p/{program}/deals/{deal}/duplicate" (DECIDERS)
        => decisions::duplicate;
    Action "deal_win" POST "/p/{program}/deals/{deal}/win" (BOTH) => decisions::win;
    Action "deal_lose" POST "/p/{program}/deals/{deal}/loss" (BOTH) => decisions::lose;
    Action "deal_revoke" POST "/p/{program}/deals/{deal}/revocation" (DECIDERS)
        => decisions::revoke;
    Action "deal_ask_extension" POST "/p/{program}/deals/{deal}/extension" (PARTNER)
        => decisions::ask_extension;
    Action "deal_grant_extension" POST "/p/{program}/deals/{deal}/extension/grant" (DECIDERS)
        => decisions::grant_extension;
    Action "deal_refuse_extension" POST "/p/{program}/deals/{deal}/extension/refusal" (DECIDERS)
        => decisions::refuse_extension;
}
