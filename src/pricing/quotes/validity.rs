//! For how long a quote can be accepted (docs/domain.md, sections 4 and 12): until its last day, and
//! for each day longer on which quotes were stopped after it was sent.

use chrono::NaiveDate;

use super::model::{QuoteRow, Revision};
use crate::auth::Program;
use crate::calendar::days_between;
use crate::clock::Instant;
use crate::maintenance::Capability;

/// Of a quote that was sent, whether it could still be accepted on a day, as a condition of SQL. Its
/// first part is what an index can seek to.
pub fn still_valid(program: &Program, day: NaiveDate) -> String {
    let ways = program.stoppages.pauses(Capability::Quotes).still_valid(day, program.time_zone);
    let least = ways.iter().map(|(_, last)| *last).min().unwrap_or(day);
    let ways: Vec<String> = ways
        .iter()
        .map(|(before, last)| match before {
            None => format!("quotes.valid_until_on >= '{last}'"),
            Some(before) => {
                let before = before.utc().format("%F %T%.f");
                format!("(quotes.sent_at < '{before}' AND quotes.valid_until_on >= '{last}')")
            }
        })
        .collect();
    format!("quotes.valid_until_on >= '{least}' AND ({})", ways.join(" OR "))
}

/// The last day of what is sent at an instant, as far as windows are known.
pub(super) fn last_day(given: NaiveDate, sent_at: Instant, program: &Program) -> NaiveDate {
    program.stoppages.pauses(Capability::Quotes).last_day(sent_at, given, program.time_zone)
}

impl QuoteRow {
    /// The last day of what was sent last; none where nothing was.
    pub(super) fn last_day(&self, program: &Program) -> Option<NaiveDate> {
        let (given, sent_at) = self.valid_until_on.zip(self.sent_at)?;
        Some(last_day(given, sent_at, program))
    }
}

impl Revision {
    /// Of a draft, the day that was given.
    pub(super) fn last_day(&self, program: &Program) -> NaiveDate {
        let sent = self.sent_at.map(|sent_at| last_day(self.valid_until_on, sent_at, program));
        sent.unwrap_or(self.valid_until_on)
    }

    /// Why it can be accepted for longer than was given; empty where it cannot.
    pub(super) fn why_longer(&self, program: &Program) -> String {
        match days_between(self.valid_until_on, self.last_day(program)) {
            0 => String::new(),
            1 => {
                "One day longer, because quotes are stopped for maintenance on one day.".to_owned()
            }
            days => format!(
                "{days} days longer, because quotes are stopped for maintenance on {days} days."
            ),
        }
    }
}
