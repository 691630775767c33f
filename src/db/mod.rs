//! The database: SQLite by default, PostgreSQL by address, one way to read and one way to write.
//!
//! `db.read(|conn| …)` borrows a reader; `db.write(|conn| …)` runs the closure in a transaction
//! (SERIALIZABLE on PostgreSQL, in a group with others on SQLite) and answers only when it is
//! durable. A write's closure may run more than once, so it must have no effect but on the
//! database. Only this room knows which engine it talks to.

mod connection;
mod engine;
mod kept;
mod migrations;
pub mod schema;
mod statements;
mod tables;
pub mod text;
mod whole;
mod writer;

use std::sync::Arc;

pub use crate::{insert_all, insert_new, load_unclaimed};
pub use connection::{Conn, Engine};
pub use engine::{DatabaseAddress, DatabaseSettings, PoolState, QueryObserver, sqlite_version};
pub use kept::{Keep, Kept, padded};
pub use migrations::{SchemaState, has_tables, migrate, migrate_file, schema_state};
pub use statements::{first_elsewhere, first_of_month, now, shard};
pub use tables::{Row, Table, tables_of};
pub use whole::{Access, open_file, read_whole, write_whole};

/// Rows in one INSERT: both engines limit the values that one statement may bind.
pub const ROWS_PER_STATEMENT: usize = 500;

use crate::error::{Error, Result};
use engine::Engines;

/// A handle to the database; clones share the pools.
#[derive(Clone)]
pub struct Db {
    engines: Arc<Engines>,
}

impl Db {
    /// Opens the pools. The schema is not touched: see [`migrate`].
    pub fn open(settings: &DatabaseSettings) -> Result<Self> {
        Ok(Self { engines: Arc::new(Engines::open(settings)?) })
    }

    pub fn engine(&self) -> Engine {
        self.engines.engine()
    }

    /// What each pool is doing.
    pub fn pools(&self) -> Vec<PoolState> {
        self.engines.pools()
    }

    /// Runs a closure that only reads, on a thread that may block.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let _turn = self.engines.reader_turn().await?;
        let engines = Arc::clone(&self.engines);
        on_blocking_thread(move || engines.read(work)).await
    }

    /// [`Db::read`] for a closure that asks one question: it needs no moment to hold still.
    pub async fn ask<T, F>(&self, question: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let _turn = self.engines.reader_turn().await?;
        let engines = Arc::clone(&self.engines);
        on_blocking_thread(move || engines.ask(question)).await
    }

    /// Runs a closure in a transaction and answers when its outcome is durable.
    /// An error of the closure leaves nothing behind.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T> + Send + 'static,
    {
        match &*self.engines {
            Engines::Sqlite { writer, .. } => {
                let (reply, answer) = tokio::sync::oneshot::channel();
                // Nobody may be waiting any more; the write stands all the same.
                writer.submit(work, move |outcome| drop(reply.send(outcome)))?;
                answer.await.map_err(|_| Error::Unavailable)?
            }
            Engines::Postgres { .. } => {
                let _turn = self.engines.writer_turn().await?;
                let engines = Arc::clone(&self.engines);
                on_blocking_thread(move || engines.write(work)).await
            }
        }
    }

    /// [`Db::read`] for threads that may block: the command line, workers, sweeps.
    pub fn read_blocking<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        self.engines.read(work)
    }

    /// [`Db::write`] for threads that may block.
    pub fn write_blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T> + Send + 'static,
    {
        match &*self.engines {
            Engines::Sqlite { writer, .. } => {
                let (reply, answer) = std::sync::mpsc::sync_channel(1);
                writer.submit(work, move |outcome| drop(reply.send(outcome)))?;
                answer.recv().map_err(|_| Error::Unavailable)?
            }
            Engines::Postgres { .. } => self.engines.write(work),
        }
    }
}

async fn on_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|fault| Error::internal(format!("database work stopped: {fault}")))?
}
