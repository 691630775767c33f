//! The demo's clock, moved from the bar and from the command line: everything that is due on the
//! days between happens once, in its turn, and whoever serves the demo knows at once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use portal::auth::{Program, setting, store_setting};
use portal::clock::Clock;
use portal::db::Db;
use portal::db::schema::{mails, programs, sweep_runs};
use portal::demo::{DueWork, EachDay, Move, move_on, sign_ins};
use portal::error::{Error, Result};
use portal::sweeps::SWEEPS;

use crate::demo::{EVE, open, plan, prepare};
use crate::support::Portal;
use crate::support::binary::{Server, run};

/// Notes when it is asked.
#[derive(Clone, Default)]
struct Diary {
    hours: Arc<Mutex<Vec<NaiveDateTime>>>,
    nights: Arc<Mutex<usize>>,
}

impl DueWork for Diary {
    fn catch_up(&self, clock: &Clock) -> Result<Vec<String>> {
        self.hours.lock().unwrap().push(clock.now().utc());
        Ok(vec!["done".to_owned()])
    }

    fn deliver(&self, _: &Clock) -> Result<()> {
        *self.nights.lock().unwrap() += 1;
        Ok(())
    }
}

fn demo(seed: u64) -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path());
    prepare(plan(seed), &db).unwrap();
    (folder, db)
}

fn days_after(count: i64) -> NaiveDate {
    EVE + Duration::days(count)
}

#[test]
fn every_hour_of_every_day_comes_in_its_turn() {
    let (_folder, db) = demo(60_000);
    let diary = Diary::default();
    let mut stretches = Vec::new();
    let told = |moved: portal::demo::Moved| {
        stretches.push(moved);
        Ok(())
    };
    move_on(Move::Days(3), &EachDay::new(diary.clone()), &db, told).unwrap();
    let hours = diary.hours.lock().unwrap().clone();
    assert!(hours.windows(2).all(|pair| pair[0] < pair[1]), "{hours:?}");
    let longest = hours.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    assert!(longest < Duration::minutes(61), "{longest}");
    assert_eq!(hours.last().unwrap().date(), days_after(3));
    assert_eq!((stretches.len(), *diary.nights.lock().unwrap()), (3, 3));
    assert!(stretches.iter().all(|moved| moved.done.len() >= 24), "{stretches:?}");
    assert!(stretches.is_sorted_by(|one, next| one.offset < next.offset));

    // A day is its noon in the program where that comes last: Los Angeles here.
    let all = EachDay::new(diary.clone());
    move_on(Move::To(days_after(5)), &all, &db, |_| Ok(())).unwrap();
    let last = *diary.hours.lock().unwrap().last().unwrap();
    assert_eq!(last.format("%F %H:%M").to_string(), "2023-09-22 19:00");
    let before = diary.hours.lock().unwrap().len();
    move_on(Move::To(days_after(5)), &all, &db, |_| Ok(())).unwrap();
    assert_eq!(diary.hours.lock().unwrap().len(), before, "it is that day already");
}

#[test]
fn the_clock_goes_forward_and_not_too_far() {
    let (_folder, db) = demo(70_000);
    let refused = |how: Move| match move_on(how, &EachDay::default(), &db, |_| Ok(())) {
        Err(Error::Invalid(errors)) => errors.to_string(),
        other => panic!("{how:?}: {other:?}"),
    };
    for days in [-1, 0, 367, i64::MIN, i64::MAX] {
        assert!(refused(Move::Days(days)).contains("1 to 366 days"), "{days}");
    }
    assert!(refused(Move::To(days_after(-1))).contains("does not go back"));
    assert!(refused(Move::To(days_after(400))).contains("366 days at most"));
    assert!(refused(Move::To(NaiveDate::MAX)).contains("366 days at most"));
}

