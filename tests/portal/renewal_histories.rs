//! Renewal notices over random histories: roles given and taken, people and partners who leave and
//! come back, licences renewed and bought, sweeps with gaps, twice, for an earlier day, and by two
//! processes at once. A model on paper says which mails there must be; there are those, no others.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::prelude::*;
use portal::auth::Program;
use portal::calendar::add_days;
use portal::contacts::Role;
use portal::db::schema::{contacts, enrolments, mail_bodies, mails, renewal_notices};
use portal::renewals;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::support::Portal;
use crate::support::channel::{add_contact, enrol, give_role, take_role};
use crate::support::licences::{self as table, Put, date};
use crate::support::paper_notices::{Licence, Mail, Organisation, Person, Rules};

const WORLDS: u64 = 20;
/// In one world, so that sweeps meet many organisations at once.
const HISTORIES: usize = 100;
const STEPS: usize = 6;
/// As `shield.toml` has them.
const RULES: Rules = Rules { rungs: &[60, 20, 5, -10], late_days: 14, lapse_days: 40 };

/// One history: the organisation on paper and in the portal.
struct History {
    paper: Organisation,
    id: i64,
    name: String,
    people: Vec<i64>,
    licences: Vec<Put>,
}

struct World {
    portal: Portal,
    other: Portal,
    program: Program,
    random: ChaCha8Rng,
    histories: Vec<History>,
    /// Days since the story began.
    today: i32,
    seen: i64,
}

#[actix_web::test]
async fn the_mails_are_those_that_the_paper_says() {
    let (mut histories, mut mails) = (0, 0);
    for seed in 0..WORLDS {
        let mut world = World::new(seed).await;
        for _ in 0..STEPS {
            world.live();
            mails += world.sweep_and_compare();
        }
        histories += world.histories.len();
    }
    assert!(histories >= 2_000, "only {histories} histories");
    assert!(mails > 5_000, "the histories are too quiet: {mails} mails");
}

fn day(number: i32) -> NaiveDate {
    add_days(date("2026-03-02"), number.into())
}

