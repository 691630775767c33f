//! A ledger: mails one by one, the newest first.

use askama::Template;

use super::{Tab, tabs};
use crate::auth::Scope;
use crate::contacts::Role;
use crate::db::Conn;
use crate::error::Result;
use crate::ledger::filter::LedgerQuery;
use crate::ledger::model::{self, Entry};
use crate::ledger::words::{self, Choice};
use crate::mail::MailStatus;
use crate::names::capitalised;
use crate::web::{Frame, Visit};

#[derive(Template)]
#[template(path = "ledger/index.html")]
pub(in crate::ledger) struct LedgerPage {
    frame: Frame,
    lead: String,
    zone: &'static str,
    tabs: Vec<Tab>,
    action: String,
    csv_href: String,
    list: LedgerQuery,
    filtered: bool,
    /// Whether mails of several people may stand in it.
    names_people: bool,
    /// Whose mails alone are shown, and the address of everybody's.
    person: Option<(String, String)>,
    statuses: Vec<Choice>,
    kinds: Vec<Choice>,
    roles: Vec<Choice>,
    lines: Vec<Line>,
    shown: String,
    previous: Option<String>,
    next: Option<String>,
}

struct Line {
    href: String,
    subject: String,
    kind: String,
    name: String,
    email: String,
    why: String,
    queued_iso: String,
    queued: String,
    status: &'static str,
    tone: &'static str,
    /// Why it did not arrive; empty where it did or may still.
    answer: String,
}

impl LedgerPage {
    pub(in crate::ledger) fn read(
        visit: &Visit,
        scope: &Scope,
        list: LedgerQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let found = model::page_of(scope, &list, conn)?;
        let names_people = model::sees_all(scope);
        let person = match list.person.as_str() {
            "" => None,
            reference => model::name_of(scope, reference, conn)?,
        };
        let path = scope.path(if scope.is_vendor() { "/mail/own" } else { "/mail" });
        let link = |cursor: &String| list.address(&path, Some(cursor));
        Ok(Self {
            frame: visit.frame(scope),
            lead: lead(scope),
            zone: scope.program().time_zone.name(),
            tabs: if scope.is_vendor() { tabs(scope, "/mail/own") } else { Vec::new() },
            csv_href: list.address(&format!("{path}.csv"), None),
            filtered: list.is_filtered(),
            person: person.map(|name| (name, list.of_everybody().address(&path, None))),
            statuses: words::statuses(),
            kinds: words::kinds(),
            roles: words::roles(scope.part().map_or(&[], Role::of_part)),
            shown: match found.rows.len() {
                1 => "1 mail on this page".to_owned(),
                count => format!("{count} mails on this page"),
            },
            previous: found.previous.as_ref().map(link),
            next: found.next.as_ref().map(link),
            lines: found.rows.into_iter().map(|entry| Line::of(entry, scope)).collect(),
            action: path,
            names_people,
            list,
        })
    }
}

fn lead(scope: &Scope) -> String {
    let program = &scope.program().name;
    if model::sees_all(scope) {
        let organisation = &scope.actor().organisation_name;
        format!(
            "Every mail of {program} to people of {organisation}: why they got it and what became of it."
        )
    } else {
        format!("Every mail of {program} to you: why you got it and what became of it.")
    }
}

impl Line {
    fn of((mail, _): Entry, scope: &Scope) -> Self {
        let moment = |at| scope.actor().locale.moment(at, scope.program().time_zone);
        let failed = matches!(mail.status, MailStatus::Failed | MailStatus::Suppressed);
        Self {
            href: scope.path(&format!("/mail/{}", mail.reference)),
            kind: words::kind(&mail.event),
            why: words::why(&mail),
            queued_iso: mail.queued_at.to_string(),
            queued: moment(mail.queued_at),
            status: words::label(mail.status),
            tone: words::tone(mail.status),
            answer: if failed { capitalised(&mail.answer) } else { String::new() },
            subject: mail.subject,
            name: mail.to_name,
            email: mail.to_email,
        }
    }
}
