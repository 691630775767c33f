//! The ledger: what became of every mail of a program (docs/domain.md, sections 1 and 13).
//!
//! An administrator sees all mails to their organisation, everybody else their own. The vendor's
//! staff see how many went to whom and what came to a bad end, by day, kind and partner; single
//! mails only as far as they are their own organisation's. Mails about an account belong to no
//! program and stand in no ledger; of those that may hold a one-time link nobody reads the text.

mod counts;
mod export;
mod filter;
mod handlers;
mod model;
mod pages;
mod reasons;
mod words;

use crate::auth::{Seats, Who};

const EVERYBODY: Who = Who::Seats(Seats::ALL);
const VENDOR: Who = Who::Seats(Seats::VENDOR);

crate::routes! {
    Page "ledger" GET "/p/{program}/mail" (EVERYBODY) => handlers::index;
    Download "ledger_csv" GET "/p/{program}/mail.csv" (EVERYBODY) => handlers::download;
    Page "mail_by_partner" GET "/p/{program}/mail/partners" (VENDOR) => handlers::partners;
    Download "mail_by_partner_csv" GET "/p/{program}/mail/partners.csv" (VENDOR)
        => handlers::download_partners;
    Page "own_mail" GET "/p/{program}/mail/own" (VENDOR) => handlers::own;
    Download "own_mail_csv" GET "/p/{program}/mail/own.csv" (VENDOR) => handlers::download_own;
    Page "mail" GET "/p/{program}/mail/{mail}" (EVERYBODY) => handlers::show;
    Download "mail_attachment" GET "/p/{program}/mail/{mail}/attachments/{position}" (EVERYBODY)
        => handlers::attachment;
}
