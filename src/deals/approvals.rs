//! Approval: by one person, or by two where the policy asks for a second at the deal's value. What the
//! first of two said is written down beside the deal, which stays in review, and is the vendor's alone.

use diesel::prelude::*;

use super::actions::{APPROVED, FIRST_APPROVED};
use super::model::Deal;
use super::steps::Step;
use super::verbs::{Act, At, Changes, write};
use super::{DealStatus, claims, mail, telling};
use crate::audit::{self, Change};
use crate::calendar::add_days;
use crate::db::schema::deal_approvals;
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::programs::pack::Policy;
use crate::programs::rules_of;

/// What an approval made of a deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// Another person has to approve it, too.
    First,
    Whole,
}

/// Whether a policy asks for two approvals of a deal.
fn needs_two(policy: &Policy, deal: &Deal) -> bool {
    let of_currency = policy.deal_second_approval.iter().find(|one| one.currency == deal.currency);
    of_currency.is_some_and(|one| deal.msrp_minor >= one.least_minor)
}

/// Approves a deal. It protects its customer in its category, for the days of the policy, from the
/// approval on that makes it whole.
///
/// # Errors
/// A conflict where the same person has approved it already.
pub fn approve(at: At<'_>, note: &str, conn: &mut Conn) -> Result<Approval> {
    let act = at.decides(Step::Approve)?;
    let rules = rules_of(act.program.id, conn)?;
    let today = act.program.day_of(act.now);
    let policy = rules.policies.at(today);
    if needs_two(policy, at.deal) {
        match &at.deal.names.first_approval {
            None => return approve_first(at, act, note, conn),
            Some(first) if first.approved_by_id == at.scope.actor().contact_id => {
                return Err(Error::conflict(format!(
                    "You have approved deal {} already. At its value somebody else has to approve \
                     it, too.",
                    at.deal.reference
                )));
            }
            Some(_) => {}
        }
    }
    claims::claim(act, at.deal, conn)?;
    clear(at.deal, conn)?;
    let changes = Changes {
        status: Some(DealStatus::Approved),
        why: Some(note),
        protected_at: Some(Some(act.now)),
        protected_until_on: Some(Some(add_days(today, policy.deal_protection_days.into()))),
        ..Changes::default()
    };
    let (from, to) = (at.deal.status.label(), DealStatus::Approved.label());
    let deal = write(act, at.deal, changes, &APPROVED, Change { from, to, why: note }, conn)?;
    telling::tell_partner(act, &deal, mail::Approved, conn)?;
    Ok(Approval::Whole)
}

#[derive(Insertable)]
#[diesel(table_name = deal_approvals)]
struct NewApproval<'a> {
    deal_id: i64,
    approved_by_id: i64,
    approved_by: &'a str,
    approved_at: crate::clock::Instant,
    note: &'a str,
}

/// The revision stays: whoever looks at the deal at the same moment may be the second.
fn approve_first(at: At<'_>, act: Act<'_>, note: &str, conn: &mut Conn) -> Result<Approval> {
    claims::refuse_taken(act, at.deal, conn)?;
    let row = NewApproval {
        deal_id: at.deal.id,
        approved_by_id: at.scope.actor().contact_id,
        approved_by: &at.scope.actor().name,
        approved_at: act.now,
        note,
    };
    if db::insert_new!(conn, deal_approvals::table, &row) == 0 {
        // Somebody was first after this deal was read: it is read again.
        return Err(Error::LostRace);
    }
    let change = Change { why: note, ..Change::default() };
    audit::record(act.by, &FIRST_APPROVED, at.deal.subject(None), change, act.now, conn)?;
    let deal = Deal::find_unscoped(at.deal.id, conn)?;
    telling::tell_second_wanted(act, &deal, at.scope.actor().contact_id, conn)?;
    Ok(Approval::First)
}

/// Whatever else becomes of a deal, a first approval counts no more.
pub(super) fn clear(deal: &Deal, conn: &mut Conn) -> Result<()> {
    if deal.names.first_approval.is_some() {
        let own = deal_approvals::table.filter(deal_approvals::deal_id.eq(deal.id));
        diesel::delete(own).execute(conn)?;
    }
    Ok(())
}
