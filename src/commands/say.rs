//! What commands print. Whoever reads it may stop reading at any line (`| head`): that is no
//! fault, where a full disk is one.

use std::fmt::Arguments;
use std::io::{self, Write};

use serde::Serialize;

use crate::error::{Error, Result};

/// Prints a line on the standard output.
macro_rules! say {
    ($($text:tt)*) => {
        $crate::commands::say::line(format_args!($($text)*))
    };
}
pub(super) use say;

pub(super) fn line(text: Arguments<'_>) -> Result<()> {
    print(format_args!("{text}\n"))
}

/// Prints text as it is.
pub(super) fn print(text: Arguments<'_>) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_fmt(text).and_then(|()| out.flush()) {
        Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.map_err(|fault| Error::Setting(format!("Cannot print: {fault}."))),
    }
}

/// Prints a value for machines.
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> Result<()> {
    say!("{}", serde_json::to_string_pretty(value).map_err(Error::internal)?)
}
