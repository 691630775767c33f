//! The command line, nothing else: see `commands`.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match portal::commands::Portal::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("portal: {fault}");
            ExitCode::FAILURE
        }
    }
}
