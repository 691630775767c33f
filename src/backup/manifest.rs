//! What a backup says of itself, and the seal by which it can be believed.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use sha2::{Digest, Sha256};

use crate::db::{Row, Table};
use crate::error::{Error, Result};

/// The tables of the manifest begin so; they are no tables of the portal.
pub(super) const OWN: &str = "portal_backup";

/// What SQLite's header says the file is: "port" in ASCII.
const APPLICATION_ID: i32 = 0x706f_7274;

/// Rows of a table and a digest over them, made as they pass.
pub(super) struct Tally {
    rows: u64,
    digest: Sha256,
}

impl Tally {
    pub(super) fn of(table: &Table) -> Self {
        let mut digest = Sha256::new();
        let mut name = |name: &str| {
            digest.update((name.len() as u64).to_le_bytes());
            digest.update(name);
        };
        name(&table.name);
        table.column_names().for_each(name);
        Self { rows: 0, digest }
    }

    pub(super) fn add(&mut self, row: &Row) {
        self.rows += 1;
        for cell in row {
            match cell {
                None => self.digest.update([0]),
                Some(text) => {
                    self.digest.update([1]);
                    self.digest.update((text.len() as u64).to_le_bytes());
                    self.digest.update(text);
                }
            }
        }
    }

    pub(super) fn finish(self) -> Content {
        Content { rows: self.rows, digest: hex(&self.digest.finalize()) }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a table holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub rows: u64,
    /// SHA-256 over names and cells, in hexadecimal; the same for the same rows on both engines.
    pub digest: String,
}

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The version of the portal that wrote it.
    pub portal: String,
    /// The engine that it was read from.
    pub engine: String,
    /// When its moment was, in UTC.
    pub taken_at: String,
    pub tables: BTreeMap<String, Content>,
}

#[derive(QueryableByName)]
struct Entry {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct TableEntry {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    rows: i64,
    #[diesel(sql_type = Text)]
    digest: String,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

#[derive(QueryableByName)]
struct ApplicationId {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    application_id: i32,
}

impl Manifest {
    pub fn rows(&self) -> u64 {
        self.tables.values().map(|table| table.rows).sum()
    }

    /// Over all of it and the names of the migrations: one wrong letter and it does not fit.
    fn seal(&self, migrations: &[Version]) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.portal, self.engine, self.taken_at);
        for (name, Content { rows, digest }) in &self.tables {
            text.push_str(&format!("{name} {rows} {digest}\n"));
        }
        for Version { version } in migrations {
            text.push_str(&format!("{version}\n"));
        }
        hex(&Sha256::digest(text))
    }

    pub(super) fn write(&self, conn: &mut SqliteConnection) -> Result<()> {
        conn.batch_execute(&format!(
            "PRAGMA application_id = {APPLICATION_ID};
             CREATE TABLE {OWN} (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);
             CREATE TABLE {OWN}_tables (
                 name TEXT PRIMARY KEY NOT NULL, rows INTEGER NOT NULL, digest TEXT NOT NULL
             );"
        ))?;
        let seal = self.seal(&migrations(conn)?);
        let entries = [
            ("portal", &self.portal),
            ("engine", &self.engine),
            ("taken_at", &self.taken_at),
            ("seal", &seal),
        ];
        for (name, value) in entries {
            diesel::sql_query(format!("INSERT INTO {OWN} (name, value) VALUES (?, ?)"))
                .bind::<Text, _>(name)
                .bind::<Text, _>(value)
                .execute(conn)?;
        }
        for (name, Content { rows, digest }) in &self.tables {
            let insert = format!("INSERT INTO {OWN}_tables (name, rows, digest) VALUES (?, ?, ?)");
            diesel::sql_query(insert)
                .bind::<Text, _>(name)
                .bind::<BigInt, _>(i64::try_from(*rows).map_err(Error::internal)?)
                .bind::<Text, _>(digest)
                .execute(conn)?;
        }
        Ok(())
    }

    /// Reads what a file says of itself; none where it is no backup, or where the seal is broken.
    pub(super) fn read(conn: &mut SqliteConnection) -> Result<Option<Self>> {
        let ApplicationId { application_id } =
            diesel::sql_query("PRAGMA application_id").get_result(conn)?;
        if application_id != APPLICATION_ID {
            return Ok(None);
        }
        let entries: Vec<Entry> =
            diesel::sql_query(format!("SELECT name, value FROM {OWN}")).load(conn)?;
        let mut entries: BTreeMap<String, String> =
            entries.into_iter().map(|one| (one.name, one.value)).collect();
        let tables: Vec<TableEntry> =
            diesel::sql_query(format!("SELECT name, rows, digest FROM {OWN}_tables")).load(conn)?;
        let mut take = |name: &str| entries.remove(name).unwrap_or_default();
        let (portal, engine, taken_at) = (take("portal"), take("engine"), take("taken_at"));
        let seal = take("seal");
        let tables = tables
            .into_iter()
            .map(|one| {
                let rows = u64::try_from(one.rows).map_err(Error::internal)?;
                Ok((one.name, Content { rows, digest: one.digest }))
            })
            .collect::<Result<_>>()?;
        let manifest = Self { portal, engine, taken_at, tables };
        let genuine = seal == manifest.seal(&migrations(conn)?);
        Ok(genuine.then_some(manifest))
    }
}

fn migrations(conn: &mut SqliteConnection) -> Result<Vec<Version>> {
    let versions =
        diesel::sql_query("SELECT version FROM __diesel_schema_migrations ORDER BY version");
    Ok(versions.load(conn)?)
}
