//! The schema: made and brought up to date under a lock, and checked at start-up.

use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::Conn;
use super::engine::DatabaseSettings;
use crate::error::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The key of the PostgreSQL lock under which migrations run; any number that nobody else uses.
pub(super) const MIGRATION_LOCK: i64 = 0x706f_7274_616c;

/// What the database's schema is, compared with what this binary knows.
#[derive(Debug, PartialEq, Eq)]
pub enum SchemaState {
    Current,
    /// So many migrations are still to be run.
    Behind(usize),
    /// A migration was run that this binary does not know: the database is newer.
    Ahead(String),
}

/// Runs what is missing and gives the names of what was run. Several processes may call this at
/// once: one migrates, the others wait and find nothing to do.
pub fn migrate(settings: &DatabaseSettings) -> Result<Vec<String>> {
    let mut conn = settings.connect()?;
    match &mut conn {
        Conn::Postgres(conn) => {
            diesel::sql_query("SELECT pg_advisory_lock($1)")
                .bind::<diesel::sql_types::BigInt, _>(MIGRATION_LOCK)
                .execute(conn)?;
            let ran = run(conn, POSTGRES);
            diesel::sql_query("SELECT pg_advisory_unlock($1)")
                .bind::<diesel::sql_types::BigInt, _>(MIGRATION_LOCK)
                .execute(conn)?;
            ran
        }
        Conn::Sqlite(conn) => migrate_sqlite(conn),
    }
}

/// [`migrate`] for an SQLite file of our own, which no portal serves.
pub fn migrate_file(conn: &mut SqliteConnection) -> Result<Vec<String>> {
    migrate_sqlite(conn)
}

/// Whether anything was ever made here, by whatever program.
pub fn has_tables(conn: &mut Conn) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let sql = match conn {
        Conn::Sqlite(_) => "SELECT COUNT(*) AS count FROM sqlite_schema",
        Conn::Postgres(_) => {
            "SELECT COUNT(*) AS count FROM information_schema.tables \
             WHERE table_schema = current_schema()"
        }
    };
    let Count { count } = diesel::sql_query(sql).get_result(conn)?;
    Ok(count > 0)
}

/// The write lock of the file is held from the first look to the last statement.
#[expect(clippy::disallowed_methods, reason = "migrations run before there is a writer")]
fn migrate_sqlite(conn: &mut SqliteConnection) -> Result<Vec<String>> {
    conn.immediate_transaction(|conn| run(conn, SQLITE))
}

fn run<DB, C>(conn: &mut C, source: EmbeddedMigrations) -> Result<Vec<String>>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
{
    let versions = conn
        .run_pending_migrations(source)
        .map_err(|fault| Error::internal(format!("a migration failed: {fault}")))?;
    Ok(versions.iter().map(ToString::to_string).collect())
}

/// Looks at the schema without changing anything.
pub fn schema_state(conn: &mut Conn) -> Result<SchemaState> {
    let known = match conn {
        Conn::Postgres(_) => versions::<diesel::pg::Pg>(&POSTGRES)?,
        Conn::Sqlite(_) => versions::<diesel::sqlite::Sqlite>(&SQLITE)?,
    };
    let applied = match applied(conn) {
        // Nothing was ever migrated: the table that says so is not there either.
        Err(fault) if fault.to_string().contains(VERSIONS_TABLE) => Vec::new(),
        outcome => outcome?,
    };
    if let Some(unknown) = applied.iter().find(|one| !known.contains(one)) {
        return Ok(SchemaState::Ahead(unknown.clone()));
    }
    match known.len() - applied.len() {
        0 => Ok(SchemaState::Current),
        missing => Ok(SchemaState::Behind(missing)),
    }
}

/// Where diesel's migrations keep which of them were run.
const VERSIONS_TABLE: &str = "__diesel_schema_migrations";

#[derive(diesel::QueryableByName)]
struct Applied {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

fn applied(conn: &mut Conn) -> QueryResult<Vec<String>> {
    let rows: Vec<Applied> =
        diesel::sql_query(format!("SELECT version FROM {VERSIONS_TABLE}")).load(conn)?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

fn versions<DB: diesel::backend::Backend>(source: &EmbeddedMigrations) -> Result<Vec<String>> {
    use diesel::migration::MigrationSource;
    let migrations = MigrationSource::<DB>::migrations(source)
        .map_err(|fault| Error::internal(format!("the migrations cannot be read: {fault}")))?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}
