//! Who is told of what happens to quotes: one mail to each person and event, in the transaction of
//! the change. No price stands in what the vendor's people could read of a distributor's quote; the
//! mail to the reseller names the total.

mod people;
pub(super) mod special;

pub use people::quoters;

use super::mail::{QuoteDeclined, QuoteExpired, QuoteRevised, QuoteSent, QuoteWithdrawn};
use super::model::{Quote, Revision, Viewer};
use crate::auth::Program;
use crate::clock::Instant;
use crate::contacts::RoleRecipient;
use crate::db::Conn;
use crate::error::Result;
use crate::mail::{self, Letter, Message, Recipient};
use crate::web::Site;
use people::resellers;

/// Tells the reseller of a quote that it may accept now.
pub(super) fn tell_sent(
    program: &Program,
    quote: &Quote,
    sent: &Revision,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let told = resellers(quote, conn)?;
    let key = format!("{}:{}", quote.row.reference, sent.number);
    if sent.number == 1 {
        let message = |to: &Recipient| QuoteSent::new(program, quote, sent, to, now);
        return tell(program, quote.row.reseller_id, &told, &key, message, site, now, conn);
    }
    let message = |to: &Recipient| QuoteRevised(QuoteSent::new(program, quote, sent, to, now));
    tell(program, quote.row.reseller_id, &told, &key, message, site, now, conn)
}

/// Tells the reseller that there is nothing to accept any more.
pub(super) fn tell_withdrawn(
    program: &Program,
    quote: &Quote,
    why: &str,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let told = resellers(quote, conn)?;
    let message = |to: &Recipient| QuoteWithdrawn::new(program, quote, why, to);
    let key = &quote.row.reference;
    tell(program, quote.row.reseller_id, &told, key, message, site, now, conn)
}

/// Tells whoever quoted that the reseller does not want it.
pub(super) fn tell_declined(
    program: &Program,
    quote: &Quote,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let told = quoters(program, quote, conn)?;
    let message = |to: &Recipient| QuoteDeclined::new(program, quote, to);
    let key = &quote.row.reference;
    tell(program, quote.row.quoter_id, &told, key, message, site, now, conn)
}

/// Tells both sides that the quote cannot be accepted any more.
pub(super) fn tell_expired(
    program: &Program,
    quote: &Quote,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let row = &quote.row;
    let sides = [
        (Viewer::Reseller, row.reseller_id, resellers(quote, conn)?),
        (Viewer::Quoter, row.quoter_id, quoters(program, quote, conn)?),
    ];
    for (viewer, organisation_id, told) in sides {
        let message = |to: &Recipient| QuoteExpired::new(program, quote, viewer, to);
        tell(program, organisation_id, &told, &row.reference, message, site, now, conn)?;
    }
    Ok(())
}

/// One mail to each, in the ledger of one organisation.
#[expect(clippy::too_many_arguments, reason = "what a letter is made of")]
fn tell<M: Message>(
    program: &Program,
    organisation_id: i64,
    told: &[RoleRecipient],
    key: &str,
    message: impl Fn(&Recipient) -> M,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    for one in told {
        let letter = Letter {
            to: &one.recipient,
            program: Some(program),
            organisation_id,
            reason: one.reason.clone(),
            key,
            message: &message(&one.recipient),
        };
        mail::queue(&letter, site, now, conn)?;
    }
    Ok(())
}
