//! The dates of an order line: the table of docs/domain.md, section 5, and the dated policies
//! of section 2 under which it is read. Pure decisions; nothing here reads a clock or a database.
//!
//! A line keeps the policy under which it was bought, that is: processed. The one thing a later
//! policy changes is waiting: where a term waits for an activation and the new policy knows none,
//! the waiting ends on the day it takes effect. Deciding again on a later day is therefore safe,
//! and is what the sweep does with the lines that still wait.

use std::num::NonZeroU16;

use chrono::NaiveDate;

use super::refusal::Refusal;
use super::warranty;
use crate::calendar::{Term, TermMonths, add_days, days_between, months_left, term_end};
use crate::text_enum;

/// What starts a term or a warranty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartedBy {
    Activation,
    /// The processing of the order, whether the product is activated or not.
    Processing,
}

/// What a policy says about dates, as it holds for the product of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermPolicy {
    /// The first day on which it is in force.
    pub from: NaiveDate,
    pub term_starts: StartedBy,
    pub warranty_starts: StartedBy,
    /// Where activation starts the warranty: it starts this many days after processing at the latest.
    pub warranty_grace_days: u16,
    /// Whether a renewal of this product waits for its key; otherwise it activates by itself.
    pub renewals_by_key: bool,
    /// How many days after the old end a licence can still be renewed.
    pub renewal_lapse_days: u16,
}

/// A program's policies; there is always one, and the first covers everything before it too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermPolicies {
    first: TermPolicy,
    later: Vec<TermPolicy>,
}

impl TermPolicies {
    /// Takes the policies in any order; `None` where there is none at all.
    pub fn new(mut policies: Vec<TermPolicy>) -> Option<Self> {
        policies.sort_by_key(|policy| policy.from);
        let mut in_order = policies.into_iter();
        let first = in_order.next()?;
        Some(Self { first, later: in_order.collect() })
    }

    /// The policy in force on a day.
    pub fn at(&self, day: NaiveDate) -> &TermPolicy {
        self.later.iter().rev().find(|policy| policy.from <= day).unwrap_or(&self.first)
    }

    /// For what was bought on a day: the first day on which terms wait for no activation any more.
    pub fn waiting_ends_on(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.next_change(day, |policy| policy.term_starts == StartedBy::Processing)
    }

    /// For what was bought on a day: the first day on which renewals wait for no key any more.
    pub fn keys_end_on(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.next_change(day, |policy| !policy.renewals_by_key)
    }

    /// The first day after `day` on which a policy takes effect that is as asked.
    fn next_change(
        &self,
        day: NaiveDate,
        is_as_asked: impl Fn(&TermPolicy) -> bool,
    ) -> Option<NaiveDate> {
        self.later
            .iter()
            .find(|policy| policy.from > day && is_as_asked(policy))
            .map(|policy| policy.from)
    }
}

text_enum! {
    /// What an order line is about.
    pub enum LineKind {
        New = "new",
        Renewal = "renewal",
        /// More units in the middle of a term.
        Change = "change",
        Trial = "trial",
        /// Not for resale.
        Nfr = "nfr",
    }
}

impl LineKind {
    /// What can be renewed when its term ends. Units that were added in mid-term are renewed with the
    /// line that they were added to; trials and what is not for resale are not.
    pub const RENEWABLE: [Self; 2] = [Self::New, Self::Renewal];

    pub fn label(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Renewal => "Renewal",
            Self::Change => "Change",
            Self::Trial => "Trial",
            Self::Nfr => "Not for resale",
        }
    }
}

/// What is bought, as far as it decides dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goods {
    /// A subscription or a support plan: held for a term, so the order must say how long.
    Subscription,
    /// Held for good.
    Perpetual,
    /// Has a term only where the order names one, beside its warranty.
    Hardware { warranty_months: Option<NonZeroU16> },
    /// Service, training or usage: has a term only where the order names one.
    Service,
}

/// The line that is renewed or changed. Its end is unknown while it waits for its own start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseLine {
    pub ends_on: Option<NaiveDate>,
}

