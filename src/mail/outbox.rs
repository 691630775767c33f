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

use chrono::NaiveDate;
use diesel::prelude::*;

use super::message::{Because, Letter, MailFrame, Message, Recipient};
use super::{MailStatus, tally, unsubscribe, waiting};
use crate::clock::Instant;
use crate::db::schema::{mail_bodies, mails};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::web::Site;
use crate::{names, reference};

#[derive(Insertable)]
#[diesel(table_name = mails)]
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

/// Queues one mail to one person, in the transaction of the change that causes it. Gives its id,
/// or none where this cause has given this person this mail already. Mail of a role waits where
/// its recipient wants it collected, or has quiet hours.
pub fn queue<M: Message>(
    letter: &Letter<'_, M>,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<Option<i64>> {
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
        message_id: message_id(&reference, site),
        reference,
        status: waiting_until_at.map_or(MailStatus::Queued, |_| MailStatus::Waiting),
        attempts: 0,
        next_attempt_at: db::now(conn)?,
        queued_at: now,
        answer: "",
        because: letter.reason.because,
        queued_on: letter.program.map(|program| program.day_of(now)),
        search_key: search_key(letter.to, &subject),
        subject,
        waiting_until_at,
    };
    if db::insert_new!(conn, mails::table, &mail) == 0 {
        let same = mails::table.filter(mails::dedupe_key.eq(&mail.dedupe_key));
        return if diesel::select(diesel::dsl::exists(same)).get_result(conn)? {
            Ok(None)
        } else {
            // Not this mail is there but another with its reference: draw again.
            Err(Error::LostRace)
        };
    }
    tally::queued(mail.program_id, mail.queued_on, M::EVENT, conn)?;
    let id: i64 =
        mails::table.filter(mails::reference.eq(&mail.reference)).select(mails::id).first(conn)?;
    let body = (
        mail_bodies::mail_id.eq(id),
        mail_bodies::text_body.eq(letter.message.text(&frame)?),
        mail_bodies::html_body.eq(letter.message.html(&frame)?),
        mail_bodies::unsubscribe_address.eq(stops),
    );
    diesel::insert_into(mail_bodies::table).values(body).execute(conn)?;
    Ok(Some(id))
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
