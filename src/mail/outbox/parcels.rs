//! What a worker needs to know of the mails it has claimed.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::Claim;
use crate::auth::Access;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{contacts, enrolments, mail_bodies, mails, programs};
use crate::error::Result;
use crate::mail::{Because, Enclosed};

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
    /// Where the recipient stops such mails; none where nothing can be stopped.
    pub unsubscribe_address: Option<String>,
    /// The files that go with it, to be made.
    pub enclosed: Vec<Enclosed>,
    /// Why it may not be sent any more, though it was right to queue it.
    pub obstacle: Option<Obstacle>,
}

/// What stands in the way of a mail that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// What it says is no longer kept.
    NoText,
    /// Its recipient left or lost the role; says so as the ledger does, after "Not sent:".
    Recipient(String),
}

type Head = (i64, String, String, String, Instant);
type Recipient = (String, String, String);
type Body = Option<(String, String, Option<String>)>;

/// The recipient as the mail was queued, and as things are now.
#[derive(Queryable)]
struct Standing {
    program: Option<String>,
    because: Option<Because>,
    role: Option<String>,
    /// The organisation that the mail is about, and the one that the contact belongs to.
    organisations: (Option<i64>, Option<i64>),
    contact: Option<String>,
    access: Option<Access>,
    enrolment: Option<String>,
    /// Whether the contact holds the role.
    holds: bool,
    /// Whether any active contact of the organisation does.
    covered: bool,
    list: Option<String>,
    /// Whether the contact is on the list.
    listed: bool,
}

const HOLDS: &str = "EXISTS (SELECT 1 FROM contact_roles AS r WHERE r.contact_id = mails.contact_id \
     AND r.program_id = mails.program_id AND r.role = mails.role AND r.held)";
/// Asked of mails to stand-ins alone: the others do not depend on it.
const COVERED: &str = "(mails.because = 'stand_in' AND EXISTS (SELECT 1 FROM contacts AS c \
     JOIN contact_roles AS r ON r.contact_id = c.id \
     WHERE c.organisation_id = mails.organisation_id AND c.status = 'active' \
     AND r.program_id = mails.program_id AND r.role = mails.role AND r.held)) IS TRUE";

/// Asked of mails to those on a list alone.
const LISTED: &str = "(mails.list = 'schedules' AND EXISTS (SELECT 1 FROM schedule_recipients AS s \
     WHERE s.contact_id = mails.contact_id AND s.program_id = mails.program_id)) IS TRUE";

/// Reads claimed mails, in the order of the claims.
pub fn parcels(claims: &[Claim], conn: &mut Conn) -> Result<Vec<Parcel>> {
    let ids: Vec<i64> = claims.iter().map(|claim| claim.mail_id).collect();
    let rows: Vec<(Head, Recipient, Body)> = mails::table
        .left_join(mail_bodies::table)
        .filter(mails::id.eq_any(&ids))
        .select((
            (mails::id, mails::reference, mails::event, mails::message_id, mails::queued_at),
            (mails::to_name, mails::to_email, mails::subject),
            (mail_bodies::text_body, mail_bodies::html_body, mail_bodies::unsubscribe_address)
                .nullable(),
        ))
        .load(conn)?;
    let mut standings = standings(&ids, conn)?;
    let mut enclosed = Enclosed::of_all(&ids, conn)?;
    let mut found: Vec<Parcel> = rows
        .into_iter()
        .filter_map(|row| {
            let claim = claims.iter().find(|claim| claim.mail_id == row.0.0)?;
            Some(parcel(*claim, row, standings.remove(&claim.mail_id)?))
        })
        .collect();
    for parcel in &mut found {
        parcel.enclosed = enclosed.remove(&parcel.claim.mail_id).unwrap_or_default();
    }
    found.sort_by_key(|parcel| claims.iter().position(|claim| *claim == parcel.claim));
    Ok(found)
}