impl World {
    async fn new(seed: u64) -> Self {
        let portal = Portal::start().await;
        let other = portal.beside().await;
        let program = portal.read(|conn| Program::find_unscoped("shield", conn));
        let mut world = Self {
            portal,
            other,
            program,
            random: ChaCha8Rng::seed_from_u64(seed),
            histories: Vec::new(),
            today: 0,
            seen: 0,
        };
        for number in 0..HISTORIES {
            world.begin_history(number);
        }
        world
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    fn any(&mut self, below: usize) -> usize {
        self.random.random_range(0..below)
    }

    fn begin_history(&mut self, number: usize) {
        let name = format!("Partner {number}");
        let id = enrol(&name, &self.portal);
        self.histories.push(History {
            paper: Organisation::new(Vec::new(), Vec::new()),
            id,
            name,
            people: Vec::new(),
            licences: Vec::new(),
        });
        for place in 0..1 + self.any(4) {
            let is_administrator = place == 0 || self.chance(30);
            self.employ(number, is_administrator);
        }
        for _ in 0..self.any(6) {
            self.buy(number);
        }
    }

    fn employ(&mut self, history: usize, is_administrator: bool) {
        let at = &mut self.histories[history];
        let contact = add_contact(at.id, at.people.len(), is_administrator, &self.portal);
        at.people.push(contact);
        at.paper.people.push(Person { is_administrator, is_active: true, holds_renewals: false });
        if self.chance(50) {
            self.turn_role(history, self.histories[history].people.len() - 1);
        }
    }

    fn buy(&mut self, history: usize) {
        let ends = self.today + self.random.random_range(-60..110);
        let is_endless = self.chance(10);
        let at = &mut self.histories[history];
        let line = if is_endless {
            table::Licence::endless(None)
        } else {
            table::Licence::ending(day(ends))
        };
        at.licences.push(line.sold_by(&at.name).put(&self.portal));
        let ends = (!is_endless).then_some(ends);
        at.paper.licences.push(Licence { ends, is_renewed: false });
    }

    fn turn_role(&mut self, history: usize, person: usize) {
        let at = &mut self.histories[history];
        let holds = !at.paper.people[person].holds_renewals;
        at.paper.people[person].holds_renewals = holds;
        let turn = if holds { give_role } else { take_role };
        turn(at.people[person], Role::Renewals, &self.portal);
    }

    /// Something happens to each organisation, or nothing.
    fn live(&mut self) {
        for history in 0..self.histories.len() {
            let person = self.any(self.histories[history].people.len());
            match self.any(12) {
                0..3 => self.turn_role(history, person),
                3 => self.leave_or_return(history, person),
                4 => self.renew(history),
                5 | 6 => self.buy(history),
                7 => self.part_or_join(history),
                8 => self.employ(history, false),
                _ => {}
            }
        }
        let step = match self.any(10) {
            0 => -self.random.random_range(1..8),
            1 => 0,
            2 => self.random.random_range(20..45),
            _ => self.random.random_range(1..9),
        };
        self.today += step;
    }

    fn leave_or_return(&mut self, history: usize, person: usize) {
        let at = &mut self.histories[history];
        let active = !at.paper.people[person].is_active;
        at.paper.people[person].is_active = active;
        let (contact, word) = (at.people[person], if active { "active" } else { "deactivated" });
        self.portal.write(move |conn| {
            diesel::update(contacts::table.find(contact))
                .set(contacts::status.eq(word))
                .execute(conn)?;
            Ok(())
        });
    }

    fn part_or_join(&mut self, history: usize) {
        let at = &mut self.histories[history];
        at.paper.takes_part = !at.paper.takes_part;
        let word = if at.paper.takes_part { "active" } else { "suspended" };
        let id = at.id;
        self.portal.write(move |conn| {
            diesel::update(enrolments::table.filter(enrolments::organisation_id.eq(id)))
                .set(enrolments::status.eq(word))
                .execute(conn)?;
            Ok(())
        });
    }

    fn renew(&mut self, history: usize) {
        let count = self.histories[history].licences.len();
        if count == 0 {
            return;
        }
        let old = self.any(count);
        self.buy(history);
        let at = &mut self.histories[history];
        at.licences[old].renewed_by(&at.licences[count], &self.portal);
        at.paper.licences[old].is_renewed = true;
    }

    /// Sweeps once, twice, or with two processes at once; gives how many mails there were.
    fn sweep_and_compare(&mut self) -> usize {
        let on = day(self.today);
        let sweep = |portal: &Portal| {
            let app = &portal.app;
            let outcome = renewals::sweep(&self.program, on, &app.site, app.clock.now(), &app.db);
            outcome.unwrap().done
        };
        let way = self.random.random_range(0..3);
        let done = match way {
            0 => sweep(&self.portal),
            1 => sweep(&self.portal) + sweep(&self.other),
            _ => both_at_once(&self.program, on, &self.portal, &self.other),
        };
        let expected = self.expected();
        assert_eq!(done, expected.len(), "on day {}, the sweep says another number", self.today);
        assert_eq!(self.mails(on), expected, "on day {}, way {way}", self.today);
        expected.len()
    }

    /// Contact, and the licences told of with their rungs.
    fn expected(&mut self) -> BTreeMap<i64, BTreeSet<(i64, i32)>> {
        let mut expected = BTreeMap::new();
        for history in &mut self.histories {
            let mails: Vec<Mail> = history.paper.mails_on(self.today, RULES);
            for (person, news) in mails {
                let news = news.iter().map(|(place, rung)| (history.licences[*place].id, *rung));
                expected.insert(history.people[person], news.collect());
            }
        }
        expected
    }

    /// The mails since the last look, each checked to name its licences and no others.
    fn mails(&mut self, on: NaiveDate) -> BTreeMap<i64, BTreeSet<(i64, i32)>> {
        let after = self.seen;
        let rows: Vec<(i64, i64, String)> = self.portal.read(|conn| {
            Ok(mails::table
                .inner_join(mail_bodies::table)
                .filter(mails::id.gt(after))
                .order(mails::id)
                .select((mails::id, mails::contact_id.assume_not_null(), mail_bodies::text_body))
                .load(conn)?)
        });
        let references: BTreeMap<i64, String> = self
            .histories
            .iter()
            .flat_map(|history| &history.licences)
            .map(|line| (line.id, line.reference.clone()))
            .collect();
        let mut found = BTreeMap::new();
        for (mail, contact, text) in rows {
            self.seen = mail;
            let notices: Vec<(i64, i32, i64, NaiveDate)> = self.portal.read(|conn| {
                Ok(renewal_notices::table
                    .filter(renewal_notices::mail_id.eq(mail))
                    .select((
                        renewal_notices::licence_id,
                        renewal_notices::rung,
                        renewal_notices::contact_id,
                        renewal_notices::told_on,
                    ))
                    .load(conn)?)
            });
            assert!(notices.iter().all(|one| one.2 == contact && one.3 == on));
            let told: BTreeSet<(i64, i32)> = notices.iter().map(|one| (one.0, one.1)).collect();
            for (id, name) in &references {
                let named = text.contains(name.as_str());
                let is_told = told.iter().any(|(licence, _)| licence == id);
                assert_eq!(named, is_told, "{name} in the mail:\n{text}");
            }
            assert!(found.insert(contact, told).is_none(), "two mails to one contact on {on}");
        }
        found
    }
}

fn both_at_once(program: &Program, on: NaiveDate, one: &Portal, other: &Portal) -> usize {
    let parts = [one, other].map(|portal| {
        let app = &portal.app;
        (app.db.clone(), app.site.clone(), app.clock.now(), program.clone())
    });
    let runs = parts.map(|(db, site, now, program)| {
        std::thread::spawn(move || renewals::sweep(&program, on, &site, now, &db).unwrap().done)
    });
    runs.into_iter().map(|run| run.join().unwrap()).sum()
}
