//! `portal routes`

use clap::Args;
use serde::Serialize;

use super::say::{json, say};
use crate::app;
use crate::error::Result;
use crate::web::{Kind, Route};

#[derive(Args)]
pub(super) struct Arguments {
    /// Print a list of {method, path, name, who, kind}
    #[arg(long)]
    json: bool,
}

/// A line of the table; integrators read it, so its names stay.
#[derive(Serialize)]
struct Line {
    method: &'static str,
    path: &'static str,
    name: &'static str,
    who: String,
    kind: Kind,
}

impl Line {
    fn of(route: &'static Route) -> Self {
        Self {
            method: route.method.as_str(),
            path: route.path,
            name: route.name,
            who: route.who.to_string(),
            kind: route.kind,
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let lines: Vec<Line> = app::routes().map(Line::of).collect();
    if arguments.json {
        json(&lines)?;
        return Ok(());
    }
    let width = lines.iter().map(|line| line.path.len()).max().unwrap_or(0);
    for line in lines {
        say!("{:6} {:width$}  {}", line.method, line.path, line.who)?;
    }
    Ok(())
}
