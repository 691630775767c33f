//! The pools: readers and writers of PostgreSQL, readers and the one writer of SQLite.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::InstrumentationEvent;
use diesel::{Connection, PgConnection, SqliteConnection};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::connection::{Conn, Engine};
use super::writer::Writer;
use crate::error::{Error, Result};

/// The oldest SQLite that is safe in WAL mode (earlier ones have the WAL-reset bug).
const OLDEST_SQLITE: i32 = 3_051_003;

/// How long one request waits for a connection before it is told that the database is away.
const PATIENCE: Duration = Duration::from_secs(2);

/// A PostgreSQL write that lost against another is run again this often at most.
const WRITE_TRIES: usize = 12;

/// Where the data lies.
#[derive(Clone, Debug)]
pub enum DatabaseAddress {
    SqliteFile(PathBuf),
    /// A `postgres://` address; it may hold a password and is never printed.
    Postgres(Secret),
}

/// Text that is not shown by `Debug`.
#[derive(Clone)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl DatabaseAddress {
    /// `postgres://…`, `postgresql://…`, `sqlite://FILE` or a file's path.
    pub fn parse(text: &str) -> Result<Self> {
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(Secret(text.to_owned()))),
            Some(("sqlite", file)) => Ok(Self::SqliteFile(file.into())),
            Some((scheme, _)) => Err(Error::Setting(format!(
                "The database address begins with {scheme}://; use postgres:// or a file's path."
            ))),
            None => Ok(Self::SqliteFile(text.into())),
        }
    }
}

/// Is told every statement before it runs, with its bound values.
pub type QueryObserver = Arc<dyn Fn(&str) + Send + Sync>;

#[derive(Clone)]
pub struct DatabaseSettings {
    pub address: DatabaseAddress,
    /// Connections for reading; PostgreSQL gets as many again for writing.
    pub connections: u32,
    /// `false` leaves the last commits to the operating system; for tests only.
    pub durable: bool,
    pub observer: Option<QueryObserver>,
}

impl DatabaseSettings {
    pub fn new(address: DatabaseAddress) -> Self {
        Self { address, connections: 8, durable: true, observer: None }
    }

    pub(super) fn connect(&self) -> Result<Conn> {
        let mut conn = match &self.address {
            DatabaseAddress::SqliteFile(file) => Conn::Sqlite(open_sqlite(file, self.durable)?),
            DatabaseAddress::Postgres(address) => {
                Conn::Postgres(PgConnection::establish(&address.0)?)
            }
        };
        if let Some(observer) = self.observer.clone() {
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                if let InstrumentationEvent::StartQuery { query, .. } = event {
                    observer(&query.to_string());
                }
            });
        }
        Ok(conn)
    }
}

fn open_sqlite(file: &std::path::Path, durable: bool) -> Result<SqliteConnection> {
    use diesel::connection::SimpleConnection;
    let name = file.to_str().ok_or_else(|| {
        Error::Setting("The database file's path is not valid Unicode.".to_owned())
    })?;
    let mut conn = SqliteConnection::establish(name)?;
    // The time-out comes first: switching to WAL may itself have to wait.
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = 5000;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = {};
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cache_size = -65536;
         PRAGMA temp_store = MEMORY;",
        if durable { "FULL" } else { "OFF" }
    ))?;
    Ok(conn)
}

struct Slot {
    conn: Conn,
    broken: bool,
}

struct Connector(DatabaseSettings);

impl r2d2::ManageConnection for Connector {
    type Connection = Slot;
    type Error = Error;

    fn connect(&self) -> Result<Slot> {
        Ok(Slot { conn: self.0.connect()?, broken: false })
    }

    fn is_valid(&self, _slot: &mut Slot) -> Result<()> {
        Ok(())
    }

    fn has_broken(&self, slot: &mut Slot) -> bool {
        slot.broken || std::thread::panicking()
    }
}

/// A pool with as many turns as connections, so that threads never queue inside the pool.
pub(super) struct Pool {
    connections: r2d2::Pool<Connector>,
    turns: Semaphore,
}

