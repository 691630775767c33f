//! Killed at any moment, a backup leaves no file and a restore leaves what was there.

use std::process::{Command, Stdio};
use std::time::Duration;

use diesel::prelude::*;
use portal::db::schema::{licences, settings};

use super::{Folder, fill, keep_pair, look, pairs};
use crate::support::Portal;
use crate::support::database::Database;

/// Runs a command and kills it after a while, later each time, until it ends by itself.
/// Gives how often it was killed.
fn kill_later_each_time(mut command: impl FnMut() -> Command, mut look: impl FnMut(bool)) -> usize {
    for turn in 0_i32.. {
        let mut child = command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(8).mul_f64(1.3_f64.powi(turn)));
        let ended = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        assert!(!ended || child.wait().unwrap().success());
        child.wait().unwrap();
        look(ended);
        if ended {
            return turn as usize;
        }
    }
    unreachable!("it never ended");
}

#[actix_web::test]
async fn a_killed_backup_leaves_no_file() {
    let (portal, folder) = (Portal::start().await, Folder::new());
    fill(&portal, 1_500, 73_000);
    let file = folder.path("killed");
    let mut halves = 0;
    let command = || folder.command("backup", &file, portal.database_address());
    let killed = kill_later_each_time(command, |ended| {
        halves += usize::from(folder.path(".killed.part").exists());
        // Between its having the name and its end it may be killed, too: then it is whole.
        if file.exists() {
            folder.check(&file).succeeds();
            if !ended {
                std::fs::remove_file(&file).unwrap();
            }
        }
    });
    assert!(killed > 3 && halves > 1, "{killed} kills, {halves} halves");
    assert_eq!(folder.files(), ["killed"], "what the killed ones left is still there");
}

#[actix_web::test]
async fn a_killed_restore_leaves_what_was_there() {
    let (portal, folder) = (Portal::start().await, Folder::new());
    fill(&portal, 800, 74_000);
    portal.write(|conn| keep_pair(1, conn));
    let file = folder.back_up(portal.database_address(), "new");
    let target = Database::fresh();
    look(target.address(), |_| Ok(()));
    {
        let settings = portal::db::DatabaseSettings::new(
            portal::db::DatabaseAddress::parse(target.address()).unwrap(),
        );
        let db = portal::db::Db::open(&settings).unwrap();
        db.write_blocking(|conn| keep_pair(2, conn)).unwrap();
    }
    let (mut old, mut new) = (0, 0);
    let command = || {
        let mut command = folder.command("restore", &file, target.address());
        command.arg("--replace");
        command
    };
    let killed = kill_later_each_time(command, |_| {
        let (kept, lines) = look(target.address(), |conn| {
            settings::table.count().get_result::<i64>(conn)?;
            Ok((pairs(conn)?, licences::table.count().get_result::<i64>(conn)?))
        });
        match kept[0].as_str() {
            "pair 000002 a" => {
                assert_eq!((kept.len(), lines), (2, 0), "half of it is new");
                old += 1;
            }
            "pair 000001 a" => {
                assert_eq!((kept.len(), lines), (2, 800), "half of it is old");
                new += 1;
            }
            other => panic!("{other}"),
        }
    });
    assert!(killed > 3 && old > 3 && new > 0, "{killed} kills: {old} old, {new} new");
}
