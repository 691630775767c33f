//! The file: what it says of itself is true, or it is refused.

use std::path::Path;

use diesel::prelude::*;
use diesel::{SqliteConnection, sql_query};
use portal::db::{Access, Conn, Table, open_file, tables_of};
use sha2::{Digest, Sha256};

use super::{Folder, fill, look};
use crate::support::Portal;
use crate::support::database::Database;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest as docs/operations.md describes it: names, then cells, each with its length.
fn digest(table: &Table, conn: &mut Conn) -> (u64, String) {
    let (mut digest, mut rows) = (Sha256::new(), 0);
    for name in std::iter::once(table.name.as_str()).chain(table.column_names()) {
        digest.update((name.len() as u64).to_le_bytes());
        digest.update(name);
    }
    let each = |row: Vec<Option<String>>| {
        rows += 1;
        for cell in row {
            digest.update([u8::from(cell.is_some())]);
            if let Some(text) = cell {
                digest.update((text.len() as u64).to_le_bytes());
                digest.update(text);
            }
        }
        Ok(())
    };
    table.each_row(conn, each).unwrap();
    (rows, hex(&digest.finalize()))
}

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

fn texts(sql: &str, conn: &mut Conn) -> Vec<String> {
    let rows: Vec<Text> = sql_query(sql).load(conn).unwrap();
    rows.into_iter().map(|row| row.text).collect()
}

/// Makes the manifest fit the file again, after a change, as another version would have made it.
fn seal(file: &Path) {
    let mut conn = open_file(file, Access::Write).unwrap();
    let tables = tables_of(&mut conn).unwrap();
    let mut conn = Conn::Sqlite(conn);
    sql_query("DELETE FROM portal_backup_tables").execute(&mut conn).unwrap();
    for table in tables.iter().filter(|table| !table.name.starts_with("portal_backup")) {
        let (rows, digest) = digest(table, &mut conn);
        let name = &table.name;
        sql_query(format!(
            "INSERT INTO portal_backup_tables (name, rows, digest) VALUES ('{name}', {rows}, '{digest}')"
        ))
        .execute(&mut conn)
        .unwrap();
    }
    let mut lines = texts(
        "SELECT value AS text FROM portal_backup WHERE name IN ('portal', 'engine', 'taken_at') \
         ORDER BY instr('portal engine taken_at', name)",
        &mut conn,
    );
    lines.extend(texts(
        "SELECT name || ' ' || rows || ' ' || digest AS text FROM portal_backup_tables ORDER BY name",
        &mut conn,
    ));
    lines.extend(texts(
        "SELECT version AS text FROM __diesel_schema_migrations ORDER BY version",
        &mut conn,
    ));
    let seal = hex(&Sha256::digest(lines.join("\n") + "\n"));
    sql_query(format!("UPDATE portal_backup SET value = '{seal}' WHERE name = 'seal'"))
        .execute(&mut conn)
        .unwrap();
}

fn change(file: &Path, statements: &str) {
    use diesel::connection::SimpleConnection;
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    conn.batch_execute(statements).unwrap();
}

#[actix_web::test]
async fn what_was_cut_short_or_changed_is_refused() {
    let (portal, folder, target) = (Portal::start().await, Folder::new(), Database::empty());
    let whole = folder.back_up(portal.database_address(), "whole");
    let bytes = std::fs::read(&whole).unwrap();
    let broken = folder.path("broken");
    let page = 4_096;
    for length in
        [0, 1, 100, page, bytes.len() / 2 / page * page, bytes.len() - page, bytes.len() - 1]
    {
        std::fs::write(&broken, &bytes[..length]).unwrap();
        assert_eq!(folder.check(&broken).code, Some(1), "cut to {length} bytes");
    }
    folder.restore(&broken, target.address()).refuses("Nothing was changed");

    for statement in [
        "UPDATE organisations SET name = 'Acne' WHERE name = 'Acme'",
        "DELETE FROM logins",
        "INSERT INTO settings VALUES ('one', 'more')",
        "UPDATE portal_backup SET value = '2020-01-01T00:00:00Z' WHERE name = 'taken_at'",
        "DELETE FROM portal_backup_tables WHERE name = 'licences'",
        "DELETE FROM __diesel_schema_migrations",
        "PRAGMA application_id = 0",
    ] {
        std::fs::write(&broken, &bytes).unwrap();
        folder.check(&broken).succeeds();
        change(&broken, statement);
        folder.check(&broken).refuses("not a whole backup");
    }
    look(target.address(), |conn| {
        assert!(!portal::db::has_tables(conn)?, "a refused restore has written");
        Ok(())
    });
}

/// A bit that is wrong anywhere is either found, or lies where nothing is read.
#[actix_web::test]
async fn no_wrong_bit_reaches_a_database() {
    let (portal, folder) = (Portal::start().await, Folder::new());
    let whole = folder.back_up(portal.database_address(), "whole");
    let bytes = std::fs::read(&whole).unwrap();
    let manifest = portal::backup::check(&whole, &mut |_, _| {}).unwrap();
    let (broken, mut found) = (folder.path("broken"), 0);
    for turn in 0..300 {
        let place = if turn < 100 { turn } else { rand::random_range(0..bytes.len()) };
        let mut wrong = bytes.clone();
        wrong[place] ^= 1 << (turn % 8);
        std::fs::write(&broken, wrong).unwrap();
        match portal::backup::check(&broken, &mut |_, _| {}) {
            Ok(read) => assert_eq!(read, manifest, "byte {place}"),
            Err(_) => found += 1,
        }
    }
    assert!(found > 20, "only {found} of 300 were found");
}

#[actix_web::test]
async fn an_older_backup_is_migrated_and_a_newer_one_refused() {
    let (portal, folder) = (Portal::start().await, Folder::new());
    fill(&portal, 10, 72_000);
    let file = folder.back_up(portal.database_address(), "old");
    // As a portal before the last migration would have left it.
    let last = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .max()
        .unwrap();
    let down = std::fs::read_to_string(last.join("down.sql")).unwrap();
    let name = last.file_name().unwrap().to_str().unwrap();
    let version: String =
        name.split('_').next().unwrap().chars().filter(char::is_ascii_digit).collect();
    let forget = format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'");
    change(&file, &format!("PRAGMA foreign_keys = OFF; {down}; {forget}; VACUUM"));
    seal(&file);

    let target = Database::empty();
    let told = folder.restore(&file, target.address()).succeeds().out;
    assert!(told.contains("migrated "), "{told}");
    look(target.address(), |conn| {
        assert_eq!(portal::db::schema_state(conn)?, portal::db::SchemaState::Current);
        Ok(())
    });
    assert!(!folder.path("data/restore.part").exists(), "the copy was left behind");

    change(&file, "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')");
    seal(&file);
    folder.check(&file).refuses("newer portal");
    folder.replace(&file, target.address()).refuses("newer portal");
}
