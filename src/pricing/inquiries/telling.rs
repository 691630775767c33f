//! Who is told of an inquiry: those at a distributor who look after inquiries, or at the vendor
//! whoever looks after the partner.

use super::configured::Configured;
use super::mail::{InquirySubmitted, InquiryWithdrawn};
use super::model::Inquiry;
use super::quoters::Quoter;
use super::submission::currency_of;
use crate::auth::Scope;
use crate::clock::Instant;
use crate::contacts::{Role, RoleRecipient, recipients_of};
use crate::db::Conn;
use crate::error::Result;
use crate::mail::{self, Letter, Message, Recipient};
use crate::money::Money;
use crate::partners::vendor_desk;
use crate::web::Site;

/// An inquiry that something just happened to, where links lead, and when it was.
#[derive(Clone, Copy)]
pub(super) struct Event<'a> {
    pub scope: &'a Scope,
    pub inquiry: &'a Inquiry,
    pub site: &'a Site,
    pub now: Instant,
}

/// Whoever was asked is told what for.
pub(super) fn tell_submitted(
    event: Event<'_>,
    quoter: &Quoter,
    lines: &[Configured],
    msrp_minor: i64,
    conn: &mut Conn,
) -> Result<()> {
    let Event { scope, inquiry, .. } = event;
    let total = Money::new(msrp_minor, currency_of(inquiry)?);
    let message = |to: &Recipient| InquirySubmitted::new(scope, inquiry, lines, total, to);
    tell(event, quoter.organisation_id, "submitted", message, conn)
}

/// Whoever was asked need not answer any more.
pub(super) fn tell_withdrawn(event: Event<'_>, why: &str, conn: &mut Conn) -> Result<()> {
    let Event { scope, inquiry, .. } = event;
    let Some(quoter_id) = inquiry.quoter_id else { return Ok(()) };
    let message = |to: &Recipient| InquiryWithdrawn::new(scope, inquiry, why, to);
    tell(event, quoter_id, "withdrawn", message, conn)
}

fn tell<M: Message>(
    event: Event<'_>,
    quoter_id: i64,
    what: &str,
    message: impl Fn(&Recipient) -> M,
    conn: &mut Conn,
) -> Result<()> {
    let Event { scope, inquiry, site, now } = event;
    let program = scope.program();
    let told: Vec<RoleRecipient> = if quoter_id == program.vendor_id {
        vendor_desk(program, inquiry.reseller_id, &inquiry.reseller, conn)?
    } else {
        let found = recipients_of(program, Role::PricingInquiries, &[quoter_id], conn)?;
        found.into_values().flatten().collect()
    };
    let key = format!("{}:{}:{what}", program.slug, inquiry.reference);
    for RoleRecipient { recipient, reason } in told {
        let letter = Letter {
            to: &recipient,
            program: Some(program),
            organisation_id: quoter_id,
            reason,
            key: &key,
            message: &message(&recipient),
        };
        mail::queue(&letter, site, now, conn)?;
    }
    Ok(())
}
