//! The pools: readers and writers of PostgreSQL, readers and the one writer of SQLite.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::InstrumentationEvent;
use diesel::{Connection, PgConnection, SqliteConnection};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::connection::{Conn, Engine};
use super::writer::Writer;
use crate::error::{Error, Result};
use crate::figures;

/// The oldest SQLite that is safe in WAL mode (earlier ones have the WAL-reset bug).
const OLDEST_SQLITE: i32 = 3_051_003;

/// How long one request waits for a connection before it is told that the database is away.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a new file is tried when others switch it to its journal at the same time.
const SWITCH_PATIENCE: Duration = Duration::from_secs(5);

/// A connection to PostgreSQL that lay idle for longer is asked whether it still lives: after a
/// restart of the server nobody is to pay for what died meanwhile.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// What libpq is to do about a server that does not answer, unless the address says otherwise: by
/// default it waits for two hours.
const POSTGRES_LIMITS: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("tcp_user_timeout", "10000"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
];

/// A PostgreSQL write that lost against another is run again this often at most. Where tables are small
/// it reads them whole, and loses against any other write that commits meanwhile: against one that goes
/// on without a pause, more often than every second time. Twelve tries were not enough for one of 500.
const WRITE_TRIES: usize = 32;

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
                Conn::Postgres(PgConnection::establish(&with_limits(&address.0))?)
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

fn with_limits(address: &str) -> String {
    let mut address = address.to_owned();
    for (name, value) in POSTGRES_LIMITS {
        if !address.contains(&format!("{name}=")) {
            address.push(if address.contains('?') { '&' } else { '?' });
            address.push_str(&format!("{name}={value}"));
        }
    }
    address
}

fn open_sqlite(file: &std::path::Path, durable: bool) -> Result<SqliteConnection> {
    use diesel::connection::SimpleConnection;
    let name = file.to_str().ok_or_else(|| {
        Error::Setting("The database file's path is not valid Unicode.".to_owned())
    })?;
    let mut conn = SqliteConnection::establish(name)?;
    conn.batch_execute("PRAGMA busy_timeout = 5000")?;
    switch_to_wal(&mut conn)?;
    conn.batch_execute(&format!(
        "PRAGMA synchronous = {};
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cache_size = -8192;
         PRAGMA journal_size_limit = 33554432;
         PRAGMA temp_store = MEMORY;",
        if durable { "FULL" } else { "OFF" }
    ))?;
    Ok(conn)
}

/// Of processes that open a new file at once, one switches it; the others are told that the file is
/// locked without a wait, time-out or not: SQLite sees a deadlock in their reading and writing.
fn switch_to_wal(conn: &mut SqliteConnection) -> Result<()> {
    use diesel::connection::SimpleConnection;
    let began = Instant::now();
    loop {
        match conn.batch_execute("PRAGMA journal_mode = WAL") {
            Err(fault)
                if fault.to_string().contains("locked") && began.elapsed() < SWITCH_PATIENCE =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            outcome => return Ok(outcome?),
        }
    }
}

struct Slot {
    conn: Conn,
    used_at: Instant,
    broken: bool,
}

struct Connector {
    settings: DatabaseSettings,
    /// The last attempt to connect failed; the pool goes on trying by itself.
    away: Arc<AtomicBool>,
}

impl r2d2::ManageConnection for Connector {
    type Connection = Slot;
    type Error = Error;

    fn connect(&self) -> Result<Slot> {
        let connected = self.settings.connect();
        self.away.store(connected.is_err(), Ordering::Relaxed);
        let mut conn = connected?;
        conn.refuse_writes_beside_the_writer()?;
        Ok(Slot { conn, used_at: Instant::now(), broken: false })
    }

    fn is_valid(&self, _slot: &mut Slot) -> Result<()> {
        Ok(())
    }

    fn has_broken(&self, slot: &mut Slot) -> bool {
        slot.broken || std::thread::panicking()
    }
}

/// How many of a pool's connections are at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolState {
    /// `read` or `write`.
    pub name: &'static str,
    pub used: u32,
    pub most: u32,
}

