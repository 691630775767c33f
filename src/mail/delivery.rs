//! How mail leaves: over SMTP, or into the local mailbox; and in whose name.

use std::time::Duration;

use lettre::Message;

use super::letter::{Attachment, Letter, LetterFault, Party, build};
use super::outbox::Parcel;
use super::smtp::Smtp;

/// Mails on their way at the same time, into the local mailbox.
const MAILBOX_LANES: usize = 4;

/// Who mails come from, and who gets the replies.
#[derive(Clone, Debug)]
pub struct Sender {
    /// Shown on mails about an account; those of a program carry the program's name.
    pub name: String,
    pub address: String,
    pub reply_to: Option<String>,
}

/// The way that mails take.
#[derive(Clone, Debug)]
pub enum Way {
    Smtp(Smtp),
    /// The table behind `/demo/mail`.
    Mailbox,
}

/// Everything that a worker needs to know in order to deliver.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub way: Way,
    pub sender: Sender,
    pub pace: Pace,
}

/// How many mails at once, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Mails on their way at the same time.
    pub lanes: usize,
    /// How long one send may take, whatever the server does.
    pub send_limit: Duration,
    /// How long a claimed mail is this worker's; a send begins only if it can end within it.
    pub lease: Duration,
    /// How long the worker rests when the server refuses its sign-in; doubled each time.
    pub rest: Duration,
}

impl Delivery {
    /// Into the local mailbox, as a demo delivers.
    pub fn into_mailbox(sender: Sender) -> Self {
        Self { way: Way::Mailbox, sender, pace: Pace::with_lanes(MAILBOX_LANES) }
    }
}

impl Default for Sender {
    /// Of a demo, whose mail nobody answers.
    fn default() -> Self {
        Self {
            name: "Partner portal".to_owned(),
            address: "portal@localhost".to_owned(),
            reply_to: None,
        }
    }
}

impl Pace {
    pub const fn with_lanes(lanes: usize) -> Self {
        Self {
            lanes,
            send_limit: Duration::from_secs(30),
            lease: Duration::from_secs(120),
            rest: Duration::from_secs(60),
        }
    }
}

impl Sender {
    /// The message as it goes out: under the same Message-ID and date at every attempt.
    pub fn message(
        &self,
        parcel: &Parcel,
        attachments: Vec<Attachment>,
    ) -> Result<Message, LetterFault> {
        let name = parcel.program.as_ref().unwrap_or(&self.name);
        build(&Letter {
            message_id: parcel.message_id.clone(),
            from: Party::new(name, &self.address),
            to: Party::new(&parcel.to_name, &parcel.to_email),
            reply_to: self.reply_to.as_ref().map(|address| Party::new("", address)),
            subject: parcel.subject.clone(),
            text: parcel.text.clone(),
            html: parcel.html.clone(),
            date: parcel.queued_at.to_datetime(),
            headers: headers(parcel),
            attachments,
        })
    }
}

/// The pair of RFC 8058 goes with every mail that its recipient can stop: mail programs show a
/// button for it, which sends the second header's words to the first header's address.
fn headers(parcel: &Parcel) -> Vec<(String, String)> {
    let mut headers = vec![("Auto-Submitted".to_owned(), "auto-generated".to_owned())];
    if let Some(address) = &parcel.unsubscribe_address {
        headers.push(("List-Unsubscribe".to_owned(), format!("<{address}>")));
        let one_click = "List-Unsubscribe=One-Click".to_owned();
        headers.push(("List-Unsubscribe-Post".to_owned(), one_click));
    }
    headers
}
