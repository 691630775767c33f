//! `portal import contacts`

use std::path::PathBuf;

use clap::Args;

use super::super::say::say;
use crate::audit::By;
use crate::auth::Program;
use crate::clock::Clock;
use crate::commands::open;
use crate::config::DataSettings;
use crate::contacts::import::{self, Fault, LineChange, Plan, Target};
use crate::db::Conn;
use crate::error::{Error, Result};

#[derive(Args)]
pub(super) struct Arguments {
    /// The CSV file; its columns are described in docs/import-contacts.md
    file: PathBuf,

    /// The program whose roles the file gives
    #[arg(long, value_name = "SLUG")]
    program: String,

    /// The reference of the organisation whose contacts they are, such as O-7K3QF-9M2XT
    #[arg(long, value_name = "REFERENCE")]
    organisation: String,

    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    data: DataSettings,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let text = read(&arguments.file)?;
    let db = open::database(&arguments.data)?;
    let (program, organisation) = (arguments.program.clone(), arguments.organisation.clone());
    let outcome = if arguments.dry_run {
        db.read_blocking(|conn| import::check(target(&program, &organisation, conn)?, &text, conn))?
    } else {
        let now = Clock::default().now();
        db.write_blocking(move |conn| {
            let target = target(&program, &organisation, conn)?;
            import::import(target, &text, By::Portal("an import of contacts"), now, conn)
        })?
    };
    match outcome {
        Ok(plan) => {
            tell(&plan, arguments.dry_run)?;
            Ok(())
        }
        Err(faults) => refuse(&faults),
    }
}

fn read(file: &std::path::Path) -> Result<String> {
    let name = file.display();
    let cannot = |fault| Error::Setting(format!("Cannot read {name}: {fault}."));
    let size = std::fs::metadata(file).map_err(cannot)?.len();
    import::refuse_too_large(usize::try_from(size).unwrap_or(usize::MAX))?;
    std::fs::read_to_string(file).map_err(cannot)
}

fn target(program: &str, organisation: &str, conn: &mut Conn) -> Result<Target> {
    let program = Program::find_unscoped(program, conn)
        .map_err(|fault| unless_known(fault, &format!("There is no program {program}.")))?;
    let words = format!("No organisation {organisation} takes part in {}.", program.name);
    Target::find_unscoped(&program, organisation, conn).map_err(|fault| unless_known(fault, &words))
}

fn unless_known(fault: Error, words: &str) -> Error {
    match fault {
        Error::NotFound => Error::Setting(words.to_owned()),
        other => other,
    }
}

fn tell(plan: &Plan, dry_run: bool) -> Result<()> {
    for line in &plan.changes {
        say!("line {}: {}", line.line, words(line))?;
    }
    say!("{}", plan.summary())?;
    if dry_run {
        say!("This was a dry run: nothing is imported.")?;
    }
    Ok(())
}

fn words(line: &LineChange) -> String {
    let what = if line.is_new() { "added" } else { "changed" };
    let mut words = format!("{} <{}> {what}", line.wanted.name, line.wanted.email);
    for change in &line.fields {
        let text = format!("; {}: \"{}\" to \"{}\"", change.field.label(), change.from, change.to);
        words.push_str(&text);
    }
    for role in &line.given {
        words.push_str(&format!("; gets {}", role.label()));
    }
    for role in &line.taken {
        words.push_str(&format!("; loses {}", role.label()));
    }
    words
}

/// Every fault on a line of its own, and one sentence at the end.
fn refuse(faults: &[Fault]) -> Result<()> {
    for fault in faults {
        eprintln!("{fault}");
    }
    Err(Error::Setting("Nothing was imported. Mend the lines above and run it again.".to_owned()))
}
