//! Windows of packs: stated, found again, and never rewritten once they have begun or were changed in
//! the portal.

use diesel::prelude::*;
use portal::audit::By;
use portal::db::schema::maintenance_windows;
use portal::error::Result;
use portal::programs::{self, Imported, pack};

use crate::support::Portal;
use crate::support::maintenance::{ALL, Wanted};

const SHIELD: &str = include_str!("../packs/shield.toml");
const MOVE: &str = "[[maintenance]]
key = \"move\"
starts = 2026-03-10T22:00:00
ends = 2026-03-12T00:00:00
stops = [\"quotes\", \"order_processing\"]
message = \"We move.\"
";

impl Portal {
    fn import_windows(&self, windows: &str) -> Result<Imported> {
        let text = SHIELD.replacen("[notices]", &format!("{windows}\n[notices]"), 1);
        let pack = pack::parse("shield.toml", &text).unwrap();
        let now = self.app.clock.now();
        self.db()
            .write_blocking(move |conn| programs::import(&pack, By::Portal("the tests"), now, conn))
    }

    fn refuses_windows(&self, windows: &str, said: &str) {
        let fault = self.import_windows(windows).unwrap_err().to_string();
        assert!(fault.contains(said), "{fault}");
    }

    fn only_window(&self) -> String {
        let reference: String = self.read(|conn| {
            Ok(maintenance_windows::table.select(maintenance_windows::reference).first(conn)?)
        });
        format!("/p/shield/maintenance/{reference}")
    }
}

#[actix_web::test]
async fn a_window_of_a_pack_is_stated_once_and_changed_until_it_begins() {
    let portal = Portal::start().await;
    let done = portal.import_windows(MOVE).unwrap();
    assert_eq!(done.changes, ["maintenance move: added"]);
    portal.windows_are_kept();
    assert_eq!(portal.import_windows(MOVE).unwrap(), Imported::default());
    let path = portal.only_window();
    portal
        .owner()
        .get(&path)
        .await
        .is(200)
        .shows(".facts", "10 Mar 2026, 22:00")
        .shows("main", "Order processing")
        .shows(".timeline", "Stated this maintenance in the program's pack");
    portal.owner().get("/p/shield").await.shows(".bar.info", "order processing and quotes");
    let later = MOVE.replace("03-10T22", "03-11T06");
    assert_eq!(portal.import_windows(&later).unwrap().changes, ["maintenance move: changed"]);
    portal.windows_are_kept();
    portal.owner().get(&path).await.shows(".facts", "11 Mar 2026, 06:00");
    // What the pack has no more is cancelled, and comes again with it.
    assert_eq!(portal.import_windows("").unwrap().changes, ["maintenance move: removed"]);
    portal.windows_are_kept();
    portal.owner().get("/p/shield").await.hides("for maintenance");
    portal.manager().get(&path).await.shows(".status", "Cancelled");
    assert_eq!(portal.import_windows(&later).unwrap().changes, ["maintenance move: changed"]);
    portal.owner().get(&path).await.shows(".status", "Upcoming");
    // The pack reads back as it was stated.
    let stored = portal.read(|conn| programs::pack_of("shield", conn));
    assert_eq!(stored.maintenance, parsed(&later));

    portal.turn_clock("2026-03-11 06:00");
    let refusal = "The maintenance move has begun and cannot be changed by a pack";
    portal.refuses_windows(&later.replace("03-12T00", "03-13T00"), refusal);
    assert_eq!(portal.import_windows("").unwrap(), Imported::default());
    assert_eq!(portal.import_windows(&later).unwrap(), Imported::default());
    portal.turn_clock("2026-03-12 00:00");
    let done = portal.import_windows(&later.replace("We move.", "We moved.")).unwrap();
    assert_eq!(done.kept, ["maintenance move: kept as it was, because it is over"]);
}

fn parsed(windows: &str) -> Vec<pack::MaintenanceWindow> {
    let text = SHIELD.replacen("[notices]", &format!("{windows}\n[notices]"), 1);
    pack::parse("shield.toml", &text).unwrap().maintenance
}

#[actix_web::test]
async fn what_was_changed_in_the_portal_is_kept() {
    let portal = Portal::start().await;
    portal.import_windows(MOVE).unwrap();
    let path = portal.only_window();
    let mut fields =
        Wanted { starts: "2026-03-15 00:00", ends: "2026-03-16 00:00", stops: ALL }.fields();
    fields.push(("seen", "1"));
    portal.manager().post(&format!("{path}/edit"), &fields).await.is(303);
    for windows in [MOVE, ""] {
        let done = portal.import_windows(windows).unwrap();
        assert!(done.changes.is_empty());
        assert_eq!(done.kept.is_empty(), windows.is_empty());
        portal.owner().get(&path).await.shows(".facts", "15 Mar 2026, 00:00");
    }
    let cancelled = [("seen", "2"), ("why", "Not needed")];
    portal.manager().post(&format!("{path}/cancellation"), &cancelled).await.is(303);
    let done = portal.import_windows(MOVE).unwrap();
    assert_eq!(done.kept, ["maintenance move: kept as it was changed in the portal"]);
    portal.owner().get(&path).await.shows(".status", "Cancelled");
}

#[actix_web::test]
async fn a_pack_stops_nothing_from_before_now() {
    let portal = Portal::start().await;
    let running = MOVE.replace("03-10T22", "03-01T22");
    let done = portal.import_windows(&running).unwrap();
    assert!(done.changes.is_empty());
    assert!(done.kept[0].contains("would have begun before now"), "{:?}", done.kept);
    portal.import_windows(MOVE).unwrap();
    let done = portal.import_windows(&running).unwrap();
    assert!(done.kept[0].contains("would have begun before now"), "{:?}", done.kept);
    portal.owner().get(&portal.only_window()).await.shows(".facts", "10 Mar 2026, 22:00");
}