/// All that decides the dates of an order line. The days are the program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineFacts {
    pub kind: LineKind,
    pub goods: Goods,
    pub months: Option<TermMonths>,
    pub released_on: Option<NaiveDate>,
    pub processed_on: NaiveDate,
    pub activated_on: Option<NaiveDate>,
    pub base: Option<BaseLine>,
}

/// The dates of a line. A line without a start waits for one, unless its basis is that it has no term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineDates {
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub warranty: Option<Term>,
    /// The row of the table by which the line got its start.
    pub basis: Basis,
}

/// Why a line starts when it does: the rows of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Waits for its activation, or for the end of the line that it renews to be known.
    Waiting,
    Activated,
    Processed,
    /// Waited for an activation when a policy took effect that knows none.
    SetBack,
    AfterOldEnd,
    /// Renewed in the days after the old end in which that is still possible.
    LateRenewal,
    Change,
    Perpetual,
    /// Hardware or a service, ordered without months.
    NoTerm,
}

impl Basis {
    /// The answer to "why this date?".
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Waiting => {
                "Has no dates yet: waits to be activated, or for the line that it renews to start."
            }
            Self::Activated => "Starts on the day it was activated.",
            Self::Processed => "Starts on the day the order was processed.",
            Self::SetBack => {
                "Was not activated when the policy changed: starts on the day its order was processed."
            }
            Self::AfterOldEnd => "Starts on the day after the end of the line it renews.",
            Self::LateRenewal => "Renewed after the old end: starts on the day of the renewal.",
            Self::Change => {
                "Starts on the day the change was processed and ends with the line it changes."
            }
            Self::Perpetual => {
                "Perpetual: starts on the day the order was processed and has no end."
            }
            Self::NoTerm => "Has no term.",
        }
    }
}

/// The dates of an order line as they stand on `today`, or why it cannot be had.
pub fn line_dates(
    facts: &LineFacts,
    policies: &TermPolicies,
    today: NaiveDate,
) -> Result<LineDates, Refusal> {
    facts.check()?;
    let (basis, starts_on) = match facts.kind {
        _ if facts.goods == Goods::Perpetual => (Basis::Perpetual, Some(facts.processed_on)),
        LineKind::New | LineKind::Trial | LineKind::Nfr => new_start(facts, policies, today),
        LineKind::Renewal => renewal_start(facts, policies, today)?,
        LineKind::Change => (Basis::Change, Some(facts.processed_on)),
    };
    let ends_on = match basis {
        Basis::Perpetual | Basis::NoTerm | Basis::Waiting => None,
        Basis::Change => facts.old_end(),
        _ => starts_on.zip(facts.months).map(|(start, months)| term_end(start, months)),
    };
    Ok(LineDates { starts_on, ends_on, warranty: warranty::term(facts, policies, today), basis })
}

type Start = (Basis, Option<NaiveDate>);

/// The rows of new lines; trials and NFR lines are new ones without a price.
fn new_start(facts: &LineFacts, policies: &TermPolicies, today: NaiveDate) -> Start {
    let processed_on = facts.processed_on;
    if facts.months.is_none() {
        return (Basis::NoTerm, None);
    }
    if policies.at(processed_on).term_starts == StartedBy::Processing {
        return (Basis::Processed, Some(processed_on));
    }
    match facts.waiting(policies.waiting_ends_on(processed_on), today) {
        Wait::Activated(day) => (Basis::Activated, Some(day)),
        Wait::CutShort => (Basis::SetBack, Some(processed_on)),
        Wait::Waiting => (Basis::Waiting, None),
    }
}

/// The rows of renewals: counted from the day processed, or under "activation by key" from the day
/// activated. Renewals whose keys never came keep their place by the day they were processed.
fn renewal_start(
    facts: &LineFacts,
    policies: &TermPolicies,
    today: NaiveDate,
) -> Result<Start, Refusal> {
    let bought_under = policies.at(facts.processed_on);
    let Some(old_end) = facts.old_end() else {
        return Ok((Basis::Waiting, None));
    };
    let renewed_on = |day| renewal_row(day, old_end, bought_under.renewal_lapse_days);

    let by_processing = renewed_on(facts.processed_on)?;
    if !bought_under.renewals_by_key {
        return Ok(by_processing);
    }
    match facts.waiting(policies.keys_end_on(facts.processed_on), today) {
        Wait::Activated(day) => renewed_on(day),
        Wait::CutShort => Ok(by_processing),
        Wait::Waiting => Ok((Basis::Waiting, None)),
    }
}

