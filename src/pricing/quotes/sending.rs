//! A draft is sent: from then on the reseller sees exactly what was previewed.

use diesel::prelude::*;

use super::drafts::{changed_meanwhile, draft_of, lines_of, policy_of_quoter, price_again};
use super::model::{Quote, Revision};
use super::priced::{Ordered, is_as_before};
use super::{QuoteStatus, RevisionStatus, stored, telling};
use crate::audit::{self, By, Change};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{quote_revisions, quotes};
use crate::error::{Error, Result};
use crate::maintenance::{self, Capability};
use crate::pricing::actions::{INQUIRY_QUOTED, QUOTE_REVISED, QUOTE_SENT};
use crate::pricing::inquiries::{self, Inquiry, InquiryStatus};
use crate::web::Site;

/// What became of a sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    Done,
    /// A price list, a discount, a promotion or a special price is another than when the draft was
    /// priced. It is priced anew, and was not sent.
    PricesChanged,
}

/// Sends the draft of a quote as it was seen, in place of what was sent before.
pub fn send(
    scope: &Scope,
    quote: &Quote,
    seen: i64,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<Sending> {
    let draft = draft_of(quote)?;
    if draft.edition != seen {
        return Err(changed_meanwhile());
    }
    policy_of_quoter(scope, conn)?;
    maintenance::open_for(scope.program(), Capability::Quotes, now)?;
    if draft.valid_until_on < scope.today() {
        return Err(Error::conflict(
            "The last day on which it can be accepted is over already: choose another.",
        ));
    }
    if reprice(scope, quote, draft, now, conn)? {
        return Ok(Sending::PricesChanged);
    }
    supersede(quote, conn)?;
    mark_sent(scope, quote, draft, now, conn)?;
    move_inquiry(scope, quote, now, conn)?;
    let by = By::Person(scope.actor());
    let subject = quote.row.subject(quote.row.reseller_id);
    let number = format!("Revision {}", draft.number);
    let (action, change) = match quote.row.status {
        QuoteStatus::Draft => {
            let change = Change { from: quote.row.status.label(), ..Change::default() };
            (&QUOTE_SENT, Change { to: QuoteStatus::Sent.label(), ..change })
        }
        _ => (&QUOTE_REVISED, Change { to: &number, ..Change::default() }),
    };
    audit::record(by, action, subject, change, now, conn)?;
    telling::tell_sent(scope.program(), quote, draft, site, now, conn)?;
    Ok(Sending::Done)
}

/// Prices the draft as of now; whether anything came out otherwise, which is then stored.
fn reprice(
    scope: &Scope,
    quote: &Quote,
    draft: &Revision,
    now: Instant,
    conn: &mut Conn,
) -> Result<bool> {
    let before = lines_of(draft, conn)?;
    let again = || before.iter().map(Ordered::again).collect();
    let codes = draft.codes();
    let own_since = scope.program().day_of(draft.priced_at);
    let priced = price_again(scope, quote, &codes, draft, own_since, again(), conn)?;
    if is_as_before(&priced, draft.price_list_id, &before) {
        return Ok(false);
    }
    stored::replace(draft.id, &priced, now, conn)?;
    Ok(true)
}

fn supersede(quote: &Quote, conn: &mut Conn) -> Result<()> {
    let sent = quote_revisions::table
        .filter(quote_revisions::quote_id.eq(quote.row.id))
        .filter(quote_revisions::status.eq(RevisionStatus::Sent));
    diesel::update(sent)
        .set(quote_revisions::status.eq(RevisionStatus::Superseded))
        .execute(conn)?;
    Ok(())
}

fn mark_sent(
    scope: &Scope,
    quote: &Quote,
    draft: &Revision,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let by = By::Person(scope.actor());
    let row = quote_revisions::table
        .find(draft.id)
        .filter(quote_revisions::status.eq(RevisionStatus::Draft))
        .filter(quote_revisions::edition.eq(draft.edition));
    let sent = diesel::update(row)
        .set((
            quote_revisions::status.eq(RevisionStatus::Sent),
            quote_revisions::sent_at.eq(Some(now)),
            quote_revisions::sent_by_id.eq(by.contact_id()),
            quote_revisions::sent_by.eq(by.name()),
        ))
        .execute(conn)?;
    let row = quotes::table
        .find(quote.row.id)
        .filter(quotes::status.eq(quote.row.status))
        .filter(quotes::revision.eq(quote.row.revision));
    let changed = diesel::update(row)
        .set((
            quotes::status.eq(QuoteStatus::Sent),
            quotes::sent_at.eq(Some(now)),
            quotes::valid_until_on.eq(Some(draft.valid_until_on)),
            quotes::msrp_minor.eq(Some(draft.msrp_minor)),
            quotes::net_minor.eq(draft.net_for(quote.viewer)),
            quotes::revision.eq(quotes::revision + 1),
        ))
        .execute(conn)?;
    if sent == 0 || changed == 0 {
        return Err(changed_meanwhile());
    }
    Ok(())
}

/// The inquiry is quoted from the first revision on; one that is over is not answered any more.
fn move_inquiry(scope: &Scope, quote: &Quote, now: Instant, conn: &mut Conn) -> Result<()> {
    let Some(id) = quote.row.inquiry_id else { return Ok(()) };
    let inquiry = Inquiry::find_unscoped(id, conn)?;
    if !inquiry.status.is_open() {
        let status = inquiry.status.label().to_lowercase();
        return Err(Error::conflict(format!("Inquiry {} is {status}.", inquiry.reference)));
    }
    if inquiry.status == InquiryStatus::Quoted {
        return Ok(());
    }
    let by = By::Person(scope.actor());
    inquiries::move_to(&inquiry, InquiryStatus::Quoted, &INQUIRY_QUOTED, "", by, now, conn)
}
