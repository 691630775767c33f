//! Recurring work is done once a day for each program, by one process, and by hand at any time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{Duration, NaiveDate};
use diesel::prelude::*;
use portal::auth::Program;
use portal::clock::Instant;
use portal::db::Db;
use portal::db::schema::{mail_bodies, mails, sweep_runs};
use portal::error::{Error, Result};
use portal::mail::{MailStatus, Way};
use portal::sweep::{Sweep, SweepOutcome};
use portal::sweeps::{self, SWEEPS, find, run, run_due, run_standing};
use portal::web::Site;

use crate::support::Portal;
use crate::support::post::{Kind, brisk};

/// Counts its runs by program and day in the settings, as a sweep with an effect would.
fn counting(
    program: &Program,
    day: NaiveDate,
    _: &Site,
    _: Instant,
    db: &Db,
) -> Result<SweepOutcome> {
    let name = format!("test.runs.{}.{day}", program.slug);
    db.write_blocking(move |conn| {
        let runs = portal::auth::setting(&name, conn)?.map_or(0, |runs| runs.parse().unwrap());
        portal::auth::store_setting(&name, &(runs + 1_usize).to_string(), conn)
    })?;
    Ok(SweepOutcome::new(1, "counted"))
}

const COUNTING: Sweep = Sweep { name: "counting", what: "Count", hour: 6, run: counting };

fn runs(portal: &Portal) -> BTreeMap<String, String> {
    use portal::db::schema::settings;
    let rows: Vec<(String, String)> = portal.read(|conn| {
        Ok(settings::table
            .filter(settings::name.like("test.runs.%"))
            .select((settings::name, settings::value))
            .load(conn)?)
    });
    rows.into_iter().map(|(name, value)| (name.replace("test.runs.", ""), value)).collect()
}

fn due(portal: &Portal) -> usize {
    run_due(&[COUNTING], &portal.app).unwrap().len()
}

/// 06:30 on a day in Tokyo, which is the program shield's.
fn tokyo(month: u32, day: u32, hour: i64) -> Instant {
    let midnight =
        NaiveDate::from_ymd_opt(2026, month, day).unwrap().and_hms_opt(0, 30, 0).unwrap();
    Instant::from_utc(midnight + Duration::hours(hour - 9))
}

#[actix_web::test]
async fn a_sweep_runs_once_a_day_for_each_program_after_its_hour() {
    let portal = Portal::start().await;
    portal.app.clock.set(tokyo(3, 4, 5));
    due(&portal);
    assert!(!runs(&portal).contains_key("shield.2026-03-04"), "before its hour");
    portal.app.clock.set(tokyo(3, 4, 6));
    for _ in 0..3 {
        due(&portal);
    }
    assert_eq!(runs(&portal)["shield.2026-03-04"], "1");
    // The clock jumps: only the day that it is now is swept.
    portal.app.clock.set(tokyo(3, 20, 23));
    due(&portal);
    assert_eq!(runs(&portal)["shield.2026-03-20"], "1");
    assert!(!runs(&portal).contains_key("shield.2026-03-19"));
    // And back: what was done is not done again.
    portal.app.clock.set(tokyo(3, 4, 22));
    due(&portal);
    assert_eq!(runs(&portal)["shield.2026-03-04"], "1");
}

#[actix_web::test]
async fn of_many_processes_one_does_a_days_work() {
    let portal = Portal::start().await;
    portal.app.clock.set(tokyo(3, 4, 12));
    let (other, third) = (portal.beside().await, portal.beside().await);
    let apps = [portal.app.clone(), other.app.clone(), third.app.clone()];
    let done = AtomicUsize::new(0);
    std::thread::scope(|threads| {
        for number in 0..6 {
            let (app, done) = (&apps[number % 3], &done);
            threads.spawn(move || {
                let shield = |report: &portal::sweeps::Report| report.program == "shield";
                let reports = run_due(&[COUNTING], app).unwrap();
                done.fetch_add(reports.iter().filter(|one| shield(one)).count(), Ordering::Relaxed);
            });
        }
    });
    assert_eq!(done.load(Ordering::Relaxed), 1);
    assert_eq!(runs(&portal)["shield.2026-03-04"], "1");
}

#[actix_web::test]
async fn a_claim_whose_process_died_is_taken_over_when_it_has_run_out() {
    let portal = Portal::start().await;
    portal.app.clock.set(tokyo(3, 4, 12));
    let expire = |portal: &Portal, finished: Option<Instant>| {
        portal.write(move |conn| {
            let past = portal::db::now(conn)? - Duration::minutes(1);
            diesel::update(sweep_runs::table)
                .set((sweep_runs::claimed_until_at.eq(past), sweep_runs::finished_at.eq(finished)))
                .execute(conn)?;
            Ok(())
        });
    };
    due(&portal);
    // As if the process had died after its claim: still claimed, then run out.
    portal.write(|conn| {
        diesel::update(sweep_runs::table)
            .set(sweep_runs::finished_at.eq(None::<Instant>))
            .execute(conn)?;
        Ok(())
    });
    due(&portal);
    assert_eq!(runs(&portal)["shield.2026-03-04"], "1", "it is still somebody's");
    expire(&portal, None);
    due(&portal);
    assert_eq!(runs(&portal)["shield.2026-03-04"], "2");
    expire(&portal, Some(portal.app.clock.now()));
    due(&portal);
    assert_eq!(runs(&portal)["shield.2026-03-04"], "2", "what is finished stays so");
}

