//! `portal migrate`

use clap::Args;

use super::say::say;
use crate::config::DataSettings;
use crate::db;
use crate::error::Result;

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    data: DataSettings,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let settings = arguments.data.database()?;
    let ran = db::migrate(&settings)?;
    for version in &ran {
        say!("migrated {version}")?;
    }
    if ran.is_empty() {
        say!("The schema is up to date.")?;
    }
    Ok(())
}
