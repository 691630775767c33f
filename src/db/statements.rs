//! The few statements that are written differently for the two engines.

use diesel::prelude::*;
use diesel::result::DatabaseErrorKind;
use diesel::sql_types::{Integer, Timestamp};

use super::connection::Conn;
use crate::clock::Instant;
use crate::error::{Error, Result};

/// Rows that a total lies in at most.
const SHARDS: i32 = 8;

/// Inserts many rows with few statements: `insert_all!(conn, table, &rows)`. Gives how many.
#[macro_export]
macro_rules! insert_all {
    ($conn:expr, $table:expr, $rows:expr) => {{
        let mut inserted = 0;
        for chunk in $rows.chunks($crate::db::ROWS_PER_STATEMENT) {
            inserted += match $conn {
                $crate::db::Conn::Postgres(conn) => {
                    diesel::insert_into($table).values(chunk).execute(conn)
                }
                $crate::db::Conn::Sqlite(conn) => {
                    diesel::insert_into($table).values(chunk).execute(conn)
                }
            }?;
        }
        inserted
    }};
}

/// Inserts rows that do not exist yet and leaves those that do alone:
/// `insert_new!(conn, table, &rows)`. Gives how many were new.
#[macro_export]
macro_rules! insert_new {
    ($conn:expr, $table:expr, $rows:expr) => {{
        match $conn {
            $crate::db::Conn::Postgres(conn) => {
                diesel::insert_into($table).values($rows).on_conflict_do_nothing().execute(conn)
            }
            $crate::db::Conn::Sqlite(conn) => {
                diesel::insert_into($table).values($rows).on_conflict_do_nothing().execute(conn)
            }
        }?
    }};
}

/// Loads rows in order to change them, and leaves out those that another transaction is changing:
/// `load_unclaimed!(conn, query)`. (SQLite has one writer, so there nobody else is.)
#[macro_export]
macro_rules! load_unclaimed {
    ($conn:expr, $query:expr) => {{
        match $conn {
            $crate::db::Conn::Postgres(conn) => $query.for_update().skip_locked().load(conn),
            $crate::db::Conn::Sqlite(conn) => $query.load(conn),
        }?
    }};
}

/// The error of an insert whose keys the same transaction has looked for and not found: where one
/// is there all the same, a concurrent write was first, and this one is to be run again.
pub fn first_elsewhere(fault: diesel::result::Error) -> Error {
    match fault {
        diesel::result::Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
            Error::LostRace
        }
        other => other.into(),
    }
}

/// The database's own time: what leases go by, so that hosts whose clocks differ agree.
/// SQLite has whole seconds only and runs on this host, so there it is the system's time.
pub fn now(conn: &mut Conn) -> Result<Instant> {
    match conn {
        Conn::Postgres(conn) => {
            let at = diesel::select(diesel::dsl::sql::<Timestamp>(
                "(clock_timestamp() AT TIME ZONE 'UTC')",
            ))
            .get_result::<Instant>(conn)?;
            Ok(at)
        }
        Conn::Sqlite(_) => Ok(crate::clock::Clock::default().now()),
    }
}

/// SQL for the first day of the month of a column that holds a day.
pub fn first_of_month(day: &str, conn: &Conn) -> String {
    match conn {
        Conn::Postgres(_) => format!("CAST(date_trunc('month', {day}) AS DATE)"),
        Conn::Sqlite(_) => format!("date({day}, 'start of month')"),
    }
}

/// Which of several rows a total is added to, so that transactions that add to it at once do not
/// wait for one another: each connection of PostgreSQL has its own. (SQLite has one writer.)
pub fn shard(conn: &mut Conn) -> Result<i32> {
    match conn {
        Conn::Postgres(conn) => {
            let process = diesel::select(diesel::dsl::sql::<Integer>("pg_backend_pid()"));
            Ok(process.get_result::<i32>(conn)? % SHARDS)
        }
        Conn::Sqlite(_) => Ok(0),
    }
}
