//! What is decided on a deal, and how it ends. Each is a conditional change of its row, with its line
//! of history and its mails in the same transaction.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::actions::{
    DUPLICATE, EXTENDED, EXTENSION_ASKED, EXTENSION_REFUSED, IN_REVIEW, LOST, NAMED, REJECTED,
    RETURNED, REVOKED, WITHDRAWN, WON,
};
use super::drafts::as_read;
use super::mail;
use super::model::Deal;
use super::steps::{Step, changed_meanwhile};
use super::{DealStatus, approvals, claims, results, telling};
use crate::audit::{self, Action, By, Change};
use crate::auth::{Program, Scope};
use crate::calendar::add_days;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::deals;
use crate::error::{Error, Result};
use crate::maintenance::{self, Capability};
use crate::web::Site;

/// Who does something in a program, and when it is.
#[derive(Clone, Copy)]
pub struct Act<'a> {
    pub program: &'a Program,
    pub by: By<'a>,
    /// Where the links of its mails lead. Without one nobody is told: it is history that is written
    /// down.
    pub site: Option<&'a Site>,
    pub now: Instant,
}

/// A person at a deal, as they were shown it.
#[derive(Clone, Copy)]
pub struct At<'a> {
    pub scope: &'a Scope,
    pub deal: &'a Deal,
    /// The revision that was shown.
    pub seen: i64,
    pub site: Option<&'a Site>,
    pub now: Instant,
}

impl<'a> At<'a> {
    fn act(self) -> Act<'a> {
        Act {
            program: self.scope.program(),
            by: By::Person(self.scope.actor()),
            site: self.site,
            now: self.now,
        }
    }

    /// Lets it be done, unless registration is stopped for maintenance.
    pub(super) fn decides(self, step: Step) -> Result<Act<'a>> {
        step.allow(self.scope, self.deal, self.seen)?;
        maintenance::open_for(self.scope.program(), Capability::DealRegistration, self.now)?;
        Ok(self.act())
    }

    fn does(self, step: Step) -> Result<Act<'a>> {
        step.allow(self.scope, self.deal, self.seen)?;
        Ok(self.act())
    }
}

/// What a change writes beside the counter of changes.
#[derive(AsChangeset, Default)]
#[diesel(table_name = deals)]
pub(super) struct Changes<'a> {
    pub(super) status: Option<DealStatus>,
    pub(super) why: Option<&'a str>,
    pub(super) protected_at: Option<Option<Instant>>,
    pub(super) protected_until_on: Option<Option<NaiveDate>>,
    pub(super) extension_until_on: Option<Option<NaiveDate>>,
    pub(super) extension_why: Option<&'a str>,
}

/// The conditional change, and its line of history. Gives the deal as it is then.
pub(super) fn write(
    act: Act<'_>,
    deal: &Deal,
    changes: Changes<'_>,
    action: &Action,
    change: Change<'_>,
    conn: &mut Conn,
) -> Result<Deal> {
    let to = changes.status;
    let changed = diesel::update(as_read(deal))
        .set((changes, deals::revision.eq(deals::revision + 1)))
        .execute(conn)?;
    if changed == 0 {
        return Err(changed_meanwhile(deal));
    }
    results::keep(deal, to, act.now, conn)?;
    let subject = deal.subject(Some(deal.partner_id));
    audit::record(act.by, action, subject, change, act.now, conn)?;
    Deal::find_unscoped(deal.id, conn)
}

/// Brings a deal into another state. What it claimed is free again where it was approved, and a first
/// approval counts no more.
pub(super) fn move_to(
    act: Act<'_>,
    deal: &Deal,
    to: DealStatus,
    action: &Action,
    why: &str,
    conn: &mut Conn,
) -> Result<Deal> {
    if deal.status == DealStatus::Approved {
        claims::release(deal, conn)?;
    }
    approvals::clear(deal, conn)?;
    let changes = Changes {
        status: Some(to),
        why: Some(why),
        extension_until_on: Some(None),
        ..Changes::default()
    };
    let change = Change { from: deal.status.label(), to: to.label(), why };
    write(act, deal, changes, action, change, conn)
}

/// Begins to look at a submitted deal.
pub fn review(at: At<'_>, conn: &mut Conn) -> Result<()> {
    let act = at.does(Step::Review)?;
    let deal = move_to(act, at.deal, DealStatus::InReview, &IN_REVIEW, "", conn)?;
    telling::tell_partner(act, &deal, mail::InReview, conn)
}

/// Gives a deal back to its partner, who is to add to it.
pub fn return_it(at: At<'_>, why: &str, conn: &mut Conn) -> Result<()> {
    let act = at.decides(Step::Return)?;
    let deal = move_to(act, at.deal, DealStatus::Returned, &RETURNED, why, conn)?;
    telling::tell_partner(act, &deal, mail::Returned, conn)
}

pub fn reject(at: At<'_>, why: &str, conn: &mut Conn) -> Result<()> {
    let act = at.decides(Step::Reject)?;
    let deal = move_to(act, at.deal, DealStatus::Rejected, &REJECTED, why, conn)?;
    telling::tell_partner(act, &deal, mail::Rejected, conn)
}

