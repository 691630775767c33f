//! A file of settings: `NAME=value` lines under the names of the environment. It gives defaults;
//! the environment and the command line stand above it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Command;

use crate::error::{Error, Result};

/// The file that the command line or the environment names. Whatever else is wrong there is for
/// the real parse to say.
pub fn settings_file(command: &Command) -> Option<PathBuf> {
    let matches = command.clone().ignore_errors(true).get_matches();
    let named = matches.get_one::<PathBuf>("settings").cloned();
    named.or_else(|| {
        let (_, inner) = matches.subcommand()?;
        inner.get_one::<PathBuf>("settings").cloned()
    })
}

/// The command with the file's values as the defaults of the options that have these names.
pub fn with_defaults_of(command: Command, file: &Path) -> Result<Command> {
    let text = std::fs::read_to_string(file).map_err(|fault| {
        let file = file.display();
        Error::Setting(format!("Cannot read the settings in {file}: {fault}."))
    })?;
    let settings =
        parse(&text).map_err(|why| Error::Setting(format!("{}, {why}", file.display())))?;
    if let Some(stranger) = settings.keys().find(|name| !is_known(&command, name)) {
        let file = file.display();
        return Err(Error::Setting(format!(
            "{file} sets {stranger}, which no command knows; `portal COMMAND --help` lists them."
        )));
    }
    Ok(apply(command, &settings))
}

fn parse(text: &str) -> std::result::Result<BTreeMap<String, String>, String> {
    let mut settings = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) =
            line.split_once('=').ok_or_else(|| format!("line {number}: write NAME=value."))?;
        settings.insert(name.trim().to_owned(), value.trim().to_owned());
    }
    Ok(settings)
}

fn is_known(command: &Command, name: &str) -> bool {
    let has =
        |one: &Command| one.get_arguments().any(|arg| arg.get_env().is_some_and(|env| env == name));
    has(command) || command.get_subcommands().any(|inner| is_known(inner, name))
}

fn apply(command: Command, settings: &BTreeMap<String, String>) -> Command {
    command
        .mut_args(|arg| {
            let name = arg.get_env().and_then(|name| name.to_str());
            match name.and_then(|name| settings.get(name)).cloned() {
                Some(value) => arg.default_value(value).hide_default_value(true),
                None => arg,
            }
        })
        .mut_subcommands(|inner| apply(inner, settings))
}
