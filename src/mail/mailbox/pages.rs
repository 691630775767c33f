//! The pages of the mailbox.

use askama::Template;
use chrono_tz::Tz;
use mail_parser::{MessageParser, MimeHeaders};

use super::Message;
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::locale::Locale;
use crate::mail::letter::Attachment;
use crate::web::{Frame, Page, downloads};

#[derive(Template)]
#[template(path = "mailbox/list.html")]
pub(super) struct ListPage {
    frame: Frame,
    search: String,
    to_email: String,
    recipients: Vec<Choice>,
    mails: Vec<Line>,
    shown: String,
    previous: Option<String>,
    next: Option<String>,
}

/// A line of the list.
struct Line {
    href: String,
    subject: String,
    recipient: String,
    at_iso: String,
    at_text: String,
}

struct Choice {
    value: String,
    label: String,
}

impl ListPage {
    pub(super) fn new(
        frame: Frame,
        search: String,
        to_email: String,
        page: Page<Message>,
        recipients: Vec<String>,
    ) -> Self {
        let link = |cursor: &String| {
            let fields = [("q", search.as_str()), ("to", &to_email), ("page", cursor)];
            let set: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
            // Pairs of text can always be encoded.
            format!("/demo/mail?{}", serde_html_form::to_string(set).unwrap_or_default())
        };
        let shown = match page.rows.len() {
            1 => "1 mail on this page".to_owned(),
            count => format!("{count} mails on this page"),
        };
        Self {
            previous: page.previous.as_ref().map(link),
            next: page.next.as_ref().map(link),
            mails: page.rows.into_iter().map(Line::of).collect(),
            recipients: recipients
                .into_iter()
                .map(|email| Choice { value: email.clone(), label: email })
                .collect(),
            shown,
            frame,
            search,
            to_email,
        }
    }

    fn is_filtered(&self) -> bool {
        !self.search.is_empty() || !self.to_email.is_empty()
    }

    fn is_paged(&self) -> bool {
        self.previous.is_some() || self.next.is_some()
    }
}

impl Line {
    fn of(mail: Message) -> Self {
        Self {
            href: format!("/demo/mail/{}", mail.reference),
            recipient: format!("{} <{}>", mail.to_name, mail.to_email),
            subject: mail.subject,
            at_iso: mail.received_at.to_string(),
            at_text: moment(mail.received_at),
        }
    }
}

/// The mailbox is nobody's, so its times are in nobody's zone.
fn moment(at: Instant) -> String {
    format!("{} UTC", Locale::default().moment(at, Tz::UTC))
}

/// What a message says, read out of its source.
pub(super) struct Content {
    from: String,
    text: String,
    pub(super) html: String,
    pub(super) attachments: Vec<Attachment>,
}

impl Content {
    pub(super) fn of(source: &str) -> Result<Self> {
        let message = MessageParser::default()
            .parse(source.as_bytes())
            .ok_or_else(|| Error::internal("a message in the mailbox cannot be read"))?;
        let from = message.from().and_then(|from| from.first());
        let from = from.map_or_else(String::new, |from| {
            let address = from.address().unwrap_or_default();
            match from.name() {
                Some(name) => format!("{name} <{address}>"),
                None => address.to_owned(),
            }
        });
        let part = |body: Option<std::borrow::Cow<'_, str>>| body.unwrap_or_default().into_owned();
        Ok(Self {
            from,
            text: part(message.body_text(0)),
            html: part(message.body_html(0)),
            attachments: message.attachments().map(attachment).collect(),
        })
    }
}

fn attachment(part: &mail_parser::MessagePart<'_>) -> Attachment {
    let kind = part.content_type();
    let mime = kind.map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()));
    Attachment {
        // It becomes a header again.
        name: downloads::ascii_file_name(part.attachment_name().unwrap_or_default()),
        mime: mime.unwrap_or_else(|| "application/octet-stream".to_owned()),
        bytes: part.contents().to_vec(),
    }
}

/// An attachment as its mail's page shows it.
struct Attached {
    href: String,
    name: String,
    size: String,
}

/// Which part of a mail is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Html,
    Text,
    Source,
}

impl Part {
    pub(super) fn parse(word: &str) -> Self {
        match word {
            "text" => Self::Text,
            "source" => Self::Source,
            _ => Self::Html,
        }
    }
}

#[derive(Template)]
#[template(path = "mailbox/mail.html")]
pub(super) struct MailPage {
    frame: Frame,
    subject: String,
    from: String,
    to: String,
    at_iso: String,
    at_text: String,
    path: String,
    part: Part,
    text: String,
    source: String,
    attachments: Vec<Attached>,
}

impl MailPage {
    pub(super) fn new(
        frame: Frame,
        mail: Message,
        part: Part,
        content: Content,
        source: String,
    ) -> Self {
        let path = format!("/demo/mail/{}", mail.reference);
        let attached = |(position, file): (usize, Attachment)| Attached {
            href: format!("{path}/attachments/{position}"),
            size: Locale::default().size(file.bytes.len()),
            name: file.name,
        };
        Self {
            frame,
            attachments: (1..).zip(content.attachments).map(attached).collect(),
            to: format!("{} <{}>", mail.to_name, mail.to_email),
            at_iso: mail.received_at.to_string(),
            at_text: moment(mail.received_at),
            path,
            subject: mail.subject,
            from: content.from,
            text: content.text,
            part,
            source,
        }
    }

    fn shows(&self, part: Part) -> bool {
        self.part == part
    }

    /// An address of this mail, with this at its end.
    fn link(&self, end: &str) -> String {
        format!("{}{end}", self.path)
    }
}
