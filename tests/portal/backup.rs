//! Backups: of one moment, whole or not at all, and what a restore must not simply go on with.

mod format;
mod kills;
mod round_trip;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use diesel::prelude::*;
use portal::db::schema::{audit_events, one_time_links, sessions, settings, sweep_runs};
use portal::db::{Conn, DatabaseAddress, DatabaseSettings, Db};
use portal::error::Result;
use portal::generate::{self, Size};
use portal::mail::MailStatus;
use tempfile::TempDir;

use crate::support::Portal;
use crate::support::binary::{self, Said, said};
use crate::support::database::Database;
use crate::support::post::Kind;

/// A folder for files and for what the commands write.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, word: &str, file: &Path, database: &str) -> Command {
        let mut command = binary::portal(&[word]);
        command.arg(file).arg("--data").arg(self.path("data")).args(["--database-url", database]);
        command
    }

    fn back_up(&self, database: &str, name: &str) -> PathBuf {
        let file = self.path(name);
        said(&self.command("backup", &file, database).output().unwrap()).succeeds();
        file
    }

    fn restore(&self, file: &Path, database: &str) -> Said {
        said(&self.command("restore", file, database).output().unwrap())
    }

    fn replace(&self, file: &Path, database: &str) -> Said {
        said(&self.command("restore", file, database).arg("--replace").output().unwrap())
    }

    fn check(&self, file: &Path) -> Said {
        let mut command = binary::portal(&["restore", "--check"]);
        said(&command.arg(file).arg("--data").arg(self.path("data")).output().unwrap())
    }

    /// What lies in the folder, without the data.
    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "data")
            .collect();
        names.sort();
        names
    }
}

/// Opens a database for a look, with pools that close when it is dropped.
fn look<T>(database: &str, work: impl FnOnce(&mut Conn) -> Result<T>) -> T {
    let settings = DatabaseSettings::new(DatabaseAddress::parse(database).unwrap());
    Db::open(&settings).unwrap().read_blocking(work).unwrap()
}

fn fill(portal: &Portal, licences: usize, seed: u64) {
    let size = Size { partners: 5, customers: 20, licences, inquiries: 10, leads: 10, deals: 10 };
    let now = portal.app.clock.now();
    generate::fill("shield", size, seed, now, portal.db(), |_| {}).unwrap();
}

/// Says that it is over when it is dropped.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn keep_pair(number: usize, conn: &mut Conn) -> Result<()> {
    for half in ["a", "b"] {
        let name = format!("pair {number:06} {half}");
        diesel::insert_into(settings::table)
            .values((settings::name.eq(name), settings::value.eq("kept")))
            .execute(conn)?;
    }
    Ok(())
}

fn pairs(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(settings::table
        .filter(settings::name.like("pair %"))
        .order(settings::name)
        .select(settings::name)
        .load(conn)?)
}

#[actix_web::test]
async fn a_backup_taken_while_others_write_is_one_moment() {
    let portal = Portal::start().await;
    fill(&portal, 2_000, 71_000);
    let (folder, target) = (Folder::new(), Database::empty());
    let db = portal.db().clone();
    let (over, written) = (AtomicBool::new(false), AtomicUsize::new(0));
    let address = portal.database_address().to_owned();
    let (file, before, after) = std::thread::scope(|threads| {
        // Whatever fails, the writer ends.
        let _end = End(&over);
        threads.spawn(|| {
            for number in 0.. {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                db.write_blocking(move |conn| keep_pair(number, conn)).unwrap();
                written.store(number + 1, Ordering::SeqCst);
            }
        });
        while written.load(Ordering::SeqCst) < 5 {
            std::thread::yield_now();
        }
        let before = written.load(Ordering::SeqCst);
        let file = folder.back_up(&address, "moment");
        let after = written.load(Ordering::SeqCst);
        (file, before, after)
    });
    folder.restore(&file, target.address()).succeeds();
    let kept = look(target.address(), pairs);
    let whole = kept.len() / 2;
    let expected: Vec<String> = (0..whole)
        .flat_map(|number| ["a", "b"].map(|half| format!("pair {number:06} {half}")))
        .collect();
    assert_eq!(kept, expected, "not what had been written at one moment");
    // One more may have been committed and not yet counted.
    assert!((before..=after + 1).contains(&whole), "{before} ≤ {whole} ≤ {after}");
    assert!(after > before, "nobody wrote meanwhile");
}

