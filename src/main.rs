//! The command line, nothing else: see `commands`.

use std::process::ExitCode;

use portal::commands::Portal;

fn main() -> ExitCode {
    match Portal::read().and_then(Portal::run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("portal: {fault}");
            ExitCode::FAILURE
        }
    }
}
