//! Who of a partner gets its schedules by mail.

use askama::Template;

use crate::audit::{self, Line as HistoryLine};
use crate::auth::Scope;
use crate::contacts::RoleRecipient;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::mail::Because;
use crate::schedules::entries::{Entry, PeopleQuery, page_of};
use crate::schedules::recipients::KIND;
use crate::schedules::{KEEPERS, LIST, recipients_of};
use crate::web::{Frame, Visit, list_address};

#[derive(Template)]
#[template(path = "schedules/recipients.html")]
pub(in crate::schedules) struct RecipientsPage {
    frame: Frame,
    schedules_href: String,
    contacts_href: String,
    path: String,
    /// The form posts to the page it stands on, so that the search stays.
    action: String,
    query: PeopleQuery,
    may_edit: bool,
    /// Whether nobody is on the list, so that schedules go to the administrators.
    is_gap: bool,
    told: Vec<Told>,
    people: Vec<Person>,
    previous: Option<String>,
    next: Option<String>,
    history: Vec<HistoryLine>,
}

/// Who would get a schedule today.
struct Told {
    name: String,
    mail: String,
    reason: String,
}

struct Person {
    reference: String,
    name: String,
    mail: String,
    href: String,
    access: &'static str,
    listed: bool,
    /// Since when, by whom; empty where they are not on the list.
    since: String,
}

impl RecipientsPage {
    /// Three queries.
    pub(in crate::schedules) fn read(
        visit: &Visit,
        scope: &Scope,
        query: PeopleQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let enrolment_id = scope.enrolment_id().ok_or(Error::NotFound)?;
        let own = scope.organisation_id();
        let told = recipients_of(scope.program(), &[own], conn)?.remove(&own).unwrap_or_default();
        let people = page_of(scope, &query, conn)?;
        let entries = audit::timeline(KIND, enrolment_id, conn)?;
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        let path = scope.path(LIST.page);
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let here = Some(query.page.as_str()).filter(|page| !page.is_empty());
        Ok(Self {
            frame: visit.frame(scope),
            schedules_href: scope.path("/schedules"),
            contacts_href: scope.path("/contacts"),
            action: list_address(&path, &query, here),
            may_edit: KEEPERS.has(scope.seat()),
            is_gap: !told.iter().any(|one| one.reason.because == Because::Holder),
            told: told.into_iter().map(Told::of).collect(),
            previous: people.previous.as_ref().map(page),
            next: people.next.as_ref().map(page),
            people: people.rows.into_iter().map(|entry| Person::of(entry, scope)).collect(),
            history: HistoryLine::all(&entries, locale, zone),
            path,
            query,
        })
    }
}

impl Told {
    fn of(one: RoleRecipient) -> Self {
        let reason = one.reason.text;
        let said = reason.strip_prefix("You get this because you are ");
        Self {
            name: one.recipient.name,
            mail: one.recipient.email,
            reason: said.map_or_else(|| reason.clone(), |rest| format!("Is {rest}")),
        }
    }
}

impl Person {
    fn of((contact, entry): Entry, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        Self {
            href: scope.path(&format!("/contacts/{}", contact.reference)),
            access: contact.access.label(),
            listed: entry.is_some(),
            since: entry.map_or_else(String::new, |(by, at)| {
                format!("By {by} on {}", locale.day(scope.program().day_of(at)))
            }),
            reference: contact.reference,
            name: contact.name,
            mail: contact.email,
        }
    }
}