/// A pool with as many turns as connections, so that threads never queue inside the pool.
pub(super) struct Pool {
    name: &'static str,
    connections: r2d2::Pool<Connector>,
    turns: Semaphore,
    away: Arc<AtomicBool>,
}

impl Pool {
    fn new(name: &'static str, settings: &DatabaseSettings) -> Self {
        let away = Arc::new(AtomicBool::new(false));
        let connector = Connector { settings: settings.clone(), away: Arc::clone(&away) };
        let connections = r2d2::Pool::builder()
            .max_size(settings.connections)
            .min_idle(Some(0))
            .test_on_check_out(false)
            .connection_timeout(PATIENCE)
            .error_handler(Box::new(r2d2::NopErrorHandler))
            .build_unchecked(connector);
        Self { name, connections, turns: Semaphore::new(settings.connections as usize), away }
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>> {
        let asked = Instant::now();
        let turn = tokio::time::timeout(PATIENCE, self.turns.acquire()).await;
        figures::waited_for_turn(self.name, asked.elapsed());
        match turn {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(Error::Unavailable),
        }
    }

    fn state(&self) -> PoolState {
        let state = self.connections.state();
        PoolState {
            name: self.name,
            used: state.connections - state.idle_connections,
            most: self.connections.max_size(),
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut slot = self.living()?;
        let mut outcome = work(&mut slot.conn);
        // Whatever words it fails with, in whatever language: who does not answer is away.
        if matches!(outcome, Err(Error::Internal(_))) && !slot.conn.answers() {
            outcome = Err(Error::Unavailable);
        }
        // What the portal cannot explain may have left the connection in any state.
        slot.broken =
            matches!(outcome, Err(Error::Unavailable | Error::Broken(_) | Error::Internal(_)));
        slot.used_at = Instant::now();
        outcome
    }

    fn living(&self) -> Result<r2d2::PooledConnection<Connector>> {
        for _ in 0..=self.connections.max_size() {
            let mut slot = self.any()?;
            if slot.used_at.elapsed() < TRUSTED_IDLE || slot.conn.answers() {
                return Ok(slot);
            }
            slot.broken = true;
        }
        Err(Error::Unavailable)
    }

    /// While the database is known to be away nobody waits for it: the answer is 503 at once.
    fn any(&self) -> Result<r2d2::PooledConnection<Connector>> {
        if self.away.load(Ordering::Relaxed) {
            return self.connections.try_get().ok_or(Error::Unavailable);
        }
        self.connections.get().map_err(|_| Error::Unavailable)
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
                Self::Sqlite {
                    readers: Pool::new("read", settings),
                    writer: Writer::start(settings)?,
                }
            }
            DatabaseAddress::Postgres(_) => Self::Postgres {
                readers: Pool::new("read", settings),
                writers: Pool::new("write", settings),
            },
        })
    }

    pub(super) fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres { .. } => Engine::Postgres,
        }
    }

    pub(super) fn pools(&self) -> Vec<PoolState> {
        match self {
            Self::Sqlite { readers, .. } => vec![readers.state()],
            Self::Postgres { readers, writers } => vec![readers.state(), writers.state()],
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
        self.ask(|conn| at_one_moment(conn, work))
    }

    pub(super) fn ask<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
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

fn at_one_moment<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    conn.begin_read()?;
    let outcome = work(conn);
    match conn.end_read() {
        Ok(()) => outcome,
        Err(_) => Err(Error::Unavailable),
    }
}

fn in_transaction<T>(conn: &mut Conn, work: impl Fn(&mut Conn) -> Result<T>) -> Result<T> {
    let began = Instant::now();
    conn.begin_write()?;
    match work(conn) {
        Ok(value) => {
            conn.commit()?;
            figures::committed(1, began.elapsed());
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

/// The linked SQLite, as 3.51.3.
pub fn sqlite_version() -> String {
    let number = sqlite_version_number();
    format!("{}.{}.{}", number / 1_000_000, number / 1_000 % 1_000, number % 1_000)
}
