//! `portal restore`

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::backup::{APART, bar, show};
use super::say::say;
use crate::backup::{self, Manifest, Restored};
use crate::config::DataSettings;
use crate::error::Result;

#[derive(Args)]
pub(super) struct Arguments {
    /// A file that `portal backup` made
    file: PathBuf,

    /// Throw away what the database holds
    #[arg(long, conflicts_with = "check")]
    replace: bool,

    /// Only say whether the file is whole and can be restored
    #[arg(long)]
    check: bool,

    #[command(flatten)]
    data: DataSettings,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let (bar, begun) = (bar("restoring")?, Instant::now());
    let mut progress = |done, total| show(&bar, done, total);
    if arguments.check {
        let checked = backup::check(&arguments.file, &mut progress);
        bar.finish_and_clear();
        say!("{} is whole: {}.", arguments.file.display(), described(&checked?))?;
        return Ok(());
    }
    let settings = arguments.data.database()?;
    let scratch = &arguments.data.data_dir;
    let restored =
        backup::restore(&arguments.file, &settings, arguments.replace, scratch, &mut progress);
    bar.finish_and_clear();
    let Restored { manifest, migrated, rested } = restored?;
    for version in &migrated {
        say!("migrated {version}")?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    say!("Restored {} in {seconds:.1} s.", described(&manifest))?;
    say!(
        "{} mails are parked, for some may have gone out since: `portal outbox list --status held`, \
         then `portal outbox release`. {} sessions and {} one-time links have ended.",
        rested.mails,
        rested.sessions,
        rested.links
    )?;
    say!("{APART}")
}

fn described(manifest: &Manifest) -> String {
    let Manifest { portal, engine, taken_at, tables } = manifest;
    let (rows, tables) = (manifest.rows(), tables.len());
    format!("{rows} rows of {tables} tables, taken at {taken_at} from {engine} by portal {portal}")
}
