//! Mails as the ledger and the operator see them.

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde::Serialize;

use super::message::Because;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{mail_bodies, mails};
use crate::error::Result;
use crate::text_enum;

text_enum! {
    /// Where a mail is on its way.
    pub enum MailStatus {
        /// Waiting, or being sent.
        Queued = "queued",
        /// Parked by an operator or a restore.
        Held = "held",
        Sent = "sent",
        Failed = "failed",
        /// Not sent: its recipient left, or lost the role, between event and send.
        Suppressed = "suppressed",
        /// For its recipient's digest, or for the end of the quiet hours.
        Waiting = "waiting",
        /// Told in a digest instead of by itself.
        Digested = "digested",
    }
}

impl MailStatus {
    /// Mails of this status, in words and not by a value: only so both engines see that an index is
    /// meant that holds mails of a few statuses alone.
    pub fn alone(self) -> SqlLiteral<Bool> {
        let of_index = match self {
            Self::Held | Self::Failed => " AND mails.status IN ('held', 'failed')",
            _ => "",
        };
        sql(&format!("mails.status = '{self}'{of_index}"))
    }
}

/// A mail without its text.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = mails)]
pub struct Mail {
    pub id: i64,
    pub reference: String,
    pub event: String,
    pub to_name: String,
    pub to_email: String,
    pub subject: String,
    pub reason: String,
    pub role: Option<String>,
    pub message_id: String,
    pub status: MailStatus,
    pub attempts: i32,
    pub next_attempt_at: Instant,
    pub queued_at: Instant,
    pub settled_at: Option<Instant>,
    pub answer: String,
    /// As what its recipient gets it; none for mails of older releases.
    pub because: Option<Because>,
    /// The list of the organisation's own that it went to, beside the contact roles.
    pub list: Option<String>,
}

/// Which mails an operator means; what is not set leaves all in.
#[derive(Clone, Debug, Default)]
pub struct MailFilter {
    pub references: Vec<String>,
    pub status: Option<MailStatus>,
    pub event: Option<String>,
    pub to_email: Option<String>,
}

/// A mail's two parts, and where its recipient stops such mails.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = mail_bodies)]
pub struct MailBody {
    pub text_body: String,
    pub html_body: String,
    pub unsubscribe_address: Option<String>,
}

/// How many mails have a status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusCount {
    pub status: MailStatus,
    pub mails: i64,
}

impl Mail {
    /// A mail by its reference, whoever asks: for operators.
    pub fn find_unscoped(reference: &str, conn: &mut Conn) -> Result<Self> {
        Ok(mails::table
            .filter(mails::reference.eq(reference))
            .select(Self::as_select())
            .first(conn)?)
    }

    /// The newest mails that a filter leaves, in all programs: for operators.
    pub fn list_unscoped(filter: &MailFilter, most: i64, conn: &mut Conn) -> Result<Vec<Self>> {
        let mut query =
            mails::table.select(Self::as_select()).order(mails::id.desc()).limit(most).into_boxed();
        if !filter.references.is_empty() {
            query = query.filter(mails::reference.eq_any(&filter.references));
        }
        if let Some(status) = filter.status {
            query = query.filter(status.alone());
        }
        if let Some(event) = &filter.event {
            query = query.filter(mails::event.eq(event));
        }
        if let Some(to_email) = &filter.to_email {
            query = query.filter(mails::to_email.eq(to_email));
        }
        Ok(query.load(conn)?)
    }

    /// The text and HTML of this mail; none when it ended so long ago that they are no longer kept.
    pub fn body(&self, conn: &mut Conn) -> Result<Option<MailBody>> {
        Ok(mail_bodies::table.find(self.id).select(MailBody::as_select()).first(conn).optional()?)
    }
}

/// How many mails are queued, wait, are parked and have failed: for operators and `doctor`. Those
/// that were sent are too many to be counted.
pub fn unfinished(conn: &mut Conn) -> Result<Vec<StatusCount>> {
    let mut counts = Vec::new();
    use MailStatus::{Failed, Held, Queued, Waiting};
    for status in [Queued, Waiting, Held, Failed] {
        let mails = mails::table.filter(status.alone()).count().get_result(conn)?;
        counts.push(StatusCount { status, mails });
    }
    Ok(counts)
}
