//! What a licence line is on a day (domain, section 5).

use chrono::NaiveDate;

use crate::calendar::days_between;
use crate::text_enum;

text_enum! {
    /// What a line is on a day.
    pub enum Status {
        /// Has no start yet.
        Pending = "pending",
        /// Starts on a later day.
        Scheduled = "scheduled",
        Active = "active",
        /// Near its end: inside the notice ladder.
        Expiring = "expiring",
        Expired = "expired",
        /// Ended too long ago to be renewed.
        Lapsed = "lapsed",
        /// Has a renewal that takes over from it; nothing is left to do about its end.
        Renewed = "renewed",
    }
}

impl Status {
    pub fn label(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Scheduled => "Scheduled",
            Self::Active => "Active",
            Self::Expiring => "Expiring",
            Self::Expired => "Expired",
            Self::Lapsed => "Lapsed",
            Self::Renewed => "Renewed",
        }
    }

    /// The tone of its badge.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Active | Self::Renewed => "good",
            Self::Expiring => "warn",
            Self::Expired => "bad",
            Self::Pending | Self::Scheduled => "info",
            Self::Lapsed => "plain",
        }
    }
}

/// A line that has a term, or will have one; hardware and services without a term have no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub starts_on: Option<NaiveDate>,
    /// None for a perpetual licence and while there is no start.
    pub ends_on: Option<NaiveDate>,
    pub is_renewed: bool,
}

/// How near and how far from its end a line changes its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// The first rung of the notice ladder: days before the end.
    pub first_rung_days: u16,
    /// Days after the end for which a line can be renewed.
    pub lapse_days: u16,
}

impl Standing {
    pub fn on(&self, day: NaiveDate, thresholds: Thresholds) -> Status {
        match (self.starts_on, self.ends_on) {
            (None, _) => Status::Pending,
            (Some(starts_on), _) if day < starts_on => Status::Scheduled,
            _ if self.is_renewed => Status::Renewed,
            (_, None) => Status::Active,
            (_, Some(ends_on)) => thresholds.by_days_left(days_between(day, ends_on)),
        }
    }
}

impl Thresholds {
    /// Nothing is left on the last day itself, and fewer than none after it.
    fn by_days_left(self, days_left: i64) -> Status {
        if days_left > self.first_rung_days.into() {
            Status::Active
        } else if days_left >= 0 {
            Status::Expiring
        } else if -days_left <= self.lapse_days.into() {
            Status::Expired
        } else {
            Status::Lapsed
        }
    }
}
