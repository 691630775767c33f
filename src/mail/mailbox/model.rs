//! The messages in the local mailbox.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::mailbox_messages;
use crate::db::{self, Conn};
use crate::error::Result;
use crate::mail::outbox::Parcel;
use crate::web::{Cursor, PAGE_LIMIT, Page};
use crate::{names, reference};

/// A message as the list shows it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = mailbox_messages)]
pub struct Message {
    pub reference: String,
    pub to_name: String,
    pub to_email: String,
    pub subject: String,
    pub received_at: Instant,
}

/// Which messages to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of a subject, a name or an address.
    pub search: String,
    /// A recipient's whole address.
    pub to_email: String,
}

/// Puts a message in the mailbox, in the transaction that notes it as sent. One with the same
/// Message-ID that is there already stays the only one.
pub(in crate::mail) fn keep(
    parcel: &Parcel,
    source: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let search_key = format!("{} {} {}", parcel.subject, parcel.to_name, parcel.to_email);
    let row = (
        mailbox_messages::reference.eq(reference::draw("X")),
        mailbox_messages::message_id.eq(&parcel.message_id),
        mailbox_messages::to_name.eq(&parcel.to_name),
        mailbox_messages::to_email.eq(&parcel.to_email),
        mailbox_messages::subject.eq(&parcel.subject),
        mailbox_messages::search_key.eq(names::fold(&search_key)),
        mailbox_messages::received_at.eq(now),
        mailbox_messages::source.eq(source),
    );
    db::insert_new!(conn, mailbox_messages::table, row);
    Ok(())
}

impl Message {
    pub fn find(reference: &str, conn: &mut Conn) -> Result<Self> {
        Ok(mailbox_messages::table
            .filter(mailbox_messages::reference.eq(reference))
            .select(Self::as_select())
            .first(conn)?)
    }

    /// The messages that a filter leaves, newest first.
    pub fn list(filter: &Filter, cursor: Option<&Cursor>, conn: &mut Conn) -> Result<Page<Self>> {
        let mut query =
            mailbox_messages::table.select(Self::as_select()).limit(PAGE_LIMIT).into_boxed();
        if !filter.to_email.is_empty() {
            query = query.filter(mailbox_messages::to_email.eq(&filter.to_email));
        }
        let words = names::fold(&filter.search);
        if !words.is_empty() {
            let pattern = format!("%{}%", names::escape_like(&words));
            query = query.filter(mailbox_messages::search_key.like(pattern).escape('\\'));
        }
        let place = cursor.and_then(|cursor| Some((cursor, instant(&cursor.key)?)));
        query = match place {
            Some((Cursor { backwards: true, reference, .. }, at)) => query
                .filter(mailbox_messages::received_at.ge(at))
                .filter(
                    mailbox_messages::received_at
                        .gt(at)
                        .or(mailbox_messages::reference.gt(reference)),
                )
                .order((mailbox_messages::received_at.asc(), mailbox_messages::reference.asc())),
            Some((Cursor { reference, .. }, at)) => query
                .filter(mailbox_messages::received_at.le(at))
                .filter(
                    mailbox_messages::received_at
                        .lt(at)
                        .or(mailbox_messages::reference.lt(reference)),
                )
                .order(newest_first()),
            None => query.order(newest_first()),
        };
        let rows: Vec<Self> = query.load(conn)?;
        let cursor = place.map(|(cursor, _)| cursor);
        Ok(Page::new(rows, cursor, |row| {
            let micros = row.received_at.utc().and_utc().timestamp_micros();
            (micros.to_string(), row.reference.clone())
        }))
    }
}

fn newest_first() -> (
    diesel::dsl::Desc<mailbox_messages::received_at>,
    diesel::dsl::Desc<mailbox_messages::reference>,
) {
    (mailbox_messages::received_at.desc(), mailbox_messages::reference.desc())
}

fn instant(micros: &str) -> Option<Instant> {
    let at = chrono::DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    Some(Instant::from_utc(at.naive_utc()))
}

/// The whole message with its headers (RFC 5322).
pub(super) fn source(reference: &str, conn: &mut Conn) -> Result<String> {
    Ok(mailbox_messages::table
        .filter(mailbox_messages::reference.eq(reference))
        .select(mailbox_messages::source)
        .first(conn)?)
}

/// The most addresses that the list offers to choose from.
const MOST_RECIPIENTS: i64 = 500;

/// The addresses that have mail, by address.
pub(super) fn recipients(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(mailbox_messages::table
        .select(mailbox_messages::to_email)
        .distinct()
        .order(mailbox_messages::to_email)
        .limit(MOST_RECIPIENTS)
        .load(conn)?)
}
