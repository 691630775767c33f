//! The portal as the commands open it: on a schema that this binary knows, in its own time.

use std::path::Path;

use url::Url;

use crate::app::Portal;
use crate::auth::Program;
use crate::clock::Clock;
use crate::config::{DataSettings, demo_safeguards};
use crate::db::{Db, SchemaState, schema_state};
use crate::demo;
use crate::error::{Error, Result};
use crate::web::Site;

/// Opens the database and refuses another schema than this binary's, with what to do.
pub(super) fn database(settings: &DataSettings) -> Result<Db> {
    let db = Db::open(&settings.database()?)?;
    let refused = |text: String| Err(Error::Setting(text));
    match db.read_blocking(schema_state)? {
        SchemaState::Current => Ok(db),
        SchemaState::Behind(missing) => {
            refused(format!("The database lacks {missing} migrations; run `portal migrate` first."))
        }
        SchemaState::Ahead(version) => refused(format!(
            "The database was migrated by a newer portal ({version}); run that one."
        )),
    }
}

/// Everything one process needs. In the folder of a demo that is the demo: its day, its address.
pub(super) fn portal(settings: &DataSettings, site: Site) -> Result<Portal> {
    let db = database(settings)?;
    match db.read_blocking(demo::standing)? {
        Some(_) => demo(db, &settings.data_dir),
        None => Portal::new(db, Clock::default(), site),
    }
}

/// The demo that lies in this database.
pub(super) fn demo(db: Db, folder: &Path) -> Result<Portal> {
    let standing = db.read_blocking(demo::standing)?.ok_or_else(no_demo)?;
    let site = Site {
        base: Url::parse(&standing.address).map_err(Error::internal)?,
        demo: true,
        trusted_proxies: 0,
    };
    let mut portal = Portal::new(db, standing.clock(), site)?;
    portal.safeguards = demo_safeguards(folder)?;
    Ok(portal)
}

fn no_demo() -> Error {
    Error::Setting("There is no demo in this folder; start one with `portal demo`.".to_owned())
}

/// The program that is meant where none is named.
pub(super) fn only_program(db: &Db) -> Result<String> {
    let programs = db.read_blocking(Program::all_unscoped)?;
    match programs.as_slice() {
        [one] => Ok(one.slug.clone()),
        [] => Err(Error::Setting(
            "There is no program yet; import a pack with `portal program import FILE`.".to_owned(),
        )),
        several => {
            let slugs: Vec<&str> = several.iter().map(|one| one.slug.as_str()).collect();
            Err(Error::Setting(format!("Name the program with --program: {}.", slugs.join(", "))))
        }
    }
}