#[test]
fn of_two_who_move_it_at_once_one_is_told() {
    let (_folder, db) = demo(80_000);
    let mut others = 0;
    let lost = move_on(Move::Days(2), &EachDay::default(), &db, |_| {
        others += 1;
        move_on(Move::Days(1), &EachDay::default(), &db, |_| Ok(()))
    });
    assert!(
        matches!(&lost, Err(Error::Conflict(why)) if why.contains("Somebody else")),
        "{lost:?}"
    );
    assert_eq!(others, 1, "its second day was refused");
    let offset = db.read_blocking(portal::demo::standing).unwrap().unwrap().offset();
    let clock = Clock::default();
    clock.set_offset(offset);
    assert_eq!(clock.now().utc().date(), days_after(2));
}

type Run = (String, i64, NaiveDate, i32, Option<NaiveDateTime>);

fn runs(db: &Db) -> Vec<Run> {
    db.read_blocking(|conn| {
        let rows: Vec<(String, i64, NaiveDate, i32, Option<portal::clock::Instant>)> =
            sweep_runs::table
                .order((sweep_runs::program_id, sweep_runs::name, sweep_runs::day_on))
                .select((
                    sweep_runs::name,
                    sweep_runs::program_id,
                    sweep_runs::day_on,
                    sweep_runs::attempts,
                    sweep_runs::finished_at,
                ))
                .load(conn)?;
        let flat = |(name, program, day, attempts, at): (_, _, _, _, Option<_>)| {
            (name, program, day, attempts, at.map(portal::clock::Instant::utc))
        };
        Ok(rows.into_iter().map(flat).collect())
    })
    .unwrap()
}

#[test]
fn a_demo_that_nobody_serves_is_moved_by_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = Server::start(&["demo", "--as-of", "2023-09-17"], folder.path());
    assert_eq!(server.stop(), Some(0));

    let said = run(&["clock", "set", "2023-09-24", "--data", data]).succeeds().out;
    assert!(said.contains("sophos: 24 September 2023 (Europe/Brussels)"), "{said}");
    assert!(said.contains("2023-09-20  sophos  renewals: "), "{said}");

    // Each kind of work, once for each program and day, and the days in order.
    let db = open(folder.path());
    let mut days = BTreeMap::<(i64, String), Vec<(NaiveDate, NaiveDateTime)>>::new();
    for (name, program, day, attempts, finished_at) in runs(&db) {
        assert_eq!(attempts, 1, "{name} of {day}");
        days.entry((program, name)).or_default().push((day, finished_at.expect("it is finished")));
    }
    assert_eq!(days.len(), 3 * SWEEPS.len());
    for (which, runs) in &days {
        let expected: Vec<NaiveDate> = (0..=7).map(days_after).collect();
        assert_eq!(runs.iter().map(|(day, _)| *day).collect::<Vec<_>>(), expected, "{which:?}");
        assert!(runs.is_sorted_by(|(_, one), (_, next)| one < next), "{which:?}: {runs:?}");
    }
    let (queued, late): (i64, i64) = db
        .read_blocking(|conn| {
            let queued = mails::table.filter(mails::status.eq("queued"));
            // What the demo was built with is older than its first day, and a digest waits.
            let late = diesel::dsl::sql::<diesel::sql_types::Bool>(
                "status = 'sent' AND queued_at > '2023-09-17 12:00:00' \
                 AND julianday(settled_at) - julianday(queued_at) > 1.1",
            );
            Ok((
                queued.count().get_result(conn)?,
                mails::table.filter(late).count().get_result(conn)?,
            ))
        })
        .unwrap();
    assert_eq!((queued, late), (0, 0), "mails are delivered on their day");

    run(&["clock", "set", "2023-09-23", "--data", data]).refuses("does not go back");
    run(&["clock", "step", "0", "--data", data]).refuses("1 to 366 days");
    let server = Server::start(&["demo", "--as-of", "2023-09-26"], folder.path());
    assert_eq!(server.stop(), Some(0));
    let last = runs(&db).into_iter().map(|(_, _, day, ..)| day).max();
    assert_eq!(last, Some(days_after(9)), "a demo that goes on on a later day does the work too");
}

