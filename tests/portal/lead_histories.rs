//! Own leads over random histories: policies that change, windows of maintenance, zones with and
//! without summer time, activities at any time of day, nights that come late. A model on paper counts
//! days one by one and says when each ends, how, and when its partner was warned.

use std::collections::BTreeMap;

use chrono::{Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;
use diesel::prelude::*;
use portal::audit::By;
use portal::auth::Program;
use portal::clock::Instant;
use portal::db::schema::{audit_events, leads, programs};
use portal::leads::{Decision, Lead, NewActivity, add_note};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::support::Portal;
use crate::support::leads::reference_of;

const WORLDS: u64 = 8;
const LEADS: usize = 40;
const DAYS: i64 = 130;
const ZONES: [Tz; 8] = [
    Tz::Europe__Brussels,
    Tz::Asia__Tokyo,
    Tz::America__Los_Angeles,
    Tz::Pacific__Auckland,
    Tz::America__Sao_Paulo,
    Tz::Asia__Kolkata,
    Tz::Pacific__Honolulu,
    Tz::UTC,
];

type Policy = (NaiveDate, Option<i32>, Option<i32>);

/// One program on paper.
struct Paper {
    zone: Tz,
    policies: Vec<Policy>,
    windows: Vec<(NaiveDateTime, NaiveDateTime)>,
}

/// What is said of one lead.
#[derive(Debug, Default, PartialEq, Eq)]
struct Story {
    status: String,
    /// The nights on which it ended, and on which its partner was warned.
    ended: Vec<NaiveDate>,
    warned: Vec<NaiveDate>,
}

impl Paper {
    fn day(&self, at: NaiveDateTime) -> NaiveDate {
        self.zone.from_utc_datetime(&at).date_naive()
    }

    /// The first instant of a day: the first minute that the zone's clocks show as this day.
    fn begins(&self, day: NaiveDate) -> NaiveDateTime {
        let mut at = day.and_time(NaiveTime::MIN) - Duration::hours(15);
        while self.day(at) < day {
            at += Duration::minutes(15);
        }
        at
    }

    /// Whether a part of the day, as far as it lies behind an instant, is stopped.
    fn is_stopped_on(&self, day: NaiveDate, since: NaiveDateTime) -> bool {
        let from = self.begins(day).max(since);
        let until = self.begins(day + Days::new(1));
        self.windows.iter().any(|(start, end)| *start < until && *end > from)
    }

    fn is_stopped_at(&self, at: NaiveDateTime) -> bool {
        self.windows.iter().any(|(start, end)| *start <= at && at < *end)
    }

    /// The day before which the lead has had its days, counted one by one.
    fn passed(&self, active: NaiveDateTime, days: i32) -> NaiveDate {
        let (mut day, mut lived) = (self.day(active), 0);
        loop {
            if !self.is_stopped_on(day, active) {
                if lived == days {
                    return day;
                }
                lived += 1;
            }
            day = day + Days::new(1);
        }
    }

    fn open_from(&self, mut day: NaiveDate) -> NaiveDate {
        while self.is_stopped_on(day, self.begins(day)) {
            day = day + Days::new(1);
        }
        day
    }

    /// When a lead ends that was active last then, and as what.
    fn end(&self, active: NaiveDateTime) -> Option<(NaiveDate, &'static str)> {
        let closed = self.policies.iter().find_map(|(from, _, closes)| {
            let passed = self.passed(active, (*closes)?);
            (passed < *from).then(|| (self.open_from(*from), "closed"))
        });
        let mut ends: Vec<(NaiveDate, &str)> = closed.into_iter().collect();
        for (place, (from, expires, _)) in self.policies.iter().enumerate() {
            let Some(days) = expires else { continue };
            let passed = self.passed(active, *days);
            let day = if place == 0 { passed } else { self.open_from(passed.max(*from)) };
            let next = self.policies.get(place + 1);
            if next.is_none_or(|(next, ..)| day < *next) {
                ends.push((day, "expired"));
                break;
            }
        }
        ends.into_iter().min_by_key(|(day, how)| (*day, *how == "expired"))
    }
}

struct World {
    paper: Paper,
    portal: Portal,
    program: Program,
    random: ChaCha8Rng,
    first: NaiveDate,
}

impl World {
    async fn new(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let portal = Portal::start().await;
        let zone = ZONES[usize::try_from(seed).unwrap() % ZONES.len()];
        let first =
            NaiveDate::from_ymd_opt(2023, 8, 1).unwrap() + Days::new(random.random_range(0..60));
        let later = |days: u64| first + Days::new(days);
        let early = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
        let policies = vec![
            (early, [None, Some(60)][random.random_range(0..2)], None),
            (
                later(random.random_range(20..50)),
                [None, Some(45)][random.random_range(0..2)],
                Some(30),
            ),
            (later(random.random_range(55..80)), Some(random.random_range(20..50)), None),
        ];
        let texts: Vec<String> = policies.iter().map(|one| one.0.to_string()).collect();
        let mut paper = Paper { zone, policies, windows: Vec::new() };
        let wanted: Vec<(&str, Option<i32>, Option<i32>)> = texts
            .iter()
            .zip(&paper.policies)
            .map(|(day, one)| (day.as_str(), one.1, one.2))
            .collect();
        portal.lead_policies(&wanted);
        for _ in 0..random.random_range(0..5) {
            let start = paper.begins(later(random.random_range(0..120)))
                + Duration::minutes(random.random_range(0..2 * 1_440));
            let end = start + Duration::minutes(random.random_range(1..8 * 1_440));
            paper.windows.push((start, end));
        }
        let windows: Vec<(Instant, Instant)> = paper
            .windows
            .iter()
            .map(|(start, end)| (Instant::from_utc(*start), Instant::from_utc(*end)))
            .collect();
        portal.write(move |conn| {
            diesel::update(programs::table.filter(programs::slug.eq("shield")))
                .set(programs::time_zone.eq(zone.name()))
                .execute(conn)?;
            Ok(())
        });
        portal.stop_leads(&windows);
        let program = portal.program("shield");
        Self { paper, portal, program, random, first }
    }

    /// Lives through the days; gives for each lead what the paper says and what came of it.
    async fn live(&mut self) -> Vec<(String, Story, Story)> {
        let begin = self.paper.begins(self.first);
        self.portal.app.clock.set(Instant::from_utc(begin + Duration::hours(9)));
        let mut stories = BTreeMap::new();
        for number in 0..LEADS {
            let path = self.portal.own_lead("owner", &[("company", &format!("No {number}"))]).await;
            let active = begin - Duration::minutes(self.random.random_range(0..50 * 1_440));
            self.portal.was_active(&path, Instant::from_utc(active));
            let told = Story { status: "accepted".to_owned(), ..Story::default() };
            stories.insert(path, (told, active, None::<i64>));
        }
        for number in 0..DAYS {
            let day = self.first + Days::new(u64::try_from(number).unwrap());
            let begins = self.paper.begins(day);
            // Some nights come late, some not at all, some twice.
            let night = begins + Duration::minutes(self.random.random_range(0..600));
            let runs = [0, 1, 1, 1, 1, 2][self.random.random_range(0..6)];
            let mut changes: Vec<(NaiveDateTime, Option<String>)> =
                (0..runs).map(|_| (night, None)).collect();
            for path in stories.keys() {
                if self.random.random_range(0..100) < 2 {
                    let minute = Duration::minutes(self.random.random_range(0..1_430));
                    changes.push((begins + minute, Some(path.clone())));
                }
            }
            changes.sort();
            for (at, what) in changes {
                if self.paper.day(at) != day {
                    continue;
                }
                self.portal.app.clock.set(Instant::from_utc(at));
                match what {
                    None => {
                        self.portal.lead_night();
                        for (story, active, warned) in stories.values_mut() {
                            self.paper_night(day, at, story, *active, warned);
                        }
                    }
                    Some(path) => {
                        let (story, active, warned) = stories.get_mut(&path).unwrap();
                        let over = self.paper.end(*active).is_some_and(|(end, _)| end <= day);
                        let lives = story.status == "accepted" && !over;
                        assert_eq!(self.note(&path, at), lives, "{path} on {day}");
                        if lives {
                            (*active, *warned) = (at, None);
                        }
                    }
                }
            }
        }
        let came = stories.into_iter().map(|(path, (story, ..))| {
            let real = self.story(&path);
            (path, story, real)
        });
        came.collect()
    }

    fn paper_night(
        &self,
        day: NaiveDate,
        at: NaiveDateTime,
        story: &mut Story,
        active: NaiveDateTime,
        warned: &mut Option<i64>,
    ) {
        if story.status != "accepted" || self.paper.is_stopped_at(at) {
            return;
        }
        let Some((end, how)) = self.paper.end(active) else { return };
        let left = (end - day).num_days();
        if left <= 0 {
            story.status = how.to_owned();
            story.ended.push(day);
            return;
        }
        let due = if left <= 3 { 3 } else { 14 };
        if left <= 14 && warned.is_none_or(|before| before > due) {
            *warned = Some(due);
            story.warned.push(day);
        }
    }

    /// Whether a note was taken.
    fn note(&self, path: &str, at: NaiveDateTime) -> bool {
        let (program, reference) = (self.program.clone(), reference_of(path).to_owned());
        let noted = self.portal.db().write_blocking(move |conn| {
            let lead = Lead::find_unscoped(program.id, &reference, conn)?;
            let decision = Decision {
                program: &program,
                by: By::Portal("A partner"),
                site: None,
                now: Instant::from_utc(at),
            };
            add_note(decision, &lead, &NewActivity::note("Called"), conn)
        });
        noted.is_ok()
    }

    fn story(&self, path: &str) -> Story {
        let reference = reference_of(path);
        self.portal.read(|conn| {
            let status = leads::table
                .filter(leads::reference.eq(reference))
                .select(leads::status)
                .first(conn)?;
            let events: Vec<(String, Instant)> = audit_events::table
                .filter(audit_events::subject_reference.eq(reference))
                .order(audit_events::id)
                .select((audit_events::action, audit_events::at))
                .load(conn)?;
            let nights = |names: &[&str]| {
                let of = events.iter().filter(|(name, _)| names.contains(&name.as_str()));
                of.map(|(_, at)| self.paper.day(at.utc())).collect()
            };
            let (ended, warned) = (&["lead.expired", "lead.closed"], &["lead.warned"]);
            Ok(Story { status, ended: nights(ended), warned: nights(warned) })
        })
    }
}

#[actix_web::test]
async fn leads_end_when_the_paper_says() {
    let (mut histories, mut ended, mut closed, mut warned) = (0, 0, 0, 0);
    for seed in 0..WORLDS {
        let mut world = World::new(seed).await;
        for (path, paper, came) in world.live().await {
            assert_eq!(
                came, paper,
                "{path} in world {seed}: {:?} {:?}",
                world.paper.policies, world.paper.windows
            );
            histories += 1;
            ended += came.ended.len();
            closed += usize::from(came.status == "closed");
            warned += came.warned.len();
        }
    }
    assert!(histories >= 300, "only {histories} histories");
    assert!(ended > 150 && closed > 10 && warned > 200, "{ended} {closed} {warned}");
}
