//! Clocks that stop: how far a deadline moves by what was stopped meanwhile (docs/domain.md,
//! section 12). Pure.

use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;

use crate::calendar::{add_days, day_of, days_between};
use crate::clock::Instant;

/// The stretches of time in which something is stopped, apart from each other and in order. Each is
/// stopped from its first instant on until before its second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pauses(Vec<(Instant, Instant)>);

impl Pauses {
    /// Puts together what overlaps or adjoins; what ends before it begins is none.
    pub fn of(mut stretches: Vec<(Instant, Instant)>) -> Self {
        stretches.retain(|(start, end)| start < end);
        stretches.sort_unstable();
        let mut apart: Vec<(Instant, Instant)> = Vec::new();
        for (start, end) in stretches {
            match apart.last_mut() {
                Some((_, last)) if start <= *last => *last = end.max(*last),
                _ => apart.push((start, end)),
            }
        }
        Self(apart)
    }

    /// When the stretch ends in which an instant lies.
    pub(super) fn end_of_stretch(&self, now: Instant) -> Option<Instant> {
        self.0.iter().find(|(start, end)| *start <= now && now < *end).map(|(_, end)| *end)
    }

    /// The deadline of a clock that runs since an instant: later by the time for which it stood still.
    pub fn instant(&self, since: Instant, deadline: Instant) -> Instant {
        let mut moved = deadline;
        for (start, end) in &self.0 {
            let start = since.max(*start);
            if start >= moved {
                break;
            }
            if start < *end {
                moved = moved + (end.utc() - start.utc());
            }
        }
        moved
    }

    /// The last day of something that counts by days, since an instant: later by each of the days
    /// before it that was stopped, even in part. So it is never a day that is stopped itself.
    pub fn last_day(&self, since: Instant, last_day: NaiveDate, zone: Tz) -> NaiveDate {
        let mut moved = last_day;
        for (first, last) in self.days(since, zone) {
            if first > moved {
                break;
            }
            moved = add_days(moved, days_between(first, last) + 1);
        }
        moved
    }

    /// What is still valid on a day, for a search: of what began before an instant (`None`: whenever),
    /// whatever has this last day or a later one, as it was given.
    pub fn still_valid(&self, day: NaiveDate, zone: Tz) -> Vec<(Option<Instant>, NaiveDate)> {
        let paused = self.0.iter().filter_map(|(start, _)| {
            let (mut open, mut stopped) = (day, 0);
            for (first, last) in self.days(*start, zone) {
                if first > open {
                    break;
                }
                stopped += days_between(first, last) + 1;
                open = open.max(add_days(last, 1));
            }
            (stopped > 0).then(|| (Some(*start), add_days(open, -stopped)))
        });
        std::iter::once((None, day)).chain(paused).collect()
    }

    /// The days that are stopped from an instant on, even in part: runs of days, in order, each day
    /// once.
    fn days(&self, since: Instant, zone: Tz) -> Vec<(NaiveDate, NaiveDate)> {
        let mut runs: Vec<(NaiveDate, NaiveDate)> = Vec::new();
        for (start, end) in self.0.iter().filter(|(_, end)| since < *end) {
            let first = day_of(since.max(*start).utc(), zone);
            let last = day_of((*end - Duration::microseconds(1)).utc(), zone);
            let first = runs.last().map_or(first, |(_, before)| first.max(add_days(*before, 1)));
            if first <= last {
                runs.push((first, last));
            }
        }
        runs
    }
}
