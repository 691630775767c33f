//! One mail: to whom, why, what became of it, and what it said.

use askama::Template;

use crate::audit;
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::ledger::model::Said;
use crate::ledger::{model, words};
use crate::mail::{Enclosed, Mail, MailBody, MailStatus};
use crate::names::capitalised;
use crate::web::{Frame, Visit};

#[derive(Template)]
#[template(path = "ledger/mail.html")]
pub(in crate::ledger) struct MailPage {
    frame: Frame,
    list_href: String,
    subject: String,
    status: &'static str,
    tone: &'static str,
    outcome: String,
    name: String,
    email: String,
    contact_href: Option<String>,
    reason: String,
    /// Empty where it is of no role.
    role: String,
    about: String,
    attempts: String,
    /// The mail server's last words; empty where it has not been asked.
    answer: String,
    message_id: String,
    reference: String,
    timeline: Vec<audit::Line>,
    text: Text,
    /// The files that go with it, with their addresses.
    attached: Vec<(String, String)>,
}

/// What it said, and why that is not shown.
enum Text {
    Kept(String),
    Withheld,
    Forgotten,
}

/// Stands in a shown text for the address with which only the recipient may stop such mails.
const ADDRESS_WITHHELD: &str = "(an address that is only the recipient's)";

impl MailPage {
    pub(in crate::ledger) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        conn: &mut Conn,
    ) -> Result<Self> {
        let ((mail, contact), said) = model::find_for(scope, reference, conn)?;
        let locale = scope.actor().locale;
        let moment = |at| locale.moment(at, scope.program().time_zone);
        let ended = mail.settled_at.map(moment).unwrap_or_default();
        let asked = matches!(mail.status, MailStatus::Queued | MailStatus::Held | MailStatus::Sent);
        let list = if scope.is_vendor() { "/mail/own" } else { "/mail" };
        Ok(Self {
            frame: visit.frame(scope),
            list_href: scope.path(list),
            status: words::label(mail.status),
            tone: words::tone(mail.status),
            outcome: words::outcome(&mail, &ended, locale),
            contact_href: contact.map(|contact| scope.path(&format!("/contacts/{contact}"))),
            role: words::role(&mail),
            about: words::kind(&mail.event),
            attempts: locale.number(mail.attempts.into()),
            answer: if asked || mail.status == MailStatus::Failed {
                capitalised(&mail.answer)
            } else {
                String::new()
            },
            timeline: timeline(&mail, scope, conn)?,
            attached: attached(&mail, said.as_ref(), scope),
            text: Text::of(&mail, said.map(|(body, _)| body)),
            subject: mail.subject,
            name: mail.to_name,
            email: mail.to_email,
            reason: mail.reason,
            message_id: mail.message_id,
            reference: mail.reference,
        })
    }
}

/// Shown to whoever may read the text.
fn attached(mail: &Mail, said: Option<&Said>, scope: &Scope) -> Vec<(String, String)> {
    let said = said.filter(|_| model::may_be_read(mail));
    let enclosed = said.into_iter().flat_map(|(_, enclosed)| enclosed);
    let address = |one: &Enclosed| {
        let path = format!("/mail/{}/attachments/{}", mail.reference, one.position);
        (scope.path(&path), one.file_name.clone())
    };
    enclosed.map(address).collect()
}

impl Text {
    fn of(mail: &Mail, body: Option<MailBody>) -> Self {
        if !model::may_be_read(mail) {
            return Self::Withheld;
        }
        let Some(body) = body else {
            return Self::Forgotten;
        };
        Self::Kept(match body.unsubscribe_address {
            Some(address) => body.text_body.replace(&address, ADDRESS_WITHHELD),
            None => body.text_body,
        })
    }
}

/// What happened to the mail, newest first: on its own way, and by an operator's hand.
fn timeline(mail: &Mail, scope: &Scope, conn: &mut Conn) -> Result<Vec<audit::Line>> {
    let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
    let step = |sentence: &str, at: Instant| audit::Line {
        sentence: sentence.to_owned(),
        who: "The portal".to_owned(),
        at_iso: at.to_string(),
        at_text: locale.moment(at, zone),
        from: String::new(),
        to: String::new(),
        why: String::new(),
    };
    let mut lines: Vec<(Instant, audit::Line)> = audit::timeline("mail", mail.id, conn)?
        .iter()
        .map(|entry| (entry.at, audit::Line::of(entry, locale, zone)))
        .collect();
    lines.push((mail.queued_at, step("Written to the outbox", mail.queued_at)));
    lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let ended = mail.settled_at.map(|at| match mail.status {
        MailStatus::Sent => step("Taken by the mail server", at),
        MailStatus::Digested => step("Told in a digest", at),
        MailStatus::Suppressed => step("Not sent", at),
        _ => step("Given up on", at),
    });
    Ok(ended.into_iter().chain(lines.into_iter().map(|(_, line)| line)).collect())
}
