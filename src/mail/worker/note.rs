//! What became of one mail, and how it is written down.

use std::time::Duration;

use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::mail::outbox::{self, Parcel};
use crate::mail::{MailStatus, mailbox};

/// What became of a mail.
pub(super) enum Verdict {
    Sent(String),
    /// For the local mailbox: the message itself, kept in the transaction that notes it as sent.
    Kept(String),
    Failed(String),
    /// Nobody is there any more who may get it.
    Suppressed(String),
    Later(String),
    /// The server refused the sign-in: none of the mail's doing.
    NotLetIn(String, Duration),
}

impl Verdict {
    pub(super) fn as_word(&self) -> &'static str {
        match self {
            Self::Sent(_) | Self::Kept(_) => "sent",
            Self::Failed(_) => "failed",
            Self::Suppressed(_) => "suppressed",
            Self::Later(_) => "later",
            Self::NotLetIn(..) => "not_let_in",
        }
    }
}

/// A mail and what became of it, as it is written down.
pub(super) struct Note {
    pub(super) parcel: Parcel,
    pub(super) verdict: Verdict,
}

impl Note {
    /// Gives what the mail is now, or none where somebody else has claimed it meanwhile.
    pub(super) fn write(&self, now: Instant, conn: &mut Conn) -> Result<Option<MailStatus>> {
        let claim = self.parcel.claim;
        match &self.verdict {
            Verdict::Sent(answer) => {
                let sent = outbox::settle_sent(claim, answer, now, conn)?;
                Ok(sent.then_some(MailStatus::Sent))
            }
            Verdict::Kept(source) => {
                let sent = outbox::settle_sent(claim, "kept in the local mailbox", now, conn)?;
                if sent {
                    mailbox::keep(&self.parcel, source, now, conn)?;
                }
                Ok(sent.then_some(MailStatus::Sent))
            }
            Verdict::Failed(answer) => {
                let failed = outbox::settle_failed(claim, answer, now, conn)?;
                Ok(failed.then_some(MailStatus::Failed))
            }
            Verdict::Suppressed(why) => {
                let suppressed = outbox::settle_suppressed(claim, why, now, conn)?;
                Ok(suppressed.then_some(MailStatus::Suppressed))
            }
            Verdict::Later(answer) => outbox::postpone(claim, answer, now, conn),
            Verdict::NotLetIn(answer, rest) => {
                let rest = chrono::Duration::from_std(*rest).unwrap_or(outbox::PATIENCE);
                let returned = outbox::put_back(&[claim], rest, Some(answer), conn)?;
                Ok((returned == 1).then_some(MailStatus::Queued))
            }
        }
    }

    fn answer(&self) -> &str {
        match &self.verdict {
            Verdict::Sent(answer)
            | Verdict::Failed(answer)
            | Verdict::Suppressed(answer)
            | Verdict::Later(answer)
            | Verdict::NotLetIn(answer, _) => answer,
            Verdict::Kept(_) => "",
        }
    }

    /// One line a mail: never its text, which may hold a one-time link, nor whom it goes to.
    pub(super) fn log(&self, status: Option<MailStatus>) {
        let Parcel { reference: mail, event, claim, .. } = &self.parcel;
        let (attempt, answer) = (claim.attempt, self.answer());
        match status {
            Some(MailStatus::Failed) => tracing::warn!(mail, event, attempt, answer, "mail failed"),
            Some(MailStatus::Sent) => tracing::info!(mail, event, attempt, "mail sent"),
            Some(MailStatus::Suppressed) => tracing::info!(mail, event, answer, "mail not sent"),
            Some(_) => tracing::info!(mail, event, attempt, answer, "mail put off"),
            None => {
                tracing::warn!(mail, event, attempt, "mail was claimed again before it was noted");
            }
        }
    }
}