#[actix_web::test]
async fn a_restore_parks_the_mail_and_ends_what_was_open() {
    let portal = Portal::start().await;
    portal.queue_mails("owner", &["one", "two"], Kind::Account);
    let owner = portal.owner();
    let now = portal::clock::Clock::default().now();
    portal.write(move |conn| {
        portal::auth::links::issue(portal::auth::links::Purpose::SetUp, None, now, conn)
            .map(drop)?;
        diesel::insert_into(sweep_runs::table)
            .values((
                sweep_runs::name.eq("renewals"),
                sweep_runs::program_id.eq(1_i64),
                sweep_runs::day_on.eq(now.utc().date()),
                sweep_runs::attempts.eq(1),
                sweep_runs::claimed_until_at.eq(now + chrono::Duration::days(40_000)),
                sweep_runs::outcome.eq(""),
            ))
            .execute(conn)?;
        Ok(())
    });
    drop(owner);
    let (folder, target) = (Folder::new(), Database::empty());
    let file = folder.back_up(portal.database_address(), "open");
    let told = folder.restore(&file, target.address()).succeeds().out;
    assert!(told.contains("2 mails are parked") && told.contains("1 sessions"), "{told}");
    assert!(told.contains("the key that seals them"), "{told}");

    look(target.address(), |conn| {
        use portal::db::schema::mails;
        let held: i64 =
            mails::table.filter(mails::status.eq(MailStatus::Held)).count().get_result(conn)?;
        let queued: i64 =
            mails::table.filter(mails::status.eq(MailStatus::Queued)).count().get_result(conn)?;
        assert_eq!((held, queued), (2, 0));
        assert_eq!(sessions::table.count().get_result::<i64>(conn)?, 0);
        let system = portal::clock::Clock::default().now();
        let good: i64 = one_time_links::table
            .filter(one_time_links::used_at.is_null())
            .filter(one_time_links::expires_at.gt(system))
            .count()
            .get_result(conn)?;
        assert_eq!(good, 0);
        let claimed: i64 = sweep_runs::table
            .filter(sweep_runs::claimed_until_at.gt(system + chrono::Duration::seconds(5)))
            .count()
            .get_result(conn)?;
        assert_eq!(claimed, 0, "somebody's work stays claimed");
        let (who, why): (String, String) = audit_events::table
            .filter(audit_events::action.eq("portal.restored"))
            .select((audit_events::actor_name, audit_events::why))
            .first(conn)?;
        assert_eq!(who, "A restore");
        assert!(why.starts_with("2 mails parked"), "{why}");
        Ok(())
    });
    // And mail goes on when an operator says so; a new record gets a number of its own.
    let release = |words: &[&str]| {
        let mut command = binary::portal(words);
        command.args(["--database-url", target.address()]).arg("--data").arg(folder.path("data"));
        said(&command.output().unwrap()).succeeds().out
    };
    assert_eq!(release(&["outbox", "release", "--all"]).matches("released").count(), 2);
    release(&["user", "lock", "owner@acme.example"]);
}

#[actix_web::test]
async fn nothing_is_written_over_unless_it_is_said() {
    let (portal, folder) = (Portal::start().await, Folder::new());
    let file = folder.back_up(portal.database_address(), "first");
    let target = Database::fresh();
    look(target.address(), |_| Ok(()));
    folder.restore(&file, target.address()).refuses("--replace");
    folder.replace(&file, target.address()).succeeds();

    let mut again = folder.command("backup", &file, portal.database_address());
    said(&again.output().unwrap()).refuses("is there already");
    // One that is served is left alone.
    folder.replace(&file, portal.database_address()).refuses("stop the portal");
    portal.write(|conn| keep_pair(1, conn));
    assert_eq!(folder.files(), ["first"]);
}

#[actix_web::test]
async fn a_backup_that_cannot_be_made_leaves_nothing() {
    let (portal, folder) = (Portal::start().await, Folder::new());
    let nowhere = folder.path("missing/file");
    let mut command = folder.command("backup", &nowhere, portal.database_address());
    said(&command.output().unwrap()).refuses("Cannot make");
    let empty = Database::empty();
    let mut command = folder.command("backup", &folder.path("early"), empty.address());
    said(&command.output().unwrap()).refuses("portal migrate");
    assert_eq!(folder.files(), [""; 0]);
}
