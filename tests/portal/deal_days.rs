//! Protection by the program's days: told before its end, over after its last day, once, and longer by
//! the days on which registration is stopped.

use chrono::NaiveDate;
use portal::auth::Program;
use portal::sweeps;

use crate::support::Portal;
use crate::support::maintenance::Wanted;

/// Runs the sweep as it is now, and gives what it did.
fn sweep(portal: &Portal) -> usize {
    let program = portal.read(|conn| Program::find_unscoped("shield", conn));
    sweeps::run(sweeps::find("deals").unwrap(), &program, None, &portal.app).unwrap().outcome.done
}

fn events(portal: &Portal, event: &str) -> usize {
    portal.deal_mails().iter().filter(|(name, _)| name == &format!("deals.{event}")).count()
}

#[actix_web::test]
async fn protection_ends_after_its_last_day_by_the_programs_calendar() {
    let portal = Portal::start().await;
    // Approved on 2 March in Tokyo: 60 days end with 1 May there.
    let path = portal.approved_deal("owner", &[]).await;
    assert_eq!(portal.deal(&path).until, NaiveDate::from_ymd_opt(2026, 5, 1));
    for (local, status, left) in [
        ("2026-04-30 23:59", "approved", "Tomorrow is the last day"),
        ("2026-05-01 00:01", "approved", "Today is the last day"),
        // Still the last of April in UTC, and the last day in Tokyo.
        ("2026-05-01 08:00", "approved", "Today is the last day"),
        ("2026-05-01 23:59", "approved", "Today is the last day"),
        ("2026-05-02 00:00", "expired", ""),
    ] {
        portal.turn_clock(local);
        sweep(&portal);
        assert_eq!(portal.deal(&path).status, status, "{local}");
        if !left.is_empty() {
            portal.owner().get(&path).await.shows(".facts", left);
        }
    }
    assert_eq!(events(&portal, "expired"), 1);
    // Late, doubled, again: once.
    assert_eq!(sweep(&portal) + sweep(&portal), 0);
    portal.advance_days(3);
    assert_eq!(sweep(&portal), 0);
    assert_eq!(events(&portal, "expired"), 1);
    assert!(portal.deal_claims().is_empty());
    portal.owner().get(&path).await.shows(".timeline", "Let the protection run out");
}

#[actix_web::test]
async fn the_end_is_told_14_7_and_1_days_before_each_once() {
    let portal = Portal::start().await;
    portal.approved_deal("owner", &[]).await;
    let mut told = Vec::new();
    for day in 0..62 {
        sweep(&portal);
        sweep(&portal);
        if events(&portal, "expires_soon") > told.len() {
            told.push(60 - day);
        }
        assert_eq!(events(&portal, "expires_soon"), told.len(), "day {day}");
        portal.advance_days(1);
    }
    assert_eq!(told, [14, 7, 1]);
    assert_eq!(events(&portal, "expired"), 1);
}

#[actix_web::test]
async fn what_a_late_sweep_missed_is_told_once_and_the_newest() {
    let portal = Portal::start().await;
    let path = portal.approved_deal("owner", &[]).await;
    portal.advance_days(55);
    assert_eq!(sweep(&portal), 1);
    assert!(portal.last_mail_to("owner").contains("1 May 2026"));
    portal.advance_days(3);
    assert_eq!(sweep(&portal), 0, "seven days before was told late");
    portal.advance_days(20);
    assert_eq!(sweep(&portal), 1);
    assert_eq!((events(&portal, "expires_soon"), events(&portal, "expired")), (1, 1));
    assert_eq!(portal.deal(&path).status, "expired");
}

#[actix_web::test]
async fn maintenance_of_registration_makes_protection_longer() {
    let portal = Portal::start().await;
    let path = portal.approved_deal("owner", &[]).await;
    let of_quotes =
        portal.approved_deal("owner", &[("customer_name", "Raviga"), ("customer_domain", "")]);
    let other = of_quotes.await;
    // Three days at the end: 30 April to 2 May.
    let window = Wanted {
        starts: "2026-04-30 10:00",
        ends: "2026-05-02 10:00",
        stops: &["deal_registration"],
    };
    portal.declare(window).await;
    portal.owner().get(&path).await.shows(".facts", "4 May 2026").shows(".facts", "3 days longer");
    // While it is stopped nothing is submitted or decided, and nothing runs out.
    let draft =
        portal.draft_deal("owner", &[("customer_name", "New"), ("customer_domain", "")]).await;
    portal.turn_clock("2026-05-02 09:00");
    portal
        .at_deal("owner", &draft, "submission", &[])
        .await
        .is(503)
        .says("Deal registration is stopped");
    portal
        .at_deal("owner", &path, "extension", &[("why", "Slow"), ("until", "2026-06-15")])
        .await
        .is(503);
    portal.owner().get(&draft).await.is(200).shows(".flash", "Drafts are kept");
    assert_eq!(sweep(&portal), 0);
    for (local, status) in [("2026-05-04 23:59", "approved"), ("2026-05-05 00:00", "expired")] {
        portal.turn_clock(local);
        sweep(&portal);
        assert_eq!(portal.deal(&path).status, status, "{local}");
        assert_eq!(portal.deal(&other).status, status, "{local}");
    }
}

#[actix_web::test]
async fn what_is_over_makes_room_even_before_the_sweep() {
    let portal = Portal::start().await;
    let theirs = portal.approved_deal("stranger", &[]).await;
    let mine = portal.reviewed_deal("owner", &[]).await;
    portal.turn_clock("2026-05-01 23:00");
    portal.at_deal("cam", &mine, "approval", &[]).await.is(409);
    portal.turn_clock("2026-05-02 00:30");
    portal.at_deal("cam", &mine, "approval", &[]).await.is(303);
    assert_eq!(portal.deal(&theirs).status, "expired");
    assert_eq!(portal.deal(&mine).status, "approved");
    assert_eq!(events(&portal, "expired"), 1);
}

#[actix_web::test]
async fn an_extension_is_asked_for_in_time_and_within_bounds() {
    let portal = Portal::start().await;
    let path = portal.approved_deal("owner", &[]).await;
    for until in ["2026-05-01", "2026-04-01", "2027-06-01", "soon"] {
        let sent = [("why", "They are slow"), ("until", until)];
        let page = portal.at_deal("owner", &path, "extension", &sent).await.is(422);
        assert_eq!(page.attributes(".error-summary a", "href"), ["#until"], "{until}");
    }
    let page = portal.at_deal("owner", &path, "extension", &[("until", "2026-05-02")]).await;
    assert_eq!(page.is(422).attributes(".error-summary a", "href"), ["#why"]);
    let sent = [("why", "They are slow"), ("until", "2026-06-30")];
    portal.at_deal("owner", &path, "extension", &sent).await.is(303);
    let mut cam = portal.visitor("cam");
    cam.get(&path).await.shows(".facts", "30 June 2026").shows(".facts", "They are slow");
    cam.get("/p/shield/deals?status=waiting").await.shows("tbody th", "Hooli");
    let granted = [("granted_until", "2026-06-15")];
    portal.at_deal("cam", &path, "extension/grant", &granted).await.is(303);
    assert_eq!(portal.deal(&path).until, NaiveDate::from_ymd_opt(2026, 6, 15));
    portal.turn_clock("2026-06-16 00:10");
    let late = [("why", "Still slow"), ("until", "2026-06-30")];
    portal.at_deal("owner", &path, "extension", &late).await.is(409).says("is over");
}
