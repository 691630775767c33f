//! Time as the portal sees it. `now` is a parameter everywhere; it comes from the [`Clock`],
//! which the demo and the tests can set.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, SubsecRound, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Timestamp;

/// An instant in UTC, to the microsecond (what both databases keep).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Timestamp)]
pub struct Instant(NaiveDateTime);

impl Instant {
    pub fn from_utc(at: NaiveDateTime) -> Self {
        Self(at.trunc_subsecs(6))
    }

    /// Noon UTC of a day: for a program day given without a time.
    pub fn noon(day: NaiveDate) -> Self {
        Self(day.and_time(chrono::NaiveTime::MIN) + Duration::hours(12))
    }

    pub fn utc(self) -> NaiveDateTime {
        self.0
    }

    pub fn to_datetime(self) -> DateTime<Utc> {
        self.0.and_utc()
    }

    pub fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_seconds()
    }
}

impl std::ops::Add<Duration> for Instant {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0 + span)
    }
}

impl std::ops::Sub<Duration> for Instant {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        Self(self.0 - span)
    }
}

/// RFC 3339, to the second.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Z", self.0.format("%Y-%m-%dT%H:%M:%S"))
    }
}

impl<DB> ToSql<Timestamp, DB> for Instant
where
    DB: Backend,
    NaiveDateTime: ToSql<Timestamp, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB> FromSql<Timestamp, DB> for Instant
where
    DB: Backend,
    NaiveDateTime: FromSql<Timestamp, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        NaiveDateTime::from_sql(bytes).map(Self)
    }
}

/// Tells the time; clones tell the same. It runs ahead of the system's clock or behind it by an
/// offset that only the demo and the tests set.
#[derive(Clone, Default)]
pub struct Clock {
    offset_micros: Arc<AtomicI64>,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
    pub fn now(&self) -> Instant {
        let offset = Duration::microseconds(self.offset_micros.load(Ordering::Relaxed));
        Instant::from_utc(Utc::now().naive_utc() + offset)
    }

    /// From now on it is `instant`, and time goes on from there.
    pub fn set(&self, instant: Instant) {
        let offset = instant.0 - Self::default().now().0;
        self.offset_micros.store(offset.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }

    pub fn advance(&self, span: Duration) {
        self.offset_micros.fetch_add(span.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }

    pub fn offset(&self) -> Duration {
        Duration::microseconds(self.offset_micros.load(Ordering::Relaxed))
    }

    pub fn set_offset(&self, offset: Duration) {
        self.offset_micros.store(offset.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }

    /// Goes on to an offset that was set elsewhere; never back, so that a late word of an earlier
    /// one changes nothing.
    pub fn catch_up_with(&self, offset: Duration) {
        self.offset_micros
            .fetch_max(offset.num_microseconds().unwrap_or(i64::MIN), Ordering::Relaxed);
    }
}
