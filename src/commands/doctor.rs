//! `portal doctor`

use clap::Args;

use super::say::{json, say};
use crate::clock::Clock;
use crate::config::{
    DataSettings, LogSettings, MailSettings, MetricsSettings, SafeguardSettings, SiteSettings,
};
use crate::db::Db;
use crate::doctor::{self, Finding, State};
use crate::error::{Error, Result};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    data: DataSettings,

    #[command(flatten)]
    site: SiteSettings,

    #[command(flatten)]
    safeguards: SafeguardSettings,

    #[command(flatten)]
    log: LogSettings,

    #[command(flatten)]
    mail: MailSettings,

    #[command(flatten)]
    metrics: MetricsSettings,

    /// Print a list of {check, state: "well" | "note" | "wrong", text, advice}
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let findings = examine(arguments)?;
    if arguments.json {
        json(&findings)?;
    } else {
        findings.iter().try_for_each(tell)?;
    }
    match findings.iter().filter(|one| one.state == State::Wrong).count() {
        0 => Ok(()),
        1 => Err(Error::Setting("One thing is wrong; see above.".to_owned())),
        count => Err(Error::Setting(format!("{count} things are wrong; see above."))),
    }
}

fn examine(arguments: &Arguments) -> Result<Vec<Finding>> {
    let base = arguments.site.site()?.base;
    let mut findings = vec![
        doctor::base_address(&base),
        doctor::log_level(&arguments.log.level),
        doctor::metrics(arguments.metrics.address),
    ];
    let folder = &arguments.data.data_dir;
    findings.extend(doctor::data_folder(folder));
    // Opening an SQLite database would make what is not there.
    if arguments.data.database_url.is_some() || folder.join("portal.db").exists() {
        let db = Db::open(&arguments.data.database()?)?;
        let (found, sound) = doctor::reach(&db);
        findings.extend(found);
        if sound {
            let demo = db.read_blocking(crate::demo::standing)?;
            let mail = &arguments.mail;
            // The demo and a local mailbox deliver into the database itself.
            let delivers = mail.smtp_url.is_some() || mail.local_mailbox || demo.is_some();
            // The system's time, or a demo's.
            let clock = demo.map_or_else(Clock::default, |standing| standing.clock());
            findings.extend(doctor::data(&db, &clock, delivers)?);
            findings.extend(second_factors(arguments, &db)?);
        }
    }
    let asked = doctor::mail_server(arguments.mail.smtp_url.as_deref(), &base);
    findings.push(actix_web::rt::System::new().block_on(asked));
    Ok(findings)
}

/// Who must have a second factor, and whether the keys are there that seal their secrets.
fn second_factors(arguments: &Arguments, db: &Db) -> Result<Vec<Finding>> {
    let settings = &arguments.safeguards;
    let keys = match settings.keyring(&arguments.data.data_dir) {
        Ok(keyring) => doctor::secret_keys(&keyring, arguments.data.database_url.is_some(), db)?,
        Err(fault) => doctor::unreadable_keys(&fault),
    };
    let demo = db.read_blocking(crate::demo::standing)?.is_some();
    Ok(vec![doctor::second_factor_rule(settings.second_factor, demo), keys])
}

fn tell(finding: &Finding) -> Result<()> {
    let mark = match finding.state {
        State::Well => "ok   ",
        State::Note => "note ",
        State::Wrong => "WRONG",
    };
    let Finding { check, text, advice, .. } = finding;
    say!("{mark}  {check:12}  {}", [text.as_str(), advice].join(" ").trim_end())
}
