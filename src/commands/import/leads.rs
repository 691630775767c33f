//! `portal import leads`

use std::path::PathBuf;

use clap::Args;

use super::super::say::say;
use crate::audit::By;
use crate::auth::Program;
use crate::commands::open;
use crate::config::{DataSettings, SiteSettings};
use crate::error::{Error, Result};
use crate::leads::Decision;
use crate::leads::import::{self, LeadFile, Plan};
use crate::sheet::Fault;

#[derive(Args)]
pub(super) struct Arguments {
    /// The CSV file; its columns are described in docs/import-leads.md
    file: PathBuf,

    /// The program whose vendor brings the leads, by its name in addresses: /p/SLUG/
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
    // In the folder of a demo it is the demo's day, and mails lead to where it is served.
    let portal = open::portal(&arguments.data, arguments.site.site()?)?;
    let slug = &arguments.program;
    let found = portal.db.read_blocking(|conn| Program::find_unscoped(slug, conn));
    let program = found.map_err(|fault| match fault {
        Error::NotFound => Error::Setting(format!("There is no program {slug}.")),
        other => other,
    })?;
    let file = LeadFile::read(&bytes);
    if arguments.dry_run {
        let now = portal.clock.now();
        let checked = portal.db.read_blocking(|conn| import::check(&file, &program, now, conn))?;
        return checked.map_or_else(|faults| refuse(&faults), |plan| tell(&plan));
    }
    let (site, now) = (portal.site.clone(), portal.clock.now());
    let imported = portal.db.write_blocking(move |conn| {
        let by = By::Portal("the lead import");
        let decision = Decision { program: &program, by, site: Some(&site), now };
        import::import(&file, decision, conn)
    })?;
    imported.map_or_else(|faults| refuse(&faults), |done| say!("{}", done.sentence()))
}

fn tell(plan: &Plan) -> Result<()> {
    for planned in &plan.new {
        let whose = planned.partner.as_ref().map_or("not assigned", |partner| &partner.name);
        let lead = &planned.lead;
        say!("line {}: {} ({}): {whose}", planned.line, lead.company, lead.country)?;
    }
    say!(
        "{} leads to import, {} of them assigned to {} partners; {} were imported before.",
        plan.new.len(),
        plan.assigned(),
        plan.partners(),
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