#[test]
fn whoever_serves_the_demo_knows_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = Server::start(&["demo", "--as-of", "2023-09-17"], folder.path());
    let cookie = sign_in(&server, folder.path());
    let page = |path: &str| server.ask(&format!("GET {path} HTTP/1.1\ncookie: {cookie}"));
    assert!(page("/p/sophos").contains("Today is <strong>17 September 2023"));

    run(&["clock", "step", "31", "--data", data]).succeeds();
    assert!(page("/p/sophos").contains("Today is <strong>18 October 2023"), "and still signed in");
    let to = |date: &str| {
        server.ask(&format!(
            "POST /demo/clock HTTP/1.1\nsec-fetch-site: same-origin\n\
             content-type: application/x-www-form-urlencoded\n\ndate={date}"
        ))
    };
    assert!(to("2023-10-20").starts_with("HTTP/1.1 303"));
    let shown = run(&["clock", "show", "--json", "--data", data]).succeeds().out;
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert!(shown["now"].as_str().unwrap().starts_with("2023-10-20T19:"), "{shown}");
    assert_eq!(shown["programs"][1]["today"], "2023-10-20");
    for date in ["2023-10-19", "2025-01-01", "tomorrow", ""] {
        assert!(to(date).starts_with("HTTP/1.1 422"), "{date}");
    }

    // Half past ten in the evening of the 22nd, by UTC, is the 23rd in Brussels.
    open(folder.path())
        .write_blocking(|conn| {
            let late: DateTime<_> =
                "2023-10-22T22:30:00Z".parse::<DateTime<chrono::Utc>>().unwrap();
            let offset = late.naive_utc() - Clock::default().now().utc();
            let key = "demo.clock_offset_us";
            assert!(setting(key, conn)?.is_some());
            store_setting(key, &offset.num_microseconds().unwrap().to_string(), conn)
        })
        .unwrap();
    assert!(page("/sign-in").contains("Today is <strong>22 October 2023"));
    let cookie = sign_in(&server, folder.path());
    let page = server.ask(&format!("GET /p/sophos HTTP/1.1\ncookie: {cookie}"));
    assert!(page.contains("Today is <strong>23 October 2023"));
    assert!(page.contains(r#"min="2023-10-24""#));
    assert_eq!(server.stop(), Some(0));
}

/// The cookie of somebody of the vendor.
fn sign_in(server: &Server, folder: &Path) -> String {
    let people = open(folder).read_blocking(sign_ins).unwrap();
    let person = people.iter().find(|one| one.programs == ["sophos"]).unwrap();
    let form: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("email", &person.email)
        .append_pair("password", person.password)
        .finish();
    let answer = server.ask(&format!(
        "POST /sign-in HTTP/1.1\nsec-fetch-site: same-origin\n\
         content-type: application/x-www-form-urlencoded\n\n{form}"
    ));
    let mut cookies = answer.lines().filter_map(|line| {
        line.strip_prefix("set-cookie: ")?.split(';').next().filter(|one| one.contains("session"))
    });
    cookies.next_back().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[actix_web::test]
async fn a_real_portal_has_no_clock_to_move() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nothing");
    let data = nowhere.to_str().unwrap();
    for command in
        [&["clock", "show"][..], &["clock", "step", "1"], &["clock", "set", "2099-01-01"]]
    {
        let command = |data| [command, &["--data", data]].concat();
        run(&command(data)).refuses("There is no demo in");
        assert!(!nowhere.exists());
    }
    let real = folder.path().join("real");
    let data = real.to_str().unwrap();
    run(&["migrate", "--data", data]).succeeds();
    run(&["clock", "step", "1", "--data", data]).refuses("a real portal goes by the system's");

    let portal = Portal::start().await;
    portal.guest().post("/demo/clock", &[("date", "2099-01-01")]).await.is(404);
    let count: i64 =
        portal.db().read_blocking(|conn| Ok(programs::table.count().get_result(conn)?)).unwrap();
    assert_eq!(portal.db().read_blocking(Program::all_unscoped).unwrap().len() as i64, count);
}
