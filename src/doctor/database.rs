//! The database: whether it answers, and what lies in it.

use chrono::Duration;
use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use super::Finding;
use crate::clock::{Clock, Instant};
use crate::db::schema::{audit_events, logins, mails, programs};
use crate::db::{self, Conn, Db, Engine, SchemaState, schema_state};
use crate::error::{Error, Result};
use crate::mail::MailStatus;

/// Clocks that are further apart than this put things into the wrong order.
const SECONDS_APART: i64 = 5;
/// A mail that waits longer than this has nobody who sends it.
const WAITING: Duration = Duration::minutes(15);

/// Whether the database answers and has this binary's schema. None where it does not, and then
/// there is nothing more to ask it.
pub fn reach(db: &Db) -> (Vec<Finding>, bool) {
    const CHECK: &str = "schema";
    let state = match db.read_blocking(schema_state) {
        Ok(state) => state,
        Err(fault) => {
            let advice = "Is it running, and is DATABASE_URL right?";
            return (
                vec![Finding::wrong("database", format!("{}.", upper(&fault)), advice)],
                false,
            );
        }
    };
    let engine = match db.engine() {
        Engine::Sqlite => format!("SQLite {} answers.", db::sqlite_version()),
        Engine::Postgres => "PostgreSQL answers.".to_owned(),
    };
    let schema = match &state {
        SchemaState::Current => Finding::well(CHECK, "It is this portal's."),
        SchemaState::Behind(missing) => {
            Finding::wrong(CHECK, format!("{missing} migrations are missing."), "portal migrate")
        }
        SchemaState::Ahead(version) => Finding::wrong(
            CHECK,
            format!("A newer portal has migrated it ({version})."),
            "Run that portal, or restore a backup from before.",
        ),
    };
    (vec![Finding::well("database", engine), schema], state == SchemaState::Current)
}

fn upper(fault: &Error) -> String {
    let text = fault.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What the data say: the time, programs, sign-ins, mail that waits or failed. `clock` is the
/// portal's own, which a demo sets; `delivers` is whether mail has a way out.
pub fn data(db: &Db, clock: &Clock, delivers: bool) -> Result<Vec<Finding>> {
    let now = clock.now();
    db.read_blocking(|conn| {
        Ok(vec![
            time(now, conn)?,
            programs_there(conn)?,
            sign_ins(conn)?,
            waiting_mail(delivers, conn)?,
            failed_mail(conn)?,
        ])
    })
}

fn time(now: Instant, conn: &mut Conn) -> Result<Finding> {
    const CHECK: &str = "clock";
    let apart = db::now(conn)?.seconds_since(Clock::default().now()).abs();
    let latest: Option<Instant> = audit_events::table
        .order(audit_events::id.desc())
        .select(audit_events::at)
        .first(conn)
        .optional()?;
    let ahead = latest.map_or(0, |latest| latest.seconds_since(now));
    Ok(if apart > SECONDS_APART {
        let advice = "Let both machines keep time by NTP.";
        Finding::wrong(CHECK, format!("The database's clock is {apart} seconds off."), advice)
    } else if ahead > SECONDS_APART {
        let advice = "Was the clock set back? Let this machine keep time by NTP.";
        Finding::wrong(CHECK, format!("The last change lies {ahead} seconds ahead of now."), advice)
    } else {
        Finding::well(CHECK, format!("It is {now}."))
    })
}

fn programs_there(conn: &mut Conn) -> Result<Finding> {
    let count: i64 = programs::table.count().get_result(conn)?;
    Ok(if count == 0 {
        let advice = "portal program import FILE, or set one up in the browser.";
        Finding::note("programs", "There is none yet.", advice)
    } else {
        Finding::well("programs", format!("There are {count}."))
    })
}

fn sign_ins(conn: &mut Conn) -> Result<Finding> {
    let count: i64 = logins::table
        .filter(logins::password_hash.is_not_null())
        .filter(logins::locked_at.is_null())
        .count()
        .get_result(conn)?;
    Ok(if count == 0 {
        let advice = "portal serve prints a link to set up the first.";
        Finding::note("sign-ins", "Nobody can sign in yet.", advice)
    } else {
        Finding::well("sign-ins", format!("{count} people can sign in."))
    })
}

fn waiting_mail(delivers: bool, conn: &mut Conn) -> Result<Finding> {
    const CHECK: &str = "outbox";
    let now = db::now(conn)?;
    let due =
        mails::table.filter(MailStatus::Queued.alone()).filter(mails::next_attempt_at.le(now));
    let (count, oldest): (i64, Option<Instant>) =
        due.select((count_star(), min(mails::next_attempt_at))).first(conn)?;
    let Some(oldest) = oldest else {
        return Ok(Finding::well(CHECK, "No mail is due."));
    };
    let waited = span(now.seconds_since(oldest));
    let text = format!("{count} mails are due, the oldest for {waited}.");
    Ok(if !delivers {
        let advice = "They stay queued, for no mail server is set: set PORTAL_SMTP_URL.";
        Finding::wrong(CHECK, text, advice)
    } else if oldest < now - WAITING {
        let advice = "Start `portal worker`, or `portal serve` without --no-worker.";
        Finding::wrong(CHECK, text, advice)
    } else {
        Finding::well(CHECK, text)
    })
}

/// A length of time in words, in its largest unit.
fn span(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} seconds"),
        120..7_200 => format!("{} minutes", seconds / 60),
        7_200..172_800 => format!("{} hours", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn failed_mail(conn: &mut Conn) -> Result<Finding> {
    let count: i64 = mails::table.filter(MailStatus::Failed.alone()).count().get_result(conn)?;
    Ok(if count == 0 {
        Finding::well("failed mail", "There is none.")
    } else {
        let advice =
            "portal outbox list --status failed says why; `portal outbox retry` tries again.";
        Finding::note("failed mail", format!("{count} mails were given up on."), advice)
    })
}
