//! Who is told of schedules that were issued: one mail to each recipient and schedule, in the
//! transaction of the order's processing.

use std::collections::BTreeMap;

use super::issue::{Issued, Issuing};
use super::lines::Line;
use super::mail::ScheduleIssued;
use super::model::Schedule;
use super::recipients::recipients_of;
use crate::calendar::days_between;
use crate::contacts::RoleRecipient;
use crate::db::{self, Conn};
use crate::error::Result;
use crate::mail::{self, Letter};

/// History is not told: an order that is imported later than so many days after it was processed
/// has a schedule and no mail.
const TOLD_DAYS: i64 = 7;

type Recipients = BTreeMap<i64, Vec<RoleRecipient>>;

pub(super) fn tell(issued: &[Issued], issuing: &Issuing<'_>, conn: &mut Conn) -> Result<()> {
    let today = issuing.program.day_of(issuing.now);
    let fresh: Vec<&Issued> =
        issued.iter().filter(|one| days_between(one.issued_on, today) <= TOLD_DAYS).collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let mut resellers: Vec<i64> = fresh.iter().map(|one| one.reseller_id).collect();
    resellers.sort_unstable();
    resellers.dedup();
    let recipients = recipients_of(issuing.program, &resellers, conn)?;
    let ids: Vec<i64> = fresh
        .iter()
        .filter(|one| recipients.contains_key(&one.reseller_id))
        .map(|one| one.id)
        .collect();
    for ids in ids.chunks(db::ROWS_PER_STATEMENT) {
        tell_some(ids, &recipients, issuing, conn)?;
    }
    Ok(())
}

fn tell_some(
    ids: &[i64],
    recipients: &Recipients,
    issuing: &Issuing<'_>,
    conn: &mut Conn,
) -> Result<()> {
    let schedules = Schedule::of_ids(ids, conn)?;
    let lines = Line::of_all(ids, conn)?;
    let mut told = Vec::new();
    for schedule in &schedules {
        let from = lines.partition_point(|line| line.schedule_id < schedule.id);
        let until = lines.partition_point(|line| line.schedule_id <= schedule.id);
        let to = recipients.get(&schedule.reseller_id).into_iter().flatten();
        told.extend(to.map(|to| {
            let lines = &lines[from..until];
            let message = ScheduleIssued::new(issuing.program, schedule, lines, &to.recipient);
            (schedule, to, message)
        }));
    }
    let letters: Vec<Letter<'_, ScheduleIssued>> = told
        .iter()
        .map(|(schedule, to, message)| Letter {
            to: &to.recipient,
            program: Some(issuing.program),
            organisation_id: schedule.reseller_id,
            reason: to.reason.clone(),
            key: &schedule.reference,
            message,
        })
        .collect();
    mail::queue_all(&letters, issuing.site, issuing.now, conn)?;
    Ok(())
}
