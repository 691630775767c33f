//! One connection of either engine, and how a transaction begins and ends on it.

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::result::Error as DieselError;
use diesel::{Connection, PgConnection, SqliteConnection};

use crate::error::{Error, Result};

/// Which database this is; for the few statements that differ, all of them in this room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// A connection to either engine; every query of the portal goes through one.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

impl Conn {
    pub fn engine(&self) -> Engine {
        match self {
            Self::Postgres(_) => Engine::Postgres,
            Self::Sqlite(_) => Engine::Sqlite,
        }
    }

    /// Begins the outer transaction of a write: one that will not fail halfway because another
    /// wrote meanwhile (SQLite), or is told so (PostgreSQL).
    pub(super) fn begin_write(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(conn) => {
                AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")?;
            }
            Self::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(
                conn,
                "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE",
            )?,
        }
        Ok(())
    }

    /// [`Self::begin_write`], without a wait: `false` while another process writes.
    pub(super) fn begin_write_if_free(&mut self) -> Result<bool> {
        let Self::Sqlite(conn) = self else {
            return self.begin_write().map(|()| true);
        };
        match AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE") {
            Ok(()) => Ok(true),
            Err(DieselError::DatabaseError(_, said)) if said.message().contains("locked") => {
                Ok(false)
            }
            Err(fault) => Err(fault.into()),
        }
    }

    pub(super) fn commit(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(conn) => AnsiTransactionManager::commit_transaction(conn)?,
            Self::Postgres(conn) => AnsiTransactionManager::commit_transaction(conn)?,
        }
        Ok(())
    }

    pub(super) fn roll_back(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(conn) => AnsiTransactionManager::rollback_transaction(conn)?,
            Self::Postgres(conn) => AnsiTransactionManager::rollback_transaction(conn)?,
        }
        Ok(())
    }

    /// Begins a read: on SQLite all of its queries see the same moment, and that is faster than
    /// one lock of the file each. On PostgreSQL it would cost two more round trips a page, and
    /// each query sees what is committed.
    pub(super) fn begin_read(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(conn) => AnsiTransactionManager::begin_transaction(conn)?,
            Self::Postgres(_) => {}
        }
        Ok(())
    }

    pub(super) fn end_read(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(conn) => AnsiTransactionManager::rollback_transaction(conn)?,
            Self::Postgres(_) => {}
        }
        Ok(())
    }

    /// SQLite has one writer, and its connection is in no pool.
    pub(super) fn refuse_writes_beside_the_writer(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(conn) => conn.batch_execute("PRAGMA query_only = ON")?,
            Self::Postgres(_) => {}
        }
        Ok(())
    }

    /// Whether the server still answers; a file does as long as it is open.
    pub(super) fn answers(&mut self) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(conn) => conn.batch_execute("SELECT 1").is_ok(),
        }
    }

    /// Runs part of a write so that its failure undoes that part alone.
    #[expect(clippy::disallowed_methods, reason = "savepoints are made here and nowhere else")]
    pub fn savepoint<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outcome = self.transaction::<T, Error, _>(work);
        if outcome.is_err() && self.has_lost_transaction() {
            return Err(Error::Unavailable);
        }
        outcome
    }

    /// SQLite ends the whole transaction by itself when the disk is full or fails: not only the
    /// savepoint is gone, and from there on each statement would commit alone. A connection that
    /// this happened to writes no more; its owner drops it.
    fn has_lost_transaction(&mut self) -> bool {
        match self {
            // Inside of a transaction the first of these statements fails.
            Self::Sqlite(conn) => {
                conn.batch_execute("BEGIN; ROLLBACK; PRAGMA query_only = ON").is_ok()
            }
            Self::Postgres(_) => false,
        }
    }
}
