//! Quotes: what a distributor answers an inquiry with, or offers unasked; the vendor may, too, while
//! the policy of the day lets it. `draft → sent → accepted | declined | expired`, and `withdrawn`
//! before acceptance, in revisions of which the last one sent counts.
//!
//! The wall stands where quotes are read (`model`, `lines`): a reseller gets nothing of what was not
//! sent; the vendor gets, of a distributor's quote, recommended prices and the levels that it
//! approved, but no net price, no note, and nothing of the distributor's own level. A *special
//! price* is asked for by whoever quotes and decided by program and account managers.

mod changes;
mod customer;
mod drafts;
mod forms;
mod handlers;
mod held;
mod lines;
mod list;
mod mail;
mod model;
mod pages;
mod priced;
mod print;
mod sending;
mod settling;
mod special;
mod status;
mod stored;
mod telling;
mod unasked;
mod validity;

pub use drafts::{Begun, EditDraft, begin, edit};
pub use held::held_by;
pub use lines::QuoteLine;
pub use model::{KIND, Quote, QuoteRow, Revision, Viewer, amount, plain_amount};
pub use sending::{Sending, send};
pub use settling::{Accepted, SWEEP, Shown, accept, decline, end_with_inquiry};
pub use special::{Request, request};
pub use status::{QuoteStatus, RevisionStatus, SpecialStatus};
pub use telling::quoters;
pub use validity::still_valid;

use crate::auth::{Seat, Seats, Who};
use handlers::{customer as customers, quotes, special as specials, work};

const EVERYBODY: Who = Who::Seats(Seats::ALL);
const QUOTERS: Who = Who::Seats(Seats::DISTRIBUTOR.and(Seats::VENDOR));
const RESELLERS: Who = Who::Seats(Seats::PARTNER);
/// Who decides on special prices.
const DECIDING: Seats = Seats::PROGRAM_MANAGER.and(Seats::one(Seat::Cam));

crate::routes! {
    Page "quotes" GET "/p/{program}/quotes" (EVERYBODY) => quotes::index;
    Download "quotes_csv" GET "/p/{program}/quotes.csv" (EVERYBODY) => quotes::download;
    Page "quote_new" GET "/p/{program}/quotes/new" (QUOTERS) => work::new;
    Action "quote_begin_unasked" POST "/p/{program}/quotes/new" (QUOTERS) => work::begin_unasked;
    Action "quote_begin" POST "/p/{program}/inquiries/{inquiry}/quote" (QUOTERS) => work::begin;
    Page "quote" GET "/p/{program}/quotes/{quote}" (EVERYBODY) => quotes::show;
    Action "quote_edit" POST "/p/{program}/quotes/{quote}/edit" (QUOTERS) => work::edit;
    Download "quote_lines_csv" GET "/p/{program}/quotes/{quote}/lines.csv" (EVERYBODY)
        => quotes::download_lines;
    Download "quote_pdf" GET "/p/{program}/quotes/{quote}/quote.pdf" (EVERYBODY)
        => quotes::download_paper;
    Page "quote_customer" GET "/p/{program}/quotes/{quote}/customer" (RESELLERS) => customers::show;
    Action "quote_customer_save" POST "/p/{program}/quotes/{quote}/customer" (RESELLERS)
        => customers::save;
    Download "quote_customer_pdf" GET "/p/{program}/quotes/{quote}/customer.pdf" (RESELLERS)
        => customers::download;
    Page "quote_preview" GET "/p/{program}/quotes/{quote}/preview" (QUOTERS) => work::preview;
    Action "quote_send" POST "/p/{program}/quotes/{quote}/sending" (QUOTERS) => work::send;
    Action "quote_revise" POST "/p/{program}/quotes/{quote}/revision" (QUOTERS) => work::revise;
    Action "quote_discard" POST "/p/{program}/quotes/{quote}/discard" (QUOTERS) => work::discard;
    Action "quote_withdraw" POST "/p/{program}/quotes/{quote}/withdrawal" (QUOTERS)
        => work::withdraw;
    Action "quote_decline" POST "/p/{program}/quotes/{quote}/decline" (RESELLERS)
        => quotes::decline;
    Action "special_price_request" POST "/p/{program}/quotes/{quote}/special-prices" (QUOTERS)
        => specials::request;
    Page "special_prices" GET "/p/{program}/special-prices" (QUOTERS) => specials::index;
    Download "special_prices_csv" GET "/p/{program}/special-prices.csv" (QUOTERS)
        => specials::download;
    Page "special_price" GET "/p/{program}/special-prices/{special}" (QUOTERS) => specials::show;
    Action "special_price_approve" POST "/p/{program}/special-prices/{special}/approval"
        (Who::Seats(DECIDING)) => specials::approve;
    Action "special_price_reject" POST "/p/{program}/special-prices/{special}/rejection"
        (Who::Seats(DECIDING)) => specials::reject;
    Action "special_price_withdraw" POST "/p/{program}/special-prices/{special}/withdrawal"
        (QUOTERS) => specials::withdraw;
}
