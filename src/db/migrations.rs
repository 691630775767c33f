//! The schema: made and brought up to date under a lock, and checked at start-up.

use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::Db;
use super::connection::Conn;
use super::engine::DatabaseSettings;
use crate::error::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The key of the PostgreSQL lock under which migrations run; any number that nobody else uses.
const MIGRATION_LOCK: i64 = 0x706f_7274_616c;

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

/// Looks at the schema without changing it.
pub fn schema_state(db: &Db) -> Result<SchemaState> {
    db.read_blocking(|conn| match conn {
        Conn::Postgres(conn) => state(conn, &POSTGRES),
        Conn::Sqlite(conn) => state(conn, &SQLITE),
    })
}

fn state<DB, C>(conn: &mut C, source: &EmbeddedMigrations) -> Result<SchemaState>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: diesel::migration::MigrationSource<DB>,
{
    use diesel::migration::MigrationSource;
    let fault = |fault| Error::internal(format!("cannot read the schema's version: {fault}"));
    let known: Vec<String> = MigrationSource::<DB>::migrations(source)
        .map_err(fault)?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    let applied = conn.applied_migrations().map_err(fault)?;
    if let Some(unknown) = applied.iter().find(|one| !known.contains(&one.to_string())) {
        return Ok(SchemaState::Ahead(unknown.to_string()));
    }
    match known.len() - applied.len() {
        0 => Ok(SchemaState::Current),
        missing => Ok(SchemaState::Behind(missing)),
    }
}
