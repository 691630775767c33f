//! Digests over random histories: notices, changes of mind, people who leave and come back, roles
//! given and taken, partners suspended, rounds that are late, twice, or two at once, on days on which
//! clocks turn. A clerk with a wall clock says where every notice must be after each step.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use portal::auth::Program;
use portal::clock::Instant;
use portal::contacts::Role;
use portal::db::schema::{contact_roles, contacts, enrolments, mail_bodies, mails};
use portal::mail::MailStatus;
use portal::mail::digest::run_due;
use portal::mail::hours::{Quiet, Rhythm};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::support::Portal;
use crate::support::channel::{add_contact, enrol};
use crate::support::notices::instant;
use crate::support::paper_digests::{Fate, InProgram, Often, Person};

/// Days before clocks turn: in Brussels twice, in São Paulo twice.
const BEGINNINGS: [&str; 4] =
    ["2023-03-23T10:00", "2023-10-26T10:00", "2018-02-14T10:00", "2018-11-01T10:00"];
const HISTORIES: usize = 75;
const STEPS: usize = 14;
const PROGRAMS: [&str; 2] = ["shield", "small"];
const ROLES: [&str; 3] = ["renewals", "leads", "marketing"];
const ZONES: [Option<&str>; 5] = [
    None,
    Some("Europe/Brussels"),
    Some("America/Sao_Paulo"),
    Some("Asia/Kolkata"),
    Some("Asia/Kathmandu"),
];

struct History {
    contact: i64,
    organisation: i64,
    paper: Person,
}

struct World {
    portal: Portal,
    other: Portal,
    random: ChaCha8Rng,
    programs: [Program; 2],
    now: DateTime<Utc>,
    histories: Vec<History>,
    named: usize,
}

/// What became of all notices, so that no kind of fate is missing from the histories.
#[derive(Default)]
struct Tally {
    out: usize,
    told: usize,
    refused: usize,
}

#[actix_web::test]
async fn every_notice_is_where_the_clerk_says() {
    let mut tally = Tally::default();
    for (seed, beginning) in BEGINNINGS.iter().enumerate() {
        let mut world = World::new(seed as u64, beginning).await;
        for _ in 0..STEPS {
            world.live();
            world.round();
            world.compare();
        }
        world.end(&mut tally);
    }
    let Tally { out, told, refused } = tally;
    assert!(out > 300 && told > 300 && refused > 50, "{out} out, {told} told, {refused} refused");
}

impl World {
    async fn new(seed: u64, beginning: &str) -> Self {
        let portal = Portal::start().await;
        let other = portal.beside().await;
        let program = |slug| portal.read(|conn| Program::find_unscoped(slug, conn));
        let mut world = Self {
            random: ChaCha8Rng::seed_from_u64(seed),
            programs: PROGRAMS.map(program),
            now: instant(beginning).to_datetime(),
            histories: Vec::new(),
            named: 0,
            other,
            portal,
        };
        for number in 0..HISTORIES {
            world.begin(number);
        }
        world
    }

    fn any(&mut self, below: usize) -> usize {
        self.random.random_range(0..below)
    }

    fn instant(&self) -> Instant {
        Instant::from_utc(self.now.naive_utc())
    }

    fn begin(&mut self, number: usize) {
        let organisation = enrol(&format!("Partner {number}"), &self.portal);
        self.portal.join_small(organisation);
        let is_administrator = self.any(3) == 0;
        let contact = add_contact(organisation, 0, is_administrator, &self.portal);
        let programs = self.programs.iter().map(|one| InProgram::new(one.time_zone)).collect();
        let paper = Person {
            is_administrator,
            is_active: true,
            own_zone: None,
            digest_hour: 7,
            quiet: None,
            programs,
            notices: Vec::new(),
        };
        self.histories.push(History { contact, organisation, paper });
        for program in 0..2 {
            for role in 0..ROLES.len() {
                if self.any(3) > 0 {
                    self.turn_role(number, program, role);
                }
                if self.any(2) == 0 {
                    self.choose_rhythm(number, program, role);
                }
            }
        }
        self.choose_hours(number);
    }

    fn live(&mut self) {
        let minutes = match self.any(6) {
            0 => self.any(60),
            1 | 2 => self.any(6 * 60),
            3 | 4 => self.any(24 * 60),
            _ => self.any(72 * 60),
        };
        self.now += Duration::minutes(1 + minutes as i64);
        for number in 0..self.histories.len() {
            let (program, role) = (self.any(2), self.any(ROLES.len()));
            match self.any(24) {
                0 | 1 => self.choose_rhythm(number, program, role),
                2 => self.choose_hours(number),
                3 => self.turn_role(number, program, role),
                4 => self.leave_or_return(number),
                5 => self.part_or_join(number, program),
                6..10 => {}
                _ => self.notify(number, program, role),
            }
        }
    }

