//! `portal sweep`

use chrono::NaiveDate;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};

use super::open;
use super::say::{json, say};
use crate::auth::Program;
use crate::config::{DataSettings, SiteSettings};
use crate::error::{Error, Result};
use crate::sweeps;

#[derive(Args)]
pub(super) struct Arguments {
    /// Which recurring work to do; all of it unless named
    #[arg(value_name = "NAME", value_parser = names())]
    name: Option<String>,

    /// Do the work of this day, such as 2023-09-18, instead of today's
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,

    /// Only for this program (as it stands in addresses)
    #[arg(long, value_name = "PROGRAM")]
    program: Option<String>,

    /// Print a list of {sweep, program, day, done, text}
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    data: DataSettings,

    #[command(flatten)]
    site: SiteSettings,
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(
        sweeps::all().map(|sweep| PossibleValue::new(sweep.name).help(sweep.what)),
    )
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let portal = open::portal(&arguments.data, arguments.site.site()?)?;
    let named = arguments.name.as_deref().map(sweeps::find).transpose()?;
    let programs = match &arguments.program {
        None => portal.db.read_blocking(Program::all_unscoped)?,
        Some(slug) => vec![named_program(slug, &portal)?],
    };
    let mut reports = Vec::new();
    for program in &programs {
        for sweep in sweeps::all().filter(|one| named.is_none_or(|named| named.name == one.name)) {
            let report = sweeps::run(sweep, program, arguments.as_of, &portal)?;
            if !arguments.json {
                say!("{report}")?;
            }
            reports.push(report);
        }
    }
    if arguments.json {
        json(&reports)?;
    }
    Ok(())
}

fn named_program(slug: &str, portal: &crate::app::Portal) -> Result<Program> {
    portal.db.read_blocking(|conn| Program::find_unscoped(slug, conn)).map_err(
        |fault| match fault {
            Error::NotFound => Error::Setting(format!("There is no program {slug}.")),
            fault => fault,
        },
    )
}
