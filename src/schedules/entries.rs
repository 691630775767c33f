//! The people of a partner, by name, with who of them is on its list of schedule recipients.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::auth::Scope;
use crate::clock::Instant;
use crate::contacts::Contact;
use crate::db::schema::{contacts, schedule_recipients};
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::names;
use crate::web::{Cursor, PAGE_LIMIT, Page};

/// What the page's address carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct PeopleQuery {
    /// Part of a name or an e-mail address.
    pub q: String,
    #[serde(skip_serializing)]
    pub page: String,
}

/// An active contact, and since when it is on the list, by whom.
pub(super) type Entry = (Contact, Option<(String, Instant)>);

/// A page of the active contacts of one's own organisation.
pub(super) fn page_of(scope: &Scope, list: &PeopleQuery, conn: &mut Conn) -> Result<Page<Entry>> {
    let cursor = Cursor::parse(&list.page);
    let mut query = contacts::table
        .left_join(
            schedule_recipients::table.on(schedule_recipients::contact_id
                .eq(contacts::id)
                .and(schedule_recipients::program_id.eq(scope.program().id))),
        )
        .filter(contacts::organisation_id.eq(scope.organisation_id()))
        .filter(contacts::status.eq("active"))
        .select((
            Contact::as_select(),
            (schedule_recipients::added_by, schedule_recipients::added_at).nullable(),
        ))
        .limit(PAGE_LIMIT)
        .into_boxed();
    let typed = list.q.trim();
    if !typed.is_empty() {
        let like = |text: &str| format!("%{}%", names::escape_like(text));
        let named = contacts::name_key.like(like(&names::fold(typed))).escape('\\');
        let address = contacts::email_key.like(like(&names::fold_email(typed))).escape('\\');
        query = query.filter(named.or(address));
    }
    let backwards = cursor.as_ref().is_some_and(|cursor| cursor.backwards);
    if let Some(Cursor { key, reference, .. }) = cursor.clone() {
        // The first condition is what the index can seek to.
        query = if backwards {
            let before = contacts::name_key.lt(key.clone());
            query
                .filter(contacts::name_key.le(key))
                .filter(before.or(contacts::reference.lt(reference)))
        } else {
            let after = contacts::name_key.gt(key.clone());
            query
                .filter(contacts::name_key.ge(key))
                .filter(after.or(contacts::reference.gt(reference)))
        };
    }
    query = if backwards {
        query.order((contacts::name_key.desc(), contacts::reference.desc()))
    } else {
        query.order((contacts::name_key, contacts::reference))
    };
    let rows: Vec<Entry> = query.kept().load(conn)?;
    Ok(Page::new(rows, cursor.as_ref(), |(contact, _)| {
        (contact.name_key.clone(), contact.reference.clone())
    }))
}
