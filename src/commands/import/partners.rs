//! `portal import partners`

use std::path::PathBuf;

use clap::Args;

use super::super::say::say;
use crate::audit::By;
use crate::auth::Program;
use crate::clock::Clock;
use crate::commands::open;
use crate::config::{DataSettings, SiteSettings};
use crate::error::{Error, Result};
use crate::onboarding::import::{self, PartnerFile, Plan};
use crate::sheet::Fault;

#[derive(Args)]
pub(super) struct Arguments {
    /// The CSV file
    file: PathBuf,

    /// The program that they join, by its name in addresses: /p/SLUG/
    #[arg(long, value_name = "SLUG")]
    program: String,

    /// Check the file and say what would be imported, but write nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    data: DataSettings,

    #[command(flatten)]
    site: SiteSettings,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let name = arguments.file.display();
    let bytes = std::fs::read(&arguments.file)
        .map_err(|fault| Error::Setting(format!("Cannot read {name}: {fault}.")))?;
    let (db, site) = (open::database(&arguments.data)?, arguments.site.site()?);
    let slug = &arguments.program;
    let found = db.read_blocking(|conn| Program::find_unscoped(slug, conn));
    let program = found.map_err(|fault| match fault {
        Error::NotFound => Error::Setting(format!("There is no program {slug}.")),
        other => other,
    })?;
    let (file, now) = (PartnerFile::read(&bytes), Clock::default().now());
    let today = program.day_of(now);
    if arguments.dry_run {
        let checked = db.read_blocking(|conn| import::check(&file, &program, today, conn))?;
        return checked.map_or_else(|faults| refuse(&faults), |plan| tell(&plan));
    }
    let by = By::Portal("the partner import");
    let imported = db
        .write_blocking(move |conn| import::import(&file, &program, today, by, &site, now, conn))?;
    imported.map_or_else(|faults| refuse(&faults), |done| say!("{}", done.sentence()))
}

fn tell(plan: &Plan) -> Result<()> {
    say!(
        "{} to enrol ({} of them new organisations), {} invitations; {} are enrolled already.",
        plan.joining.len(),
        plan.new_organisations(),
        plan.invitations(),
        plan.known
    )?;
    say!("This was a dry run: nothing is imported.")
}

/// Every fault on a line of its own, and one sentence at the end.
fn refuse(faults: &[Fault]) -> Result<()> {
    for fault in faults {
        eprintln!("{fault}");
    }
    let count = match faults.len() {
        1 => "1 fault".to_owned(),
        many => format!("{many} faults"),
    };
    Err(Error::Setting(format!(
        "The file has {count}: nothing was imported. Mend the lines above and run it again."
    )))
}