/// Another deal was there first. Which one stays with the vendor.
pub fn duplicate(at: At<'_>, of: &str, why: &str, conn: &mut Conn) -> Result<()> {
    let act = at.decides(Step::Duplicate)?;
    let unknown = || Error::field("duplicate_of", "Choose the deal that was there before.");
    let first = match Deal::find_for(at.scope, of, conn) {
        Err(Error::NotFound) => return Err(unknown()),
        found => found?,
    };
    if first.id == at.deal.id || first.category_id != at.deal.category_id {
        return Err(unknown());
    }
    let deal = move_to(act, at.deal, DealStatus::Duplicate, &DUPLICATE, why, conn)?;
    diesel::update(deals::table.find(deal.id))
        .set(deals::duplicate_of_id.eq(first.id))
        .execute(conn)?;
    let change = Change { to: &first.reference, ..Change::default() };
    audit::record(act.by, &NAMED, deal.subject(None), change, act.now, conn)?;
    telling::tell_partner(act, &deal, mail::Duplicate, conn)
}

/// Takes a deal back before it is decided. Whoever was to decide learns that nothing waits any more.
pub fn withdraw(at: At<'_>, why: &str, conn: &mut Conn) -> Result<()> {
    let act = at.does(Step::Withdraw)?;
    let deal = move_to(act, at.deal, DealStatus::Withdrawn, &WITHDRAWN, why, conn)?;
    telling::tell_withdrawn(act, &deal, conn)
}

/// The customer bought.
pub fn win(at: At<'_>, note: &str, conn: &mut Conn) -> Result<()> {
    let act = at.does(Step::Win)?;
    let deal = move_to(act, at.deal, DealStatus::Won, &WON, note, conn)?;
    telling::tell_partner(act, &deal, mail::Won, conn)
}

/// The customer did not buy, or bought elsewhere.
pub fn lose(at: At<'_>, why: &str, conn: &mut Conn) -> Result<()> {
    let act = at.does(Step::Lose)?;
    let deal = move_to(act, at.deal, DealStatus::Lost, &LOST, why, conn)?;
    telling::tell_partner(act, &deal, mail::Lost, conn)
}

/// Takes an approval back.
pub fn revoke(at: At<'_>, why: &str, conn: &mut Conn) -> Result<()> {
    let act = at.does(Step::Revoke)?;
    let deal = move_to(act, at.deal, DealStatus::Revoked, &REVOKED, why, conn)?;
    telling::tell_partner(act, &deal, mail::Revoked, conn)
}

/// Asks for a later last day, before the present one is over.
pub fn ask_extension(at: At<'_>, until: NaiveDate, why: &str, conn: &mut Conn) -> Result<()> {
    let act = at.decides(Step::AskExtension)?;
    refuse_day(at, act, until, "until")?;
    let changes = Changes {
        extension_until_on: Some(Some(until)),
        extension_why: Some(why),
        ..Changes::default()
    };
    let change = Change { to: &until.to_string(), why, ..Change::default() };
    let deal = write(act, at.deal, changes, &EXTENSION_ASKED, change, conn)?;
    telling::tell_extension_asked(act, &deal, conn)
}

/// Grants a longer protection, to the day that was asked for or another one.
pub fn grant_extension(at: At<'_>, until: NaiveDate, note: &str, conn: &mut Conn) -> Result<()> {
    let act = at.decides(Step::GrantExtension)?;
    let last = refuse_day(at, act, until, "granted_until")?;
    let changes = Changes {
        protected_at: Some(Some(act.now)),
        protected_until_on: Some(Some(until)),
        extension_until_on: Some(None),
        ..Changes::default()
    };
    let (from, to) = (last.to_string(), until.to_string());
    let change = Change { from: &from, to: &to, why: note };
    let deal = write(act, at.deal, changes, &EXTENDED, change, conn)?;
    telling::tell_partner(act, &deal, mail::Extended, conn)
}

/// Leaves the last day where it is.
pub fn refuse_extension(at: At<'_>, why: &str, conn: &mut Conn) -> Result<()> {
    let act = at.decides(Step::RefuseExtension)?;
    let changes = Changes { extension_until_on: Some(None), ..Changes::default() };
    let change = Change { why, ..Change::default() };
    let mut deal = write(act, at.deal, changes, &EXTENSION_REFUSED, change, conn)?;
    why.clone_into(&mut deal.why);
    telling::tell_partner(act, &deal, mail::ExtensionRefused, conn)
}

/// How long an extension reaches at most.
const LONGEST_EXTENSION_DAYS: i64 = 366;

/// Gives the present last day, if the deal is protected still and the new one is later.
fn refuse_day(
    at: At<'_>,
    act: Act<'_>,
    until: NaiveDate,
    field: &'static str,
) -> Result<NaiveDate> {
    let today = at.scope.today();
    let last = at.deal.last_day(act.program).filter(|last| today <= *last);
    let last = last.ok_or_else(|| {
        Error::conflict(format!("The protection of deal {} is over.", at.deal.reference))
    })?;
    if until <= last {
        return Err(Error::field(field, "Enter a day after the present last day."));
    }
    if until > add_days(today, LONGEST_EXTENSION_DAYS) {
        return Err(Error::field(field, "Enter a day within a year from now."));
    }
    Ok(last)
}
