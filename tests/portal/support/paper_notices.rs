//! Renewal notices as somebody would keep them on paper: one organisation's people and licences,
//! and a list of who was told what on which day. It knows nothing of the portal.

use std::collections::{BTreeMap, BTreeSet};

/// A day, counted from wherever the story begins.
pub type Day = i32;
/// Days before the end at which a notice is due; negative after it.
pub type Rung = i32;

/// The rules of a program: rungs from the earliest, how long the last one stays, and how long
/// after its end a licence can be renewed.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub rungs: &'static [Rung],
    pub late_days: i32,
    pub lapse_days: i32,
}

#[derive(Clone, Debug)]
pub struct Person {
    pub is_administrator: bool,
    pub is_active: bool,
    pub holds_renewals: bool,
}

#[derive(Clone, Debug)]
pub struct Licence {
    /// None for one that has no end, or no start yet.
    pub ends: Option<Day>,
    pub is_renewed: bool,
}

/// A mail: to whom, and the licences it names with their rungs, by their places in the lists.
pub type Mail = (usize, BTreeSet<(usize, Rung)>);

/// One organisation's story so far.
#[derive(Clone, Debug)]
pub struct Organisation {
    pub takes_part: bool,
    pub people: Vec<Person>,
    pub licences: Vec<Licence>,
    /// Licence and person: each rung told, and the day.
    told: BTreeMap<(usize, usize), Vec<(Rung, Day)>>,
    mailed: BTreeSet<(usize, Day)>,
}

impl Organisation {
    pub fn new(people: Vec<Person>, licences: Vec<Licence>) -> Self {
        Self { takes_part: true, people, licences, told: BTreeMap::new(), mailed: BTreeSet::new() }
    }

    /// The mails that go out on a day; they are noted as told.
    pub fn mails_on(&mut self, today: Day, rules: Rules) -> Vec<Mail> {
        let mut mails = Vec::new();
        for person in self.recipients() {
            if self.mailed.contains(&(person, today)) {
                continue;
            }
            let news: BTreeSet<(usize, Rung)> = (0..self.licences.len())
                .filter_map(|licence| Some((licence, self.rung(licence, today, rules)?)))
                .filter(|(licence, rung)| !self.knows(*licence, person, *rung, today))
                .collect();
            if !news.is_empty() {
                mails.push((person, news));
            }
        }
        for (person, news) in &mails {
            self.mailed.insert((*person, today));
            for (licence, rung) in news {
                self.told.entry((*licence, *person)).or_default().push((*rung, today));
            }
        }
        mails
    }

    /// Who holds the role; where nobody does, the administrators; of an organisation that takes
    /// no part, nobody.
    fn recipients(&self) -> Vec<usize> {
        if !self.takes_part {
            return Vec::new();
        }
        let active = |place: &usize| self.people[*place].is_active;
        let places = || (0..self.people.len()).filter(active);
        let holders: Vec<usize> = places().filter(|at| self.people[*at].holds_renewals).collect();
        if holders.is_empty() {
            places().filter(|at| self.people[*at].is_administrator).collect()
        } else {
            holders
        }
    }

    /// The newest rung that a licence has passed by today, found by walking there day by day.
    fn rung(&self, licence: usize, today: Day, rules: Rules) -> Option<Rung> {
        let licence = &self.licences[licence];
        let end = licence.ends.filter(|_| !licence.is_renewed)?;
        let mut newest = None;
        let mut since = 0;
        for day in (end - 400)..=today {
            since += 1;
            if let Some(rung) = rules.rungs.iter().find(|rung| end - **rung == day) {
                newest = Some(*rung);
                since = 0;
            }
        }
        let is_last = newest == rules.rungs.last().copied();
        let went_silent = is_last && since > rules.late_days;
        let lapsed = today - end > rules.lapse_days;
        newest.filter(|_| !went_silent && !lapsed)
    }

    /// Told of this rung before, or of the licence on a day still to come.
    fn knows(&self, licence: usize, person: usize, rung: Rung, today: Day) -> bool {
        let told = self.told.get(&(licence, person)).map_or(&[][..], Vec::as_slice);
        told.iter().any(|(known, day)| *known == rung || *day > today)
    }
}
