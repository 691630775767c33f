//! What the worker does with one mail: carry it, and note what became of it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

use super::gate::Gate;
use super::note::{Note, Verdict};
use super::notebook::Notebook;
use super::{Stop, Waiting};
use crate::clock::Clock;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::figures;
use crate::mail::delivery::{Delivery, Way};
use crate::mail::letter::Attachment;
use crate::mail::outbox::{self, Claim, Obstacle, Parcel};
use crate::mail::smtp::Outcome;

/// How many mails are claimed at once, for each lane.
const AHEAD: usize = 32;

/// What has to be left of a lease beside the send itself, for noting its outcome.
const NOTE_TIME: Duration = Duration::from_secs(5);

/// The pause before a note that the database would not take is tried again.
const NOTE_PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Desk {
    db: Db,
    delivery: Delivery,
    lanes: Arc<Semaphore>,
    notebook: Notebook,
    pub(super) gate: Gate,
}

impl Desk {
    pub(super) fn new(db: Db, clock: Clock, delivery: Delivery) -> Self {
        Self {
            lanes: Arc::new(Semaphore::new(delivery.pace.lanes)),
            gate: Gate::new(delivery.pace.rest),
            notebook: Notebook::new(db.clone(), clock),
            db,
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
        self.is_time(ours_until) && self.gate.closed_for().is_none()
    }

    fn is_time(&self, ours_until: Instant) -> bool {
        let left = ours_until.saturating_duration_since(Instant::now());
        let note_time = NOTE_TIME.min(self.delivery.pace.lease / 4);
        left > self.delivery.pace.send_limit + note_time
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
        let verdict = self.deliver(&parcel, ours_until).await;
        figures::sent(verdict.as_word(), began.elapsed());
        drop(lane);
        let note = Arc::new(Note { parcel, verdict });
        loop {
            match self.notebook.write(&note).await {
                Ok(status) => return note.log(status),
                Err(fault) if Instant::now() >= ours_until => {
                    let mail = &note.parcel.reference;
                    tracing::error!(mail, %fault, "what became of a mail could not be noted");
                    return;
                }
                Err(_) => sleep(NOTE_PAUSE).await,
            }
        }
    }

    async fn deliver(&self, parcel: &Parcel, ours_until: Instant) -> Verdict {
        match &parcel.obstacle {
            Some(Obstacle::Recipient(why)) => return Verdict::Suppressed(why.clone()),
            Some(Obstacle::NoText) => {
                return Verdict::Failed("not sent: its text is no longer kept".to_owned());
            }
            None => {}
        }
        let attachments = match self.attachments(parcel, ours_until).await {
            Ok(attachments) => attachments,
            Err(verdict) => return verdict,
        };
        let message = match self.delivery.sender.message(parcel, attachments) {
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

    /// Makes the files that go with a mail.
    async fn attachments(
        &self,
        parcel: &Parcel,
        ours_until: Instant,
    ) -> Result<Vec<Attachment>, Verdict> {
        if parcel.enclosed.is_empty() {
            return Ok(Vec::new());
        }
        let enclosed = parcel.enclosed.clone();
        let making = self
            .db
            .read(move |conn| enclosed.iter().map(|one| one.make(conn)).collect::<Result<_>>());
        let made = making.await.map_err(|fault| match fault {
            Error::Unavailable | Error::LostRace => {
                Verdict::Later("its attachment waits for the database".to_owned())
            }
            fault => {
                tracing::error!(mail = parcel.reference, %fault, "an attachment cannot be made");
                Verdict::Failed("not sent: its attachment cannot be made".to_owned())
            }
        });
        if made.is_ok() && !self.is_time(ours_until) {
            return Err(Verdict::Later("its attachment took too long to make".to_owned()));
        }
        made
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
}

/// RFC 4954: sign-in needed, refused, too weak, or in need of encryption.
fn refuses_sign_in(code: u16) -> bool {
    matches!(code, 530 | 534 | 535 | 538)
}
