//! `portal worker`

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::open;
use crate::config::{DataSettings, LogSettings, MailSettings, MetricsSettings, SiteSettings};
use crate::error::Result;
use crate::{logs, monitoring, work};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    data: DataSettings,

    #[command(flatten)]
    site: SiteSettings,

    #[command(flatten)]
    mail: MailSettings,

    #[command(flatten)]
    log: LogSettings,

    #[command(flatten)]
    metrics: MetricsSettings,

    /// Do what is due now, and stop
    #[arg(long)]
    once: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    logs::start(&arguments.log)?;
    let portal = open::portal(&arguments.data, arguments.site.site()?)?;
    if let Some(address) = arguments.metrics.address {
        monitoring::start(address, &portal.db, portal.clock.now())?;
    }
    let delivery = arguments.mail.delivery(&portal.site)?;
    if arguments.once {
        work::work_once(&portal, delivery)
    } else {
        work::work_until(&portal, delivery, told_to_stop())
    }
}

async fn told_to_stop() {
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    let (Ok(mut terminate), Ok(mut interrupt)) = signals else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping: mails on their way are finished first");
}
