//! The worker: takes mails out of the outbox, delivers them over a few lanes, and notes what became
//! of each. Any number of workers may run, in any number of processes.
//!
//! A mail is noted as sent after the server has taken it. A worker that dies in between leaves a
//! mail that is sent once more, under the same Message-ID; that is the only way to a second copy.

mod desk;
mod gate;
mod note;
mod notebook;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::delivery::Delivery;
use super::outbox::Parcel;
use crate::clock::Clock;
use crate::db::Db;
use crate::error::{Error, Result};
use desk::Desk;

/// Turns `true` when the process is to stop; its sender gone means the same.
pub type Stop = watch::Receiver<bool>;

/// How often the outbox is looked at when it was empty: ever more seldom, up to the longest.
const FIRST_IDLE: Duration = Duration::from_millis(25);
const LONGEST_IDLE: Duration = Duration::from_secs(1);

/// Delivers mail until it is told to stop.
#[derive(Clone)]
pub struct Worker {
    desk: Arc<Desk>,
}

/// Mails claimed together, and until when they are ours.
struct Waiting {
    parcels: VecDeque<Parcel>,
    ours_until: Instant,
}

impl Worker {
    pub fn new(db: Db, clock: Clock, delivery: Delivery) -> Self {
        Self { desk: Arc::new(Desk::new(db, clock, delivery)) }
    }

    /// Works until it is told to stop. Then it begins no further mail, gives back what it has
    /// claimed, and returns when the mails on their way have ended.
    pub async fn run(&self, stop: Stop) {
        if let Err(fault) = self.work(stop, false).await {
            tracing::error!(%fault, "the mail worker has ended");
        }
    }

    /// Delivers all that is due now, and returns: with an error where the outbox cannot be read.
    pub async fn run_once(&self, stop: Stop) -> Result<()> {
        self.work(stop, true).await
    }

    async fn work(&self, mut stop: Stop, once: bool) -> Result<()> {
        let mut under_way = JoinSet::new();
        let (mut idle, mut outcome) = (FIRST_IDLE, Ok(()));
        while !is_stopped(&stop) {
            while under_way.try_join_next().is_some() {}
            if let Some(rest) = self.desk.gate.closed_for() {
                if once {
                    break;
                }
                pause(rest.min(LONGEST_IDLE), &mut stop).await;
                continue;
            }
            // After a refused sign-in one mail goes ahead, and the others wait for its outcome.
            if self.desk.gate.is_on_trial() && under_way.join_next().await.is_some() {
                continue;
            }
            match self.desk.take().await {
                Ok(Some(waiting)) => {
                    idle = FIRST_IDLE;
                    self.send_off(waiting, &mut under_way, &mut stop).await;
                }
                // A mail that could not be sent is not due again so soon.
                Ok(None) if once => break,
                Ok(None) => {
                    pause(idle, &mut stop).await;
                    idle = (idle * 2).min(LONGEST_IDLE);
                }
                // Others were quicker time and again: there is more than enough for all.
                Err(Error::LostRace) => {}
                Err(fault) if once => {
                    outcome = Err(fault);
                    break;
                }
                Err(fault) => {
                    tracing::warn!(%fault, "the outbox cannot be read");
                    pause(LONGEST_IDLE, &mut stop).await;
                }
            }
        }
        // Never dropped: what is on its way would be sent a second time.
        while under_way.join_next().await.is_some() {}
        outcome
    }

    /// Sends claimed mails off in their order, each when a lane is free. Gives back those whose
    /// lease would not last, and those that a stop or a refused sign-in leaves over.
    async fn send_off(&self, waiting: Waiting, under_way: &mut JoinSet<()>, stop: &mut Stop) {
        let Waiting { mut parcels, ours_until } = waiting;
        while !parcels.is_empty() {
            let Some(lane) = self.desk.lane(stop).await else {
                break;
            };
            if !self.desk.may_begin(ours_until) {
                break;
            }
            if let Some(parcel) = parcels.pop_front() {
                let desk = Arc::clone(&self.desk);
                under_way.spawn(async move { desk.carry(parcel, lane, ours_until).await });
            }
        }
        self.desk.give_back(parcels).await;
    }
}

fn is_stopped(stop: &Stop) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

/// Waits, but not beyond a stop.
async fn pause(length: Duration, stop: &mut Stop) {
    // Either the time is over, or it is time to stop: the caller looks.
    let _ = timeout(length, stop.wait_for(|stopped| *stopped)).await;
}
