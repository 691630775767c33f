//! The figures that are looked up when somebody asks for them.

use diesel::dsl::min;
use diesel::prelude::*;

use super::process;
use crate::clock::Instant;
use crate::db::schema::{mails, sessions};
use crate::db::{self, Conn, Db};
use crate::error::Result;
use crate::figures;
use crate::mail::{MailStatus, unfinished};

pub(super) async fn all(db: &Db, started_at: Instant) {
    figures::build(env!("CARGO_PKG_VERSION"), db.engine().as_str());
    if let Some(facts) = process::facts(started_at) {
        figures::process(facts);
    }
    for pool in db.pools() {
        figures::pool(pool.name, pool.used, pool.most);
    }
    figures::database(db.read(look_up).await.is_ok());
}

fn look_up(conn: &mut Conn) -> Result<()> {
    for count in unfinished(conn)? {
        figures::outbox(count.status.as_str(), count.mails);
    }
    let oldest: Option<Instant> = mails::table
        .filter(MailStatus::Queued.alone())
        .select(min(mails::next_attempt_at))
        .first(conn)?;
    let waited = match oldest {
        Some(due) => db::now(conn)?.seconds_since(due).max(0),
        None => 0,
    };
    figures::oldest_due(waited);
    figures::sessions(sessions::table.count().get_result(conn)?);
    Ok(())
}
