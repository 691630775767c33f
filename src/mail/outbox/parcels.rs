//! What a worker needs to know of the mails it has claimed.

use diesel::prelude::*;

use super::Claim;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{contacts, enrolments, mail_bodies, mails, programs};
use crate::error::Result;

/// A claimed mail with everything that goes out.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub claim: Claim,
    pub reference: String,
    pub event: String,
    pub message_id: String,
    /// The program in whose name it goes out; none for mails about an account.
    pub program: Option<String>,
    pub to_name: String,
    pub to_email: String,
    pub subject: String,
    pub queued_at: Instant,
    pub text: String,
    pub html: String,
    /// Why it may not be sent any more, though it was right to queue it.
    pub obstacle: Option<String>,
}

type Head = (i64, String, String, String, Option<String>, Instant);
type Recipient = (String, String, String);
type Standing = (Option<String>, Option<String>, Option<String>);
type Body = Option<(String, String)>;

/// Reads claimed mails, in the order of the claims.
pub fn parcels(claims: &[Claim], conn: &mut Conn) -> Result<Vec<Parcel>> {
    let ids: Vec<i64> = claims.iter().map(|claim| claim.mail_id).collect();
    let rows: Vec<(Head, Recipient, Standing, Body)> = mails::table
        .left_join(mail_bodies::table)
        .left_join(programs::table)
        .left_join(contacts::table)
        .left_join(
            enrolments::table.on(enrolments::program_id
                .nullable()
                .eq(mails::program_id)
                .and(enrolments::organisation_id.eq(contacts::organisation_id))),
        )
        .filter(mails::id.eq_any(&ids))
        .select((
            (
                mails::id,
                mails::reference,
                mails::event,
                mails::message_id,
                mails::role,
                mails::queued_at,
            ),
            (mails::to_name, mails::to_email, mails::subject),
            (programs::name.nullable(), contacts::status.nullable(), enrolments::status.nullable()),
            (mail_bodies::text_body, mail_bodies::html_body).nullable(),
        ))
        .load(conn)?;
    let mut found: Vec<Parcel> = rows
        .into_iter()
        .filter_map(|row| {
            let claim = claims.iter().find(|claim| claim.mail_id == row.0.0)?;
            Some(parcel(*claim, row))
        })
        .collect();
    found.sort_by_key(|parcel| claims.iter().position(|claim| *claim == parcel.claim));
    Ok(found)
}

fn parcel(claim: Claim, row: (Head, Recipient, Standing, Body)) -> Parcel {
    let (head, (to_name, to_email, subject), standing, body) = row;
    let (_, reference, event, message_id, role, queued_at) = head;
    let obstacle = match &body {
        None => Some("not sent: its text is no longer kept".to_owned()),
        Some(_) => obstacle(role.as_deref(), &standing),
    };
    let (text, html) = body.unwrap_or_default();
    Parcel {
        claim,
        reference,
        event,
        message_id,
        program: standing.0,
        to_name,
        to_email,
        subject,
        queued_at,
        text,
        html,
        obstacle,
    }
}

/// What became of the recipient since the mail was queued. Mails about an account always go out;
/// those of a program to active contacts; those of a role only while the organisation takes part.
fn obstacle(role: Option<&str>, standing: &Standing) -> Option<String> {
    let (Some(program), contact, enrolment) = standing else {
        return None;
    };
    if contact.as_deref().is_some_and(|status| status != "active") {
        return Some("not sent: the contact was deactivated".to_owned());
    }
    match enrolment.as_deref() {
        Some(status @ ("suspended" | "ended")) if role.is_some() => {
            Some(format!("not sent: the organisation's part in {program} is {status}"))
        }
        _ => None,
    }
}
