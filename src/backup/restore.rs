//! Reading a backup: all of it checked, then a database filled with it in one transaction.

use std::fs;
use std::path::{Path, PathBuf};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::Progress;
use super::copy::{Counter, contents, copy};
use super::file::portal_tables;
use super::manifest::Manifest;
use super::rest::{Rested, put_to_rest};
use crate::db::schema::organisations;
use crate::db::{self, Access, Conn, DatabaseSettings, SchemaState};
use crate::error::{Error, Result};

/// What a restore did.
#[derive(Debug)]
pub struct Restored {
    pub manifest: Manifest,
    /// The migrations that the backup lacked.
    pub migrated: Vec<String>,
    pub rested: Rested,
}

/// Whether a file is a whole backup that this portal can restore; changes nothing.
pub fn check(file: &Path, mut progress: Progress<'_>) -> Result<Manifest> {
    let manifest = verify(file, &mut progress)?;
    refuse_newer(file)?;
    Ok(manifest)
}

/// Fills a database with a backup. One that holds organisations already is only written over if
/// `replace` says so. `scratch` is a folder for a copy of a backup that has to be migrated.
pub fn restore(
    file: &Path,
    settings: &DatabaseSettings,
    replace: bool,
    scratch: &Path,
    mut progress: Progress<'_>,
) -> Result<Restored> {
    let manifest = verify(file, &mut progress)?;
    let state = refuse_newer(file)?;
    if !replace {
        refuse_used(settings)?;
    }
    db::migrate(settings)?;
    let (copied, migrated) = match state {
        SchemaState::Current => (None, Vec::new()),
        _ => {
            let copied = Scratch::of(file, scratch)?;
            let migrated = db::migrate_file(&mut db::open_file(&copied.path, Access::Write)?)?;
            (Some(copied), migrated)
        }
    };
    let source = copied.as_ref().map_or(file, |copied| copied.path.as_path());
    let mut from = db::open_file(source, Access::Read)?;
    let tables = portal_tables(&mut from)?;
    let mut from = Conn::Sqlite(from);
    let fill = |to: &mut Conn| {
        let counts = tables.iter().map(|table| table.count(&mut from));
        let total: u64 = counts.sum::<Result<u64>>()?;
        let read = copy(&tables, &mut from, to, &mut Counter::new(total, &mut progress))?;
        let written = contents(&tables, to, &mut Counter::new(total, &mut progress))?;
        if read != written || (migrated.is_empty() && read != manifest.tables) {
            return Err(Error::internal("what was restored reads back as something else"));
        }
        Ok(())
    };
    let rested = db::write_whole(settings, &tables, fill, |conn| put_to_rest(&manifest, conn))?;
    Ok(Restored { manifest, migrated, rested })
}

/// Reads a whole file and compares it with what it says of itself.
pub(super) fn verify(file: &Path, progress: &mut Progress<'_>) -> Result<Manifest> {
    let shown = file.display();
    if let Err(fault) = fs::File::open(file) {
        return Err(Error::Setting(format!("Cannot open {shown}: {fault}.")));
    }
    match examine(file, progress) {
        Ok(Some(manifest)) => Ok(manifest),
        Ok(None) => Err(Error::Setting(format!(
            "{shown} is not a whole backup of a portal; it was cut short, changed, or is something \
             else. Nothing was changed."
        ))),
        Err(fault) => {
            Err(Error::Setting(format!("{shown} cannot be read ({fault}). Nothing was changed.")))
        }
    }
}

#[derive(QueryableByName)]
struct Verdict {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn examine(file: &Path, progress: &mut Progress<'_>) -> Result<Option<Manifest>> {
    let mut conn = db::open_file(file, Access::Read)?;
    let Some(manifest) = Manifest::read(&mut conn)? else {
        return Ok(None);
    };
    let verdicts: Vec<Verdict> = diesel::sql_query("PRAGMA integrity_check").load(&mut conn)?;
    let sound = matches!(verdicts.as_slice(), [one] if one.integrity_check == "ok");
    let Count { count: loose } =
        diesel::sql_query("SELECT COUNT(*) AS count FROM pragma_foreign_key_check")
            .get_result(&mut conn)?;
    if !sound || loose > 0 {
        return Ok(None);
    }
    let tables = portal_tables(&mut conn)?;
    let mut counter = Counter::new(manifest.rows(), progress);
    let found = contents(&tables, &mut Conn::Sqlite(conn), &mut counter)?;
    Ok((found == manifest.tables).then_some(manifest))
}

fn refuse_newer(file: &Path) -> Result<SchemaState> {
    let mut conn = Conn::Sqlite(db::open_file(file, Access::Read)?);
    match db::schema_state(&mut conn)? {
        SchemaState::Ahead(version) => Err(Error::Setting(format!(
            "{} was made by a newer portal ({version}); restore it with that one.",
            file.display()
        ))),
        state => Ok(state),
    }
}

fn refuse_used(settings: &DatabaseSettings) -> Result<()> {
    let used = db::read_whole(settings, |conn| {
        if !db::has_tables(conn)? {
            return Ok(false);
        }
        // Of tables that this portal does not know, somebody else knows more.
        if db::schema_state(conn)? != SchemaState::Current {
            return Ok(true);
        }
        let first: Option<i64> =
            organisations::table.select(organisations::id).first(conn).optional()?;
        Ok(first.is_some())
    })?;
    if used {
        return Err(Error::Setting(
            "The database is not empty; --replace throws away all that it holds.".to_owned(),
        ));
    }
    Ok(())
}

/// A copy of a backup that may be changed; it goes when this does.
struct Scratch {
    path: PathBuf,
}

impl Scratch {
    fn of(file: &Path, folder: &Path) -> Result<Self> {
        let cannot = |fault: std::io::Error| {
            Error::Setting(format!("Cannot copy the backup to {}: {fault}.", folder.display()))
        };
        fs::create_dir_all(folder).map_err(cannot)?;
        // One name only: what a restore that was killed left behind is written over.
        let copied = Self { path: folder.join("restore.part") };
        fs::copy(file, &copied.path).map_err(cannot)?;
        Ok(copied)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
