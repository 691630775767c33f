//! `portal program`: a vendor's program from a file and back.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::open;
use super::say::{print, say};
use crate::audit::By;
use crate::clock::Clock;
use crate::config::DataSettings;
use crate::error::{Error, Result};
use crate::programs::pack::{self, Pack};
use crate::programs::{Imported, import, pack_of};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Say everything that is wrong with a pack; changes nothing and needs no database
    Check { file: PathBuf },
    /// Check a pack, then create or update its program, all of it or nothing
    Import {
        file: PathBuf,
        #[command(flatten)]
        data: DataSettings,
    },
    /// Write a program as a pack
    Export {
        /// The program's name in addresses: /p/SLUG/
        slug: String,
        /// The file to make [default: the standard output]
        file: Option<PathBuf>,
        #[command(flatten)]
        data: DataSettings,
    },
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.verb {
        Verb::Check { file } => {
            let pack = read(file)?;
            say!("{} is right: {}.", file.display(), pack.name)?;
            Ok(())
        }
        Verb::Import { file, data } => run_import(read(file)?, data),
        Verb::Export { slug, file, data } => run_export(slug, file.as_deref(), data),
    }
}

/// Reads a pack; every problem goes to the standard error, one a line.
fn read(file: &Path) -> Result<Pack> {
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|fault| Error::Setting(format!("Cannot read {shown}: {fault}.")))?;
    pack::parse(&shown, &text).map_err(|problems| {
        for problem in &problems {
            eprintln!("{problem}");
        }
        let count = match problems.len() {
            1 => "1 problem".to_owned(),
            many => format!("{many} problems"),
        };
        Error::Setting(format!("{shown} has {count}; nothing was written."))
    })
}

fn run_import(pack: Pack, data: &DataSettings) -> Result<()> {
    let db = open::database(data)?;
    let now = Clock::default().now();
    let name = pack.name.clone();
    let done =
        db.write_blocking(move |conn| import(&pack, By::Portal("the command line"), now, conn))?;
    tell(&name, &done)
}

fn tell(name: &str, done: &Imported) -> Result<()> {
    for line in done.changes.iter().chain(&done.kept) {
        say!("{line}")?;
    }
    match done.changes.len() {
        0 => say!("{name}: nothing to change."),
        1 => say!("{name}: 1 change."),
        many => say!("{name}: {many} changes."),
    }
}

fn run_export(slug: &str, file: Option<&Path>, data: &DataSettings) -> Result<()> {
    let db = open::database(data)?;
    let found = db.read_blocking(|conn| pack_of(slug, conn));
    let pack = found.map_err(|fault| match fault {
        Error::NotFound => Error::Setting(format!("There is no program {slug}.")),
        other => other,
    })?;
    let text = pack::export(&pack);
    let Some(file) = file else {
        return print(format_args!("{text}"));
    };
    // An existing pack has comments and sources that the database does not.
    let cannot = |fault| Error::Setting(format!("Cannot make {}: {fault}.", file.display()));
    let mut new = File::create_new(file).map_err(cannot)?;
    new.write_all(text.as_bytes()).map_err(cannot)?;
    say!("Wrote {}.", file.display())?;
    Ok(())
}
