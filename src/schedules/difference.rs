//! What a schedule changes for its customer, beside the one before: lines that are new, that renew
//! or change one, and what is left of those before. Pure decisions; the rules stand in docs/domain.md,
//! section 5.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::lines::Line;
use crate::licences::rules::LineKind;

/// How a line of this schedule, or of the one before, stands beside the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// Bought here, and neither a renewal nor a change.
    New,
    /// Takes over from a line.
    Renewed,
    /// Adds units to a line.
    Changed,
    /// Of the one before: had ended on the day of this one, and nothing renews it.
    Gone,
    /// Of the one before: still runs, waits to begin, or is renewed elsewhere.
    Stays,
}

impl Standing {
    pub(super) const ALL: [Self; 5] =
        [Self::New, Self::Renewed, Self::Changed, Self::Gone, Self::Stays];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Renewed => "Renewed",
            Self::Changed => "Changed",
            Self::Gone => "Ended",
            Self::Stays => "As before",
        }
    }

    pub(super) fn tone(self) -> &'static str {
        match self {
            Self::New | Self::Renewed => "good",
            Self::Changed => "info",
            Self::Gone => "warn",
            Self::Stays => "plain",
        }
    }
}

/// A line with the one before that it is about, where the schedule before has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compared<'a> {
    pub standing: Standing,
    pub before: Option<&'a Line>,
    pub now: Option<&'a Line>,
}

/// The difference between two schedules of one customer; `issued_on` is the day of the later one.
/// In the order of the standings, and within each of the lines.
pub(super) fn between<'a>(
    before: &'a [Line],
    now: &'a [Line],
    issued_on: NaiveDate,
) -> Vec<Compared<'a>> {
    let by_licence: HashMap<i64, &Line> =
        before.iter().map(|line| (line.licence_id, line)).collect();
    let mut compared: Vec<Compared<'a>> = now
        .iter()
        .map(|line| Compared {
            standing: match line.kind {
                LineKind::Renewal => Standing::Renewed,
                LineKind::Change => Standing::Changed,
                LineKind::New | LineKind::Trial | LineKind::Nfr => Standing::New,
            },
            before: line.base_id.and_then(|id| by_licence.get(&id).copied()),
            now: Some(line),
        })
        .collect();
    let taken: HashSet<i64> =
        compared.iter().filter_map(|one| one.before).map(|line| line.licence_id).collect();
    let rest = before.iter().filter(|line| !taken.contains(&line.licence_id));
    compared.extend(rest.map(|line| Compared {
        standing: standing_of(line, issued_on),
        before: Some(line),
        now: None,
    }));
    compared.sort_by_key(|one| one.standing);
    compared
}

/// A line that nothing on the later schedule is about, by its end as it is known today.
fn standing_of(line: &Line, issued_on: NaiveDate) -> Standing {
    let ended = line.today().ends_on.is_some_and(|end| end < issued_on);
    if ended && line.renewed_by_id.is_none() { Standing::Gone } else { Standing::Stays }
}
