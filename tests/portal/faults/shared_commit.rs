//! Writes that share a commit on SQLite: the misfortune of one is no other's.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query};
use futures_util::future::{join_all, join4};
use portal::db::{Conn, DatabaseAddress, DatabaseSettings, Db};
use portal::error::{Error, Result};

use super::{count, count_up, keep, kept};
use crate::support::Portal;
use crate::support::database::{Database, is_postgres};
use crate::support::post::Kind;

/// The file may not grow any more, as on a full disk.
fn fill_the_disk(conn: &mut Conn) -> Result<()> {
    // Fewer pages than there are already: SQLite takes the present size for the most.
    sql_query("PRAGMA max_page_count = 1").execute(conn)?;
    Ok(())
}

/// More than fits into the pages there are.
fn keep_much(name: &str, conn: &mut Conn) -> Result<()> {
    keep(name, &"x".repeat(4_000_000), conn)
}

/// Holds the writer for long enough that what is sent meanwhile shares the next commit.
fn hold_up(_: &mut Conn) -> Result<()> {
    std::thread::sleep(Duration::from_millis(100));
    Ok(())
}

#[actix_web::test]
async fn a_disk_that_is_full_for_one_write_neither_loses_nor_repeats_another() {
    if is_postgres() {
        return;
    }
    let portal = Portal::start().await;
    let db = portal.db();
    portal.write(|conn| keep("count", "0", conn));
    let counts = (0..20).map(|_| db.write(count_up));
    let (first, _, outcomes, last) = join4(
        db.write(hold_up),
        db.write(|conn| {
            fill_the_disk(conn)?;
            keep_much("big", conn)
        }),
        join_all(counts),
        db.write(|conn| keep("last", "made", conn)),
    )
    .await;
    first.unwrap();
    last.unwrap();
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(count(db), 20);
    assert_eq!(kept("last", db), ["last"]);
}

/// The part that fails takes the whole transaction with it, and the write does not care.
#[actix_web::test]
async fn a_full_disk_inside_of_a_part_undoes_the_whole() {
    if is_postgres() {
        return;
    }
    let portal = Portal::start().await;
    let outcome = portal
        .db()
        .write(|conn| {
            fill_the_disk(conn)?;
            keep("before", "made", conn)?;
            let part = conn.savepoint(|conn| keep_much("part", conn));
            assert!(matches!(part, Err(Error::Unavailable)), "{part:?}");
            let after = keep("after", "made", conn);
            assert!(matches!(after, Err(Error::Unavailable)), "written outside: {after:?}");
            Err::<(), _>(Error::conflict("no"))
        })
        .await;
    assert!(matches!(outcome, Err(Error::Unavailable)), "{outcome:?}");
    let kept: Vec<String> =
        ["before", "part", "after"].iter().flat_map(|name| kept(name, portal.db())).collect();
    assert_eq!(kept, Vec::<String>::new());
    portal.write(|conn| keep("again", "made", conn));
}

#[actix_web::test]
async fn a_file_that_another_process_holds_is_told_to_all_at_once() {
    if is_postgres() {
        return;
    }
    let database = Database::fresh();
    let db = database.open(None);
    let mut other = SqliteConnection::establish(database.address()).unwrap();
    other.batch_execute("BEGIN EXCLUSIVE").unwrap();
    let began = Instant::now();
    let writes = (0..8).map(|number| {
        let db = db.clone();
        async move { db.write(move |conn| keep(&format!("held {number}"), "made", conn)).await }
    });
    for outcome in join_all(writes).await {
        assert!(matches!(outcome, Err(Error::Unavailable)), "{outcome:?}");
    }
    assert!(began.elapsed() < Duration::from_secs(15), "each waited for itself");
    assert_eq!(kept("held", &db), Vec::<String>::new(), "reads go on meanwhile");
    other.batch_execute("COMMIT").unwrap();
    db.write(|conn| keep("held 9", "made", conn)).await.unwrap();
    assert_eq!(kept("held", &db), ["held 9"]);
}

#[actix_web::test]
async fn a_file_that_is_read_only_is_read_and_not_written() {
    if is_postgres() {
        return;
    }
    let database = Database::fresh();
    let address = format!("file:{}?mode=ro", database.address());
    let settings = DatabaseSettings::new(DatabaseAddress::parse(&address).unwrap());
    let db = Db::open(&settings).unwrap();
    let outcome = db.write(|conn| keep("not", "made", conn)).await;
    assert!(matches!(outcome, Err(Error::Unavailable)), "{outcome:?}");
    assert_eq!(kept("not", &db), Vec::<String>::new());
}

/// One moment for all queries of a page: what is written between them is not seen.
#[actix_web::test]
async fn a_read_sees_one_moment() {
    if is_postgres() {
        return;
    }
    let portal = Portal::start().await;
    portal.write(|conn| keep("count", "0", conn));
    let (before, after) = portal.read(|conn| {
        let ask = |conn: &mut Conn| super::value_of("count", conn);
        let before = ask(conn)?;
        portal.write(count_up);
        Ok((before, ask(conn)?))
    });
    assert_eq!((before.as_str(), after.as_str()), ("0", "0"));
    assert_eq!(count(portal.db()), 1);
}

#[actix_web::test]
async fn what_is_called_a_read_cannot_write() {
    if is_postgres() {
        return;
    }
    let portal = Portal::start().await;
    let outcome = portal.db().read(|conn| keep("sly", "made", conn)).await;
    assert!(outcome.is_err());
    assert_eq!(kept("sly", portal.db()), Vec::<String>::new());
}

/// A reference that exists is another mail's: that this one was queued before is not true.
#[actix_web::test]
async fn a_mail_whose_reference_is_taken_is_not_lost_in_silence() {
    if is_postgres() {
        return;
    }
    let portal = Portal::start().await;
    assert!(portal.queue_mail("owner", "first", Kind::Account));
    portal.write(|conn| {
        let taken = "CREATE TRIGGER taken BEFORE INSERT ON mails BEGIN \
            UPDATE mails SET reference = NEW.reference; END";
        Ok(sql_query(taken).execute(conn)?)
    });
    let second =
        catch_unwind(AssertUnwindSafe(|| portal.queue_mail("owner", "second", Kind::Account)));
    assert!(second.is_err(), "answered as if the mail were queued before");
    portal.write(|conn| Ok(sql_query("DROP TRIGGER taken").execute(conn)?));
    assert!(portal.queue_mail("owner", "second", Kind::Account));
}
