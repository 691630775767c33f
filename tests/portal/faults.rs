//! What happens when the database fails: nothing acknowledged is lost, nothing is half done, and
//! all is well again without a restart.

mod full_disk;
mod half_done;
mod restart;
mod server_away;
mod shared_commit;

use diesel::prelude::*;
use portal::db::schema::settings;
use portal::db::{Conn, Db};
use portal::error::Result;

/// Keeps one name that was not kept before: applied twice, it fails.
fn keep(name: &str, value: &str, conn: &mut Conn) -> Result<()> {
    diesel::insert_into(settings::table)
        .values((settings::name.eq(name), settings::value.eq(value)))
        .execute(conn)?;
    Ok(())
}

/// The names that begin so, in order.
fn kept(prefix: &str, db: &Db) -> Vec<String> {
    let pattern = format!("{prefix}%");
    db.read_blocking(|conn| {
        Ok(settings::table
            .filter(settings::name.like(pattern))
            .order(settings::name)
            .select(settings::name)
            .load(conn)?)
    })
    .unwrap()
}

/// Reads a number and stores the next: applied twice, or on what was undone, it counts wrongly.
fn count_up(conn: &mut Conn) -> Result<()> {
    let next = value_of("count", conn)?.parse::<i64>().unwrap() + 1;
    diesel::update(settings::table.find("count"))
        .set(settings::value.eq(next.to_string()))
        .execute(conn)?;
    Ok(())
}

fn value_of(name: &str, conn: &mut Conn) -> Result<String> {
    Ok(settings::table.find(name).select(settings::value).first(conn)?)
}

fn count(db: &Db) -> i64 {
    db.read_blocking(|conn| value_of("count", conn)).unwrap().parse().unwrap()
}