impl Pool {
    fn new(settings: &DatabaseSettings) -> Self {
        let connections = r2d2::Pool::builder()
            .max_size(settings.connections)
            .min_idle(Some(0))
            .test_on_check_out(false)
            .connection_timeout(PATIENCE)
            .error_handler(Box::new(r2d2::NopErrorHandler))
            .build_unchecked(Connector(settings.clone()));
        Self { connections, turns: Semaphore::new(settings.connections as usize) }
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>> {
        match tokio::time::timeout(PATIENCE, self.turns.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(Error::Unavailable),
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut slot = self.connections.get().map_err(|_| Error::Unavailable)?;
        let outcome = work(&mut slot.conn);
        slot.broken = matches!(outcome, Err(Error::Unavailable));
        outcome
    }
}

pub(super) enum Engines {
    Sqlite { readers: Pool, writer: Writer },
    Postgres { readers: Pool, writers: Pool },
}

impl Engines {
    pub(super) fn open(settings: &DatabaseSettings) -> Result<Self> {
        Ok(match settings.address {
            DatabaseAddress::SqliteFile(_) => {
                require_safe_sqlite()?;
                Self::Sqlite { readers: Pool::new(settings), writer: Writer::start(settings)? }
            }
            DatabaseAddress::Postgres(_) => {
                Self::Postgres { readers: Pool::new(settings), writers: Pool::new(settings) }
            }
        })
    }

    pub(super) fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres { .. } => Engine::Postgres,
        }
    }

    pub(super) async fn reader_turn(&self) -> Result<SemaphorePermit<'_>> {
        match self {
            Self::Sqlite { readers, .. } | Self::Postgres { readers, .. } => readers.turn().await,
        }
    }

    pub(super) async fn writer_turn(&self) -> Result<SemaphorePermit<'_>> {
        match self {
            Self::Sqlite { readers, .. } => readers.turn().await,
            Self::Postgres { writers, .. } => writers.turn().await,
        }
    }

    pub(super) fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        match self {
            Self::Sqlite { readers, .. } | Self::Postgres { readers, .. } => readers.with(work),
        }
    }

    /// A write on PostgreSQL, run again when it lost against another. (SQLite's go to its writer.)
    pub(super) fn write<T>(&self, work: impl Fn(&mut Conn) -> Result<T>) -> Result<T> {
        let (Self::Postgres { writers: pool, .. } | Self::Sqlite { readers: pool, .. }) = self;
        for attempt in 1..WRITE_TRIES {
            match pool.with(|conn| in_transaction(conn, &work)) {
                Err(Error::LostRace) => std::thread::sleep(pause_after(attempt)),
                outcome => return outcome,
            }
        }
        pool.with(|conn| in_transaction(conn, &work))
    }
}

/// Waits longer after each defeat, and not as long as the one it lost against.
fn pause_after(attempt: usize) -> Duration {
    let most = 2_u64 << attempt.min(6);
    Duration::from_millis(1 + rand::random_range(0..most))
}

fn in_transaction<T>(conn: &mut Conn, work: impl Fn(&mut Conn) -> Result<T>) -> Result<T> {
    conn.begin_write()?;
    match work(conn) {
        Ok(value) => {
            conn.commit()?;
            Ok(value)
        }
        Err(fault) => match conn.roll_back() {
            Ok(()) => Err(fault),
            Err(_) => Err(Error::Unavailable),
        },
    }
}

fn require_safe_sqlite() -> Result<()> {
    let version = sqlite_version_number();
    if version < OLDEST_SQLITE {
        return Err(Error::Setting(format!(
            "This SQLite is too old ({version}); 3.51.3 or later is needed to store data safely."
        )));
    }
    Ok(())
}

/// The number of the linked SQLite, as 3 051 003 for 3.51.3.
fn sqlite_version_number() -> i32 {
    libsqlite3_sys::SQLITE_VERSION_NUMBER
}
