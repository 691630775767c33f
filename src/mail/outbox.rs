//! The outbox: mails as rows, the one way in, and the ways out.

mod claims;
pub(crate) mod operator;
mod parcels;
mod tidying;

pub use claims::{
    Claim, PATIENCE, any_due, claim, pause_after, postpone, put_back, settle_failed, settle_sent,
    settle_suppressed,
};
pub use operator::{Changed, hold, release, retry};
pub(super) use parcels::obstacles;
pub use parcels::{Obstacle, Parcel, parcels};
pub use tidying::SWEEP;

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::message::{Because, Letter, MailFrame, Message, Recipient};
use super::{Enclosed, MailStatus, tally, unsubscribe, waiting};
use crate::clock::Instant;
use crate::db::schema::{mail_bodies, mail_enclosures, mails};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::web::Site;
use crate::{names, reference};

// NULL is written as NULL: SQLite takes many rows in one statement only without defaults.
#[derive(Insertable)]
#[diesel(table_name = mails, treat_none_as_default_value = false)]
struct NewMail<'a> {
    reference: String,
    dedupe_key: String,
    event: &'static str,
    program_id: Option<i64>,
    organisation_id: i64,
    contact_id: i64,
    to_name: &'a str,
    to_email: &'a str,
    reason: &'a str,
    role: Option<&'static str>,
    list: Option<&'static str>,
    subject: String,
    message_id: String,
    status: MailStatus,
    attempts: i32,
    next_attempt_at: Instant,
    queued_at: Instant,
    answer: &'static str,
    because: Because,
    queued_on: Option<NaiveDate>,
    search_key: String,
    waiting_until_at: Option<Instant>,
}

#[derive(Insertable)]
#[diesel(table_name = mail_bodies, treat_none_as_default_value = false)]
struct NewBody {
    mail_id: i64,
    text_body: String,
    html_body: String,
    unsubscribe_address: Option<String>,
}

/// Queues one mail to one person, in the transaction of the change that causes it. Gives its id,
/// or none where this cause has given this person this mail already. Mail of a role waits where
/// its recipient wants it collected, or has quiet hours.
pub fn queue<M: Message>(
    letter: &Letter<'_, M>,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<Option<i64>> {
    let due = db::now(conn)?;
    let draft = Draft::of(letter, site, now, due, conn)?;
    let mail = &draft.mail;
    if db::insert_new!(conn, mails::table, mail) == 0 {
        draft.check_is_known(conn)?;
        return Ok(None);
    }
    tally::queued(mail.program_id, mail.queued_on, M::EVENT, 1, conn)?;
    let id: i64 =
        mails::table.filter(mails::reference.eq(&mail.reference)).select(mails::id).first(conn)?;
    diesel::insert_into(mail_bodies::table).values(&draft.body(id)?).execute(conn)?;
    let enclosed: Vec<Enclosed> = draft.enclosed(id).collect();
    db::insert_all!(conn, mail_enclosures::table, enclosed);
    Ok(Some(id))
}