/// On or before the old end, after it, or too late.
fn renewal_row(
    renewed_on: NaiveDate,
    old_end: NaiveDate,
    lapse_days: u16,
) -> Result<Start, Refusal> {
    if renewed_on <= old_end {
        Ok((Basis::AfterOldEnd, Some(add_days(old_end, 1))))
    } else if days_between(old_end, renewed_on) <= i64::from(lapse_days) {
        Ok((Basis::LateRenewal, Some(renewed_on)))
    } else {
        Err(Refusal::RenewalTooLate { renewed_on, old_end, lapse_days })
    }
}

/// What has become of waiting for an activation.
enum Wait {
    Waiting,
    Activated(NaiveDate),
    /// A policy that knows no activation took effect first.
    CutShort,
}

impl LineFacts {
    /// An activation counts before the day on which a policy ends the waiting, not on it.
    fn waiting(&self, waiting_ends_on: Option<NaiveDate>, today: NaiveDate) -> Wait {
        match (self.activated_on, waiting_ends_on) {
            (Some(activated_on), None) => Wait::Activated(activated_on),
            (Some(activated_on), Some(end)) if activated_on < end => Wait::Activated(activated_on),
            (_, Some(end)) if end <= today => Wait::CutShort,
            _ => Wait::Waiting,
        }
    }

    fn old_end(&self) -> Option<NaiveDate> {
        self.base.and_then(|base| base.ends_on)
    }

    /// What no policy can make good.
    fn check(&self) -> Result<(), Refusal> {
        let processed_on = self.processed_on;
        match (self.released_on, self.activated_on) {
            (Some(released_on), _) if released_on > processed_on => {
                return Err(Refusal::ReleasedAfterProcessed { released_on, processed_on });
            }
            (_, Some(activated_on)) if activated_on < processed_on => {
                return Err(Refusal::ActivatedBeforeProcessed { activated_on, processed_on });
            }
            _ => {}
        }
        match (self.goods, self.kind, self.months) {
            (Goods::Perpetual, LineKind::Renewal, _) => return Err(Refusal::PerpetualRenewed),
            (Goods::Perpetual, _, Some(months)) => {
                return Err(Refusal::PerpetualWithMonths { months });
            }
            (Goods::Perpetual, _, None) | (_, LineKind::Change, _) => {}
            (Goods::Subscription, _, None) | (_, LineKind::Renewal, None) => {
                return Err(Refusal::MonthsMissing);
            }
            _ => {}
        }
        match (self.kind, self.base) {
            (LineKind::Renewal, None) => Err(Refusal::NothingToRenew),
            (LineKind::Change, None) => Err(Refusal::NothingToChange),
            (LineKind::Change, Some(BaseLine { ends_on: Some(ended_on) }))
                if ended_on < processed_on =>
            {
                Err(Refusal::ChangedAfterEnd { processed_on, ended_on })
            }
            _ => Ok(()),
        }
    }
}

/// The months by which a mid-term change is priced: those left, rounded up. `None` where the line
/// has ended, or runs for longer than any term that can be ordered.
pub fn change_months(processed_on: NaiveDate, ends_on: NaiveDate) -> Option<TermMonths> {
    TermMonths::new(months_left(processed_on, ends_on).into()).ok()
}

/// The last day of a trial once a paid term of the same product starts on `paid_start`: the day
/// before, where the trial still runs then. A trial that was over by then, or that began with the
/// paid term or after it, keeps its end.
pub fn trial_end_before(paid_start: NaiveDate, trial: Term) -> NaiveDate {
    let cut_short = trial.contains(paid_start) && trial.starts_on < paid_start;
    if cut_short { add_days(paid_start, -1) } else { trial.ends_on }
}

/// The days that a term ran before it was activated. For a line that is not activated yet, give
/// today: the meter runs.
pub fn lost_days(starts_on: NaiveDate, activated_on: NaiveDate) -> u32 {
    u32::try_from(days_between(starts_on, activated_on)).unwrap_or(0)
}
