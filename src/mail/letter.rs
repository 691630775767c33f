//! A letter: one mail to one person, and how it becomes a MIME message.
//!
//! Building never panics. Names, subjects and header values come from people, so control characters
//! and text-direction overrides are taken out of them; an address, a date or a header that cannot be
//! made right is a [`LetterFault`], which no later attempt will cure.

use std::fmt;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Part, Body, Mailbox, MessageBuilder, MultiPart, SinglePart};
use lettre::{Address, Message};
use url::Host;

/// A person or a mailbox: the name that is shown (may be empty) and the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    pub name: String,
    pub address: String,
}

impl Party {
    pub fn new(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { name: name.into(), address: address.into() }
    }
}

/// A file that goes with a letter, always sent as base64 so that its bytes arrive unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    /// The media type, such as `application/pdf` or `text/csv; charset=utf-8`.
    pub mime: String,
    pub bytes: Vec<u8>,
}

/// Everything that one mail says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The whole `<…@…>` value; the same at every attempt, so that receivers can drop a second copy.
    pub message_id: String,
    pub from: Party,
    pub to: Party,
    pub reply_to: Option<Party>,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub date: DateTime<Utc>,
    /// Further headers, such as `Auto-Submitted` or the `List-Unsubscribe` pair of RFC 8058.
    pub headers: Vec<(String, String)>,
    pub attachments: Vec<Attachment>,
}

/// Why a letter can never be sent as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LetterFault {
    /// The address of this field (`From`, `To`, `Reply-To`) is not one that mail can reach.
    Address { field: &'static str, reason: String },
    /// The Message-ID is not `<left@right>` in plain ASCII.
    MessageId,
    /// A date that no mail header can carry.
    Date,
    /// A further header whose name is malformed or is one that the letter itself decides, or whose
    /// value cannot be folded into lines.
    Header(String),
    /// The media type of this attachment cannot be read.
    MediaType(String),
    /// The parts are right one by one and do not make a message together.
    Message(String),
}

impl fmt::Display for LetterFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address { field, reason } => write!(f, "{field}: {reason}"),
            Self::MessageId => f.write_str("the Message-ID is not of the form <left@right>"),
            Self::Date => f.write_str("the date is outside the years 1970 to 9999"),
            Self::Header(name) => write!(f, "the header {name:?} cannot be set"),
            Self::MediaType(name) => write!(f, "the attachment {name:?} has no valid media type"),
            Self::Message(reason) => write!(f, "the message cannot be made: {reason}"),
        }
    }
}

impl std::error::Error for LetterFault {}

/// The headers that the letter's own fields decide; no further header may take their place.
const OWN_HEADERS: [&str; 11] = [
    "from",
    "sender",
    "to",
    "cc",
    "bcc",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "return-path",
];

/// RFC 5322 allows 998 characters a line; the rest is for the name of the header.
const LONGEST_PLAIN_VALUE: usize = 900;

/// No word of a language is as long: what is longer is broken, as lettre would leave it on one line.
const LONGEST_WORD: usize = 200;

/// The last second of the year 9999, the latest that a mail's date can show.
const LAST_SECOND: i64 = 253_402_300_799;

/// Makes the message: text and HTML as alternatives, with the attachments beside them.
///
/// What comes out is pure ASCII, so that every server can take it.
pub fn build(letter: &Letter) -> Result<Message, LetterFault> {
    let from = mailbox("From", &letter.from)?;
    let to = mailbox("To", &letter.to)?;
    let envelope = Envelope::new(Some(from.email.clone()), vec![to.email.clone()])
        .map_err(|fault| LetterFault::Message(fault.to_string()))?;
    let mut builder = Message::builder()
        .envelope(envelope)
        .raw_header(message_id(&letter.message_id)?)
        .date(sent_at(letter.date)?)
        .from(from)
        .to(to)
        .subject(foldable(&letter.subject));
    if let Some(reply_to) = &letter.reply_to {
        builder = builder.reply_to(mailbox("Reply-To", reply_to)?);
    }
    for (name, value) in &letter.headers {
        builder = builder.raw_header(further_header(name, value)?);
    }
    finish(builder, letter)
}

fn finish(builder: MessageBuilder, letter: &Letter) -> Result<Message, LetterFault> {
    let words = MultiPart::alternative()
        .singlepart(SinglePart::plain(lines(&letter.text)))
        .singlepart(SinglePart::html(lines(&letter.html)));
    let whole = if letter.attachments.is_empty() {
        words
    } else {
        let mut mixed = MultiPart::mixed().multipart(words);
        for attachment in &letter.attachments {
            mixed = mixed.singlepart(part(attachment)?);
        }
        mixed
    };
    builder.multipart(whole).map_err(|fault| LetterFault::Message(fault.to_string()))
}