    fn notify(&mut self, number: usize, program: usize, role: usize) {
        let (now, at) = (self.now, self.instant());
        let history = &mut self.histories[number];
        let is_away = !history.paper.is_active || !history.paper.programs[program].takes_part;
        if is_away || !history.paper.is_told_of(program, ROLES[role]) {
            return;
        }
        self.named += 1;
        let name = format!("Notice {}.", self.named);
        let (slug, role) = (PROGRAMS[program], ROLES[role]);
        self.portal.notice_at(at, history.contact, slug, role, &name);
        history.paper.notice(name, program, role, now);
    }

    fn choose_rhythm(&mut self, number: usize, program: usize, role: usize) {
        let (often, word) = match self.any(4) {
            0 => (Often::AtOnce, "at_once"),
            1 | 2 => (Often::Daily, "daily"),
            _ => match self.any(3) {
                0 => (Often::Weekly(0), "monday"),
                1 => (Often::Weekly(5), "saturday"),
                _ => (Often::Weekly(6), "sunday"),
            },
        };
        let rhythm = Rhythm::parse(word).unwrap();
        let (at, id, role) = (self.instant(), self.programs[program].id, ROLES[role]);
        let history = &mut self.histories[number];
        self.portal
            .wants_at(at, history.contact, move |chosen| chosen.set_rhythm(id, role, rhythm));
        history.paper.programs[program].often.insert(role, often);
        history.paper.minds(self.now);
    }

    fn choose_hours(&mut self, number: usize) {
        let zone = ZONES[self.any(ZONES.len())].map(|name| name.parse().unwrap());
        let digest_hour = [0, 2, 3, 7, 7, 18, 23][self.any(7)];
        let quiet = [None, Some((20, 7)), Some((22, 2)), Some((0, 9)), Some((12, 14))][self.any(5)];
        let (at, now) = (self.instant(), self.now);
        let history = &mut self.histories[number];
        self.portal.wants_at(at, history.contact, move |chosen| {
            chosen.preferences.time_zone = zone;
            chosen.preferences.digest_hour = digest_hour;
            chosen.preferences.quiet = quiet.map(|(from, until)| Quiet { from, until });
        });
        let paper = &mut history.paper;
        (paper.own_zone, paper.digest_hour, paper.quiet) = (zone, digest_hour, quiet);
        paper.minds(now);
    }

    fn turn_role(&mut self, number: usize, program: usize, role: usize) {
        let (at, role) = (self.instant(), ROLES[role]);
        let (contact, program_id) = (self.histories[number].contact, self.programs[program].id);
        let paper = &mut self.histories[number].paper.programs[program];
        let holds = !paper.holds.remove(role);
        if holds {
            paper.holds.insert(role);
        }
        let word: Role = role.parse().unwrap();
        self.portal.write(move |conn| {
            let key = (contact, program_id, word);
            diesel::delete(contact_roles::table.find(key)).execute(conn)?;
            let row = (
                contact_roles::program_id.eq(program_id),
                contact_roles::contact_id.eq(contact),
                contact_roles::role.eq(word),
                contact_roles::held.eq(holds),
                contact_roles::revision.eq(1),
                contact_roles::changed_by.eq("Olive Owner (Acme)"),
                contact_roles::changed_at.eq(at),
            );
            diesel::insert_into(contact_roles::table).values(row).execute(conn)?;
            Ok(())
        });
    }

    fn leave_or_return(&mut self, number: usize) {
        let history = &mut self.histories[number];
        history.paper.is_active = !history.paper.is_active;
        let word = if history.paper.is_active { "active" } else { "deactivated" };
        let contact = history.contact;
        self.portal.write(move |conn| {
            let contact = contacts::table.find(contact);
            diesel::update(contact).set(contacts::status.eq(word)).execute(conn)?;
            Ok(())
        });
    }

    fn part_or_join(&mut self, number: usize, program: usize) {
        let history = &mut self.histories[number];
        let paper = &mut history.paper.programs[program];
        paper.takes_part = !paper.takes_part;
        let word = if paper.takes_part { "active" } else { "suspended" };
        let (organisation, program) = (history.organisation, self.programs[program].id);
        self.portal.write(move |conn| {
            let enrolment = enrolments::table
                .filter(enrolments::organisation_id.eq(organisation))
                .filter(enrolments::program_id.eq(program));
            diesel::update(enrolment).set(enrolments::status.eq(word)).execute(conn)?;
            Ok(())
        });
    }

