//! Making a backup: under a hidden name until it is whole, on the disk, and read back.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use rustix::fs::{CWD, FlockOperation, RenameFlags};

use super::Progress;
use super::copy::{Counter, copy};
use super::manifest::{Manifest, OWN};
use super::restore::verify;
use crate::clock::Instant;
use crate::db::{self, Access, Conn, DatabaseSettings, Table};
use crate::error::{Error, Result};

/// Writes everything that the database holds at one moment into a new file. Whoever writes
/// meanwhile does not wait. `progress` is told of each row twice: written, and read back.
pub fn take(
    settings: &DatabaseSettings,
    file: &Path,
    now: Instant,
    mut progress: Progress<'_>,
) -> Result<Manifest> {
    if file.symlink_metadata().is_ok() {
        return Err(taken(file));
    }
    let draft = Draft::begin(file)?;
    let manifest = fill(&draft, settings, now, &mut progress)?;
    let read_back = verify(&draft.path, &mut progress)?;
    if read_back != manifest {
        return Err(Error::internal("the backup reads back as something else than was written"));
    }
    draft.publish(file)?;
    Ok(manifest)
}

fn fill(
    draft: &Draft,
    settings: &DatabaseSettings,
    now: Instant,
    progress: &mut Progress<'_>,
) -> Result<Manifest> {
    let mut conn = db::open_file(&draft.path, Access::Write)?;
    // Nobody else sees it before it is done, and then it is flushed at once.
    conn.batch_execute(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;
         PRAGMA cache_size = -65536",
    )?;
    db::migrate_file(&mut conn)?;
    let tables = portal_tables(&mut conn)?;
    conn.batch_execute("BEGIN")?;
    let mut copied = Conn::Sqlite(conn);
    let (engine, contents) = db::read_whole(settings, |from| {
        let counts = tables.iter().map(|table| table.count(from)).collect::<Result<Vec<u64>>>()?;
        let mut counter = Counter::new(counts.iter().sum(), progress);
        Ok((from.engine(), copy(&tables, from, &mut copied, &mut counter)?))
    })?;
    let manifest = Manifest {
        portal: env!("CARGO_PKG_VERSION").to_owned(),
        engine: engine.as_str().to_owned(),
        taken_at: now.to_string(),
        tables: contents,
    };
    if let Conn::Sqlite(conn) = &mut copied {
        manifest.write(conn)?;
        conn.batch_execute("COMMIT")?;
    }
    Ok(manifest)
}

/// The tables of the portal in a file, without those of the manifest.
pub(super) fn portal_tables(conn: &mut SqliteConnection) -> Result<Vec<Table>> {
    let tables = db::tables_of(conn)?;
    Ok(tables.into_iter().filter(|table| !table.name.starts_with(OWN)).collect())
}

fn taken(file: &Path) -> Error {
    Error::Setting(format!("{} is there already; name a new file.", file.display()))
}

/// A backup that is being made. What is left of one that was killed is written over by the next.
struct Draft {
    path: PathBuf,
    file: File,
    published: bool,
}

impl Draft {
    fn begin(target: &Path) -> Result<Self> {
        let cannot = |fault: std::io::Error| {
            Error::Setting(format!("Cannot make {}: {fault}.", target.display()))
        };
        let name = target.file_name().ok_or_else(|| {
            Error::Setting(format!("{} is not the name of a file.", target.display()))
        })?;
        let path = target.with_file_name(format!(".{}.part", name.to_string_lossy()));
        let mut options = OpenOptions::new();
        // It holds what the database holds: for its owner alone.
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(&path).map_err(cannot)?;
        rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).map_err(|_| {
            Error::Setting(format!("Another backup is writing {} just now.", target.display()))
        })?;
        file.set_len(0).map_err(cannot)?;
        Ok(Self { path, file, published: false })
    }

    /// Flushes it, then gives it its name, never over another file.
    fn publish(mut self, target: &Path) -> Result<()> {
        let cannot = |fault: std::io::Error| {
            Error::Setting(format!("Cannot make {}: {fault}.", target.display()))
        };
        self.file.sync_all().map_err(cannot)?;
        match rustix::fs::renameat_with(CWD, &self.path, CWD, target, RenameFlags::NOREPLACE) {
            Ok(()) => {}
            Err(rustix::io::Errno::EXIST) => return Err(taken(target)),
            // Not every file system can promise it.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) if !target.exists() => {
                fs::rename(&self.path, target).map_err(cannot)?;
            }
            Err(fault) => return Err(cannot(fault.into())),
        }
        self.published = true;
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = File::open(folder.unwrap_or(Path::new("."))).map_err(cannot)?;
        folder.sync_all().map_err(cannot)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.published {
            // Its lock is still held, so it is this one's.
            let _ = fs::remove_file(&self.path);
        }
    }
}
