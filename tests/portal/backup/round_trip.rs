//! From one engine to the other and back: table by table the same.

use std::collections::BTreeMap;
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_query;
use portal::backup;

use super::{Folder, fill, look};
use crate::support::Portal;
use crate::support::database::{Database, is_postgres};
use crate::support::post::Kind;

/// What a restore puts to rest is not what it was before the first one.
const RESTED: [&str; 5] = ["audit_events", "mails", "one_time_links", "sessions", "sweep_runs"];

fn digests(file: &Path) -> BTreeMap<String, String> {
    let manifest = backup::check(file, &mut |_, _| {}).unwrap();
    manifest.tables.into_iter().map(|(name, content)| (name, content.digest)).collect()
}

fn without(names: &[&str], file: &Path) -> BTreeMap<String, String> {
    let mut digests = digests(file);
    digests.retain(|name, _| !names.contains(&name.as_str()));
    digests
}

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

/// Whatever the database is, to SQLite, to it again, and to SQLite once more. On PostgreSQL this
/// is there and back between the engines.
#[actix_web::test]
async fn every_table_is_the_same_after_going_round() {
    let (portal, folder) = (Portal::start().await, Folder::new());
    fill(&portal, 300, 75_000);
    portal.queue_mails("owner", &["é \u{1f600} 'quoted' \"twice\"", "two"], Kind::Role);
    portal.write(|conn| {
        // Instants with every number of digits after the second.
        for (number, fraction) in ["", ".5", ".05", ".500100", ".123456"].iter().enumerate() {
            let change = match conn {
                portal::db::Conn::Sqlite(_) => {
                    let digits = fraction.len().saturating_sub(1).next_multiple_of(3);
                    let at = match fraction.strip_prefix('.') {
                        Some(some) => format!("2026-03-01 10:00:00.{some:0<digits$}"),
                        None => "2026-03-01 10:00:00".to_owned(),
                    };
                    format!("UPDATE organisations SET created_at = '{at}'")
                }
                portal::db::Conn::Postgres(_) => {
                    format!("UPDATE organisations SET created_at = '2026-03-01 10:00:00{fraction}'")
                }
            };
            let one = format!(
                " WHERE id = (SELECT id FROM organisations ORDER BY id LIMIT 1 OFFSET {number})"
            );
            sql_query(change + &one).execute(conn)?;
        }
        Ok(())
    });
    // Bytes of every kind, and more of them than wait for others.
    let deal = portal.draft_deal("owner", &[]).await;
    let every: Vec<u8> = b"%PDF-".iter().copied().chain(0..=255).collect();
    portal.attached("owner", &deal, "every.pdf", &every).await;
    let large: Vec<u8> = every.iter().copied().cycle().take(4_300_000).collect();
    portal.attached("owner", &deal, "large.pdf", &large).await;
    let first = folder.back_up(portal.database_address(), "first");
    let (there, lite) = (Database::empty(), folder.path("lite.db"));
    folder.restore(&first, there.address()).succeeds();
    let second = folder.back_up(there.address(), "second");
    folder.restore(&second, lite.to_str().unwrap()).succeeds();
    let third = folder.back_up(lite.to_str().unwrap(), "third");
    let back = Database::empty();
    folder.restore(&third, back.address()).succeeds();
    let fourth = folder.back_up(back.address(), "fourth");

    assert!(digests(&first).len() > 20, "{:?}", digests(&first));
    assert_eq!(without(&RESTED, &first), without(&RESTED, &second));
    // Nothing is left to be put to rest but a line of history for each restore.
    let lines = ["audit_events", "sweep_runs"];
    assert_eq!(without(&lines, &second), without(&lines, &third));
    assert_eq!(without(&lines, &third), without(&lines, &fourth));

    // On SQLite an instant is compared as text: it must be written as a query writes it.
    let written = look(lite.to_str().unwrap(), |conn| {
        let rows: Vec<Text> = sql_query(
            "SELECT CAST(created_at AS TEXT) AS text FROM organisations ORDER BY id LIMIT 5",
        )
        .load(conn)?;
        Ok(rows.into_iter().map(|row| row.text).collect::<Vec<String>>())
    });
    let second = "2026-03-01 10:00:00";
    assert_eq!(
        written,
        ["", ".500", ".050", ".500100", ".123456"].map(|rest| format!("{second}{rest}"))
    );
    let from = backup::check(&fourth, &mut |_, _| {}).unwrap().engine;
    assert_eq!(from, if is_postgres() { "PostgreSQL" } else { "SQLite" });
}
