//! Who is told of an inquiry: those at a distributor who look after inquiries, or at the vendor
//! whoever looks after the partner.

use super::configured::Configured;
use super::mail::{InquirySubmitted, InquiryWithdrawn};
use super::model::Inquiry;
use super::quoters::Quoter;
use super::submission::currency_of;
use crate::auth::{Program, Scope};
use crate::clock::Instant;
use crate::contacts::{Role, RoleRecipient, recipients_of};
use crate::db::Conn;
use crate::error::Result;
use crate::mail::{self, Letter, Message, Recipient};
use crate::money::Money;
use crate::pricing::desk::vendor_desk;
use crate::web::Site;

/// Whoever was asked is told what for.
#[expect(clippy::too_many_arguments, reason = "what is told, to whom, when")]
pub(super) fn tell_submitted(
    scope: &Scope,
    inquiry: &Inquiry,
    quoter: &Quoter,
    lines: &[Configured],
    msrp_minor: i64,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let total = Money::new(msrp_minor, currency_of(inquiry)?);
    let message = |to: &Recipient| InquirySubmitted::new(scope, inquiry, lines, total, to);
    tell(scope.program(), inquiry, quoter.organisation_id, "submitted", message, site, now, conn)
}

/// Whoever was asked need not answer any more.
pub(super) fn tell_withdrawn(
    scope: &Scope,
    inquiry: &Inquiry,
    why: &str,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let Some(quoter_id) = inquiry.quoter_id else { return Ok(()) };
    let message = |to: &Recipient| InquiryWithdrawn::new(scope, inquiry, why, to);
    tell(scope.program(), inquiry, quoter_id, "withdrawn", message, site, now, conn)
}

#[expect(clippy::too_many_arguments, reason = "what is told, to whom, when")]
fn tell<M: Message>(
    program: &Program,
    inquiry: &Inquiry,
    quoter_id: i64,
    event: &str,
    message: impl Fn(&Recipient) -> M,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let told: Vec<RoleRecipient> = if quoter_id == program.vendor_id {
        vendor_desk(program, inquiry.reseller_id, &inquiry.reseller, conn)?
    } else {
        let found = recipients_of(program, Role::PricingInquiries, &[quoter_id], conn)?;
        found.into_values().flatten().collect()
    };
    let key = format!("{}:{}:{event}", program.slug, inquiry.reference);
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
