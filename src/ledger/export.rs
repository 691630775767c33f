//! The ledger and its counts as files.

use super::counts::{self, Counts, Partner};
use super::filter::{CountsQuery, LedgerQuery};
use super::model;
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::mail::Mail;
use crate::web::downloads::Csv;

/// The most mails that one file holds, the newest; older ones are had by their days.
const MOST: usize = 100_000;
/// Read at a time, so that only the file itself grows.
const BATCH: i64 = 1_000;

const HEADS: [&str; 13] = [
    "mail",
    "queued_at",
    "status",
    "kind",
    "role",
    "to_name",
    "to_email",
    "subject",
    "reason",
    "ended_at",
    "attempts",
    "answer",
    "message_id",
];

/// The mails that the scope and the filters leave.
pub(super) fn ledger(scope: &Scope, list: &LedgerQuery, conn: &mut Conn) -> Result<Csv> {
    let mut file = Csv::with_heads(&HEADS)?;
    let (mut before, mut written) = (None, 0);
    while written < MOST {
        let mails = model::batch_of(scope, list, before, BATCH, conn)?;
        let Some(last) = mails.last() else {
            break;
        };
        before = Some(last.id);
        written += mails.len();
        mails.iter().try_for_each(|mail| file.row(cells(mail)))?;
    }
    Ok(file)
}

fn cells(mail: &Mail) -> [String; 13] {
    [
        mail.reference.clone(),
        mail.queued_at.to_string(),
        mail.status.to_string(),
        mail.event.clone(),
        mail.role.clone().unwrap_or_default(),
        mail.to_name.clone(),
        mail.to_email.clone(),
        mail.subject.clone(),
        mail.reason.clone(),
        mail.settled_at.map_or_else(String::new, |at| at.to_string()),
        mail.attempts.to_string(),
        mail.answer.clone(),
        mail.message_id.clone(),
    ]
}

/// The vendor's counts, a line for each day, kind and status.
pub(super) fn counts(scope: &Scope, query: &CountsQuery, conn: &mut Conn) -> Result<Csv> {
    let counts = Counts::read(scope, query, conn)?;
    let mut file = Csv::with_heads(&["queued_on", "kind", "status", "mails"])?;
    for count in &counts.days {
        let (day, mails) = (count.day.to_string(), count.mails.to_string());
        file.row([day.as_str(), &count.event, count.status.as_str(), &mails])?;
    }
    Ok(file)
}

/// The vendor's counts, a line for each partner.
pub(super) fn partners(scope: &Scope, query: &CountsQuery, conn: &mut Conn) -> Result<Csv> {
    let partners = Partner::all(scope, query, conn)?;
    let tallies = counts::by_partner(scope, query, &partners, conn)?;
    let mut file =
        Csv::with_heads(&["partner", "name", "mails", "sent", "waiting", "failed", "not_sent"])?;
    for partner in &partners {
        let tally = tallies.get(&partner.organisation_id).copied().unwrap_or_default();
        let figures = [tally.all(), tally.sent, tally.waiting, tally.failed, tally.suppressed];
        let mut line = vec![partner.reference.clone(), partner.name.clone()];
        line.extend(figures.map(|figure| figure.to_string()));
        file.row(line)?;
    }
    Ok(file)
}
