//! Leads in figures, month by month: how those that came in stand, how fast partners answer, and which
//! share they accept.

use chrono_tz::Tz;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text, Timestamp};

use super::LeadStatus;
use super::answers::Answer;
use super::model::Lead;
use crate::auth::Scope;
use crate::calendar::{CalendarMonth, start_of_day};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;

/// Months that are told of, this one included.
pub(super) const MONTHS: usize = 12;

/// How far leads have come, in the order in which a chart piles them up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Converted,
    AtWork,
    /// Not assigned, or not opened.
    Waiting,
    Over,
}

impl Stage {
    pub(super) const ALL: [Self; 4] = [Self::Converted, Self::AtWork, Self::Waiting, Self::Over];

    fn of(status: LeadStatus) -> Self {
        match status {
            LeadStatus::Converted => Self::Converted,
            _ if status.is_at_work() => Self::AtWork,
            _ if status.is_over() => Self::Over,
            _ => Self::Waiting,
        }
    }
}

/// The figures of one month.
#[derive(Clone, Debug)]
pub(super) struct Month {
    pub month: CalendarMonth,
    /// How many of those that came in that month stand at each stage now.
    pub stages: [i64; 4],
    /// What partners answered in that month.
    pub accepted: i64,
    pub declined: i64,
    /// Of those accepted, the seconds from assignment to opening and to acceptance, in all.
    pub opened_after: i64,
    pub accepted_after: i64,
}

impl Month {
    fn new(month: CalendarMonth) -> Self {
        Self { month, stages: [0; 4], accepted: 0, declined: 0, opened_after: 0, accepted_after: 0 }
    }

    pub(super) fn stage(&self, stage: Stage) -> i64 {
        Stage::ALL.iter().zip(self.stages).find(|(one, _)| **one == stage).map_or(0, |one| one.1)
    }

    /// Whole per cents of the answers, rounded down; none where nobody answered.
    pub(super) fn acceptance(&self) -> Option<i64> {
        (self.accepted * 100).checked_div(self.accepted + self.declined)
    }

    /// The seconds from assignment to opening, and from opening to acceptance, of those accepted:
    /// the mean.
    pub(super) fn response(&self) -> Option<(i64, i64)> {
        let opened = self.opened_after.checked_div(self.accepted)?;
        let accepted = self.accepted_after.checked_div(self.accepted)?;
        Some((opened, (accepted - opened).max(0)))
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = Text)]
    word: String,
    #[diesel(sql_type = BigInt)]
    leads: i64,
    #[diesel(sql_type = BigInt)]
    opened_after: i64,
    #[diesel(sql_type = BigInt)]
    answered_after: i64,
}

/// The last months, the earliest first: one query. For the vendor by when leads came, for a partner by
/// when it got them.
pub(super) fn months_for(scope: &Scope, conn: &mut Conn) -> Result<Vec<Month>> {
    let months = last_months(scope);
    let (owner, leads_owner, column) = if scope.is_vendor() {
        ("$2 <> 0", "$2 <> 0", "created_at")
    } else {
        ("organisation_id = $2", "assigned_to_id = $2", "assigned_at")
    };
    let holder = if scope.is_vendor() { 1 } else { Lead::holder(scope)? };
    // Parameters are numbered in the order in which they first stand: SQLite counts them so.
    let parts: Vec<String> = (0..months.len())
        .map(|place| {
            let (from, until) = (place + 3, place + 4);
            format!(
                "SELECT CAST({place} AS BIGINT) AS place, status AS word, COUNT(*) AS leads, \
                 CAST(0 AS BIGINT) AS opened_after, CAST(0 AS BIGINT) AS answered_after FROM leads \
                 WHERE program_id = $1 AND {leads_owner} AND {column} >= ${from} \
                 AND {column} < ${until} GROUP BY status \
                 UNION ALL \
                 SELECT CAST({place} AS BIGINT), 'answer ' || answer, COUNT(*), \
                 CAST(COALESCE(SUM(opened_after), 0) AS BIGINT), \
                 CAST(SUM(answered_after) AS BIGINT) FROM lead_answers \
                 WHERE program_id = $1 AND {owner} AND answered_at >= ${from} \
                 AND answered_at < ${until} GROUP BY answer"
            )
        })
        .collect();
    let mut query = sql_query(parts.join(" UNION ALL "))
        .into_boxed()
        .bind::<BigInt, _>(scope.program().id)
        .bind::<BigInt, _>(holder);
    let zone = scope.program().time_zone;
    for month in &months {
        query = query.bind::<Timestamp, _>(begin(*month, zone));
    }
    if let Some(last) = months.last() {
        query = query.bind::<Timestamp, _>(begin(last.next(), zone));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let mut figures: Vec<Month> = months.into_iter().map(Month::new).collect();
    for row in rows {
        let place = usize::try_from(row.place).unwrap_or(usize::MAX);
        if let Some(month) = figures.get_mut(place) {
            add(month, &row);
        }
    }
    Ok(figures)
}

fn add(month: &mut Month, row: &Row) {
    let answer = row.word.strip_prefix("answer ").and_then(|word| word.parse::<Answer>().ok());
    match (answer, row.word.parse::<LeadStatus>()) {
        (Some(Answer::Accepted), _) => {
            month.accepted += row.leads;
            month.opened_after += row.opened_after;
            month.accepted_after += row.answered_after;
        }
        (Some(Answer::Declined), _) => month.declined += row.leads,
        (None, Ok(status)) => {
            let of = Stage::of(status);
            let counted = Stage::ALL.iter().zip(&mut month.stages);
            for (_, count) in counted.filter(|(stage, _)| **stage == of) {
                *count += row.leads;
            }
        }
        (None, Err(_)) => {}
    }
}

fn last_months(scope: &Scope) -> Vec<CalendarMonth> {
    let mut first = CalendarMonth::of(scope.today());
    for _ in 1..MONTHS {
        first = first.previous();
    }
    first.run(MONTHS).collect()
}

fn begin(month: CalendarMonth, zone: Tz) -> Instant {
    Instant::from_utc(start_of_day(month.first_day(), zone))
}
