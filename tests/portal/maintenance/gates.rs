//! What is stopped answers so, and changes nothing; its deadlines stand still.

use diesel::prelude::*;
use futures_util::future::join;
use portal::db::schema::{audit_events, licences, mails};
use portal::sweeps;

use crate::support::maintenance::{THURSDAY, Wanted};
use crate::support::quotes::ACME;
use crate::support::{Page, Portal};

const STOPS_QUOTES: Wanted<'static> = Wanted { stops: &["quotes"], ..THURSDAY };

impl Portal {
    /// How much happened so far: history and mails.
    fn happened(&self) -> (i64, i64) {
        self.read(|conn| {
            let events = audit_events::table.count().get_result(conn)?;
            Ok((events, mails::table.count().get_result(conn)?))
        })
    }

    fn lapse(&self) -> usize {
        let sweep = sweeps::find("quotes").unwrap();
        sweeps::run(sweep, &self.program("shield"), None, &self.app).unwrap().outcome.done
    }
}

/// The page that says what is stopped, in the frame of the person's pages.
fn is_stopped(page: Page, title: &str) {
    let seconds: i64 = page.header("retry-after").parse().unwrap();
    assert!(seconds > 36 * 3600 - 300 && seconds <= 36 * 3600, "{seconds}");
    page.is(503)
        .shows("h1", title)
        .shows("main", "7 Mar 2026, 00:00 (Asia/Tokyo)")
        .shows("main", "We move to new systems.")
        .shows("main", "Everything else works.")
        .shows("nav.side", "Contacts")
        .shows(".bar.warn", "7 Mar 2026, 00:00");
}

#[actix_web::test]
async fn while_quotes_are_stopped_no_price_is_given_or_taken() {
    let portal = Portal::start().await;
    let sent = portal.quote().await;
    let draft = portal.begin_quote(&ACME, "distributor").await;
    let asked = portal.visitor("distributor").ask_special(&draft, "5", "").await;
    let mut distributor = portal.visitor("distributor");
    let preview = distributor.get(&format!("{draft}/preview")).await;
    let seen = preview.attributes("input[name='seen']", "value").remove(0);
    let shown = portal.owner().shown(&sent).await;
    portal.declare(STOPS_QUOTES).await;
    portal.turn_clock("2026-03-05 12:00");
    let before = portal.happened();

    let title = "Quotes are stopped for maintenance";
    let mut owner = portal.owner();
    let mut distributor = portal.visitor("distributor");
    is_stopped(owner.accept_shown(&sent, &shown).await, title);
    is_stopped(distributor.get(&format!("{draft}/preview")).await, title);
    let sending = distributor.post(&format!("{draft}/sending"), &[("seen", &seen)]).await;
    is_stopped(sending, title);
    let special = [("special_percent", "3"), ("special_reason", "They ask")];
    is_stopped(distributor.post(&format!("{draft}/special-prices"), &special).await, title);
    let mut cam = portal.visitor("cam");
    is_stopped(cam.post(&format!("{asked}/approval"), &[("percent", "5")]).await, title);
    is_stopped(cam.post(&format!("{asked}/rejection"), &[("why", "No")]).await, title);
    assert_eq!(portal.happened(), before);
    assert_eq!(portal.placed_orders(), 0);
    // What is not theirs is still not there.
    portal.stranger().accept_shown(&sent, &shown).await.is(404);
    portal.visitor("other_distributor").get(&format!("{draft}/preview")).await.is(404);

    // The pages say so in place of the buttons; what is one's own work goes on.
    let page = owner.get(&sent).await.is(200).shows(".flash.warn", title);
    assert!(page.attributes("form[action$='/acceptance']", "action").is_empty());
    distributor.get(&draft).await.is(200).shows(".flash.warn", title).hides("Save and preview");
    distributor.edit_draft(&draft, &[("percent", "2")]).await.is(303);
    cam.get(&asked).await.is(200).shows(".flash.warn", title);
    distributor.post(&format!("{sent}/revision"), &[]).await.is(303);
    distributor.post(&format!("{sent}/discard"), &[]).await.is(303);
    let mut decline = shown.iter().map(|(name, value)| (*name, &**value)).collect::<Vec<_>>();
    decline.push(("why", "Too late"));
    owner.post(&format!("{sent}/decline"), &decline).await.is(303);
    portal.quote_is("declined", &sent);

    portal.turn_clock("2026-03-07 00:00");
    portal.visitor("cam").post(&format!("{asked}/approval"), &[("percent", "5")]).await.is(303);
    let mut distributor = portal.visitor("distributor");
    distributor.edit_draft(&draft, &[]).await.is(303);
    distributor.send_quote(&draft).await.goes_to(&draft);
    portal.owner().accept_quote(&draft).await;
}

