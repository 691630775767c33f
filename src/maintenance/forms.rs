//! What the forms of windows send. Times are those of the program's clocks.

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use serde::Deserialize;

use super::Capability;
use super::model::Window;
use super::verbs::NewWindow;
use crate::calendar::instants_at;
use crate::clock::Instant;
use crate::error::Result;
use crate::web::{FieldErrors, Fields};

/// A banner and a mail have room for so much.
const MESSAGE: usize = 300;
const REASON: usize = 400;

/// Which of two instants is meant where clocks go back over a time: a window begins at the first and
/// ends at the second.
#[derive(Clone, Copy)]
enum End {
    Starts,
    Ends,
}

/// A window as its form sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WindowForm {
    pub starts_on: String,
    pub starts_time: String,
    pub ends_on: String,
    pub ends_time: String,
    pub capabilities: Vec<String>,
    pub message: String,
    /// Of an edit.
    pub why: String,
    /// The revision that was shown.
    pub seen: String,
}

impl WindowForm {
    /// A form as it is opened for a new window.
    pub(super) fn fresh() -> Self {
        let midnight = "00:00".to_owned();
        Self { starts_time: midnight.clone(), ends_time: midnight, ..Self::default() }
    }

    /// The form of a window as it stands.
    pub(super) fn of(window: &Window, zone: Tz) -> Self {
        let (starts_on, starts_time) = typed(window.starts_at, zone);
        let (ends_on, ends_time) = typed(window.ends_at, zone);
        Self {
            starts_on,
            starts_time,
            ends_on,
            ends_time,
            capabilities: window.capabilities.iter().map(ToString::to_string).collect(),
            message: window.message.clone(),
            why: String::new(),
            seen: window.revision.to_string(),
        }
    }

    pub(super) fn stops(&self, capability: Capability) -> bool {
        self.capabilities.iter().any(|one| one == capability.as_str())
    }

    pub(super) fn seen(&self) -> i64 {
        self.seen.parse().unwrap_or(0)
    }

    /// The window that is wanted, and why, where it is an edit.
    pub(super) fn parse(&self, zone: Tz) -> Result<(NewWindow, String)> {
        let mut fields = Fields::default();
        let starts = (&*self.starts_on, &*self.starts_time);
        let names = ["starts_on", "starts_time"];
        let starts_at = instant(names, starts, End::Starts, zone, &mut fields);
        let ends = (&*self.ends_on, &*self.ends_time);
        let ends_at = instant(["ends_on", "ends_time"], ends, End::Ends, zone, &mut fields);
        let known: Vec<Option<Capability>> =
            self.capabilities.iter().map(|one| one.parse().ok()).collect();
        if known.is_empty() || known.contains(&None) {
            fields.refuse("capabilities", "Choose at least one.");
        }
        let message = fields.required("message", "A message", &self.message, MESSAGE);
        let why = fields.line("why", "The reason", &self.why, REASON);
        fields.finish(|| {
            let mut capabilities: Vec<Capability> = known.into_iter().flatten().collect();
            capabilities.sort_unstable();
            capabilities.dedup();
            let (starts_at, ends_at) = (starts_at?, ends_at?);
            Some((NewWindow { starts_at, ends_at, message, capabilities }, why))
        })
    }
}

/// Day and time as fields show them.
fn typed(at: Instant, zone: Tz) -> (String, String) {
    let local = at.to_datetime().with_timezone(&zone);
    (local.format("%Y-%m-%d").to_string(), local.format("%H:%M").to_string())
}

/// A day and a time of the program's clocks as an instant.
fn instant(
    [day_field, time_field]: [&'static str; 2],
    (day, time): (&str, &str),
    end: End,
    zone: Tz,
    fields: &mut Fields,
) -> Option<Instant> {
    let day = fields.day(day_field, "The day", day);
    let time = NaiveTime::parse_from_str(time.trim(), "%H:%M").ok();
    if time.is_none() {
        fields.refuse(time_field, "Enter the time as hours and minutes, such as 22:30.");
    }
    let (day, time) = (day?, time?);
    if day.format("%Y").to_string().len() != 4 || day > LAST_DAY {
        fields.refuse(day_field, "Choose a day before the year 2200.");
        return None;
    }
    let Some((first, last)) = instants_at(day.and_time(time), zone) else {
        fields.refuse(time_field, "Clocks skip this time on that day: choose another.");
        return None;
    };
    Some(Instant::from_utc(match end {
        End::Starts => first,
        End::Ends => last,
    }))
}

const LAST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2199, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// A new end of a window that runs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EndForm {
    pub ends_on: String,
    pub ends_time: String,
    pub why: String,
    pub seen: String,
}

impl EndForm {
    pub(super) fn of(window: &Window, zone: Tz) -> Self {
        let (ends_on, ends_time) = typed(window.ends_at, zone);
        Self { ends_on, ends_time, why: String::new(), seen: window.revision.to_string() }
    }

    pub(super) fn seen(&self) -> i64 {
        self.seen.parse().unwrap_or(0)
    }

    pub(super) fn parse(&self, zone: Tz) -> Result<(Instant, String)> {
        let mut fields = Fields::default();
        let ends = (&*self.ends_on, &*self.ends_time);
        let ends_at = instant(["ends_on", "ends_time"], ends, End::Ends, zone, &mut fields);
        let why = fields.required("why", "A reason", &self.why, REASON);
        fields.finish(|| Some((ends_at?, why)))
    }
}

/// Why a window is cancelled.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CancellationForm {
    pub why: String,
    pub seen: String,
}

impl CancellationForm {
    pub(super) fn seen(&self) -> i64 {
        self.seen.parse().unwrap_or(0)
    }

    pub(super) fn parse(&self) -> Result<String> {
        let mut fields = Fields::default();
        let why = fields.required("why", "A reason", &self.why, REASON);
        fields.finish(|| Some(why))
    }
}

/// What was sent to a window's page and was not right.
#[derive(Clone, Debug, Default)]
pub(super) struct Refused {
    pub end: Option<EndForm>,
    pub cancellation: Option<CancellationForm>,
    pub errors: FieldErrors,
}
