//! When a partner's own lead ends by itself (docs/domain.md, section 7): closed once on the day of a
//! policy that says so, or expired after the policy's days without activity. Days are the program's;
//! those on which leads were stopped for maintenance, even in part, do not count, and nothing ends on
//! one. Pure, once it is read.

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::auth::Program;
use crate::calendar::{add_days, day_of, days_between, start_of_day};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::maintenance::{self, Capability, Pauses};
use crate::programs::pack::PolicyTimeline;
use crate::programs::rules_of;

/// How many days before the end a partner is warned, the first warning first.
pub const WARNINGS: [i32; 2] = [14, 3];

/// How a lead ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// By the one day on which a policy closes what is idle.
    Closed,
    Expired,
}

/// The rules by which the clocks of a program's leads run.
#[derive(Clone, Debug)]
pub struct Deadlines {
    policies: PolicyTimeline,
    pauses: Pauses,
    zone: Tz,
}

impl Deadlines {
    pub fn new(policies: PolicyTimeline, pauses: Pauses, zone: Tz) -> Self {
        Self { policies, pauses, zone }
    }

    /// As they are in this transaction.
    pub(super) fn of(program: &Program, conn: &mut Conn) -> Result<Self> {
        let windows = maintenance::current(program, conn)?;
        let policies = rules_of(program.id, conn)?.policies;
        Ok(Self::new(policies, windows.pauses(Capability::Leads), program.time_zone))
    }

    /// The day at whose beginning a lead ends that was active last at an instant, and how; none where
    /// no policy says so.
    pub fn ending(&self, active_at: Instant) -> Option<(NaiveDate, Ending)> {
        let closed = self.closing(active_at).map(|day| (day, Ending::Closed));
        let expired = self.expiry(active_at).map(|day| (day, Ending::Expired));
        closed.into_iter().chain(expired).min()
    }

    fn expiry(&self, active_at: Instant) -> Option<NaiveDate> {
        let mut next = self.policies.iter().skip(1).map(|policy| policy.from);
        let mut from = NaiveDate::MIN;
        for policy in self.policies.iter() {
            let until = next.next();
            let due = policy.lead_inactivity_days.map(|days| {
                let passed = self.passed(active_at, days);
                self.first_open(passed.max(from))
            });
            match due {
                Some(due) if until.is_none_or(|until| due < until) => return Some(due),
                _ => from = until.unwrap_or(NaiveDate::MAX),
            }
        }
        None
    }

    fn closing(&self, active_at: Instant) -> Option<NaiveDate> {
        let closes = self.policies.iter().find(|policy| {
            let days = policy.closes_leads_inactive_days;
            days.is_some_and(|days| self.passed(active_at, days) < policy.from)
        })?;
        Some(self.first_open(closes.from))
    }

    /// The first day on which so many days have passed since an activity.
    fn passed(&self, active_at: Instant, days: i32) -> NaiveDate {
        let last = add_days(day_of(active_at.utc(), self.zone), days.into());
        self.pauses.last_day(active_at, last, self.zone)
    }

    /// This day, or the next that is not stopped.
    fn first_open(&self, day: NaiveDate) -> NaiveDate {
        if day == NaiveDate::MIN || day == NaiveDate::MAX {
            return day;
        }
        self.pauses.last_day(Instant::from_utc(start_of_day(day, self.zone)), day, self.zone)
    }
}

/// The warning that is due so many days before the end, if its partner was not given it: after a gap
/// the newest one alone.
pub fn warning(today: NaiveDate, end: NaiveDate, warned: Option<i32>) -> Option<i32> {
    let left = days_between(today, end);
    let reached = WARNINGS.iter().copied().filter(|days| left <= i64::from(*days)).min()?;
    (left > 0 && warned.is_none_or(|warned| warned > reached)).then_some(reached)
}
