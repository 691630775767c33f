//! `portal import orders`

use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::super::say::say;
use crate::auth::Program;
use crate::commands::open;
use crate::config::{DataSettings, SiteSettings};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::orders::import::{self, OrderFile, Plan};
use crate::sheet::Fault;

/// More faults are counted, not listed.
const MOST_FAULTS: usize = 100;

#[derive(Args)]
pub(super) struct Arguments {
    /// The CSV file; its lines are all of one program
    file: PathBuf,

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
    let db = &portal.db;
    let file = OrderFile::read(&bytes);
    let Some(slug) = file.program() else {
        return refuse(file.faults());
    };
    let program = find_program(db, slug)?;
    let now = portal.clock.now();
    let checked = db.read_blocking(|conn| file.check(&program, now, conn))?;
    let plan = match checked {
        Ok(plan) => plan,
        Err(faults) => return refuse(&faults),
    };
    tell(&plan, &program)?;
    if arguments.dry_run {
        say!("This was a dry run: nothing is imported.")?;
        return Ok(());
    }
    let bar = progress_bar(plan.orders.len());
    let told = |orders| bar.set_position(orders as u64);
    let done = import::write(db, plan, None, &portal.site, now, told)?;
    bar.finish_and_clear();
    say!(
        "Imported: {} orders ({} still to be processed) with {} licences. Left alone: {} orders that \
         were imported before.",
        done.orders,
        done.open_orders,
        done.licences,
        done.known_orders
    )?;
    Ok(())
}

fn find_program(db: &Db, slug: &str) -> Result<Program> {
    db.read_blocking(|conn| match Program::find_unscoped(slug, conn) {
        Err(Error::NotFound) => {
            let known = Program::all_unscoped(conn)?;
            let known: Vec<String> = known.into_iter().map(|program| program.slug).collect();
            Err(Error::Setting(format!(
                "line 2, column program: \"{slug}\": There is no such program. Write one of: {}.",
                known.join(", ")
            )))
        }
        found => found,
    })
}

/// Every fault on a line of its own, and one sentence at the end.
fn refuse(faults: &[Fault]) -> Result<()> {
    for fault in faults.iter().take(MOST_FAULTS) {
        eprintln!("{fault}");
    }
    if faults.len() > MOST_FAULTS {
        eprintln!("… and {} more.", faults.len() - MOST_FAULTS);
    }
    let count = match faults.len() {
        1 => "1 fault".to_owned(),
        count => format!("{count} faults"),
    };
    Err(Error::Setting(format!(
        "The file has {count}: nothing was imported. Mend the lines above and run it again."
    )))
}

fn tell(plan: &Plan, program: &Program) -> Result<()> {
    say!(
        "{}: {} orders ({} still to be processed) with {} licences ({} renewals, {} still without \
         dates), {} new customers; {} orders were imported before.",
        program.name,
        plan.orders.len(),
        plan.open_orders(),
        plan.licences(),
        plan.renewals(),
        plan.waiting(),
        plan.new_customers,
        plan.known_orders
    )
}

fn progress_bar(orders: usize) -> ProgressBar {
    let bar = ProgressBar::new(orders as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} orders, {eta} left") {
        bar.set_style(style);
    }
    bar
}
