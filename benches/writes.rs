//! One durable write a request: the portal's `db.write` beside a bare group commit, which is one
//! thread, one connection and one prepared statement. Prints writes a second, how long the slowest
//! hundredth waited, and how large the write-ahead log became.
//!
//! `cargo bench --bench writes [-- CLIENTS SECONDS]`; with `benches/slow_flush.c` loaded before it,
//! as `scripts/bench` does, on a disk whose flush takes two milliseconds.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has nothing to print")]

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use portal::db::schema::settings;
use portal::db::{DatabaseAddress, DatabaseSettings, Db, migrate};
use tokio::sync::{mpsc, oneshot};

/// The same row on both sides, whatever the connection's type is.
macro_rules! insert {
    ($conn:expr, $key:expr) => {
        diesel::insert_into(settings::table)
            .values((settings::name.eq($key), settings::value.eq("written by a benchmark")))
            .execute($conn)
            .map(|_| ())
            .map_err(portal::error::Error::from)
    };
}

/// What is good: of the bare group commit, for the slowest hundredth, and of the log.
const LEAST_SHARE: f64 = 0.6;
const LONGEST_P99: Duration = Duration::from_millis(50);
const LARGEST_LOG: u64 = 64 << 20;

/// What one client measured.
type Waits = Vec<Duration>;

/// What all of them measured.
struct Measured {
    rate: f64,
    p99: Duration,
    refused: usize,
}

fn main() -> ExitCode {
    let numbers: Vec<u64> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let (clients, seconds) =
        (numbers.first().copied().unwrap_or(64), numbers.get(1).copied().unwrap_or(5));
    let time = Duration::from_secs(seconds);
    println!("{clients} clients, {seconds} s each, one row a write, synchronous=FULL");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bare = runtime.block_on(bare(clients, time));
    let (portal, log) = runtime.block_on(portal(clients, time));
    let share = portal.rate / bare.rate;
    println!(
        "the portal does {:.0} % of the bare group commit; its log grew to {:.1} MB",
        100.0 * share,
        f64::from(u32::try_from(log >> 10).unwrap()) / 1024.0
    );
    let good = share >= LEAST_SHARE
        && portal.p99 < LONGEST_P99
        && portal.refused == 0
        && log < LARGEST_LOG;
    if good {
        return ExitCode::SUCCESS;
    }
    println!("bars: {LEAST_SHARE} of the bare one, p99 {LONGEST_P99:?}, none refused, log 64 MB");
    ExitCode::FAILURE
}

/// Lets every client write one row after the other and prints what came of it.
async fn load<F, W>(name: &str, clients: u64, time: Duration, write: F) -> Measured
where
    F: Fn(String) -> W + Clone + Send + 'static,
    W: Future<Output = bool> + Send,
{
    let next = Arc::new(AtomicI64::new(0));
    let began = Instant::now();
    let running: Vec<_> = (0..clients)
        .map(|_| {
            let (write, next) = (write.clone(), Arc::clone(&next));
            tokio::spawn(async move {
                let (mut waits, mut refused) = (Waits::new(), 0_usize);
                while began.elapsed() < time {
                    let asked = Instant::now();
                    let key = format!("row {}", next.fetch_add(1, Ordering::Relaxed));
                    if write(key).await {
                        waits.push(asked.elapsed());
                    } else {
                        refused += 1;
                    }
                }
                (waits, refused)
            })
        })
        .collect();
    let (mut waits, mut refused) = (Waits::new(), 0);
    for client in running {
        let (own, own_refused) = client.await.unwrap();
        waits.extend(own);
        refused += own_refused;
    }
    waits.sort_unstable();
    let rate = f64::from(u32::try_from(waits.len()).unwrap()) / began.elapsed().as_secs_f64();
    let at = |percent: usize| waits[(waits.len() - 1) * percent / 100];
    println!(
        "{name:>18}: {rate:8.0} writes/s   p50 {:8.2?}   p99 {:8.2?}   refused {refused}",
        at(50),
        at(99)
    );
    Measured { rate, p99: at(99), refused }
}

fn database(folder: &Path) -> DatabaseSettings {
    let file = folder.join("portal.db");
    let address = DatabaseAddress::parse(file.to_str().unwrap()).unwrap();
    let settings = DatabaseSettings::new(address);
    migrate(&settings).unwrap();
    settings
}

async fn portal(clients: u64, time: Duration) -> (Measured, u64) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&database(folder.path())).unwrap();
    let write = move |key: String| {
        let db = db.clone();
        async move { db.write(move |conn| insert!(conn, &key)).await.is_ok() }
    };
    let measured = load("portal", clients, time, write).await;
    let log = std::fs::metadata(folder.path().join("portal.db-wal")).map_or(0, |log| log.len());
    (measured, log)
}

async fn bare(clients: u64, time: Duration) -> Measured {
    let folder = tempfile::tempdir().unwrap();
    database(folder.path());
    let file = folder.path().join("portal.db");
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    conn.batch_execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").unwrap();
    let (queue, mut waiting) = mpsc::channel::<(String, oneshot::Sender<bool>)>(4_096);
    let writer = std::thread::spawn(move || {
        let mut group = Vec::new();
        while waiting.blocking_recv_many(&mut group, 128) > 0 {
            conn.batch_execute("BEGIN IMMEDIATE").unwrap();
            for (key, _) in &group {
                let inserted: Result<(), portal::error::Error> = insert!(&mut conn, key);
                inserted.unwrap();
            }
            conn.batch_execute("COMMIT").unwrap();
            for (_, reply) in group.drain(..) {
                reply.send(true).unwrap();
            }
        }
    });
    let write = move |key: String| {
        let queue = queue.clone();
        async move {
            let (reply, answer) = oneshot::channel();
            queue.send((key, reply)).await.unwrap();
            answer.await.unwrap()
        }
    };
    let measured = load("bare group commit", clients, time, write).await;
    writer.join().unwrap();
    measured
}
