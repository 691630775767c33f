//! The warranty of hardware, by the rule of the day on which it was bought (domain, section 2), and
//! the reason for its dates. No database.

use chrono::{Months, NaiveDate};

use super::rules::{Goods, LineFacts, LineKind, StartedBy, TermPolicies};
use crate::calendar::{Term, add_days};
use crate::locale::Locale;

/// Why a warranty starts when it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Processed,
    Activated,
    /// Nobody activated it in the days after processing in which that counts.
    GraceOver {
        days: u16,
    },
    /// It starts with the activation, on this day at the latest.
    Waiting {
        latest: NaiveDate,
    },
}

impl Reason {
    pub fn sentence(self, locale: Locale) -> String {
        match self {
            Self::Processed => {
                "It runs from the day the order was processed, by the rule of that day.".to_owned()
            }
            Self::Activated => {
                "It runs from the activation, by the rule of the day of purchase.".to_owned()
            }
            Self::GraceOver { days } => format!(
                "It runs from {days} days after the order was processed, the latest day by the rule \
                 of the day of purchase: it was not activated before."
            ),
            Self::Waiting { latest } => {
                format!(
                    "It will run from the activation, from {} at the latest.",
                    locale.day(latest)
                )
            }
        }
    }
}

/// A warranty and its reason; no term while it waits. None for what has no warranty: a renewal
/// delivers no hardware.
fn decide(
    facts: &LineFacts,
    policies: &TermPolicies,
    today: NaiveDate,
) -> Option<(Reason, Option<Term>)> {
    let Goods::Hardware { warranty_months: Some(months) } = facts.goods else {
        return None;
    };
    if facts.kind == LineKind::Renewal {
        return None;
    }
    let bought_under = policies.at(facts.processed_on);
    let days = bought_under.warranty_grace_days;
    let latest = add_days(facts.processed_on, days.into());
    let (reason, starts_on) = match (bought_under.warranty_starts, facts.activated_on) {
        (StartedBy::Processing, _) => (Reason::Processed, facts.processed_on),
        (StartedBy::Activation, Some(day)) if day <= latest => (Reason::Activated, day),
        (StartedBy::Activation, activated_on) if activated_on.is_some() || today >= latest => {
            (Reason::GraceOver { days }, latest)
        }
        (StartedBy::Activation, _) => return Some((Reason::Waiting { latest }, None)),
    };
    Some((reason, Some(Term::from_start(starts_on, Months::new(months.get().into())))))
}

/// The warranty of a line as it stands on a day.
pub(super) fn term(facts: &LineFacts, policies: &TermPolicies, today: NaiveDate) -> Option<Term> {
    decide(facts, policies, today)?.1
}

/// Why the warranty of a line is as it stands on a day.
pub fn reason(facts: &LineFacts, policies: &TermPolicies, today: NaiveDate) -> Option<Reason> {
    Some(decide(facts, policies, today)?.0)
}