impl Portal {
    fn quote_is(&self, status: &str, path: &str) {
        assert_eq!(self.quote_status(path).0, status);
    }
}

#[actix_web::test]
async fn what_stops_something_else_leaves_quotes_alone() {
    let portal = Portal::start().await;
    let sent = portal.quote().await;
    let stops = &["order_processing", "licence_activation", "deal_registration"];
    portal.declare(Wanted { stops, ..THURSDAY }).await;
    portal.turn_clock("2026-03-05 12:00");
    portal.owner().accept_quote(&sent).await;
    let other = portal.quote().await;
    portal.owner().get(&other).await.hides("longer, because quotes are stopped");
}

/// The quotes of the pack are valid for so many days after the one on which they are sent.
const VALID_DAYS: i64 = 14;

#[actix_web::test]
async fn a_quote_can_be_accepted_longer_by_the_days_that_were_stopped() {
    let portal = Portal::start().await;
    let sent = portal.quote().await;
    let until = |days: i64| {
        let day = portal.at("2026-03-02 00:00").utc().date() + chrono::Duration::days(1 + days);
        day.format("%-d %B %Y").to_string()
    };
    let mut owner = portal.owner();
    owner.get(&sent).await.shows(".facts", &until(VALID_DAYS));
    let path = portal.declare(STOPS_QUOTES).await;
    owner
        .get(&sent)
        .await
        .shows(".facts", &until(VALID_DAYS + 2))
        .shows(".facts", "2 days longer, because quotes are stopped for maintenance on 2 days.");
    // Also what is sent before it begins; the mail says the same.
    portal.quote().await;
    let mail = portal.mails().into_iter().rfind(|mail| mail.event == "quotes.sent").unwrap();
    let text = portal.text_of(&mail.reference);
    assert!(text.contains(&until(VALID_DAYS + 2)), "{text}");
    // Longer still when the window is extended.
    portal.turn_clock("2026-03-06 12:00");
    portal.manager().move_end(&path, "2026-03-07 00:01", "Slow").await.goes_to(&path);
    portal.owner().get(&sent).await.shows(".facts", &until(VALID_DAYS + 3));
    let file = portal.owner().get("/p/shield/quotes.csv").await.text;
    let last =
        portal.at("2026-03-02 00:00").utc().date() + chrono::Duration::days(1 + VALID_DAYS + 3);
    assert!(file.contains(&format!(",{last},JPY")), "{file}");

    // On the day after the last it is over, and not before; the start page goes by the same.
    let noon = format!("{last} 12:00");
    portal.turn_clock(&noon);
    assert_eq!(portal.lapse(), 0);
    portal.owner().get("/p/shield").await.shows("main", "Hooli");
    portal.owner().get(&sent).await.shows(".status", "Sent");
    portal.owner().accept_quote(&sent).await;
    portal.turn_clock(&format!("{} 00:00", last.succ_opt().unwrap()));
    portal.owner().get("/p/shield").await.hides("Hooli");
    assert_eq!(portal.lapse(), 1);
}

