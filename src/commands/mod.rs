//! The command line: what `portal --help` shows. Each command is a file with its arguments and
//! its `run`; one line each below.

use clap::{Parser, Subcommand};

use crate::error::Result;

mod migrate;

/// The partner portal: contact roles, licences, renewals and the mail they cause.
#[derive(Parser)]
#[command(name = "portal", version, arg_required_else_help = true)]
pub struct Portal {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Bring the database's schema up to date
    Migrate(migrate::Arguments),
}

impl Portal {
    /// Runs the command; an error is one line that says why and what to do.
    pub fn run(self) -> Result<()> {
        match self.command {
            Command::Migrate(arguments) => migrate::run(&arguments),
        }
    }
}
