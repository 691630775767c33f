//! `portal clock`: a demo's day, shown and moved from outside, whether or not it is served.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::demo::DemoFolder;
use super::open;
use super::say::{json, say};
use crate::app::Portal;
use crate::auth::Program;
use crate::demo::{self, EachDay, Move};
use crate::error::{Error, Result};
use crate::locale::Locale;
use crate::work::DemoWork;

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say what time it is in a demo, and which day in each program
    Show(Show),
    /// Let days pass; all that is due on each of them is done
    Step {
        /// How many, up to 366
        #[arg(value_name = "DAYS")]
        days: i64,

        #[command(flatten)]
        folder: DemoFolder,
    },
    /// Let the days pass until it is this one
    Set {
        /// Such as 2023-10-01
        #[arg(value_name = "DATE")]
        date: NaiveDate,

        #[command(flatten)]
        folder: DemoFolder,
    },
}

#[derive(Args)]
struct Show {
    #[command(flatten)]
    folder: DemoFolder,

    /// Print {now, programs: [{program, time_zone, today}]}
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.command {
        Command::Show(show) => {
            let standing = Standing::of(&open(&show.folder)?)?;
            if show.json { json(&standing) } else { standing.tell() }
        }
        Command::Step { days, folder } => step(Move::Days(*days), folder),
        Command::Set { date, folder } => step(Move::To(*date), folder),
    }
}

fn step(how: Move, folder: &DemoFolder) -> Result<()> {
    let portal = open(folder)?;
    move_on(how, &portal)?;
    Standing::of(&portal)?.tell()
}

/// Moves the clock of an opened demo, with a line for all that was done on the way.
pub(super) fn move_on(how: Move, portal: &Portal) -> Result<()> {
    let each_day = EachDay::new(DemoWork::of(portal));
    demo::move_on(how, &each_day, &portal.db, |moved| {
        portal.clock.set_offset(moved.offset);
        moved.done.iter().try_for_each(|line| say!("{line}"))
    })
}

fn open(folder: &DemoFolder) -> Result<Portal> {
    let data = folder.data();
    let is_there = folder.data_dir.join("portal.db").is_file();
    let refused = Error::Setting(format!(
        "There is no demo in {}: only the clock of a demo is shown and moved, a real portal goes by \
         the system's. Name the demo's folder with --data.",
        folder.data_dir.display()
    ));
    if !is_there {
        return Err(refused);
    }
    let db = open::database(&data)?;
    if db.read_blocking(demo::standing)?.is_none() {
        return Err(refused);
    }
    open::demo(db, &data.data_dir)
}

/// What time it is.
#[derive(Serialize)]
struct Standing {
    now: String,
    programs: Vec<ProgramDay>,
}

#[derive(Serialize)]
struct ProgramDay {
    program: String,
    time_zone: &'static str,
    today: NaiveDate,
}

impl Standing {
    fn of(portal: &Portal) -> Result<Self> {
        let now = portal.clock.now();
        let programs = portal.db.read_blocking(Program::all_unscoped)?;
        let day = |program: Program| ProgramDay {
            today: program.day_of(now),
            time_zone: program.time_zone.name(),
            program: program.slug,
        };
        Ok(Self { now: now.to_string(), programs: programs.into_iter().map(day).collect() })
    }

    fn tell(&self) -> Result<()> {
        say!("It is {}.", self.now)?;
        self.programs.iter().try_for_each(|ProgramDay { program, time_zone, today }| {
            say!("{program}: {} ({time_zone})", Locale::default().day(*today))
        })
    }
}
