//! The outbox under way: how fast one worker empties it over four connections, and whether eight
//! workers, each with connections of its own as processes have, send any mail twice.
//!
//! `cargo bench --bench outbox [-- --database-url ADDRESS] [--rounds 20] [--mails 10000]`
//! PostgreSQL: `scripts/with-postgres sh -c 'cargo bench --bench outbox -- --database-url $TEST_DATABASE_URL'`
//! (an empty database). Without an address it is SQLite in a folder of its own.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has nothing to print")]

mod sink;

use std::time::{Duration, Instant as Timer};

use diesel::prelude::*;
use portal::clock::{Clock, Instant};
use portal::db::schema::{mail_bodies, mails};
use portal::db::{DatabaseAddress, DatabaseSettings, Db, migrate};
use portal::mail::smtp::Smtp;
use portal::mail::{Delivery, MailStatus, Pace, Sender, Way, Worker};
use tokio::task::JoinSet;

const CONNECTIONS: usize = 4;
const WORKERS: usize = 8;
/// The least that is good, in mails a second.
const FLOOR: f64 = 1_000.0;

#[derive(Insertable)]
#[diesel(table_name = mails)]
struct QueuedMail {
    reference: String,
    dedupe_key: String,
    event: &'static str,
    to_name: &'static str,
    to_email: &'static str,
    reason: &'static str,
    subject: &'static str,
    message_id: String,
    status: MailStatus,
    attempts: i32,
    next_attempt_at: Instant,
    queued_at: Instant,
    answer: &'static str,
    search_key: &'static str,
}

#[derive(Insertable)]
#[diesel(table_name = mail_bodies)]
struct Body {
    mail_id: i64,
    text_body: String,
    html_body: String,
}

struct Bench {
    settings: DatabaseSettings,
    sink: sink::Sink,
    mails: usize,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn database(&self) -> Db {
        Db::open(&self.settings).unwrap()
    }

    fn worker(&self, lanes: usize) -> Worker {
        let url = format!("smtp://127.0.0.1:{}?connections={lanes}", self.sink.port);
        let smtp = Smtp::from_url(&url, "bench.example.org").unwrap();
        let (way, sender) = (Way::Smtp(smtp), Sender::default());
        let delivery = Delivery { way, sender, pace: Pace::with_lanes(lanes) };
        Worker::new(self.database(), Clock::default(), delivery)
    }

    fn fill(&self, round: usize) {
        let now = Clock::default().now();
        let db = self.database();
        let numbers: Vec<usize> = (0..self.mails).collect();
        for chunk in numbers.chunks(500) {
            let rows: Vec<QueuedMail> =
                chunk.iter().map(|number| mail(&format!("{round}-{number}"), now)).collect();
            db.write_blocking(move |conn| {
                portal::insert_all!(conn, mails::table, rows);
                let references: Vec<&String> = rows.iter().map(|row| &row.reference).collect();
                let ids: Vec<i64> = mails::table
                    .filter(mails::reference.eq_any(references))
                    .select(mails::id)
                    .load(conn)?;
                let bodies: Vec<Body> = ids.into_iter().map(body).collect();
                portal::insert_all!(conn, mail_bodies::table, bodies);
                Ok(())
            })
            .unwrap();
        }
    }

    /// Lets workers empty the outbox and gives how long that took.
    async fn empty(&self, workers: usize, lanes: usize) -> Duration {
        let (_go_on, stop) = tokio::sync::watch::channel(false);
        let workers: Vec<Worker> = (0..workers).map(|_| self.worker(lanes)).collect();
        let began = Timer::now();
        let mut running = JoinSet::new();
        for worker in workers {
            let stop = stop.clone();
            running.spawn(async move { worker.run_once(stop).await.unwrap() });
        }
        running.join_all().await;
        began.elapsed()
    }

    /// Every mail was sent, and none twice.
    fn check(&self) {
        let unsent: i64 = self
            .database()
            .read_blocking(|conn| {
                let unsent = mails::table.filter(mails::status.ne(MailStatus::Sent));
                Ok(unsent.count().get_result(conn)?)
            })
            .unwrap();
        let seen = std::mem::take(&mut *self.sink.seen.lock().unwrap());
        let copies = seen.values().filter(|times| **times > 1).count();
        assert_eq!((seen.len(), copies, unsent), (self.mails, 0, 0), "seen, twice, not sent");
    }
}

fn mail(number: &str, now: Instant) -> QueuedMail {
    QueuedMail {
        reference: format!("M-{number}"),
        dedupe_key: format!("bench:{number}"),
        event: "bench.mail",
        to_name: "Olga Owner",
        to_email: "olga@acme.example",
        reason: "You get this because it concerns your account.",
        subject: "3 licences to renew",
        message_id: format!("<m-{number}@bench.example.org>"),
        status: MailStatus::Queued,
        attempts: 0,
        next_attempt_at: now,
        queued_at: now,
        answer: "",
        search_key: "",
    }
}

fn body(mail_id: i64) -> Body {
    let text_body = "Dear Olga,\nthree licences end soon.\n".repeat(20);
    let html_body = "<p>Dear Olga,<br>three licences end soon.</p>\n".repeat(40);
    Body { mail_id, text_body, html_body }
}

fn per_second(mails: usize, time: Duration) -> f64 {
    f64::from(u32::try_from(mails).unwrap()) / time.as_secs_f64()
}

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().collect();
    let option = |name: &str| {
        let place = words.iter().position(|word| word == name)?;
        words.get(place + 1).cloned()
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("portal.db").to_str().unwrap().to_owned();
    let database = option("--database-url").unwrap_or(file);
    let settings = DatabaseSettings::new(DatabaseAddress::parse(&database).unwrap());
    migrate(&settings).unwrap();
    let number = |name: &str, usual| option(name).map_or(usual, |text| text.parse().unwrap());
    let (rounds, mails) = (number("--rounds", 20), number("--mails", 10_000));
    let bench = Bench { settings, sink: sink::open(), mails, _folder: folder };
    let mut rates = Vec::new();
    for round in 0..3 {
        bench.fill(round);
        rates.push(per_second(mails, bench.empty(1, CONNECTIONS).await));
        bench.check();
    }
    rates.sort_by(f64::total_cmp);
    println!("one worker, {CONNECTIONS} connections: {:.0} mails/s (middle of 3)", rates[1]);
    let began = Timer::now();
    for round in 3..3 + rounds {
        bench.fill(round);
        bench.empty(WORKERS, 1).await;
        bench.check();
    }
    println!(
        "{WORKERS} workers, {rounds} rounds of {mails} mails: none twice, none lost, {:.0} s in all",
        began.elapsed().as_secs_f64()
    );
    if rates[1] < FLOOR {
        eprintln!("below the floor of {FLOOR} mails a second");
        std::process::exit(1);
    }
}
