//! Digests and quiet hours as a clerk with a wall clock would keep them: looks at the clocks of the
//! person's zone every quarter of an hour, and knows nothing of the portal.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Duration, DurationRound, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;

/// How often; a day of the week is counted from 0, Monday.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Often {
    #[default]
    AtOnce,
    Daily,
    Weekly(u32),
}

/// Where a notice is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    WaitsUntil(DateTime<Utc>),
    /// By itself.
    Out,
    /// In the digest of a day of the person.
    Told(NaiveDate),
    Refused,
}

#[derive(Clone, Debug)]
pub struct Notice {
    pub name: String,
    /// The program's place in [`Person::programs`].
    pub program: usize,
    role: &'static str,
    /// For the role; else in the place of nobody.
    as_holder: bool,
    pub fate: Fate,
}

#[derive(Clone, Debug)]
pub struct InProgram {
    pub zone: Tz,
    pub takes_part: bool,
    pub often: BTreeMap<&'static str, Often>,
    /// The roles that the person holds; nobody else at the organisation holds any.
    pub holds: BTreeSet<&'static str>,
    digests: BTreeSet<NaiveDate>,
}

impl InProgram {
    pub fn new(zone: Tz) -> Self {
        Self {
            zone,
            takes_part: true,
            often: BTreeMap::new(),
            holds: BTreeSet::new(),
            digests: BTreeSet::new(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Person {
    pub is_administrator: bool,
    pub is_active: bool,
    pub own_zone: Option<Tz>,
    pub digest_hour: u32,
    pub quiet: Option<(u32, u32)>,
    pub programs: Vec<InProgram>,
    pub notices: Vec<Notice>,
}

/// How often the clerk looks at the clock; every zone's offset is a multiple of it.
fn look() -> Duration {
    Duration::minutes(15)
}

impl Person {
    fn zone(&self, program: usize) -> Tz {
        self.own_zone.unwrap_or(self.programs[program].zone)
    }

    fn is_quiet(&self, at: DateTime<Utc>, program: usize) -> bool {
        let hour = at.with_timezone(&self.zone(program)).hour();
        match self.quiet {
            Some((from, until)) if from < until => from <= hour && hour < until,
            Some((from, until)) => hour >= from || hour < until,
            None => false,
        }
    }

    /// The looks at the clock from an instant on, that one included if it is one.
    fn looks(from: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
        let first = from.duration_trunc(look()).unwrap();
        (0..).map(move |count| first + look() * count).skip_while(move |at| *at < from)
    }

    fn once_loud(&self, at: DateTime<Utc>, program: usize) -> DateTime<Utc> {
        if !self.is_quiet(at, program) {
            return at;
        }
        Self::looks(at).find(|look| !self.is_quiet(*look, program)).unwrap()
    }

    /// The first digest after an instant: on each day of the right name, when the clock first shows
    /// the hour or more, and then when it is not quiet any more.
    fn digest_after(&self, now: DateTime<Utc>, program: usize, often: Often) -> DateTime<Utc> {
        let zone = self.zone(program);
        let mut day_done = None;
        for at in Self::looks(now - Duration::days(3)) {
            let local = at.with_timezone(&zone);
            let day = local.date_naive();
            if day_done == Some(day) || local.hour() < self.digest_hour {
                continue;
            }
            day_done = Some(day);
            let is_its_day = match often {
                Often::AtOnce => unreachable!(),
                Often::Daily => true,
                Often::Weekly(weekday) => day.weekday().num_days_from_monday() == weekday,
            };
            let sent = self.once_loud(at, program);
            if is_its_day && sent > now {
                return sent;
            }
        }
        unreachable!("looks never end")
    }

    fn wait(&self, program: usize, role: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self.programs[program].often.get(role).copied().unwrap_or_default() {
            Often::AtOnce => Some(self.once_loud(now, program)).filter(|at| *at > now),
            often => Some(self.digest_after(now, program, often)),
        }
    }

    pub fn is_told_of(&self, program: usize, role: &str) -> bool {
        self.is_administrator || self.programs[program].holds.contains(role)
    }

    pub fn notice(&mut self, name: String, program: usize, role: &'static str, now: DateTime<Utc>) {
        let fate = self.wait(program, role, now).map_or(Fate::Out, Fate::WaitsUntil);
        let as_holder = self.programs[program].holds.contains(role);
        self.notices.push(Notice { name, program, role, as_holder, fate });
    }

    /// After a change of mind: what is not due yet gets its time anew.
    pub fn minds(&mut self, now: DateTime<Utc>) {
        for place in 0..self.notices.len() {
            let Notice { program, role, fate, .. } = self.notices[place].clone();
            if matches!(fate, Fate::WaitsUntil(until) if until > now) {
                let until = self.wait(program, role, now).unwrap_or(now);
                self.notices[place].fate = Fate::WaitsUntil(until);
            }
        }
    }

    fn may_have(&self, notice: &Notice) -> bool {
        let program = &self.programs[notice.program];
        let stands_in = self.is_administrator && !notice.as_holder;
        self.is_active && program.takes_part && (program.holds.contains(notice.role) || stands_in)
    }

    /// Takes up what is due.
    pub fn round(&mut self, now: DateTime<Utc>) {
        for program in 0..self.programs.len() {
            let today = now.with_timezone(&self.zone(program)).date_naive();
            let has_had_one = self.programs[program].digests.contains(&today);
            for place in 0..self.notices.len() {
                let notice = self.notices[place].clone();
                let is_due = matches!(notice.fate, Fate::WaitsUntil(until) if until <= now);
                if notice.program != program || !is_due {
                    continue;
                }
                let often = self.programs[program].often.get(notice.role).copied();
                self.notices[place].fate = if !self.may_have(&notice) {
                    Fate::Refused
                } else if often.unwrap_or_default() == Often::AtOnce {
                    Fate::Out
                } else if has_had_one {
                    Fate::WaitsUntil(self.digest_after(now, program, Often::Daily))
                } else {
                    self.programs[program].digests.insert(today);
                    Fate::Told(today)
                };
            }
        }
    }
}
