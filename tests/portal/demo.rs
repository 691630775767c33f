//! The demo: the same story each time, and something in it for everybody.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{Duration, NaiveDate};
use diesel::prelude::*;
use portal::db::schema::licences;
use portal::db::{DatabaseAddress, DatabaseSettings, Db, migrate};
use portal::demo::{self, Plan, SignIn};

use crate::support::Portal;
use crate::support::binary::{Server, run};

pub const EVE: NaiveDate = NaiveDate::from_ymd_opt(2023, 9, 17).unwrap();

/// The demo is on SQLite, whatever the rest of the suite runs on.
pub fn open(folder: &Path) -> Db {
    let mut settings = DatabaseSettings::new(DatabaseAddress::SqliteFile(folder.join("portal.db")));
    settings.durable = false;
    migrate(&settings).unwrap();
    Db::open(&settings).unwrap()
}

pub fn plan(seed: u64) -> Plan {
    Plan { as_of: Some(EVE), seed }
}

pub fn prepare(plan: Plan, db: &Db) -> portal::error::Result<()> {
    demo::prepare(plan, "http://127.0.0.1:8080", db)
}

fn people(db: &Db) -> Vec<SignIn> {
    db.read_blocking(demo::sign_ins).unwrap()
}

type Line = (String, NaiveDate, Option<i64>, Option<NaiveDate>);

fn lines(db: &Db) -> Vec<Line> {
    db.read_blocking(|conn| {
        Ok(licences::table
            .order(licences::id)
            .select((
                licences::reference,
                licences::due_on,
                licences::renewed_by_id,
                licences::starts_on,
            ))
            .load(conn)?)
    })
    .unwrap()
}

/// In processes of their own: what a seed draws is the whole process's.
#[test]
fn the_same_seed_tells_the_same_story() {
    let stories = [(); 2].map(|()| {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(&["demo", "--as-of", "2023-09-17"], folder.path());
        assert_eq!(server.stop(), Some(0));
        lines(&open(folder.path()))
    });
    assert!(!stories[0].is_empty());
    assert_eq!(stories[0], stories[1]);
}

#[test]
fn there_is_something_for_everybody() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path());
    prepare(plan(40_000), &db).unwrap();

    let people = people(&db);
    let programs: BTreeSet<&String> = people.iter().flat_map(|one| &one.programs).collect();
    assert_eq!(programs.len(), 3);
    for program in programs {
        let kinds: BTreeSet<(&str, &str)> = people
            .iter()
            .filter(|one| one.programs.contains(program))
            .map(|one| (one.part, one.access.as_str()))
            .collect();
        for kind in [
            ("vendor", "program manager"),
            ("vendor", "channel account manager"),
            ("vendor", "back office"),
            ("distributor", "administrator"),
            ("partner", "administrator"),
            ("partner", "member"),
        ] {
            assert!(kinds.contains(&kind), "{program} has no {kind:?}");
        }
    }
    assert!(people.iter().any(|one| one.part == "partner" && one.programs.len() == 2));

    let lines = lines(&db);
    let open_between = |from: i64, to: i64| {
        let days = EVE + Duration::days(from)..=EVE + Duration::days(to);
        lines.iter().filter(|(_, due_on, by, _)| by.is_none() && days.contains(due_on)).count()
    };
    assert!(open_between(0, 30) > 10, "{} end soon", open_between(0, 30));
    assert!(open_between(31, 90) > 10, "{} end later", open_between(31, 90));
    assert!(open_between(-30, -1) > 5, "{} are late", open_between(-30, -1));
    assert!(lines.iter().any(|(_, _, renewed_by, _)| renewed_by.is_some()), "none was renewed");
    assert!(lines.iter().any(|(_, _, _, starts_on)| starts_on.is_none()), "none waits");
}

#[test]
fn a_demo_goes_on_where_it_stood() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path());
    prepare(plan(50_000), &db).unwrap();
    let before = (people(&db), lines(&db));
    prepare(Plan { as_of: None, seed: 2 }, &db).unwrap();
    assert_eq!((people(&db), lines(&db)), before);

    let earlier = Plan { as_of: Some(EVE - Duration::days(1)), seed: 1 };
    let refused = prepare(earlier, &db).unwrap_err().to_string();
    assert!(refused.contains("cannot go back"), "{refused}");
}

#[actix_web::test]
async fn a_portal_is_never_made_a_demo() {
    let portal = Portal::start().await;
    let refused = prepare(plan(1), portal.db()).unwrap_err().to_string();
    assert!(refused.contains("is no demo"), "{refused}");
    portal.guest().post("/demo/clock", &[("days", "1")]).await.is(404);
}

#[test]
fn a_demo_is_served_and_its_days_are_stepped() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = Server::start(&["demo", "--as-of", "2023-09-17"], folder.path());
    let today = || server.ask("GET /sign-in HTTP/1.1");
    assert!(today().contains("17 September 2023"), "{}", today());
    let step = |days: &str| {
        server.ask(&format!(
            "POST /demo/clock HTTP/1.1\nsec-fetch-site: same-origin\n\
             content-type: application/x-www-form-urlencoded\n\ndays={days}"
        ))
    };
    assert!(step("7").starts_with("HTTP/1.1 303"));
    assert!(today().contains("24 September 2023"));
    assert!(step("-1").starts_with("HTTP/1.1 422"));
    assert!(today().contains("24 September 2023"));

    let listed = run(&["demo", "people", "--json", "--data", data]).succeeds().out;
    let listed: Vec<serde_json::Value> = serde_json::from_str(&listed).unwrap();
    assert!(listed.len() > 40);
    for person in &listed {
        for key in ["email", "password", "name", "organisation", "part", "access"] {
            assert!(!person[key].as_str().unwrap().is_empty(), "{person}");
        }
        assert!(!person["programs"].as_array().unwrap().is_empty(), "{person}");
    }
    run(&["serve", "--port", "0", "--data", data]).refuses("portal demo");
    assert_eq!(server.stop(), Some(0));
}
