//! A line of history as a timeline shows it.

use chrono_tz::Tz;

use super::Entry;
use crate::locale::Locale;
use crate::names::capitalised;

/// What `record.html` writes for one entry.
#[derive(Clone, Debug)]
pub struct Line {
    /// What happened, as a sentence of its own: "Changed the tier".
    pub sentence: String,
    pub who: String,
    pub at_iso: String,
    pub at_text: String,
    pub from: String,
    pub to: String,
    pub why: String,
}

impl Line {
    /// An entry in a person's way of writing and a program's time zone.
    pub fn of(entry: &Entry, locale: Locale, zone: Tz) -> Self {
        Self {
            sentence: capitalised(&entry.sentence()),
            // A line begins with it, and the portal's own parts are named as within a sentence.
            who: capitalised(&entry.actor_name),
            at_iso: entry.at.to_string(),
            at_text: locale.moment(entry.at, zone),
            from: entry.from_value.clone(),
            to: entry.to_value.clone(),
            why: entry.why.clone(),
        }
    }

    /// A whole timeline.
    pub fn all(entries: &[Entry], locale: Locale, zone: Tz) -> Vec<Self> {
        entries.iter().map(|entry| Self::of(entry, locale, zone)).collect()
    }
}
