//! Mails as the ledger reads them, each read within a scope.

use diesel::prelude::*;

use super::filter::LedgerQuery;
use crate::auth::{Scope, Seats};
use crate::db::schema::{contacts, mail_bodies, mail_enclosures, mails};
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::mail::{Because, Enclosed, Mail, MailBody};
use crate::web::{Cursor, PAGE_LIMIT, Page};

/// A mail and the reference of the contact who got it.
pub(super) type Entry = (Mail, Option<String>);

/// Whether the person sees all mails to their organisation, not only their own.
pub(super) fn sees_all(scope: &Scope) -> bool {
    Seats::MANAGERS.has(scope.seat())
}

/// The wall: mails of the program to one's own organisation, and for whoever does not manage it to
/// oneself. A macro, because the query's type has no name.
macro_rules! visible {
    ($scope:expr) => {{
        let mut query = mails::table
            .left_join(contacts::table)
            .filter(mails::program_id.eq($scope.program().id))
            .filter(mails::organisation_id.eq($scope.organisation_id()))
            .into_boxed();
        if !sees_all($scope) {
            query = query.filter(mails::contact_id.eq($scope.actor().contact_id));
        }
        query
    }};
}

macro_rules! filtered {
    ($query:expr, $list:expr) => {{
        let mut query = $query;
        let list: &LedgerQuery = $list;
        if let Some((name, email)) = list.patterns() {
            let found = mails::search_key.like(name).escape('\\');
            query = query.filter(found.or(mails::search_key.like(email).escape('\\')));
        }
        if let Some(status) = list.status() {
            query = query.filter(mails::status.eq(status));
        }
        if !list.event.is_empty() {
            query = query.filter(mails::event.eq(list.event.clone()));
        }
        if let Some(role) = list.role() {
            query = query.filter(mails::role.eq(role.as_str()));
        }
        if !list.person.is_empty() {
            query = query.filter(contacts::reference.eq(list.person.clone()));
        }
        if let Some(day) = list.from() {
            query = query.filter(mails::queued_on.ge(day));
        }
        if let Some(day) = list.to() {
            query = query.filter(mails::queued_on.le(day));
        }
        query
    }};
}

/// A page of the ledger, the newest first.
pub(super) fn page_of(scope: &Scope, list: &LedgerQuery, conn: &mut Conn) -> Result<Page<Entry>> {
    let cursor = list.cursor();
    let at = match &cursor {
        Some(cursor) => place_of(scope, cursor, conn)?,
        None => None,
    };
    let cursor = cursor.filter(|_| at.is_some());
    let backwards = cursor.as_ref().is_some_and(|cursor| cursor.backwards);
    let mut query = filtered!(visible!(scope), list)
        .select((Mail::as_select(), contacts::reference.nullable()))
        .limit(PAGE_LIMIT);
    if let Some(at) = at {
        query =
            if backwards { query.filter(mails::id.gt(at)) } else { query.filter(mails::id.lt(at)) };
    }
    query = if backwards { query.order(mails::id.asc()) } else { query.order(mails::id.desc()) };
    let rows: Vec<Entry> = query.kept().load(conn)?;
    // Addresses name mails by their references: keys inside say how many there are.
    Ok(Page::new(rows, cursor.as_ref(), |(mail, _)| (String::new(), mail.reference.clone())))
}

fn place_of(scope: &Scope, cursor: &Cursor, conn: &mut Conn) -> Result<Option<i64>> {
    Ok(visible!(scope)
        .filter(mails::reference.eq(&cursor.reference))
        .select(mails::id)
        .first(conn)
        .optional()?)
}

/// The mails of a file before this one, the newest first, at most so many.
pub(super) fn batch_of(
    scope: &Scope,
    list: &LedgerQuery,
    before: Option<i64>,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<Mail>> {
    let mut query = filtered!(visible!(scope), list)
        .select(Mail::as_select())
        .order(mails::id.desc())
        .limit(most);
    if let Some(id) = before {
        query = query.filter(mails::id.lt(id));
    }
    Ok(query.load(conn)?)
}

/// Whether what a mail says may be read in the ledger: that of mails of a role or a list, of those to
/// administrators as such, and of those about a record that somebody looks after. Any other may hold
/// a one-time link, which is its reader's alone: whoever has it comes in as that person.
pub(super) fn may_be_read(mail: &Mail) -> bool {
    let open = [
        Because::Holder,
        Because::StandIn,
        Because::Administrator,
        Because::Concerned,
        Because::Digest,
    ];
    mail.because.is_some_and(|because| open.contains(&because))
}

/// What a mail says, and the files that go with it.
pub(super) type Said = (MailBody, Vec<Enclosed>);

/// One mail with what it says, as long as that is kept.
pub(super) fn find_for(
    scope: &Scope,
    reference: &str,
    conn: &mut Conn,
) -> Result<(Entry, Option<Said>)> {
    let (mail, contact): Entry = visible!(scope)
        .filter(mails::reference.eq(reference))
        .select((Mail::as_select(), contacts::reference.nullable()))
        .first(conn)?;
    let rows: Vec<(MailBody, Option<Enclosed>)> = mail_bodies::table
        .left_join(mail_enclosures::table.on(mail_enclosures::mail_id.eq(mail_bodies::mail_id)))
        .filter(mail_bodies::mail_id.eq(mail.id))
        .order(mail_enclosures::position)
        .select((MailBody::as_select(), Option::<Enclosed>::as_select()))
        .load(conn)?;
    let (bodies, enclosed): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let enclosed = enclosed.into_iter().flatten().collect();
    Ok(((mail, contact), bodies.into_iter().next().map(|body| (body, enclosed))))
}

/// The name of a contact of one's own organisation, for the page that shows their mails alone.
pub(super) fn name_of(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Option<String>> {
    Ok(contacts::table
        .filter(contacts::reference.eq(reference))
        .filter(contacts::organisation_id.eq(scope.organisation_id()))
        .select(contacts::name)
        .first(conn)
        .optional()?)
}