    /// None, one, two after each other, or two at once.
    fn round(&mut self) {
        let at = self.instant();
        let way = self.any(6);
        if way == 0 {
            return;
        }
        let rounds = [&self.portal, &self.other].map(|portal| {
            let (db, site) = (portal.app.db.clone(), portal.app.site.clone());
            move || run_due(&db, &site, at).unwrap()
        });
        match (way, rounds) {
            (1, [one, other]) => {
                one();
                other();
            }
            (2, rounds) => {
                let running = rounds.map(std::thread::spawn);
                running.into_iter().for_each(|round| assert!(round.join().is_ok()));
            }
            (_, [one, _]) => assert!(one().refused < 1_000),
        }
        for history in &mut self.histories {
            history.paper.round(self.now);
        }
    }

    fn compare(&self) {
        let (mut found, digests) = (self.rows(), self.digests());
        for history in &self.histories {
            let rows = found.remove(&history.contact).unwrap_or_default();
            let found: Vec<(String, Fate)> = rows
                .into_iter()
                .map(|row| {
                    let fate = fate(&row, history.contact, &digests);
                    (row.0, fate)
                })
                .collect();
            let notices = history.paper.notices.iter();
            let expected: Vec<(String, Fate)> =
                notices.map(|one| (one.name.clone(), one.fate.clone())).collect();
            assert_eq!(found, expected, "at {}: {:#?}", self.now, history.paper);
        }
        assert!(found.is_empty(), "mail to nobody of the histories");
    }

    /// Every notice, by its contact, in the order in which it was queued.
    fn rows(&self) -> BTreeMap<i64, Vec<Row>> {
        let rows: Vec<(Option<i64>, Row)> = self.portal.read(|conn| {
            Ok(mails::table
                .filter(mails::event.eq("test.happened"))
                .order(mails::id)
                .select((
                    mails::contact_id,
                    (mails::subject, mails::status, mails::waiting_until_at, mails::digest_id),
                ))
                .load(conn)?)
        });
        let mut by_contact = BTreeMap::<i64, Vec<Row>>::new();
        for (contact, row) in rows {
            by_contact.entry(contact.unwrap()).or_default().push(row);
        }
        by_contact
    }

    fn digests(&self) -> Digests {
        let rows: Vec<(i64, Option<i64>, String, String)> = self.portal.read(|conn| {
            Ok(mails::table
                .inner_join(mail_bodies::table)
                .filter(mails::event.eq("digest.collected"))
                .select((mails::id, mails::contact_id, mails::dedupe_key, mail_bodies::text_body))
                .load(conn)?)
        });
        rows.into_iter().map(|(id, to, key, text)| (id, (to.unwrap(), key, text))).collect()
    }

    /// A fortnight later nothing waits any more.
    fn end(&mut self, tally: &mut Tally) {
        for _ in 0..30 {
            self.now += Duration::hours(13);
            let app = &self.portal.app;
            run_due(&app.db, &app.site, self.instant()).unwrap();
            for history in &mut self.histories {
                history.paper.round(self.now);
            }
        }
        self.compare();
        for notice in self.histories.iter().flat_map(|history| &history.paper.notices) {
            match notice.fate {
                Fate::Out => tally.out += 1,
                Fate::Told(_) => tally.told += 1,
                Fate::Refused => tally.refused += 1,
                Fate::WaitsUntil(until) => panic!("{} still waits until {until}", notice.name),
            }
        }
    }
}

/// Subject, status, until when it waits, and the digest that tells it.
type Row = (String, MailStatus, Option<Instant>, Option<i64>);

/// Whom each digest is to, its key, and its text.
type Digests = BTreeMap<i64, (i64, String, String)>;

/// Where a notice is; a digest that tells it is to the same person, and names it.
fn fate(row: &Row, contact: i64, digests: &Digests) -> Fate {
    let (name, status, until, digest) = row;
    match status {
        MailStatus::Waiting => Fate::WaitsUntil(until.unwrap().to_datetime()),
        MailStatus::Queued => Fate::Out,
        MailStatus::Suppressed => Fate::Refused,
        MailStatus::Digested => {
            let (to, key, text) = &digests[&digest.unwrap()];
            assert_eq!(*to, contact, "{name} is told to somebody else");
            assert!(text.contains(name), "{name} is not in the digest:\n{text}");
            Fate::Told(key.rsplit(':').next().unwrap().parse().unwrap())
        }
        other => panic!("{name} is {other}"),
    }
}
