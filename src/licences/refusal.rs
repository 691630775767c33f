//! Why an order line can have no dates: each reason says what is wrong and what would be right.

use std::fmt;

use chrono::NaiveDate;

use crate::calendar::TermMonths;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    ReleasedAfterProcessed {
        released_on: NaiveDate,
        processed_on: NaiveDate,
    },
    ActivatedBeforeProcessed {
        activated_on: NaiveDate,
        processed_on: NaiveDate,
    },
    MonthsMissing,
    PerpetualWithMonths {
        months: TermMonths,
    },
    PerpetualRenewed,
    NothingToRenew,
    NothingToChange,
    /// Renewed, or under "activation by key" activated, later than the lapse days (domain, section 5).
    RenewalTooLate {
        renewed_on: NaiveDate,
        old_end: NaiveDate,
        lapse_days: u16,
    },
    ChangedAfterEnd {
        processed_on: NaiveDate,
        ended_on: NaiveDate,
    },
}

/// The part of an order line that a refusal is about, so that a file or a form can point at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Kind,
    Months,
    Released,
    Activated,
    Base,
}

impl Refusal {
    pub fn fault(&self) -> Fault {
        match self {
            Self::ReleasedAfterProcessed { .. } => Fault::Released,
            Self::ActivatedBeforeProcessed { .. } => Fault::Activated,
            Self::MonthsMissing | Self::PerpetualWithMonths { .. } => Fault::Months,
            Self::NothingToRenew | Self::NothingToChange => Fault::Base,
            Self::PerpetualRenewed | Self::RenewalTooLate { .. } | Self::ChangedAfterEnd { .. } => {
                Fault::Kind
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReleasedAfterProcessed { released_on, processed_on } => write!(
                f,
                "The order was released on {released_on}, after it was processed on {processed_on}: \
                 release comes first, or on the same day."
            ),
            Self::ActivatedBeforeProcessed { activated_on, processed_on } => write!(
                f,
                "It was activated on {activated_on}, before its order was processed on {processed_on}: \
                 activation comes on that day or later."
            ),
            Self::MonthsMissing => write!(
                f,
                "The term is missing: give its months, from {} to {}.",
                TermMonths::SHORTEST,
                TermMonths::LONGEST
            ),
            Self::PerpetualWithMonths { months } => {
                write!(f, "A perpetual licence has no term: leave out the months ({months} given).")
            }
            Self::PerpetualRenewed => f.write_str(
                "A perpetual licence has no end and needs no renewal: order more units as new.",
            ),
            Self::NothingToRenew => {
                f.write_str("A renewal must name the licence line that it renews.")
            }
            Self::NothingToChange => {
                f.write_str("A mid-term change must name the licence line that it changes.")
            }
            Self::RenewalTooLate { renewed_on, old_end, lapse_days } => write!(
                f,
                "The licence ended on {old_end} and was renewed on {renewed_on}, but it can be renewed for \
                 only {lapse_days} days after its end: buy it as new."
            ),
            Self::ChangedAfterEnd { processed_on, ended_on } => write!(
                f,
                "The line to be changed ended on {ended_on}, before the change was processed on \
                 {processed_on}: renew it, or buy it as new."
            ),
        }
    }
}

impl std::error::Error for Refusal {}
