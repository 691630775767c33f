//! A database of its own for every test: migrated and peopled once, then copied.
//!
//! On SQLite a file is copied; on PostgreSQL (`TEST_DATABASE_URL` names the server) a template
//! database, with a bounded number of copies alive at once, each dropped after its test.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, LazyLock, Mutex};

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use portal::db::{DatabaseAddress, DatabaseSettings, Db, QueryObserver, migrate};
use tempfile::TempDir;

use super::people;

const MOST_AT_ONCE: usize = 8;

/// Dropped with its test.
pub struct Database {
    address: String,
    room: Room,
}

enum Room {
    Folder { _folder: TempDir },
    Server { server: String, name: String, _place: Place },
}

impl Database {
    /// A database with nothing in it, not even tables.
    pub fn empty() -> Self {
        match server() {
            None => {
                let folder = tempfile::tempdir().unwrap();
                let address = folder.path().join("portal.db").to_str().unwrap().to_owned();
                Self { address, room: Room::Folder { _folder: folder } }
            }
            Some(server) => {
                let (place, name) = (Place::take(), fresh_name());
                admin(&server, &format!("CREATE DATABASE {name}"));
                let address = at(&server, &name);
                Self { address, room: Room::Server { server, name, _place: place } }
            }
        }
    }

    /// A fresh copy of the peopled template.
    pub fn fresh() -> Self {
        match server() {
            None => {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("portal.db");
                std::fs::copy(SQLITE_TEMPLATE.1.as_path(), &file).unwrap();
                let address = file.to_str().unwrap().to_owned();
                Self { address, room: Room::Folder { _folder: folder } }
            }
            Some(server) => {
                let place = Place::take();
                let name = fresh_name();
                admin(&server, &format!("CREATE DATABASE {name} TEMPLATE {}", *POSTGRES_TEMPLATE));
                let address = at(&server, &name);
                Self { address, room: Room::Server { server, name, _place: place } }
            }
        }
    }

    /// A database of its own on another server, peopled there.
    pub fn peopled_on(server: &str) -> Self {
        let (place, name) = (Place::take(), fresh_name());
        admin(server, &format!("CREATE DATABASE {name}"));
        let address = at(server, &name);
        people_into(&address);
        let server = server.to_owned();
        Self { address, room: Room::Server { server, name, _place: place } }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Opens pools as a process of its own would.
    pub fn open(&self, observer: Option<QueryObserver>) -> Db {
        let mut settings = settings(&self.address);
        settings.observer = observer;
        Db::open(&settings).unwrap()
    }
}

impl Database {
    /// [`Database::open`], the server reached at another address.
    pub fn open_through(&self, proxy: std::net::SocketAddr) -> Db {
        let mut address = url::Url::parse(&self.address).unwrap();
        address.set_ip_host(proxy.ip()).unwrap();
        address.set_port(Some(proxy.port())).unwrap();
        Db::open(&settings(address.as_str())).unwrap()
    }
}

/// Where the PostgreSQL of this run listens, as `host:port`.
pub fn server_authority() -> String {
    let server = url::Url::parse(&server().unwrap()).unwrap();
    format!("{}:{}", server.host_str().unwrap(), server.port().unwrap_or(5432))
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Room::Server { server, name, .. } = &self.room {
            admin(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Whether this run is on PostgreSQL.
pub fn is_postgres() -> bool {
    server().is_some()
}

fn settings(address: &str) -> DatabaseSettings {
    let mut settings = DatabaseSettings::new(DatabaseAddress::parse(address).unwrap());
    settings.connections = 2;
    settings.durable = false;
    settings
}

#[expect(clippy::disallowed_methods, reason = "the test command says where its server is")]
fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok()
}

static SQLITE_TEMPLATE: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("template.db");
    people_into(file.to_str().unwrap());
    // One file to copy: nothing may be left in the write-ahead log beside it.
    let mut conn = diesel::SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    // The pools that filled it may still be closing.
    sql_query("PRAGMA busy_timeout = 5000").execute(&mut conn).unwrap();
    sql_query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut conn).unwrap();
    (folder, file)
});

static POSTGRES_TEMPLATE: LazyLock<String> = LazyLock::new(|| {
    let server = server().unwrap();
    let name = fresh_name();
    admin(&server, &format!("CREATE DATABASE {name}"));
    people_into(&at(&server, &name));
    name
});

/// Migrates and peoples a database, and lets go of it.
fn people_into(address: &str) {
    let settings = settings(address);
    migrate(&settings).unwrap();
    let db = Db::open(&settings).unwrap();
    db.write_blocking(people::settle).unwrap();
}

fn fresh_name() -> String {
    format!("portal_test_{:016x}", rand::random::<u64>())
}

fn at(server: &str, name: &str) -> String {
    let mut address = url::Url::parse(server).unwrap();
    address.set_path(name);
    address.into()
}

fn admin(server: &str, statement: &str) {
    // A template is in use for as long as its last connection takes to go away.
    for _ in 0..50 {
        let mut conn = PgConnection::establish(server).unwrap();
        match sql_query(statement).execute(&mut conn) {
            Ok(_) => return,
            Err(fault) if fault.to_string().contains("being accessed") => {
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            Err(fault) => panic!("{statement}: {fault}"),
        }
    }
    panic!("{statement}: the template stayed in use");
}

/// One of the places for databases alive at once.
struct Place(Arc<(Mutex<usize>, Condvar)>);

static PLACES: LazyLock<Arc<(Mutex<usize>, Condvar)>> = LazyLock::new(Arc::default);

impl Place {
    fn take() -> Self {
        let places = Arc::clone(&PLACES);
        {
            let taken = places.0.lock().unwrap();
            let mut taken = places.1.wait_while(taken, |taken| *taken >= MOST_AT_ONCE).unwrap();
            *taken += 1;
        }
        Self(places)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.0.lock().unwrap() -= 1;
        self.0.1.notify_one();
    }
}
