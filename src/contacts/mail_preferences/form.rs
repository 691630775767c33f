//! The form of mail preferences: strings in, a choice out.

use std::sync::LazyLock;

use chrono_tz::{TZ_VARIANTS, Tz};
use serde::Deserialize;

use super::Choices;
use crate::contacts::Role;
use crate::error::Result;
use crate::mail::hours::{Quiet, Rhythm};
use crate::mail::preferences::Preferences;
use crate::web::Fields;

/// Where people live; the rest of the time zone database is other names for the same, and offsets.
const REGIONS: [&str; 10] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
];

/// The time zones that are offered.
pub(in crate::contacts) static ZONES: LazyLock<Vec<Tz>> = LazyLock::new(|| {
    let lives_there = |zone: &Tz| {
        let region = zone.name().split_once('/').map(|(region, _)| region);
        *zone == Tz::UTC || region.is_some_and(|region| REGIONS.contains(&region))
    };
    TZ_VARIANTS.iter().copied().filter(lives_there).collect()
});

/// What the page sends; `rhythm` once for each role: `program:role:daily`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::contacts) struct MailPreferencesForm {
    pub seen: String,
    pub time_zone: String,
    pub digest_hour: String,
    pub quiet: String,
    pub quiet_from: String,
    pub quiet_until: String,
    pub rhythm: Vec<String>,
}

/// What somebody wants.
#[derive(Clone, Debug)]
pub(in crate::contacts) struct Wanted {
    /// The number of the save that was seen.
    pub seen: i32,
    pub preferences: Preferences,
    /// By the program's slug and the role.
    pub rhythms: Vec<(String, Role, Rhythm)>,
}

/// Quiet hours as the form proposes them.
const EVENING: &str = "20";
const MORNING: &str = "7";

impl MailPreferencesForm {
    /// The form as things are.
    pub(in crate::contacts) fn of(choices: &Choices) -> Self {
        let Preferences { time_zone, digest_hour, quiet } = choices.chosen.preferences;
        let hour = |proposed: &str, hour: Option<u32>| {
            hour.map_or_else(|| proposed.to_owned(), |hour| hour.to_string())
        };
        Self {
            seen: choices.chosen.revision.to_string(),
            time_zone: time_zone.map_or_else(String::new, |zone| zone.name().to_owned()),
            digest_hour: digest_hour.to_string(),
            quiet: quiet.map_or_else(String::new, |_| "on".to_owned()),
            quiet_from: hour(EVENING, quiet.map(|quiet| quiet.from)),
            quiet_until: hour(MORNING, quiet.map(|quiet| quiet.until)),
            rhythm: Vec::new(),
        }
    }

    pub(in crate::contacts) fn parse(&self) -> Result<Wanted> {
        let mut fields = Fields::default();
        let time_zone = ZONES.iter().copied().find(|zone| zone.name() == self.time_zone);
        if time_zone.is_none() && !self.time_zone.is_empty() {
            fields.refuse("time_zone", "Choose a time zone of the list.");
        }
        let digest_hour = hour(&mut fields, "digest_hour", &self.digest_hour);
        let quiet = self.quiet_hours(&mut fields);
        let mut rhythms = Vec::new();
        for word in &self.rhythm {
            match rhythm(word) {
                Some(one) => rhythms.push(one),
                None => fields.refuse("rhythm", "Choose for each role at once, daily or weekly."),
            }
        }
        let seen = self.seen.parse().unwrap_or_default();
        fields.finish(|| {
            let preferences = Preferences { time_zone, digest_hour: digest_hour?, quiet };
            Some(Wanted { seen, preferences, rhythms })
        })
    }

    fn quiet_hours(&self, fields: &mut Fields) -> Option<Quiet> {
        if self.quiet.is_empty() {
            return None;
        }
        let from = hour(fields, "quiet_from", &self.quiet_from);
        let until = hour(fields, "quiet_until", &self.quiet_until);
        let (from, until) = from.zip(until)?;
        if from == until {
            fields.refuse("quiet_until", "Quiet hours end at another hour than they begin.");
        }
        Some(Quiet { from, until })
    }
}

fn hour(fields: &mut Fields, name: &'static str, text: &str) -> Option<u32> {
    let hour = text.parse().ok().filter(|hour| *hour < 24);
    if hour.is_none() {
        fields.refuse(name, "Choose an hour of the day.");
    }
    hour
}

fn rhythm(word: &str) -> Option<(String, Role, Rhythm)> {
    let (program, rest) = word.split_once(':')?;
    let (role, rhythm) = rest.split_once(':')?;
    Some((program.to_owned(), role.parse().ok()?, Rhythm::parse(rhythm)?))
}
