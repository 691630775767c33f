//! When and how often mail by role reaches a contact: by role and program at once, daily or weekly,
//! at the person's own hours (docs/domain.md, section 13). Mail about an account is none of it.

use std::collections::BTreeMap;

use chrono::Weekday;
use chrono_tz::Tz;
use diesel::prelude::*;

use super::hours::{Hours, Quiet, Rhythm};
use super::waiting;
use crate::clock::Instant;
use crate::db::schema::{contacts, mail_preferences, mail_rhythms};
use crate::db::{self, Conn};
use crate::error::{Error, Result};

/// What a person wants of all programs alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// None: each program's own.
    pub time_zone: Option<Tz>,
    pub digest_hour: u32,
    pub quiet: Option<Quiet>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { time_zone: None, digest_hour: 7, quiet: None }
    }
}

impl Preferences {
    /// The person's hours in a program of this time zone.
    pub fn hours(&self, program_zone: Tz) -> Hours {
        Hours {
            zone: self.time_zone.unwrap_or(program_zone),
            digest_hour: self.digest_hour,
            quiet: self.quiet,
        }
    }
}

/// What a contact has chosen, of which the counter of saves tells one state from the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    pub preferences: Preferences,
    /// By program and role; what is not in it is sent at once.
    rhythms: BTreeMap<(i64, String), Rhythm>,
    pub revision: i32,
}

type PreferencesRow = (i64, Option<String>, i32, Option<i32>, Option<i32>, i32);
type RhythmRow = (i64, String, String, Option<i32>);

impl Chosen {
    /// By a contact that the caller has found within its scope. One query.
    pub fn by(contact_id: i64, conn: &mut Conn) -> Result<Self> {
        let rows: Vec<(Option<PreferencesRow>, Option<RhythmRow>)> = contacts::table
            .left_join(mail_preferences::table)
            .left_join(mail_rhythms::table.on(mail_rhythms::contact_id.eq(contacts::id)))
            .filter(contacts::id.eq(contact_id))
            .select((
                (
                    mail_preferences::contact_id,
                    mail_preferences::time_zone,
                    mail_preferences::digest_hour,
                    mail_preferences::quiet_from,
                    mail_preferences::quiet_until,
                    mail_preferences::revision,
                )
                    .nullable(),
                (
                    mail_rhythms::program_id,
                    mail_rhythms::role,
                    mail_rhythms::rhythm,
                    mail_rhythms::weekday,
                )
                    .nullable(),
            ))
            .load(conn)?;
        let mut chosen = Self::default();
        for (preferences, rhythm) in rows {
            if let Some(row) = preferences {
                chosen.revision = row.5;
                chosen.preferences = preferences_of(row);
            }
            if let Some((program_id, role, word, weekday)) = rhythm {
                chosen.rhythms.insert((program_id, role), rhythm_of(&word, weekday));
            }
        }
        Ok(chosen)
    }

    pub fn rhythm(&self, program_id: i64, role: &str) -> Rhythm {
        self.rhythms.get(&(program_id, role.to_owned())).copied().unwrap_or_default()
    }

    pub fn set_rhythm(&mut self, program_id: i64, role: &str, rhythm: Rhythm) {
        let key = (program_id, role.to_owned());
        match rhythm {
            Rhythm::AtOnce => self.rhythms.remove(&key),
            _ => self.rhythms.insert(key, rhythm),
        };
    }
}

/// A zone that is no longer known is as good as none.
fn preferences_of(row: PreferencesRow) -> Preferences {
    let (_, time_zone, digest_hour, quiet_from, quiet_until, _) = row;
    let quiet = quiet_from.zip(quiet_until);
    Preferences {
        time_zone: time_zone.and_then(|name| name.parse().ok()),
        digest_hour: digest_hour.unsigned_abs(),
        quiet: quiet
            .map(|(from, until)| Quiet { from: from.unsigned_abs(), until: until.unsigned_abs() }),
    }
}

/// A rhythm as it is stored: by its word, and the day of the week from 1, Monday.
pub fn rhythm_of(word: &str, weekday: Option<i32>) -> Rhythm {
    let weekday = weekday
        .and_then(|day| u8::try_from(day - 1).ok())
        .and_then(|day| Weekday::try_from(day).ok());
    match (word, weekday) {
        ("weekly", Some(day)) => Rhythm::Weekly(day),
        ("daily", _) => Rhythm::Daily,
        _ => Rhythm::AtOnce,
    }
}

/// The stored form of a rhythm; none for what is not stored.
fn stored(rhythm: Rhythm) -> Option<(&'static str, Option<i32>)> {
    match rhythm {
        Rhythm::AtOnce => None,
        Rhythm::Daily => Some(("daily", None)),
        Rhythm::Weekly(day) => Some(("weekly", i32::try_from(day.number_from_monday()).ok())),
    }
}

/// Puts a contact's choice in the place of the one with its number, and gives what waits for the
/// person its new time; a conflict if somebody else has saved since.
pub fn save(contact_id: i64, chosen: &Chosen, now: Instant, conn: &mut Conn) -> Result<()> {
    save_preferences(contact_id, chosen, now, conn)?;
    diesel::delete(mail_rhythms::table.filter(mail_rhythms::contact_id.eq(contact_id)))
        .execute(conn)?;
    let rows: Vec<_> = chosen
        .rhythms
        .iter()
        .filter_map(|((program_id, role), rhythm)| {
            let (word, weekday) = stored(*rhythm)?;
            Some((
                mail_rhythms::contact_id.eq(contact_id),
                mail_rhythms::program_id.eq(*program_id),
                mail_rhythms::role.eq(role.clone()),
                mail_rhythms::rhythm.eq(word),
                mail_rhythms::weekday.eq(weekday),
            ))
        })
        .collect();
    for row in rows {
        diesel::insert_into(mail_rhythms::table).values(row).execute(conn)?;
    }
    waiting::set_anew(contact_id, chosen, now, conn)
}

fn save_preferences(contact_id: i64, chosen: &Chosen, now: Instant, conn: &mut Conn) -> Result<()> {
    let Preferences { time_zone, digest_hour, quiet } = chosen.preferences;
    let hour = |hour: u32| i32::try_from(hour).ok();
    let values = (
        mail_preferences::time_zone.eq(time_zone.map(Tz::name)),
        mail_preferences::digest_hour.eq(hour(digest_hour).unwrap_or_default()),
        mail_preferences::quiet_from.eq(quiet.and_then(|quiet| hour(quiet.from))),
        mail_preferences::quiet_until.eq(quiet.and_then(|quiet| hour(quiet.until))),
        mail_preferences::revision.eq(chosen.revision + 1),
        mail_preferences::changed_at.eq(now),
    );
    let changed = if chosen.revision == 0 {
        let row = (mail_preferences::contact_id.eq(contact_id), values);
        db::insert_new!(conn, mail_preferences::table, row)
    } else {
        let seen = mail_preferences::table
            .find(contact_id)
            .filter(mail_preferences::revision.eq(chosen.revision));
        diesel::update(seen).set(values).execute(conn)?
    };
    if changed == 1 {
        return Ok(());
    }
    Err(Error::conflict(
        "Somebody else has changed these mail preferences meanwhile. Open them again to see how \
         they are now.",
    ))
}
