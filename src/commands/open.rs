//! The portal as the commands open it: on a schema that this binary knows, in its own time.

use crate::app::Portal;
use crate::clock::Clock;
use crate::config::DataSettings;
use crate::db::{Db, SchemaState, schema_state};
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

/// Everything one process needs.
pub(super) fn portal(settings: &DataSettings, site: Site) -> Result<Portal> {
    Portal::new(database(settings)?, Clock::default(), site)
}
