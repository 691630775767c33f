//! `portal demo`

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::say::{json, say};
use super::{clock, open};
use crate::config::{DataSettings, ListenSettings, LogSettings, ReadingSettings};
use crate::demo::{self, EachDay, Move, Plan, SignIn};
use crate::error::Result;
use crate::mail::{Delivery, Sender};
use crate::server::Door;
use crate::work::{DemoWork, Work};
use crate::{db, logs};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    serving: Serving,
}

#[derive(Subcommand)]
enum Command {
    /// List who can sign in, and with what
    People(People),
}

#[derive(Args)]
struct Serving {
    #[command(flatten)]
    folder: DemoFolder,

    /// The day on which the demo begins, such as 2023-09-17 [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,

    /// The same number gives the same demo
    #[arg(long, value_name = "N", default_value_t = 2023)]
    seed: u64,

    #[command(flatten)]
    listen: ListenSettings,

    #[command(flatten)]
    log: LogSettings,

    #[command(flatten)]
    reading: ReadingSettings,
}

#[derive(Args)]
struct People {
    #[command(flatten)]
    folder: DemoFolder,

    /// Print a list of {email, password, name, organisation, part, access, programs}
    #[arg(long)]
    json: bool,
}

/// The demo's own folder: never the one of a real portal, whatever the environment says.
#[derive(Args)]
pub(super) struct DemoFolder {
    /// Folder for everything the demo writes
    #[arg(long = "data", value_name = "DIR", default_value = "demo-data")]
    pub(super) data_dir: std::path::PathBuf,
}

impl DemoFolder {
    pub(super) fn data(&self) -> DataSettings {
        DataSettings { data_dir: self.data_dir.clone(), database_url: None, db_connections: 8 }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.command {
        Some(Command::People(people)) => list(people),
        None => serve(&arguments.serving),
    }
}

fn serve(serving: &Serving) -> Result<()> {
    logs::start(&serving.log)?;
    let data = serving.folder.data();
    db::migrate(&data.database()?)?;
    let plan = Plan { as_of: serving.as_of, seed: serving.seed };
    let door = Door::open(&serving.listen)?;
    let address = door.url();
    let db = open::database(&data)?;
    demo::prepare(plan, &address, &db)?;
    let people = db.read_blocking(demo::sign_ins)?;
    let mut portal = open::demo(db, &data.data_dir)?;
    portal.safeguards.reading = serving.reading.limits();
    portal.each_day = EachDay::new(DemoWork::of(&portal));
    if let Some(day) = serving.as_of.filter(|day| *day > portal.clock.now().utc().date()) {
        clock::move_on(Move::To(day), &portal)?;
    }
    let work = Work::start(&portal, Some(Delivery::into_mailbox(Sender::default())))?;
    let served = actix_web::rt::System::new().block_on(door.serve(portal, move || {
        print_table(&people)?;
        say!("\nThe demo is ready at {address}")
    }));
    work.stop();
    served
}

fn list(people: &People) -> Result<()> {
    let sign_ins = open::database(&people.folder.data())?.read_blocking(demo::sign_ins)?;
    if people.json {
        json(&sign_ins)?;
    } else {
        print_table(&sign_ins)?;
    }
    Ok(())
}

fn print_table(people: &[SignIn]) -> Result<()> {
    let widest = |cell: fn(&SignIn) -> &str| {
        let widths = people.iter().map(|one| cell(one).chars().count());
        widths.max().unwrap_or_default()
    };
    let (email, access) = (widest(|one| &one.email), widest(|one| &one.access));
    let organisation = widest(|one| &one.organisation);
    for one in people {
        say!(
            "{:email$}  {:access$}  {:organisation$}  {}",
            one.email,
            one.access,
            one.organisation,
            one.programs.join(", ")
        )?;
    }
    say!("\nEverybody's password: {}", demo::PASSWORD)
}
