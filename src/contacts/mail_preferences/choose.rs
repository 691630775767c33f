//! The change of mail preferences: check, row, history in one transaction.

use super::form::Wanted;
use super::{Choices, InProgram};
use crate::audit::{self, By, Change, Subject};
use crate::clock::Instant;
use crate::contacts::actions::MAIL_PREFERENCES_CHANGED;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::mail::hours::Quiet;
use crate::mail::preferences::{self, Chosen, Preferences};

/// Who chooses for whom.
pub(in crate::contacts) struct Choosing<'a> {
    pub by: By<'a>,
    pub subject: Subject<'a>,
}

impl Choices {
    /// Puts what somebody wants in the place of what they saw; `false` where it is the same.
    pub(in crate::contacts) fn choose(
        &self,
        wanted: &Wanted,
        choosing: &Choosing<'_>,
        now: Instant,
        conn: &mut Conn,
    ) -> Result<bool> {
        let mut chosen = self.chosen.clone();
        chosen.revision = wanted.seen;
        chosen.preferences = wanted.preferences;
        for (slug, role, rhythm) in &wanted.rhythms {
            let its = |one: &&InProgram| one.program.slug == *slug;
            let line = self
                .programs
                .iter()
                .find(its)
                .filter(|one| one.roles.iter().any(|line| line.role == *role));
            let Some(program) = line else {
                return Err(Error::field("rhythm", "Choose for roles that are on this page."));
            };
            chosen.set_rhythm(program.program.id, role.as_str(), *rhythm);
        }
        if chosen == self.chosen {
            return Ok(false);
        }
        preferences::save(choosing.subject.id, &chosen, now, conn)?;
        let (from, to) = self.differences(&chosen);
        let change = Change { from: &from, to: &to, ..Change::default() };
        audit::record(choosing.by, &MAIL_PREFERENCES_CHANGED, choosing.subject, change, now, conn)?;
        Ok(true)
    }

    /// What was and what is instead, in words.
    fn differences(&self, chosen: &Chosen) -> (String, String) {
        let (old, new) = (self.chosen.preferences, chosen.preferences);
        let mut pairs = vec![
            (zone(old), zone(new)),
            (digests(old), digests(new)),
            (quiet(old.quiet), quiet(new.quiet)),
        ];
        for one in &self.programs {
            for line in &one.roles {
                let rhythm = chosen.rhythm(one.program.id, line.role.as_str());
                let what = format!("{} of {}", line.role.label(), one.program.name);
                let words = |label: &str| format!("{what} {label}");
                pairs.push((words(line.rhythm.label()), words(rhythm.label())));
            }
        }
        pairs.retain(|(old, new)| old != new);
        let (old, new): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
        (old.join("; "), new.join("; "))
    }
}

fn zone(preferences: Preferences) -> String {
    preferences
        .time_zone
        .map_or_else(|| "the program's time".to_owned(), |zone| format!("time of {}", zone.name()))
}

fn digests(preferences: Preferences) -> String {
    format!("digests at {:02}:00", preferences.digest_hour)
}

fn quiet(quiet: Option<Quiet>) -> String {
    quiet.map_or_else(
        || "no quiet hours".to_owned(),
        |Quiet { from, until }| format!("quiet from {from:02}:00 until {until:02}:00"),
    )
}
