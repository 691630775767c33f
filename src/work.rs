//! What runs beside the pages: the mail worker, the digests and the sweeps. `serve` and the demo have it on a
//! thread of their own, `worker` is nothing else.

use std::thread::JoinHandle;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::app::Portal;
use crate::clock::Clock;
use crate::demo::{self, DueWork};
use crate::error::{Error, Result};
use crate::mail::{Delivery, Sender, Stop, Worker, digest};
use crate::sweeps::{self, Report};

/// Work that goes on until it is stopped.
pub struct Work {
    stop: watch::Sender<bool>,
    thread: JoinHandle<()>,
}

impl Work {
    /// Begins on a thread of its own, so that no page waits for a mail. Without a delivery, mail
    /// stays queued.
    pub fn start(portal: &Portal, delivery: Option<Delivery>) -> Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let (runtime, portal) = (runtime()?, portal.clone());
        let thread = std::thread::Builder::new()
            .name("work".to_owned())
            .spawn(move || runtime.block_on(go_on(portal, delivery, stopped)))
            .map_err(|fault| Error::internal(format!("cannot start the worker: {fault}")))?;
        Ok(Self { stop, thread })
    }

    /// Waits until the mails on their way and the sweep under way are finished.
    pub fn stop(self) {
        self.stop.send_replace(true);
        if self.thread.join().is_err() {
            tracing::error!("the worker had stopped short");
        }
    }
}

/// Works on this thread until `until` comes true.
pub fn work_until(
    portal: &Portal,
    delivery: Option<Delivery>,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let (stop, stopped) = watch::channel(false);
    runtime()?.block_on(async {
        tokio::spawn(async move {
            until.await;
            stop.send_replace(true);
        });
        go_on(portal.clone(), delivery, stopped).await;
    });
    Ok(())
}

/// Does the sweeps that are due, and takes up the mails that have waited long enough.
fn catch_up(portal: &Portal) -> Result<Vec<Report>> {
    let mut reports = sweeps::run_standing(sweeps::STANDING, portal)?;
    reports.extend(sweeps::run_due(sweeps::SWEEPS, portal)?);
    digest::run_due(&portal.db, &portal.site, portal.clock.now())?;
    Ok(reports)
}

/// Does the recurring work that is due, and delivers the mail that is, the sweeps' own included.
pub fn work_once(portal: &Portal, delivery: Option<Delivery>) -> Result<()> {
    catch_up(portal)?;
    delivery.map_or(Ok(()), |delivery| deliver(portal, delivery))
}

fn deliver(portal: &Portal, delivery: Delivery) -> Result<()> {
    let (_stop, stopped) = watch::channel(false);
    let worker = Worker::new(portal.db.clone(), portal.clock.clone(), delivery);
    runtime()?.block_on(worker.run_once(stopped))
}

/// What the days of a demo bring: the recurring work, and mail into its mailbox.
pub struct DemoWork {
    portal: Portal,
}

impl DemoWork {
    pub fn of(portal: &Portal) -> Self {
        Self { portal: portal.clone() }
    }

    fn at(&self, clock: &Clock) -> Portal {
        Portal { clock: clock.clone(), ..self.portal.clone() }
    }
}

impl DueWork for DemoWork {
    fn catch_up(&self, clock: &Clock) -> Result<Vec<String>> {
        let done = catch_up(&self.at(clock))?.into_iter().filter(|report| report.outcome.done > 0);
        Ok(done.map(|report| report.to_string()).collect())
    }

    fn deliver(&self, clock: &Clock) -> Result<()> {
        deliver(&self.at(clock), Delivery::into_mailbox(Sender::default()))
    }
}

async fn go_on(portal: Portal, delivery: Option<Delivery>, stop: Stop) {
    let sweeping = sweeps::keep_running(portal.clone(), stop.clone());
    let (db, clock, site) = (portal.db.clone(), portal.clock.clone(), portal.site.clone());
    let collecting = digest::keep_collecting(db, clock, site, stop.clone());
    let following = keep_time(&portal, stop.clone());
    match delivery {
        Some(delivery) => {
            let worker = Worker::new(portal.db.clone(), portal.clock.clone(), delivery);
            tokio::join!(worker.run(stop), sweeping, collecting, following);
        }
        None => {
            tracing::warn!("no mail server is set (PORTAL_SMTP_URL): mail stays queued");
            tokio::join!(sweeping, collecting, following);
        }
    }
}

/// A demo's clock may be moved by another process.
async fn keep_time(portal: &Portal, stop: Stop) {
    if portal.site.demo {
        demo::follow(portal.db.clone(), portal.clock.clone(), stop).await;
    }
}

fn runtime() -> Result<Runtime> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|fault| Error::internal(format!("cannot start the worker: {fault}")))
}
