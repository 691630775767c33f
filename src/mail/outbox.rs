//! The outbox: mails as rows, the one way in, and the ways out.

mod claims;
pub(crate) mod operator;
mod parcels;
mod tidying;

pub use claims::{
    Claim, PATIENCE, any_due, claim, pause_after, postpone, put_back, settle_failed, settle_sent,
};
pub use operator::{Changed, hold, release, retry};
pub use parcels::{Parcel, parcels};
pub use tidying::SWEEP;

use diesel::prelude::*;

use super::MailStatus;
use super::message::{Letter, MailFrame, Message};
use crate::clock::Instant;
use crate::db::schema::{mail_bodies, mails};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::reference;
use crate::web::Site;

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
}

/// Queues one mail to one person, in the transaction of the change that causes it. Gives its id,
/// or none where this cause has given this person this mail already.
pub fn queue<M: Message>(
    letter: &Letter<'_, M>,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<Option<i64>> {
    let frame = MailFrame::of(letter, site);
    let reference = reference::draw("M");
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
        subject: letter.message.subject(&frame)?,
        message_id: message_id(&reference, site),
        reference,
        status: MailStatus::Queued,
        attempts: 0,
        next_attempt_at: db::now(conn)?,
        queued_at: now,
        answer: "",
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
    let id: i64 =
        mails::table.filter(mails::reference.eq(&mail.reference)).select(mails::id).first(conn)?;
    let body = (
        mail_bodies::mail_id.eq(id),
        mail_bodies::text_body.eq(letter.message.text(&frame)?),
        mail_bodies::html_body.eq(letter.message.html(&frame)?),
    );
    diesel::insert_into(mail_bodies::table).values(body).execute(conn)?;
    Ok(Some(id))
}

/// The mail's Message-ID: fixed when it is queued, so that a second copy can be told as one, and
/// made from the configured address, so that no host's name leaks.
fn message_id(reference: &str, site: &Site) -> String {
    format!("<{reference}@{}>", site.base.host_str().unwrap_or("portal"))
}