#[actix_web::test]
async fn nothing_lapses_while_quotes_are_stopped() {
    let portal = Portal::start().await;
    let sent = portal.quote().await;
    let last = portal.at("2026-03-02 00:00").utc().date() + chrono::Duration::days(1 + VALID_DAYS);
    let next = last.succ_opt().unwrap();
    // It begins when the last day of the quote is over: it was not stopped on any day of it.
    let (starts, ends) =
        (format!("{next} 00:00"), format!("{} 00:00", next + chrono::Duration::days(2)));
    portal.declare(Wanted { starts: &starts, ends: &ends, stops: &["quotes"] }).await;
    portal.turn_clock(&format!("{next} 12:00"));
    assert_eq!(portal.lapse(), 0);
    portal.quote_is("sent", &sent);
    portal.turn_clock(&ends);
    assert_eq!(portal.lapse(), 1);
    portal.quote_is("expired", &sent);
}

#[actix_web::test]
async fn a_window_that_is_extended_while_quotes_lapse_is_before_or_after() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    for round in 0..3 {
        let sent = portal.quote().await;
        let today = portal.app.clock.now().to_datetime() + chrono::Duration::hours(9);
        let today = today.date_naive();
        let day = |days: i64| (today + chrono::Duration::days(days)).to_string();
        // A day before the end, and the quote's last day is the day before that.
        let starts = format!("{} 00:00", day(VALID_DAYS + 1));
        let ends = format!("{} 12:00", day(VALID_DAYS + 1));
        let path =
            portal.declare(Wanted { starts: &starts, ends: &ends, stops: &["quotes"] }).await;
        portal.app.clock.set(portal.at(&ends) - chrono::Duration::seconds(1));
        let mut manager = portal.manager();
        let page = manager.get(&path).await;
        let seen = page.attributes("form[action$='/end'] input[name=seen]", "value").remove(0);
        let later = format!("{} 12:00", day(VALID_DAYS + 3));
        let (on, time) = later.split_once(' ').unwrap();
        let fields = [("seen", &*seen), ("ends_on", on), ("ends_time", time), ("why", "Slow")];
        let end = format!("{path}/end");
        let program = beside.program("shield");
        let app = beside.app.clone();
        let lapsing = actix_web::rt::task::spawn_blocking(move || {
            sweeps::run(sweeps::find("quotes").unwrap(), &program, None, &app).unwrap().outcome.done
        });
        let (moved, lapsed) = join(manager.post(&end, &fields), lapsing).await;
        let (status, lapsed) = (portal.quote_status(&sent).0, lapsed.unwrap());
        let extended = moved.status() == 303;
        // Whoever came first, the quote lapsed only if the window was over for the sweep.
        match (extended, lapsed) {
            (_, 0) => assert_eq!(status, "sent", "round {round}"),
            (_, 1) => assert_eq!(status, "expired", "round {round}"),
            other => panic!("{other:?}"),
        }
        portal.windows_are_kept();
        portal.turn_clock(&format!("{} 13:00", day(VALID_DAYS + 3)));
        portal.lapse();
        portal.quote_is("expired", &sent);
    }
}

#[actix_web::test]
async fn while_activation_is_stopped_none_is_recorded() {
    let portal = Portal::start().await;
    portal.imports(&[&[("activated_on", "")]]);
    let reference: String =
        portal.read(|conn| Ok(licences::table.select(licences::reference).first(conn)?));
    let path = format!("/p/shield/licences/{reference}");
    portal.declare(Wanted { stops: &["licence_activation"], ..THURSDAY }).await;
    portal.turn_clock("2026-03-05 12:00");
    let before = portal.happened();
    let mut owner = portal.owner();
    let title = "Licence activation is stopped for maintenance";
    let form = [("activated_on", "2026-03-04")];
    is_stopped(owner.post(&format!("{path}/activation"), &form).await, title);
    portal.stranger().post(&format!("{path}/activation"), &form).await.is(404);
    assert_eq!(portal.happened(), before);
    owner.get(&path).await.is(200).shows(".flash.warn", title).hides("Day of activation");
    portal.turn_clock("2026-03-07 00:00");
    portal.owner().get(&path).await.is(200).shows("main", "Day of activation");
}
