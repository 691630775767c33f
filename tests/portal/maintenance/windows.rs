//! Windows are declared, edited, cancelled and moved at their end; everybody sees them coming.

use chrono::Duration;

use crate::support::Portal;
use crate::support::maintenance::{LATER, THURSDAY, Wanted};

#[actix_web::test]
async fn a_manager_declares_a_window_and_everybody_reads_it() {
    let portal = Portal::start().await;
    let mut manager = portal.manager();
    manager.get("/p/shield/maintenance").await.is(200).shows(".empty", "No maintenance so far");
    let path = portal.declare(THURSDAY).await;
    portal.windows_are_kept();
    manager
        .get(&path)
        .await
        .is(200)
        .shows("main", "We move to new systems.")
        .shows(".status", "Upcoming")
        .shows(".facts", "5 Mar 2026, 00:00")
        .shows(".facts", "Asia/Tokyo")
        .shows(".timeline", "Declared this maintenance")
        .shows("main", "Edit")
        .is(200);
    for key in ["owner", "distributor", "cam", "back_office"] {
        let mut visitor = portal.visitor(key);
        let page = visitor.get(&path).await.is(200).shows(".timeline", "Declared this maintenance");
        assert!(page.attributes("main form[method=post]", "action").is_empty(), "{key}");
        // Announced above every page, also one that has nothing to do with it.
        visitor.get("/p/shield/contacts").await.shows(".bar.info", "5 Mar 2026, 00:00").shows(
            ".bar.info",
            "order processing, licence activation, quotes, deal registration and leads",
        );
        visitor.get("/account").await.is(200).hides("5 Mar 2026");
    }
    portal.visitor("rival").get("/p/small/contacts").await.is(200).hides("5 Mar 2026");
    let list = manager.get("/p/shield/maintenance?q=NEW+systems&status=upcoming&capability=quotes");
    assert_eq!(list.await.all("tbody tr").len(), 1);
    for none in ["q=nothing", "status=running", "status=over", "status=cancelled"] {
        let page = manager.get(&format!("/p/shield/maintenance?{none}")).await;
        page.is(200).shows(".empty", "No maintenance fits");
    }
    let file = manager.get("/p/shield/maintenance.csv").await.is(200).text;
    assert!(file.contains(",upcoming,2026-03-05 00:00,2026-03-07 00:00,Asia/Tokyo,"), "{file}");
}

#[actix_web::test]
async fn a_form_that_is_not_right_says_what_is_wrong() {
    let portal = Portal::start().await;
    let mut manager = portal.manager();
    let new = "/p/shield/maintenance/new";
    for (wanted, said) in [
        (Wanted { starts: "2026-03-02 09:59", ..THURSDAY }, "It cannot begin in the past"),
        (Wanted { ends: "2026-03-05 00:00", ..THURSDAY }, "It must end after it begins."),
        (Wanted { ends: "2028-03-05 00:00", ..THURSDAY }, "It must end within a year."),
        (Wanted { stops: &[], ..THURSDAY }, "Choose at least one."),
        (Wanted { stops: &["everything"], ..THURSDAY }, "Choose at least one."),
        (Wanted { starts: "2026-03-05 25:00", ..THURSDAY }, "Enter the time as hours and minutes"),
        (Wanted { starts: "tomorrow 00:00", ..THURSDAY }, "Enter the day as a date."),
        (Wanted { ends: "20260-03-05 00:00", ..THURSDAY }, "Enter the day as a date."),
    ] {
        manager.post(new, &wanted.fields()).await.is(422).shows(".error-summary", said);
    }
    let mut long = THURSDAY.fields();
    let text = "x".repeat(301);
    long.retain(|(name, _)| *name != "message");
    long.push(("message", &text));
    manager.post(new, &long).await.is(422).shows(".error-summary", "300 characters at most");
    portal.owner().get("/p/shield/maintenance").await.is(200).shows(".empty", "No maintenance");
    // What is to begin in the minute that runs begins at once.
    portal.app.clock.advance(Duration::seconds(30));
    let path = portal.declare(Wanted { starts: "2026-03-02 10:00", ..THURSDAY }).await;
    assert!(portal.window(&path).0 > portal.at("2026-03-02 10:00"));
    portal.owner().get(&path).await.shows(".status", "Running");
}