fn mailbox(field: &'static str, party: &Party) -> Result<Mailbox, LetterFault> {
    let email = address(&party.address).map_err(|reason| LetterFault::Address { field, reason })?;
    let name = Some(foldable(&party.name)).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, email))
}

/// Reads an address; a domain in another script becomes its ASCII form.
fn address(given: &str) -> Result<Address, String> {
    if given.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("the address holds spaces or control characters".to_owned());
    }
    let Some((local, domain)) = given.rsplit_once('@') else {
        return Err(format!("{given:?} has no @"));
    };
    if !local.is_ascii() {
        return Err(format!("{given:?} has letters before the @ that not every server can carry"));
    }
    let domain = if domain.is_ascii() {
        domain.to_ascii_lowercase()
    } else {
        match Host::parse(domain) {
            Ok(Host::Domain(ascii)) => ascii,
            _ => return Err(format!("{domain:?} is not a domain")),
        }
    };
    Address::new(local, domain).map_err(|_| format!("{given:?} is not a mail address"))
}

fn message_id(given: &str) -> Result<HeaderValue, LetterFault> {
    let sides = given
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .and_then(|inner| inner.split_once('@'));
    let plain = |side: &str| {
        !side.is_empty() && side.bytes().all(|b| b.is_ascii_graphic() && !b"<>@\"\\()".contains(&b))
    };
    match sides {
        Some((left, right)) if plain(left) && plain(right) && given.len() <= 250 => {
            Ok(verbatim(HeaderName::new_from_ascii_str("Message-ID"), given.to_owned()))
        }
        _ => Err(LetterFault::MessageId),
    }
}

fn sent_at(date: DateTime<Utc>) -> Result<SystemTime, LetterFault> {
    if (0..=LAST_SECOND).contains(&date.timestamp()) {
        Ok(date.into())
    } else {
        Err(LetterFault::Date)
    }
}

fn further_header(name: &str, value: &str) -> Result<HeaderValue, LetterFault> {
    let lower = name.to_ascii_lowercase();
    let decided = OWN_HEADERS.contains(&lower.as_str()) || lower.starts_with("content-");
    let well_formed = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let header = HeaderName::new_from_ascii(name.to_owned());
    let (Ok(header), true, false) = (header, well_formed, decided) else {
        return Err(LetterFault::Header(one_line(name)));
    };
    let value = one_line(value);
    if value.split(' ').any(|word| word.len() > LONGEST_PLAIN_VALUE) {
        return Err(LetterFault::Header(one_line(name)));
    }
    // An unsubscribe address must not be folded or turned into encoded words: receivers read it as it stands.
    if value.is_ascii() && value.len() <= LONGEST_PLAIN_VALUE {
        Ok(verbatim(header, value))
    } else {
        Ok(HeaderValue::new(header, value))
    }
}

/// A header whose value is known to be printable ASCII on one line.
fn verbatim(name: HeaderName, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value)
}

fn part(attachment: &Attachment) -> Result<SinglePart, LetterFault> {
    let name = file_name(&attachment.name);
    let mime = Some(attachment.mime.as_str())
        .filter(|mime| !mime.chars().any(char::is_control))
        .and_then(|mime| ContentType::parse(mime).ok());
    let Some(mime) = mime else {
        return Err(LetterFault::MediaType(name));
    };
    let bytes = attachment.bytes.clone();
    let body = Body::new_with_encoding(bytes, ContentTransferEncoding::Base64)
        .map_err(|_| LetterFault::Message(format!("the attachment {name:?} cannot be encoded")))?;
    Ok(Part::new(name).body(body, mime))
}

/// The last part of a path-like name, so that no receiver's program is led out of its folder.
fn file_name(given: &str) -> String {
    let line = one_line(given);
    let last = line.rsplit(['/', '\\']).next().unwrap_or_default();
    match last.trim_matches(['.', ' ']) {
        "" => "attachment".to_owned(),
        name => name.to_owned(),
    }
}

/// One line of text: control characters become spaces, runs of spaces become one.
fn one_line(given: &str) -> String {
    let kept: String = given
        .chars()
        .filter(|c| !turns_text(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One line of text whose words are short enough for a header to be folded between them.
fn foldable(given: &str) -> String {
    let line = one_line(given);
    let mut out = String::with_capacity(line.len());
    for word in line.split(' ') {
        // Words in other letters are encoded, and cut to length by that.
        let longest = if word.is_ascii() { LONGEST_WORD } else { usize::MAX };
        for (count, c) in word.chars().enumerate() {
            if count > 0 && count % longest == 0 {
                out.push(' ');
            }
            out.push(c);
        }
        out.push(' ');
    }
    out.pop();
    out
}

/// Text of several lines, each ended by a line feed, without any other control character than tabs.
fn lines(given: &str) -> String {
    given
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

/// Characters that reorder what follows them, with which a name or a subject can be made to lie.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}
