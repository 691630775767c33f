//! What an operator does with the outbox: park mails, let them go, try failed ones again.

use diesel::prelude::*;

use crate::audit::{self, Action, By, Change, Subject};
use crate::clock::Instant;
use crate::db::schema::{mail_bodies, mails};
use crate::db::{self, Conn};
use crate::error::Result;
use crate::mail::{MailFilter, MailStatus};

pub(crate) const HELD: Action = Action::new("mail.held", "parked this mail");
pub(crate) const RELEASED: Action = Action::new("mail.released", "released this mail");
pub(crate) const RETRIED: Action = Action::new("mail.retried", "had this mail tried again");

/// How many mails one call changes at most; call again until it gives none.
const BATCH: i64 = 500;

/// A mail that was changed, as its history names it.
#[derive(Clone, Debug, Queryable)]
pub struct Changed {
    pub id: i64,
    pub reference: String,
    pub subject: String,
    pub program_id: Option<i64>,
    pub organisation_id: Option<i64>,
}

/// Parks queued and waiting mails: no worker and no digest takes them until they are released. One
/// that is being sent at this moment still goes out.
pub fn hold(
    filter: &MailFilter,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<Vec<Changed>> {
    let mut from = MailStatus::Queued;
    let mut chosen = choose(filter, from, conn)?;
    if chosen.is_empty() {
        from = MailStatus::Waiting;
        chosen = choose(filter, from, conn)?;
    }
    diesel::update(still(&chosen, from))
        .set((mails::status.eq(MailStatus::Held), mails::waiting_until_at.eq(None::<Instant>)))
        .execute(conn)?;
    note(&chosen, by, &HELD, (from, MailStatus::Held), now, conn)?;
    Ok(chosen)
}

/// Lets parked mails go, each by itself, with as much time for further attempts as new ones. A lease that a worker
/// still has is kept.
pub fn release(
    filter: &MailFilter,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<Vec<Changed>> {
    let chosen = choose(filter, MailStatus::Held, conn)?;
    diesel::update(still(&chosen, MailStatus::Held))
        .set((mails::status.eq(MailStatus::Queued), mails::give_up_at.eq(None::<Instant>)))
        .execute(conn)?;
    note(&chosen, by, &RELEASED, (MailStatus::Held, MailStatus::Queued), now, conn)?;
    Ok(chosen)
}

/// Queues failed mails once more, under the Message-ID that they have. Those whose text is no
/// longer kept stay as they are.
pub fn retry(
    filter: &MailFilter,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<Vec<Changed>> {
    let chosen = choose(filter, MailStatus::Failed, conn)?;
    diesel::update(still(&chosen, MailStatus::Failed))
        .set((
            mails::status.eq(MailStatus::Queued),
            mails::next_attempt_at.eq(db::now(conn)?),
            mails::give_up_at.eq(None::<Instant>),
            mails::settled_at.eq(None::<Instant>),
        ))
        .execute(conn)?;
    note(&chosen, by, &RETRIED, (MailStatus::Failed, MailStatus::Queued), now, conn)?;
    Ok(chosen)
}

fn choose(filter: &MailFilter, status: MailStatus, conn: &mut Conn) -> Result<Vec<Changed>> {
    let mut query = mails::table
        .inner_join(mail_bodies::table)
        .filter(status.alone())
        .select((
            mails::id,
            mails::reference,
            mails::subject,
            mails::program_id,
            mails::organisation_id,
        ))
        .order(mails::id)
        .limit(BATCH)
        .into_boxed();
    if !filter.references.is_empty() {
        query = query.filter(mails::reference.eq_any(&filter.references));
    }
    if let Some(event) = &filter.event {
        query = query.filter(mails::event.eq(event));
    }
    if let Some(to_email) = &filter.to_email {
        query = query.filter(mails::to_email.eq(to_email));
    }
    Ok(query.load(conn)?)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn still<'a>(chosen: &'a [Changed], status: MailStatus) -> _ {
    let ids: Vec<i64> = chosen.iter().map(|mail| mail.id).collect();
    mails::table.filter(mails::id.eq_any(ids)).filter(mails::status.eq(status))
}

fn note(
    chosen: &[Changed],
    by: By<'_>,
    action: &Action,
    (from, to): (MailStatus, MailStatus),
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let lines: Vec<(Subject<'_>, Change<'_>)> = chosen
        .iter()
        .map(|mail| {
            let subject = Subject {
                kind: "mail",
                id: mail.id,
                reference: &mail.reference,
                name: &mail.subject,
                program_id: mail.program_id,
                organisation_id: mail.organisation_id,
            };
            let change = Change { from: from.as_str(), to: to.as_str(), why: "" };
            (subject, change)
        })
        .collect();
    audit::record_all(by, action, &lines, now, conn)
}
