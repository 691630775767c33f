//! Who is to be told of what on a day: the lines whose rung is current, less what each contact was
//! told already.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use diesel::dsl::InnerJoinQuerySource;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::ladder::{EndRange, Ladder, Rung};
use crate::auth::Program;
use crate::calendar::add_days;
use crate::contacts::{Role, RoleRecipient, recipients_of};
use crate::db::schema::{licences, renewal_notices};
use crate::db::{Conn, Keep, padded};
use crate::error::Result;
use crate::programs::rules_of;

/// The notices of one program that are due on one day.
#[derive(Clone, Debug)]
pub(super) struct Notices {
    pub program: Program,
    pub day: NaiveDate,
    /// How long after its end a licence can be renewed.
    pub lapse_days: i32,
    ranges: Vec<EndRange>,
}

/// What one contact is to be told in one mail.
#[derive(Clone, Debug)]
pub(super) struct Telling {
    pub organisation_id: i64,
    pub to: RoleRecipient,
    /// The lines, by id, each with its current rung.
    pub lines: Vec<(i64, Rung)>,
}

/// A line that is not renewed and whose rung is current.
struct Ending {
    licence_id: i64,
    rung: Rung,
}

type NoticesOfLicences = InnerJoinQuerySource<renewal_notices::table, licences::table>;
type Condition =
    Box<dyn BoxableExpression<NoticesOfLicences, <Conn as Connection>::Backend, SqlType = Bool>>;

impl Notices {
    /// By the program's ladder, and by the policy in force on the day: what can no longer be
    /// renewed is told no more.
    pub(super) fn on(program: &Program, day: NaiveDate, conn: &mut Conn) -> Result<Self> {
        let rules = rules_of(program.id, conn)?;
        let lapse_days = rules.policies.at(day).renewal_lapse_days;
        let oldest_end = add_days(day, -i64::from(lapse_days));
        let mut ranges = Ladder::of(&rules)?.ranges_on(day);
        ranges.retain(|range| range.last_end >= oldest_end);
        for range in &mut ranges {
            range.first_end = range.first_end.max(oldest_end);
        }
        Ok(Self { program: program.clone(), day, lapse_days, ranges })
    }

    /// What is to be told about the lines that these organisations sold. An organisation of which
    /// nobody would be told anything new is not in the answer. Four queries at most.
    pub(super) fn untold(&self, resellers: &[i64], conn: &mut Conn) -> Result<Vec<Telling>> {
        let endings = self.endings(resellers, conn)?;
        if endings.is_empty() {
            return Ok(Vec::new());
        }
        let resellers: Vec<i64> = endings.keys().copied().collect();
        let told = self.told(&resellers, conn)?;
        let recipients = recipients_of(&self.program, Role::Renewals, &resellers, conn)?;
        let mut tellings = Vec::new();
        for (organisation_id, people) in recipients {
            for to in people {
                let contact_id = to.recipient.contact_id;
                let lines: Vec<(i64, Rung)> = endings[&organisation_id]
                    .iter()
                    .filter(|line| !told.contains(&(line.licence_id, contact_id)))
                    .map(|line| (line.licence_id, line.rung))
                    .collect();
                if !lines.is_empty() {
                    tellings.push(Telling { organisation_id, to, lines });
                }
            }
        }
        Ok(tellings)
    }

    /// The lines inside the ladder, by who sold them.
    fn endings(&self, resellers: &[i64], conn: &mut Conn) -> Result<BTreeMap<i64, Vec<Ending>>> {
        let mut found = BTreeMap::<i64, Vec<Ending>>::new();
        let Some((first_end, last_end)) = self.span() else {
            return Ok(found);
        };
        let rows: Vec<(i64, i64, NaiveDate)> = licences::table
            .filter(licences::program_id.eq(self.program.id))
            .filter(licences::reseller_id.eq_any(padded(resellers)))
            .filter(licences::due_on.between(first_end, last_end))
            .filter(licences::renewed_by_id.is_null())
            .select((licences::id, licences::reseller_id, licences::due_on))
            .kept()
            .load(conn)?;
        for (licence_id, reseller_id, due_on) in rows {
            if let Some(rung) = self.rung_of(due_on) {
                let ending = Ending { licence_id, rung };
                found.entry(reseller_id).or_default().push(ending);
            }
        }
        Ok(found)
    }

    /// Which contact was told of which line's current rung. Who was told of a line on a later day
    /// than this one, because a day is swept again, knows more than this day could say.
    fn told(&self, resellers: &[i64], conn: &mut Conn) -> Result<HashSet<(i64, i64)>> {
        let of_their_rungs = self
            .ranges
            .iter()
            .map(|range| -> Condition {
                let rung = i32::from(range.rung.days_before_end());
                let ends = licences::due_on.between(range.first_end, range.last_end);
                Box::new(renewal_notices::rung.eq(rung).and(ends))
            })
            .reduce(|any, one| Box::new(any.or(one)));
        let (Some((first_end, last_end)), Some(of_their_rungs)) = (self.span(), of_their_rungs)
        else {
            return Ok(HashSet::new());
        };
        // Last, as the day is the only thing that does not stand in the index.
        let told: Condition = Box::new(of_their_rungs.or(renewal_notices::told_on.gt(self.day)));
        let rows: Vec<(i64, i64)> = renewal_notices::table
            .inner_join(licences::table)
            .filter(licences::program_id.eq(self.program.id))
            .filter(licences::reseller_id.eq_any(padded(resellers)))
            .filter(licences::due_on.between(first_end, last_end))
            .filter(licences::renewed_by_id.is_null())
            .filter(told)
            .select((renewal_notices::licence_id, renewal_notices::contact_id))
            .into_boxed()
            .kept()
            .load(conn)?;
        Ok(rows.into_iter().collect())
    }

    /// The first and the last end date inside the ladder: its ranges adjoin.
    fn span(&self) -> Option<(NaiveDate, NaiveDate)> {
        let first_end = self.ranges.iter().map(|range| range.first_end).min()?;
        let last_end = self.ranges.iter().map(|range| range.last_end).max()?;
        Some((first_end, last_end))
    }

    fn rung_of(&self, due_on: NaiveDate) -> Option<Rung> {
        self.ranges
            .iter()
            .find(|range| range.first_end <= due_on && due_on <= range.last_end)
            .map(|range| range.rung)
    }
}
