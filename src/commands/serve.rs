//! `portal serve`

use clap::Args;

use super::open;
use super::say::say;
use crate::app::Portal;
use crate::auth::second_factor;
use crate::config::{
    DataSettings, ListenSettings, LogSettings, MailSettings, MetricsSettings, SafeguardSettings,
    SiteSettings,
};
use crate::error::{Error, Result};
use crate::server::Door;
use crate::work::Work;
use crate::{db, logs, monitoring, set_up};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    data: DataSettings,

    #[command(flatten)]
    site: SiteSettings,

    #[command(flatten)]
    safeguards: SafeguardSettings,

    #[command(flatten)]
    listen: ListenSettings,

    #[command(flatten)]
    mail: MailSettings,

    #[command(flatten)]
    log: LogSettings,

    #[command(flatten)]
    metrics: MetricsSettings,

    /// Only serve pages; mail and recurring work are done by `portal worker`
    #[arg(long, env = "PORTAL_NO_WORKER")]
    no_worker: bool,

    /// Refuse to start on an older schema instead of migrating it
    #[arg(long, env = "PORTAL_NO_MIGRATE")]
    no_migrate: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    logs::start(&arguments.log)?;
    let door = Door::open(&arguments.listen)?;
    let address = door.url();
    let site = arguments.site.site_at(&address)?;
    if !arguments.no_migrate {
        for version in db::migrate(&arguments.data.database()?)? {
            tracing::info!(version, "migrated");
        }
    }
    let mut portal = open::portal(&arguments.data, site)?;
    portal.safeguards = arguments.safeguards.safeguards(&arguments.data.data_dir)?;
    if portal.site.demo {
        return Err(Error::Setting(
            "This folder holds a demo; serve it with `portal demo --data DIR`.".to_owned(),
        ));
    }
    warn_of_missing_keys(&portal)?;
    let now = portal.clock.now();
    if let Some(address) = arguments.metrics.address {
        monitoring::start(address, &portal.db, now)?;
    }
    let first = portal.db.write_blocking(move |conn| set_up::open_link(now, conn))?;
    let first = first.map(|link| portal.site.link(&link.path));
    let work = match arguments.no_worker {
        true => None,
        false => Some(Work::start(&portal, arguments.mail.delivery(&portal.site)?)?),
    };
    let served = actix_web::rt::System::new().block_on(door.serve(portal, move || {
        say!("The portal is ready at {address}")?;
        if let Some(link) = first {
            say!("Nobody can sign in yet. Set it up, once and within a day: {link}")?;
        }
        Ok(())
    }));
    if let Some(work) = work {
        work.stop();
    }
    served
}

/// Whoever's second factor is sealed with a key that is not here needs a recovery code to sign in.
fn warn_of_missing_keys(portal: &Portal) -> Result<()> {
    let keyring = &portal.safeguards.keyring;
    for (key, count) in portal.db.read_blocking(second_factor::key_ids)? {
        if !keyring.has(&key) {
            let place = keyring.place();
            tracing::error!(
                key,
                count,
                place,
                "second factors are sealed with a key that is missing"
            );
        }
    }
    Ok(())
}
