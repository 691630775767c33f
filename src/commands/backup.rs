//! `portal backup`

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::open;
use super::say::say;
use crate::backup;
use crate::clock::Clock;
use crate::config::DataSettings;
use crate::error::{Error, Result};

/// Said after a backup and after a restore, because it is missed when it is too late.
pub(super) const APART: &str = "Keep apart, for it is in no backup: the file of settings and, if \
                                second factors are in use, the key that seals them.";

#[derive(Args)]
pub(super) struct Arguments {
    /// The file to make; must not exist yet
    file: PathBuf,

    #[command(flatten)]
    data: DataSettings,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    // Refuses a schema that this portal does not know.
    drop(open::database(&arguments.data)?);
    let (bar, begun) = (bar("backing up")?, Instant::now());
    let now = Clock::default().now();
    let settings = arguments.data.database()?;
    let taken = backup::take(&settings, &arguments.file, now, &mut |done, total| {
        show(&bar, done, total);
    });
    bar.finish_and_clear();
    let manifest = taken?;
    let file = &arguments.file;
    let bytes = std::fs::metadata(file).map_err(Error::internal)?.len();
    say!(
        "Wrote {}: {} rows of {} tables, {} KB, read back and found whole, in {:.1} s.",
        file.display(),
        manifest.rows(),
        manifest.tables.len(),
        bytes / 1024,
        begun.elapsed().as_secs_f64()
    )?;
    say!("{APART}")
}

pub(super) fn bar(what: &'static str) -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("{msg} {bar:40} {human_pos} of {human_len} rows")
        .map_err(Error::internal)?;
    Ok(ProgressBar::new(0).with_style(style).with_message(what))
}

pub(super) fn show(bar: &ProgressBar, done: u64, total: u64) {
    bar.set_length(total);
    bar.set_position(done);
}