fn parcel(claim: Claim, row: (Head, Recipient, Body), standing: Standing) -> Parcel {
    let (head, (to_name, to_email, subject), body) = row;
    let (_, reference, event, message_id, queued_at) = head;
    let obstacle = match &body {
        None => Some(Obstacle::NoText),
        Some(_) => standing.obstacle().map(Obstacle::Recipient),
    };
    let (text, html, unsubscribe_address) = body.unwrap_or_default();
    Parcel {
        claim,
        reference,
        event,
        message_id,
        program: standing.program,
        to_name,
        to_email,
        subject,
        queued_at,
        text,
        html,
        unsubscribe_address,
        enclosed: Vec::new(),
        obstacle,
    }
}

/// Why mails may not be sent any more, by id; those that may are not in it.
pub(in crate::mail) fn obstacles(ids: &[i64], conn: &mut Conn) -> Result<HashMap<i64, String>> {
    let standings = standings(ids, conn)?;
    Ok(standings.into_iter().filter_map(|(id, one)| Some((id, one.obstacle()?))).collect())
}

fn standings(ids: &[i64], conn: &mut Conn) -> Result<HashMap<i64, Standing>> {
    let rows: Vec<(i64, Standing)> = mails::table
        .left_join(programs::table)
        .left_join(contacts::table)
        .left_join(
            enrolments::table.on(enrolments::program_id
                .nullable()
                .eq(mails::program_id)
                .and(enrolments::organisation_id.nullable().eq(mails::organisation_id))),
        )
        .filter(mails::id.eq_any(ids))
        .select((
            mails::id,
            (
                programs::name.nullable(),
                mails::because,
                mails::role,
                (mails::organisation_id, contacts::organisation_id.nullable()),
                contacts::status.nullable(),
                contacts::access.nullable(),
                enrolments::status.nullable(),
                sql::<Bool>(HOLDS),
                sql::<Bool>(COVERED),
                mails::list,
                sql::<Bool>(LISTED),
            ),
        ))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

impl Standing {
    /// What became of the recipient since the mail was queued. Mails about an account of no program
    /// always go out; those of a program to active contacts; those of a role or a list, and digests of
    /// such, only while the organisation takes part; those of a role only while its recipient would
    /// still get it for the same reason; those of a list to whoever is still on it, or to an
    /// administrator in their stead, even when somebody is on it by now: nobody else gets it.
    fn obstacle(&self) -> Option<String> {
        let program = self.program.as_deref()?;
        if self.contact.as_deref().is_some_and(|status| status != "active") {
            return Some("the contact was deactivated".to_owned());
        }
        let is_administrator = self.access == Some(Access::Administrator);
        if self.because == Some(Because::Administrator) && !is_administrator {
            return Some("the contact is no longer an administrator".to_owned());
        }
        let stays = [Some(Because::Digest), Some(Because::Concerned)];
        let is_theirs = self.role.is_none() && self.list.is_none();
        if is_theirs && !stays.contains(&self.because) {
            return None;
        }
        let (about, at) = self.organisations;
        if about != at {
            return Some("the contact is no longer at the organisation".to_owned());
        }
        if let Some(status @ ("suspended" | "ended")) = self.enrolment.as_deref() {
            return Some(format!("the organisation's part in {program} is {status}"));
        }
        if let Some(list) = &self.list {
            return match self.because {
                Some(Because::StandIn) if !is_administrator => {
                    Some("the contact is no longer an administrator".to_owned())
                }
                Some(Because::Holder) if !self.listed => {
                    Some(format!("the contact is no longer on the list of recipients of {list}"))
                }
                _ => None,
            };
        }
        let role = self.role.as_deref()?.replace('_', " ");
        match self.because {
            Some(Because::Holder) if !self.holds => {
                Some(format!("the contact no longer holds the role {role}"))
            }
            Some(Because::StandIn) if self.covered && !self.holds => {
                Some(format!("somebody else holds the role {role} now"))
            }
            Some(Because::StandIn) if !is_administrator && !self.holds => {
                Some("the contact is no longer an administrator".to_owned())
            }
            _ => None,
        }
    }
}
