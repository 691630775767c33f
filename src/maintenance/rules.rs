//! What may be done with a window at which time. Pure.

use chrono::Duration;

use crate::clock::Instant;

/// Where a window stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Upcoming,
    Running,
    Over,
    /// It never began.
    Cancelled,
}

impl Standing {
    pub(super) const ALL: [Self; 4] = [Self::Upcoming, Self::Running, Self::Over, Self::Cancelled];

    pub(super) fn of(
        starts_at: Instant,
        ends_at: Instant,
        cancelled_at: Option<Instant>,
        now: Instant,
    ) -> Self {
        match cancelled_at {
            Some(_) => Self::Cancelled,
            None if now < starts_at => Self::Upcoming,
            None if now < ends_at => Self::Running,
            None => Self::Over,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Running => "running",
            Self::Over => "over",
            Self::Cancelled => "cancelled",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Upcoming => "Upcoming",
            Self::Running => "Running",
            Self::Over => "Over",
            Self::Cancelled => "Cancelled",
        }
    }

    pub(super) fn tone(self) -> &'static str {
        match self {
            Self::Upcoming => "info",
            Self::Running => "warn",
            Self::Over | Self::Cancelled => "plain",
        }
    }
}

/// Times are typed to the minute: what is asked for the minute that runs is done at once. None for a
/// time that has passed.
pub(super) fn not_before(typed: Instant, now: Instant) -> Option<Instant> {
    (typed > now - Duration::minutes(1)).then(|| typed.max(now))
}

/// Windows longer than this are a slip of the pen.
pub(super) const LONGEST_DAYS: i64 = 366;

/// Why a window cannot end then; nothing where it can.
pub(super) fn why_no_end(starts_at: Instant, ends_at: Instant) -> Option<&'static str> {
    if ends_at <= starts_at {
        Some("It must end after it begins.")
    } else if ends_at > starts_at + Duration::days(LONGEST_DAYS) {
        Some("It must end within a year.")
    } else {
        None
    }
}
