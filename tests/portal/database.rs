//! Reads and writes on whichever engine the run is on, and the schema that both share.

use std::sync::{Arc, Mutex};

use chrono::Duration;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use portal::db::schema::{settings, throttles};
use portal::db::{
    Conn, DatabaseAddress, DatabaseSettings, Db, SchemaState, migrate, padded, schema_state,
};
use portal::error::{Error, Result};

use crate::support::{Portal, database};

fn keep(name: &str, value: &str, conn: &mut Conn) -> Result<()> {
    diesel::insert_into(settings::table)
        .values((settings::name.eq(name), settings::value.eq(value)))
        .execute(conn)?;
    Ok(())
}

fn kept(portal: &Portal, name: &str) -> Option<String> {
    portal.read(|conn| {
        Ok(settings::table.find(name).select(settings::value).first(conn).optional()?)
    })
}

#[derive(QueryableByName)]
struct Compiled {
    #[diesel(sql_type = Text)]
    compile_options: String,
}

/// Where it is not, a LIMIT alone makes SQLite prepare the statement anew each time it is run.
#[test]
fn sqlite_is_built_to_plan_by_the_text_alone() {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    let options: Vec<Compiled> =
        diesel::sql_query("PRAGMA compile_options").load(&mut conn).unwrap();
    let options: Vec<String> = options.into_iter().map(|one| one.compile_options).collect();
    assert!(options.contains(&"ENABLE_QPSG".to_owned()), "see .cargo/config.toml: {options:?}");
}

#[test]
fn a_list_of_a_kept_query_has_one_of_few_lengths() {
    let lengths = |list: &[i32]| padded(list).len();
    assert_eq!(
        [&[][..], &[1], &[1, 2], &[1, 2, 3], &[1, 2, 3, 4, 5]].map(lengths),
        [0, 1, 2, 4, 8]
    );
    assert_eq!(padded(&[1, 2, 3]), [1, 2, 3, 3]);
}

#[actix_web::test]
async fn a_write_that_fails_leaves_nothing() {
    let portal = Portal::start().await;
    let failed = portal
        .db()
        .write(|conn| {
            keep("half", "done", conn)?;
            Err::<(), _>(Error::conflict("no"))
        })
        .await;
    assert!(matches!(failed, Err(Error::Conflict(_))));
    assert_eq!(kept(&portal, "half"), None);
}

#[actix_web::test]
async fn a_savepoint_that_fails_undoes_its_part_alone() {
    let portal = Portal::start().await;
    portal.write(|conn| {
        keep("whole", "yes", conn)?;
        let part = conn.savepoint(|conn| {
            keep("part", "yes", conn)?;
            Err::<(), _>(Error::NotFound)
        });
        assert!(matches!(part, Err(Error::NotFound)));
        Ok(())
    });
    assert_eq!((kept(&portal, "whole"), kept(&portal, "part")), (Some("yes".to_owned()), None));
}

#[actix_web::test]
async fn a_write_that_panics_harms_no_other() {
    let portal = Portal::start().await;
    let writes = (0..40).map(|number| {
        let db = portal.db().clone();
        async move {
            db.write(move |conn| {
                keep(&format!("write {number}"), "made", conn)?;
                assert!(number % 10 != 3, "this write panics on purpose");
                Ok(())
            })
            .await
        }
    });
    let outcomes = futures_util::future::join_all(writes).await;
    for (number, outcome) in outcomes.iter().enumerate() {
        let made = kept(&portal, &format!("write {number}")).is_some();
        assert_eq!(outcome.is_ok(), number % 10 != 3, "write {number}: {outcome:?}");
        assert_eq!(made, outcome.is_ok(), "write {number} was answered wrongly");
    }
}

/// Read, then write what was read plus one: loses updates unless writes are serialised.
fn count_up(conn: &mut Conn) -> Result<()> {
    let value: String = settings::table.find("count").select(settings::value).first(conn)?;
    let next = value.parse::<i64>().unwrap() + 1;
    diesel::update(settings::table.find("count"))
        .set(settings::value.eq(next.to_string()))
        .execute(conn)?;
    Ok(())
}

#[actix_web::test]
async fn two_processes_lose_no_update() {
    let portal = Portal::start().await;
    let other = portal.beside().await;
    portal.write(|conn| keep("count", "0", conn));
    let writes = (0..60).map(|number| {
        let db = if number % 2 == 0 { portal.db() } else { other.db() }.clone();
        async move { db.write(count_up).await }
    });
    for outcome in futures_util::future::join_all(writes).await {
        outcome.unwrap();
    }
    assert_eq!(kept(&portal, "count").as_deref(), Some("60"));
}

#[actix_web::test]
async fn inserting_what_exists_changes_nothing() {
    let portal = Portal::start().await;
    let at = portal.app.clock.now();
    let insert = move |spent: i32| {
        move |conn: &mut Conn| {
            let row = (
                throttles::bucket.eq("test"),
                throttles::key_hash.eq("key"),
                throttles::window_at.eq(at),
                throttles::spent.eq(spent),
            );
            Ok(portal::db::insert_new!(conn, throttles::table, row))
        }
    };
    assert_eq!(portal.write(insert(1)), 1);
    assert_eq!(portal.write(insert(2)), 0);
    let spent: i32 =
        portal.read(|conn| Ok(throttles::table.select(throttles::spent).first(conn)?));
    assert_eq!(spent, 1);
}

