//! One connection of either engine, and how a transaction begins and ends on it.

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::{Connection, PgConnection, SqliteConnection};

use crate::error::{Error, Result};

/// Which database this is; for the few statements that differ, all of them in this room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
                "BEGIN ISOLATION LEVEL SERIALIZABLE",
            )?,
        }
        Ok(())
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

    /// Runs part of a write so that its failure undoes that part alone.
    #[expect(clippy::disallowed_methods, reason = "savepoints are made here and nowhere else")]
    pub fn savepoint<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.transaction::<T, Error, _>(work)
    }
}