fn failing(_: &Program, _: NaiveDate, _: &Site, _: Instant, _: &Db) -> Result<SweepOutcome> {
    Err(Error::internal("a broken sweep"))
}

const FAILING: Sweep = Sweep { name: "failing", what: "Fail", hour: 0, run: failing };

#[actix_web::test]
async fn standing_work_that_fails_holds_no_other_up_and_is_looked_for_again() {
    let portal = Portal::start().await;
    portal.app.clock.set(tokyo(3, 4, 12));
    for times in ["1", "2"] {
        let reports = run_standing(&[FAILING, COUNTING], &portal.app).unwrap();
        assert!(reports.iter().all(|report| report.sweep == COUNTING.name), "{reports:?}");
        assert_eq!(runs(&portal)["shield.2026-03-04"], times);
    }
}

#[actix_web::test]
async fn a_sweep_that_fails_holds_no_other_up_and_is_tried_again_later() {
    let portal = Portal::start().await;
    portal.app.clock.set(tokyo(3, 4, 12));
    let table = [FAILING, COUNTING];
    run_due(&table, &portal.app).unwrap();
    assert_eq!(runs(&portal)["shield.2026-03-04"], "1");
    let failed: Vec<(Option<Instant>, String, i32)> = portal.read(|conn| {
        Ok(sweep_runs::table
            .filter(sweep_runs::name.eq("failing"))
            .select((sweep_runs::finished_at, sweep_runs::outcome, sweep_runs::attempts))
            .load(conn)?)
    });
    assert!(!failed.is_empty());
    assert!(failed.iter().all(|run| *run == (None, "a broken sweep".to_owned(), 1)), "{failed:?}");
}

#[actix_web::test]
async fn by_hand_a_sweep_runs_for_any_day_and_as_often_as_one_likes() {
    let portal = Portal::start().await;
    let shield = portal.read(|conn| Program::find_unscoped("shield", conn));
    let eve = NaiveDate::from_ymd_opt(2023, 9, 17).unwrap();
    for _ in 0..2 {
        let report = run(&COUNTING, &shield, Some(eve), &portal.app).unwrap();
        assert_eq!((report.day, report.outcome.done), (eve, 1));
    }
    let today = run(&COUNTING, &shield, None, &portal.app).unwrap();
    assert_eq!(today.day, NaiveDate::from_ymd_opt(2026, 3, 2).unwrap());
    assert_eq!(runs(&portal)["shield.2023-09-17"], "2");
}

#[test]
fn the_table_names_each_sweep_once() {
    let mut names: Vec<&str> = sweeps::all().map(|sweep| sweep.name).collect();
    assert!(SWEEPS.iter().all(|sweep| sweep.hour < 24 && !sweep.what.is_empty()));
    assert_eq!(find("outbox").unwrap().name, "outbox");
    assert!(find("nonsense").unwrap_err().to_string().contains("outbox"));
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[actix_web::test]
async fn texts_of_mails_are_forgotten_a_month_after_their_end_and_their_lines_stay() {
    let portal = Portal::start().await;
    let shield = portal.read(|conn| Program::find_unscoped("shield", conn));
    let sweep = |portal: &Portal| {
        let report = run(find("outbox").unwrap(), &shield, None, &portal.app).unwrap();
        report.outcome.done
    };
    let old: Vec<String> = (1..=600).map(|number| format!("old {number}")).collect();
    portal.queue_mails("owner", &old, Kind::Role);
    portal.deliver_once(Way::Mailbox, brisk(1)).await;
    portal.queue_mail("owner", "never sent", Kind::Role);
    portal.advance_days(20);
    portal.queue_mail("owner", "young", Kind::Role);
    assert_eq!(sweep(&portal), 0);
    portal.advance_days(11);
    assert_eq!(sweep(&portal), 600);
    assert_eq!(sweep(&portal), 0);
    let left: Vec<String> = portal.read(|conn| {
        Ok(mail_bodies::table
            .inner_join(mails::table)
            .order(mails::id)
            .select(mails::subject)
            .load(conn)?)
    });
    assert_eq!(left, ["never sent", "young"]);
    assert_eq!(portal.mail_statuses().get(&MailStatus::Sent), Some(&600));
}