#[actix_web::test]
async fn an_instant_comes_back_to_the_microsecond() {
    let portal = Portal::start().await;
    let at = portal.app.clock.now() + Duration::microseconds(123_457);
    portal.write(move |conn| {
        let row = (
            throttles::bucket.eq("instant"),
            throttles::key_hash.eq("key"),
            throttles::window_at.eq(at),
            throttles::spent.eq(0),
        );
        diesel::insert_into(throttles::table).values(row).execute(conn)?;
        Ok(())
    });
    let back = portal.read(|conn| Ok(throttles::table.select(throttles::window_at).first(conn)?));
    assert_eq!(at, back);
}

#[actix_web::test]
async fn statements_can_be_observed() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    let portal =
        Portal::observed(Arc::new(move |sql| sink.lock().unwrap().push(sql.to_owned()))).await;
    kept(&portal, "anything");
    assert!(seen.lock().unwrap().iter().any(|sql| sql.contains("settings")));
}

#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = BigInt)]
    nullable: i64,
}

const SQLITE_COLUMNS: &str = "SELECT m.name AS table_name, c.name AS column_name, \
    1 - c.\"notnull\" AS nullable FROM sqlite_master m, pragma_table_info(m.name) c \
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'";

const POSTGRES_COLUMNS: &str = "SELECT table_name::text, column_name::text, \
    (is_nullable = 'YES')::int::bigint AS nullable FROM information_schema.columns \
    WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'";

/// The tables as the code believes them to be.
fn believed() -> Vec<Column> {
    let mut columns = Vec::new();
    let mut table = String::new();
    for line in include_str!("../../src/db/schema.rs").lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            table = name.to_owned();
        } else if let Some((name, kind)) = line.split_once(" -> ").filter(|_| line.ends_with(',')) {
            columns.push(Column {
                table_name: table.clone(),
                column_name: name.to_owned(),
                nullable: i64::from(kind.starts_with("Nullable")),
            });
        }
    }
    columns.sort();
    columns
}

#[actix_web::test]
async fn the_migrations_make_the_tables_that_the_code_believes_in() {
    let portal = Portal::start().await;
    let question = if database::is_postgres() { POSTGRES_COLUMNS } else { SQLITE_COLUMNS };
    let mut columns: Vec<Column> = portal.read(|conn| Ok(diesel::sql_query(question).load(conn)?));
    columns.sort();
    let believed = believed();
    assert!(believed.len() > 150, "schema.rs was not understood");
    assert_eq!(columns, believed);
}

const SQLITE_SECONDS: &str = "CAST(strftime('%s', events.at) AS BIGINT) \
                              - CAST(strftime('%s', deals.submitted_at) AS BIGINT)";
const POSTGRES_SECONDS: &str =
    "CAST(FLOOR(EXTRACT(EPOCH FROM events.at - deals.submitted_at)) AS BIGINT)";

#[test]
fn both_migration_trees_say_the_same() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let read = |engine: &str| {
        let mut files = std::collections::BTreeMap::new();
        for folder in std::fs::read_dir(format!("{root}/{engine}")).unwrap() {
            let folder = folder.unwrap();
            for file in ["up.sql", "down.sql"] {
                let text = std::fs::read_to_string(folder.path().join(file)).unwrap();
                let text = text
                    .replace("BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "ID")
                    .replace("INTEGER PRIMARY KEY NOT NULL", "ID")
                    .replace("BIGINT PRIMARY KEY NOT NULL", "ID")
                    .replace("CAST(date_trunc('month', due_on) AS DATE)", "FIRST OF MONTH")
                    .replace("date(due_on, 'start of month')", "FIRST OF MONTH")
                    .replace(SQLITE_SECONDS, "SECONDS")
                    .replace(POSTGRES_SECONDS, "SECONDS")
                    .replace(" COLLATE \"C\"", "")
                    .replace(" BYTEA ", " BLOB ");
                files.insert((folder.file_name(), file), text);
            }
        }
        files
    };
    let (sqlite, postgres) = (read("sqlite"), read("postgres"));
    assert!(sqlite.len() >= 10);
    assert_eq!(sqlite, postgres);
}

#[test]
fn four_processes_may_migrate_at_once() {
    let database = database::Database::empty();
    let settings = DatabaseSettings::new(DatabaseAddress::parse(database.address()).unwrap());
    let processes: Vec<_> = (0..4)
        .map(|_| {
            let settings = settings.clone();
            std::thread::spawn(move || migrate(&settings).unwrap().len())
        })
        .collect();
    let ran: Vec<usize> = processes.into_iter().map(|one| one.join().unwrap()).collect();
    assert_eq!(ran.iter().filter(|count| **count > 0).count(), 1, "{ran:?}");
    let db = Db::open(&settings).unwrap();
    assert_eq!(db.read_blocking(schema_state).unwrap(), SchemaState::Current);
}

#[test]
fn an_empty_database_is_behind() {
    let database = database::Database::empty();
    let settings = DatabaseSettings::new(DatabaseAddress::parse(database.address()).unwrap());
    let db = Db::open(&settings).unwrap();
    assert!(
        matches!(db.read_blocking(schema_state).unwrap(), SchemaState::Behind(missing) if missing > 0)
    );
}