/// [`queue`] for many mails of one event, with few statements. Gives how many were new.
pub fn queue_all<M: Message>(
    letters: &[Letter<'_, M>],
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<usize> {
    let (due, mut queued) = (db::now(conn)?, 0);
    for letters in letters.chunks(db::ROWS_PER_STATEMENT) {
        let drafts: Vec<Draft<'_, '_, M>> = letters
            .iter()
            .map(|letter| Draft::of(letter, site, now, due, conn))
            .collect::<Result<_>>()?;
        let rows: Vec<&NewMail<'_>> = drafts.iter().map(|draft| &draft.mail).collect();
        let inserted = db::insert_new!(conn, mails::table, rows.clone());
        let ids = ids_of(&rows, conn)?;
        let (mut bodies, mut enclosed) = (Vec::new(), Vec::new());
        let mut days = HashMap::<_, i64>::new();
        for draft in &drafts {
            let mail = &draft.mail;
            let Some(id) = ids.get(&mail.reference) else {
                draft.check_is_known(conn)?;
                continue;
            };
            bodies.push(draft.body(*id)?);
            enclosed.extend(draft.enclosed(*id));
            *days.entry((mail.program_id, mail.queued_on)).or_default() += 1;
        }
        db::insert_all!(conn, mail_bodies::table, bodies);
        db::insert_all!(conn, mail_enclosures::table, enclosed);
        for ((program_id, day), mails) in days {
            tally::queued(program_id, day, M::EVENT, mails, conn)?;
        }
        queued += inserted;
    }
    Ok(queued)
}

/// The ids of those of these mails that are in the outbox.
fn ids_of(rows: &[&NewMail<'_>], conn: &mut Conn) -> Result<HashMap<String, i64>> {
    let references = rows.iter().map(|row| row.reference.as_str());
    let found: Vec<(String, i64)> = mails::table
        .filter(mails::reference.eq_any(references))
        .select((mails::reference, mails::id))
        .load(conn)?;
    Ok(found.into_iter().collect())
}

/// A letter as the outbox will have it.
struct Draft<'l, 'a, M> {
    letter: &'l Letter<'a, M>,
    mail: NewMail<'l>,
    frame: MailFrame,
    stops: Option<String>,
}

impl<'l, 'a, M: Message> Draft<'l, 'a, M> {
    fn of(
        letter: &'l Letter<'a, M>,
        site: &Site,
        now: Instant,
        due: Instant,
        conn: &mut Conn,
    ) -> Result<Self> {
        let stops = unsubscribe_address(letter, site, conn)?;
        let frame = MailFrame::of(letter, stops.as_deref(), site);
        let reference = reference::draw("M");
        let subject = letter.message.subject(&frame)?;
        let waiting_until_at = waiting::until(letter, now, conn)?;
        let mail = NewMail {
            dedupe_key: format!("{}:{}:{}", M::EVENT, letter.to.contact_id, letter.key),
            event: M::EVENT,
            program_id: letter.program.map(|program| program.id),
            organisation_id: letter.organisation_id,
            contact_id: letter.to.contact_id,
            to_name: &letter.to.name,
            to_email: &letter.to.email,
            reason: &letter.reason.text,
            role: letter.reason.role,
            list: letter.reason.list.map(|list| list.word),
            message_id: message_id(&reference, site),
            reference,
            status: waiting_until_at.map_or(MailStatus::Queued, |_| MailStatus::Waiting),
            attempts: 0,
            next_attempt_at: due,
            queued_at: now,
            answer: "",
            because: letter.reason.because,
            queued_on: letter.program.map(|program| program.day_of(now)),
            search_key: search_key(letter.to, &subject),
            subject,
            waiting_until_at,
        };
        Ok(Self { letter, mail, frame, stops })
    }

    /// It was not inserted: its cause has given this person this mail already, or another mail has
    /// its reference; then it is drawn again.
    fn check_is_known(&self, conn: &mut Conn) -> Result<()> {
        let same = mails::table.filter(mails::dedupe_key.eq(&self.mail.dedupe_key));
        let known: bool = diesel::select(diesel::dsl::exists(same)).get_result(conn)?;
        if known { Ok(()) } else { Err(Error::LostRace) }
    }

    fn body(&self, mail_id: i64) -> Result<NewBody> {
        Ok(NewBody {
            mail_id,
            text_body: self.letter.message.text(&self.frame)?,
            html_body: self.letter.message.html(&self.frame)?,
            unsubscribe_address: self.stops.clone(),
        })
    }

    fn enclosed(&self, mail_id: i64) -> impl Iterator<Item = Enclosed> + use<M> {
        Enclosed::rows(mail_id, self.letter.message.enclosures(), self.letter.to.locale)
    }
}

/// Where the recipient stops such mails; none for mails that nobody can stop.
fn unsubscribe_address<M>(
    letter: &Letter<'_, M>,
    site: &Site,
    conn: &mut Conn,
) -> Result<Option<String>> {
    let (Some(program), stops) = (letter.program, letter.reason.stops.as_slice()) else {
        return Ok(None);
    };
    if stops.is_empty() {
        return Ok(None);
    }
    unsubscribe::address(program, letter.to.contact_id, stops, site, conn).map(Some)
}

/// An address is found whole or in part, so it is not taken apart like a name.
fn search_key(to: &Recipient, subject: &str) -> String {
    [names::fold(&to.name), names::fold_email(&to.email), names::fold(subject)].join("\n")
}

/// The mail's Message-ID: fixed when it is queued, so that a second copy can be told as one, and
/// made from the configured address, so that no host's name leaks.
fn message_id(reference: &str, site: &Site) -> String {
    format!("<{reference}@{}>", site.base.host_str().unwrap_or("portal"))
}
