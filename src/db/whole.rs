//! The database as a whole, for copies of it: read at one moment, or written anew in one
//! transaction that nobody else is beside.

use std::path::Path;

use diesel::connection::{AnsiTransactionManager, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::connection::Conn;
use super::engine::DatabaseSettings;
use super::migrations::MIGRATION_LOCK;
use super::tables::{Table, quoted};
use crate::error::{Error, Result};

/// Reads on a connection of its own that sees one moment, however long it takes. Nobody who
/// writes meanwhile waits for it.
pub fn read_whole<T>(
    settings: &DatabaseSettings,
    work: impl FnOnce(&mut Conn) -> Result<T>,
) -> Result<T> {
    let mut conn = settings.connect()?;
    match &mut conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN")?,
        Conn::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(
            conn,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        )?,
    }
    let outcome = work(&mut conn)?;
    conn.roll_back()?;
    Ok(outcome)
}

/// Empties all tables, fills them anew, and then changes what must not stay as it was filled in,
/// all in one transaction: until it ends, and if it does not, everything is as it was. Refuses
/// while anybody else uses the database.
pub fn write_whole<T>(
    settings: &DatabaseSettings,
    tables: &[Table],
    fill: impl FnOnce(&mut Conn) -> Result<()>,
    change: impl FnOnce(&mut Conn) -> Result<T>,
) -> Result<T> {
    let mut conn = settings.connect()?;
    be_alone(&mut conn)?;
    let outcome = in_one_transaction(&mut conn, |conn| {
        refill(conn, tables, fill)?;
        change(conn)
    });
    if let Conn::Sqlite(conn) = &mut conn {
        conn.batch_execute("PRAGMA journal_mode = WAL")?;
    }
    outcome
}

fn in_one_transaction<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    match conn {
        Conn::Sqlite(conn) => {
            AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN EXCLUSIVE")?;
        }
        Conn::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN")?,
    }
    let outcome = work(conn);
    match &outcome {
        Ok(_) => conn.commit()?,
        Err(_) => conn.roll_back()?,
    }
    outcome
}

fn refill(
    conn: &mut Conn,
    tables: &[Table],
    fill: impl FnOnce(&mut Conn) -> Result<()>,
) -> Result<()> {
    let ties = match conn {
        Conn::Sqlite(conn) => {
            for table in tables {
                conn.batch_execute(&format!("DELETE FROM {}", quoted(&table.name)))?;
            }
            Vec::new()
        }
        Conn::Postgres(conn) => empty_postgres(tables, conn)?,
    };
    fill(conn)?;
    match conn {
        Conn::Sqlite(conn) => require_ties(conn),
        Conn::Postgres(conn) => finish_postgres(tables, &ties, conn),
    }
}

/// On PostgreSQL a process that starts meanwhile waits for the lock of the migrations.
fn be_alone(conn: &mut Conn) -> Result<()> {
    let others = match conn {
        Conn::Sqlite(conn) => {
            conn.batch_execute("PRAGMA foreign_keys = OFF")?;
            // It cannot leave WAL mode while anybody else has the file open.
            let left =
                conn.batch_execute("PRAGMA busy_timeout = 1000; PRAGMA journal_mode = DELETE");
            left.is_err() || journal_mode(conn)? != "delete"
        }
        Conn::Postgres(conn) => {
            diesel::sql_query("SELECT pg_advisory_lock($1)")
                .bind::<BigInt, _>(MIGRATION_LOCK)
                .execute(conn)?;
            are_others_here(conn)?
        }
    };
    if others {
        return Err(Error::Setting(
            "Somebody else uses the database: stop the portal, its workers and whoever else is \
             connected, then try again."
                .to_owned(),
        ));
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Who has just gone away may still be seen for a moment.
fn are_others_here(conn: &mut PgConnection) -> Result<bool> {
    for _ in 0..20 {
        let Count { count } = diesel::sql_query(
            "SELECT COUNT(*) AS count FROM pg_stat_activity WHERE datname = current_database() \
             AND pid <> pg_backend_pid() \
             AND coalesce(backend_type, 'client backend') = 'client backend'",
        )
        .get_result(conn)?;
        if count == 0 {
            return Ok(false);
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    Ok(true)
}

#[derive(QueryableByName)]
struct Mode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

fn journal_mode(conn: &mut SqliteConnection) -> Result<String> {
    let mode: Mode = diesel::sql_query("PRAGMA journal_mode").get_result(conn)?;
    Ok(mode.journal_mode)
}

/// A foreign key, as PostgreSQL describes it.
#[derive(QueryableByName)]
struct Tie {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

/// Rows may come in any order: a licence names the one that renewed it, which comes later. So the
/// foreign keys are taken off, and put on again, which checks them all, before the commit.
fn empty_postgres(tables: &[Table], conn: &mut PgConnection) -> Result<Vec<Tie>> {
    let ties: Vec<Tie> = diesel::sql_query(
        "SELECT CAST(conrelid AS regclass)::text AS table, conname::text AS name, \
         pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE contype = 'f' \
         AND connamespace = CAST(current_schema() AS regnamespace) ORDER BY 1, 2",
    )
    .load(conn)?;
    for tie in &ties {
        let name = quoted(&tie.name);
        conn.batch_execute(&format!("ALTER TABLE {} DROP CONSTRAINT {name}", tie.table))?;
    }
    let names: Vec<String> = tables.iter().map(|table| quoted(&table.name)).collect();
    conn.batch_execute(&format!("TRUNCATE {}", names.join(", ")))?;
    Ok(ties)
}

fn finish_postgres(tables: &[Table], ties: &[Tie], conn: &mut PgConnection) -> Result<()> {
    for Tie { table, name, definition } in ties {
        let name = quoted(name);
        conn.batch_execute(&format!("ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))?;
    }
    for table in tables.iter().filter(|table| table.has_counted_id()) {
        let name = quoted(&table.name);
        let sequence = format!("pg_get_serial_sequence('{name}', 'id')");
        conn.batch_execute(&format!(
            "SELECT setval({sequence}, GREATEST((SELECT MAX(id) FROM {name}), 1), \
             EXISTS (SELECT 1 FROM {name}))"
        ))?;
    }
    Ok(())
}

fn require_ties(conn: &mut SqliteConnection) -> Result<()> {
    let Count { count } =
        diesel::sql_query("SELECT COUNT(*) AS count FROM pragma_foreign_key_check")
            .get_result(conn)?;
    match count {
        0 => Ok(()),
        _ => Err(Error::internal(format!("{count} rows name others that are not there"))),
    }
}

/// An SQLite file beside the portal's own database: a copy being made or read.
pub fn open_file(file: &Path, access: Access) -> Result<SqliteConnection> {
    let unreadable = |_| Error::Setting(format!("Cannot open {}.", file.display()));
    let absolute = std::path::absolute(file).map_err(Error::internal)?;
    let mut address = url::Url::from_file_path(&absolute).map_err(unreadable)?;
    address.set_query(Some(match access {
        Access::Read => "mode=ro&immutable=1",
        Access::Write => "mode=rw",
    }));
    let mut conn = SqliteConnection::establish(address.as_str())
        .map_err(|_| Error::Setting(format!("Cannot open {}.", file.display())))?;
    conn.batch_execute("PRAGMA trusted_schema = OFF")?;
    Ok(conn)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nobody changes it, and neither do we.
    Read,
    Write,
}
