//! The command line: what `portal --help` shows. Each command is a file with its arguments and
//! its `run`; one line each below.

#![warn(clippy::print_stdout)]

use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config;
use crate::error::Result;

mod backup;
mod clock;
mod demo;
mod doctor;
mod generate;
mod import;
mod migrate;
mod open;
mod outbox;
mod program;
mod restore;
mod routes;
mod say;
mod serve;
mod sweep;
mod user;
mod worker;

/// The partner portal: contact roles, licences, prices, quotes and the mail they cause.
#[derive(Parser)]
#[command(name = "portal", version, arg_required_else_help = true)]
pub struct Portal {
    /// File of NAME=value lines, for settings that are neither given as options nor in the environment
    #[arg(long, global = true, env = "PORTAL_SETTINGS", value_name = "FILE")]
    settings: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the portal
    Serve(serve::Arguments),
    /// Serve a demo that is built on the spot: three programs, their partners and their mail
    Demo(demo::Arguments),
    /// Show a demo's clock, and move it: the days that pass bring all that is due on them
    Clock(clock::Arguments),
    /// Send queued mail and do recurring work, beside a server or on a machine of its own
    Worker(worker::Arguments),
    /// Do recurring work now, for today or another day
    Sweep(sweep::Arguments),
    /// See, park, release and retry mails
    Outbox(outbox::Arguments),
    /// Bring the database's schema up to date
    Migrate(migrate::Arguments),
    /// Import a file: contacts, leads, orders, partners or prices
    Import(import::Arguments),
    /// Write everything that the database holds into one file, while the portal goes on
    Backup(backup::Arguments),
    /// Fill a database with a backup, of either engine; parks the outbox and ends the sessions
    Restore(restore::Arguments),
    /// Fill a program with synthetic partners, customers and licences of any number
    Generate(generate::Arguments),
    /// Look at the installation and say what is wrong and what to do; changes nothing
    Doctor(doctor::Arguments),
    /// List every address and who may use it
    Routes(routes::Arguments),
    /// Check, import and export the packs that describe programs
    Program(program::Arguments),
    /// Make, lock and list logins; links for a first or a new password
    User(user::Arguments),
}

impl Portal {
    /// Reads the command line, the environment and the file of settings, in this order of rank.
    /// A command line that cannot be read ends the process with a hint.
    pub fn read() -> Result<Self> {
        let mut command = Self::command();
        if let Some(file) = config::settings_file(&command) {
            command = config::with_defaults_of(command, &file)?;
        }
        let matches = command.get_matches();
        Ok(Self::from_arg_matches(&matches).unwrap_or_else(|fault| fault.exit()))
    }

    /// Runs the command; an error is one line that says why and what to do.
    pub fn run(self) -> Result<()> {
        match self.command {
            Command::Serve(arguments) => serve::run(&arguments),
            Command::Demo(arguments) => demo::run(&arguments),
            Command::Clock(arguments) => clock::run(&arguments),
            Command::Worker(arguments) => worker::run(&arguments),
            Command::Sweep(arguments) => sweep::run(&arguments),
            Command::Outbox(arguments) => outbox::run(&arguments),
            Command::Migrate(arguments) => migrate::run(&arguments),
            Command::Import(arguments) => import::run(&arguments),
            Command::Backup(arguments) => backup::run(&arguments),
            Command::Restore(arguments) => restore::run(&arguments),
            Command::Generate(arguments) => generate::run(&arguments),
            Command::Doctor(arguments) => doctor::run(&arguments),
            Command::Routes(arguments) => routes::run(&arguments),
            Command::Program(arguments) => program::run(&arguments),
            Command::User(arguments) => user::run(&arguments),
        }
    }
}
