//! What the worker does with one mail: carry it, and note what became of it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

use super::gate::Gate;
use super::{Stop, Waiting};
use crate::clock::{Clock, Instant as Moment};
use crate::db::{Conn, Db};
use crate::error::Result;
use crate::figures;
use crate::mail::delivery::{Delivery, Way};
use crate::mail::outbox::{self, Claim, Obstacle, Parcel};
use crate::mail::smtp::Outcome;
use crate::mail::{MailStatus, mailbox};

/// How many mails are claimed at once, for each lane.
const AHEAD: usize = 32;

/// What has to be left of a lease beside the send itself, for noting its outcome.
const NOTE_TIME: Duration = Duration::from_secs(5);

/// The pause before a note that the database would not take is tried again.
const NOTE_PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Desk {
    db: Db,
    clock: Clock,
    delivery: Delivery,
    lanes: Arc<Semaphore>,
    pub(super) gate: Gate,
}

/// What became of a mail.
enum Verdict {
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
    fn as_word(&self) -> &'static str {
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
struct Note {
    parcel: Parcel,
    verdict: Verdict,
}

impl Desk {
    pub(super) fn new(db: Db, clock: Clock, delivery: Delivery) -> Self {
        Self {
            lanes: Arc::new(Semaphore::new(delivery.pace.lanes)),
            gate: Gate::new(delivery.pace.rest),
            db,
            clock,
            delivery,
        }
    }

    /// Claims mails that are due; none where there are none.
    pub(super) async fn take(&self) -> Result<Option<Waiting>> {
        if !self.db.read(outbox::any_due).await? {
            return Ok(None);
        }
        let most = if self.gate.is_on_trial() { 1 } else { self.delivery.pace.lanes * AHEAD };
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let lease = self.delivery.pace.lease;
        // Measured from before the claim, so that it ends here before it ends in the database.
        let ours_until = Instant::now() + lease;
        let span = chrono::Duration::from_std(lease).unwrap_or(chrono::Duration::MAX);
        let claims = self.db.write(move |conn| outbox::claim(most, span, conn)).await?;
        if claims.is_empty() {
            return Ok(None);
        }
        figures::claimed(claims.len());
        let parcels = self.db.read(move |conn| outbox::parcels(&claims, conn)).await?;
        Ok(Some(Waiting { parcels: parcels.into(), ours_until }))
    }

    /// Waits for a free lane; none where it is time to stop.
    pub(super) async fn lane(&self, stop: &mut Stop) -> Option<OwnedSemaphorePermit> {
        tokio::select! {
            biased;
            _ = stop.wait_for(|stopped| *stopped) => None,
            lane = Arc::clone(&self.lanes).acquire_owned() => lane.ok(),
        }
    }

    /// Whether a send that begins now ends, and is noted, while the mail is still ours.
    pub(super) fn may_begin(&self, ours_until: Instant) -> bool {
        let left = ours_until.saturating_duration_since(Instant::now());
        let note_time = NOTE_TIME.min(self.delivery.pace.lease / 4);
        left > self.delivery.pace.send_limit + note_time && self.gate.closed_for().is_none()
    }

    /// Gives claimed mails back that were not begun, for anyone to take.
    pub(super) async fn give_back(&self, parcels: VecDeque<Parcel>) {
        if parcels.is_empty() {
            return;
        }
        let claims: Vec<Claim> = parcels.into_iter().map(|parcel| parcel.claim).collect();
        let returning = self
            .db
            .write(move |conn| outbox::put_back(&claims, chrono::Duration::zero(), None, conn));
        if let Err(fault) = returning.await {
            tracing::warn!(%fault, "mails could not be given back; their lease will run out");
        }
    }

    /// Delivers one mail and notes the outcome. The lane is free for the next mail before that.
    pub(super) async fn carry(
        &self,
        parcel: Parcel,
        lane: OwnedSemaphorePermit,
        ours_until: Instant,
    ) {
        let began = Instant::now();
        let verdict = self.deliver(&parcel).await;
        figures::sent(verdict.as_word(), began.elapsed());
        drop(lane);
        let note = Arc::new(Note { parcel, verdict });
        loop {
            match self.write_down(&note).await {
                Ok(status) => return log(&note, status),
                Err(fault) if Instant::now() >= ours_until => {
                    let mail = &note.parcel.reference;
                    tracing::error!(mail, %fault, "what became of a mail could not be noted");
                    return;
                }
                Err(_) => sleep(NOTE_PAUSE).await,
            }
        }
    }

    async fn deliver(&self, parcel: &Parcel) -> Verdict {
        match &parcel.obstacle {
            Some(Obstacle::Recipient(why)) => return Verdict::Suppressed(why.clone()),
            Some(Obstacle::NoText) => {
                return Verdict::Failed("not sent: its text is no longer kept".to_owned());
            }
            None => {}
        }
        let message = match self.delivery.sender.message(parcel) {
            Ok(message) => message,
            Err(fault) => return Verdict::Failed(format!("not sent: {fault}")),
        };
        match &self.delivery.way {
            Way::Smtp(smtp) => {
                let limit = self.delivery.pace.send_limit;
                self.judge(smtp.send(&message, limit).await)
            }
            Way::Mailbox => match String::from_utf8(message.formatted()) {
                Ok(source) => Verdict::Kept(source),
                Err(_) => Verdict::Failed("not sent: the message is not text".to_owned()),
            },
        }
    }

    fn judge(&self, outcome: Outcome) -> Verdict {
        let said = |code: Option<u16>, answer: String| match code {
            Some(code) => format!("{code} {answer}"),
            None => answer,
        };
        match outcome {
            Outcome::Accepted { answer } => {
                self.gate.open();
                Verdict::Sent(answer)
            }
            Outcome::Permanent { code, answer } => {
                self.gate.open();
                Verdict::Failed(said(code, answer))
            }
            Outcome::Temporary { code, answer } if code.is_some_and(refuses_sign_in) => {
                Verdict::NotLetIn(said(code, answer), self.gate.close())
            }
            Outcome::Temporary { code, answer } => Verdict::Later(said(code, answer)),
            Outcome::Unknown { reason } => Verdict::Later(reason),
        }
    }

    /// Gives what the mail is now, or none where somebody else has claimed it meanwhile.
    async fn write_down(&self, note: &Arc<Note>) -> Result<Option<MailStatus>> {
        let now = self.clock.now();
        let note = Arc::clone(note);
        self.db.write(move |conn| note.write(now, conn)).await
    }
}

impl Note {
    fn write(&self, now: Moment, conn: &mut Conn) -> Result<Option<MailStatus>> {
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
}

/// RFC 4954: sign-in needed, refused, too weak, or in need of encryption.
fn refuses_sign_in(code: u16) -> bool {
    matches!(code, 530 | 534 | 535 | 538)
}

/// One line a mail: never its text, which may hold a one-time link, nor whom it goes to.
fn log(note: &Note, status: Option<MailStatus>) {
    let Parcel { reference: mail, event, claim, .. } = &note.parcel;
    let (attempt, answer) = (claim.attempt, note.answer());
    match status {
        Some(MailStatus::Failed) => tracing::warn!(mail, event, attempt, answer, "mail failed"),
        Some(MailStatus::Sent) => tracing::info!(mail, event, attempt, "mail sent"),
        Some(MailStatus::Suppressed) => tracing::info!(mail, event, answer, "mail not sent"),
        Some(_) => tracing::info!(mail, event, attempt, answer, "mail put off"),
        None => tracing::warn!(mail, event, attempt, "mail was claimed again before it was noted"),
    }
}