#[actix_web::test]
async fn before_it_begins_a_window_is_edited_and_cancelled() {
    let portal = Portal::start().await;
    let path = portal.declare(THURSDAY).await;
    let mut manager = portal.manager();
    let edit = format!("{path}/edit");
    let form = manager.get(&edit).await.is(200);
    assert_eq!(form.attributes("input[name=starts_on]", "value"), ["2026-03-05"]);
    assert_eq!(form.attributes("input[name=ends_time]", "value"), ["00:00"]);
    let mut fields = Wanted { starts: "2026-03-06 18:30", stops: &["quotes"], ..THURSDAY }.fields();
    fields.extend([("seen", "1"), ("why", "The lorry is late")]);
    manager.post(&edit, &fields).await.goes_to(&path);
    manager
        .get(&path)
        .await
        .shows(".facts", "6 Mar 2026, 18:30")
        .shows(".timeline", "2026-03-05 00:00 to 2026-03-07 00:00: order processing")
        .shows(".timeline", "2026-03-06 18:30 to 2026-03-07 00:00: quotes")
        .shows(".timeline", "The lorry is late");
    portal.windows_are_kept();
    // On what somebody has seen before that, nobody decides.
    manager.post(&edit, &fields).await.is(409);
    let cancellation = format!("{path}/cancellation");
    manager.post(&cancellation, &[("seen", "1"), ("why", "x")]).await.is(409);
    manager.post(&cancellation, &[("seen", "2"), ("why", "")]).await.is(422);
    manager.post(&format!("{path}/end"), &end("2026-03-08", "2")).await.is(409);
    manager.post(&cancellation, &[("seen", "2"), ("why", "Not now")]).await.goes_to(&path);
    portal.windows_are_kept();
    let page = manager.get(&path).await.shows(".status", "Cancelled").shows(".timeline", "Not now");
    assert!(page.attributes("main form[method=post]", "action").is_empty());
    portal.owner().get("/p/shield").await.is(200).hides("stopped for maintenance");
    manager.get(&edit).await.is(409);
    manager.post(&edit, &fields).await.is(409);
    manager.post(&cancellation, &[("seen", "3"), ("why", "x")]).await.is(409);
    assert_eq!(
        manager.get("/p/shield/maintenance?status=cancelled").await.all("tbody tr").len(),
        1
    );
}

fn end<'a>(day: &'a str, seen: &'a str) -> [(&'a str, &'a str); 4] {
    [("seen", seen), ("ends_on", day), ("ends_time", "00:00"), ("why", "x")]
}

#[actix_web::test]
async fn while_it_runs_only_its_end_is_moved() {
    let portal = Portal::start().await;
    let path = portal.declare(THURSDAY).await;
    portal.turn_clock("2026-03-06 12:00");
    let mut manager = portal.manager();
    manager.get(&format!("{path}/edit")).await.is(409);
    manager.post(&format!("{path}/cancellation"), &[("seen", "1"), ("why", "x")]).await.is(409);
    let mut owner = portal.owner();
    owner.get("/p/shield").await.shows(".bar.warn", "7 Mar 2026, 00:00");
    manager.move_end(&path, "2026-03-08 06:00", "").await.is(422);
    manager.move_end(&path, "2026-03-07 00:00", "x").await.is(422);
    manager.move_end(&path, "2026-03-06 11:59", "x").await.is(422);
    manager.move_end(&path, "2026-03-08 06:00", "The lorry is late").await.goes_to(&path);
    portal.windows_are_kept();
    manager
        .get(&path)
        .await
        .shows(".timeline", "Extended this maintenance")
        .shows(".timeline", "2026-03-07 00:00")
        .shows(".timeline", "2026-03-08 06:00")
        .shows(".timeline", "The lorry is late");
    owner.get("/p/shield").await.shows(".bar.warn", "8 Mar 2026, 06:00");
    manager.post(&format!("{path}/end"), &end("2026-03-09", "1")).await.is(409);
    // Earlier: in the minute that runs is now.
    portal.app.clock.advance(Duration::seconds(20));
    manager.move_end(&path, "2026-03-06 12:00", "Done").await.goes_to(&path);
    assert_eq!(portal.window(&path).2, 3);
    portal.windows_are_kept();
    manager.get(&path).await.shows(".status", "Over").shows(".timeline", "Shortened");
    owner.get("/p/shield").await.is(200).hides("for maintenance");
    manager.post(&format!("{path}/end"), &end("2026-03-09", "3")).await.is(409);
}

#[actix_web::test]
async fn a_window_shows_by_the_clock_alone() {
    let portal = Portal::start().await;
    // Fourteen days before the first of December, in Tokyo.
    portal.declare(LATER).await;
    let minute = Duration::minutes(1);
    for (from, tone) in [("2026-11-17 00:00", "info"), ("2026-12-01 22:00", "warn")] {
        let at = portal.at(from);
        for (now, shown) in [(at - minute, tone == "warn"), (at, true)] {
            portal.app.clock.set(now);
            let bars = portal.owner().get("/p/shield").await.is(200).all(".bar").len();
            assert_eq!(bars, usize::from(shown), "{now}");
        }
        portal.owner().get("/p/shield").await.shows(&format!(".bar.{tone}"), "deal registration");
    }
    portal.turn_clock("2026-12-02 06:00");
    portal.owner().get("/p/shield").await.is(200).hides("for maintenance");
}

#[actix_web::test]
async fn clocks_that_go_back_or_skip_a_time_are_minded() {
    let portal = Portal::start().await;
    portal.write(|conn| {
        use diesel::prelude::*;
        use portal::db::schema::programs;
        let zone = programs::time_zone.eq("Europe/Brussels");
        diesel::update(programs::table).set(zone).execute(conn)?;
        Ok(())
    });
    let new = "/p/shield/maintenance/new";
    let skipped = Wanted { starts: "2026-03-29 02:30", ends: "2026-03-29 04:00", ..THURSDAY };
    let mut manager = portal.manager();
    manager
        .post(new, &skipped.fields())
        .await
        .is(422)
        .shows(".error-summary", "Clocks skip this time on that day");
    // Twice half past two: it begins at the first and ends at the second.
    let twice = Wanted { starts: "2026-10-25 02:30", ends: "2026-10-25 02:30", ..THURSDAY };
    let path = portal.declare(twice).await;
    let (starts_at, ends_at, _) = portal.window(&path);
    assert_eq!(ends_at.seconds_since(starts_at), 3600);
    manager.get(&path).await.shows(".facts", "25 Oct 2026, 02:30");
}
