//! Maintenance windows for tests, declared as a program manager does it.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use portal::auth::Program;
use portal::calendar::instants_at;
use portal::clock::Instant;
use portal::db::schema::{mail_bodies, mails, maintenance_windows};

use super::leads::reference_of;
use super::{Page, Portal, Visitor};

/// A window as its form is filled in: from when, until when (day and time of the program's clocks), and
/// what it stops.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    pub starts: &'a str,
    pub ends: &'a str,
    pub stops: &'a [&'a str],
}

pub const ALL: &[&str] =
    &["order_processing", "licence_activation", "quotes", "deal_registration", "leads"];

/// So late that no page announces it yet.
pub const LATER: Wanted<'static> =
    Wanted { starts: "2026-12-01 22:00", ends: "2026-12-02 06:00", stops: &["deal_registration"] };

/// From Thursday, three days after the tests begin, until before Saturday.
pub const THURSDAY: Wanted<'static> =
    Wanted { starts: "2026-03-05 00:00", ends: "2026-03-07 00:00", stops: ALL };

impl Wanted<'_> {
    pub fn fields(&self) -> Vec<(&str, &str)> {
        let (starts_on, starts_time) = self.starts.split_once(' ').unwrap();
        let (ends_on, ends_time) = self.ends.split_once(' ').unwrap();
        let stops = self.stops.iter().map(|one| ("capabilities", *one));
        stops
            .chain([
                ("starts_on", starts_on),
                ("starts_time", starts_time),
                ("ends_on", ends_on),
                ("ends_time", ends_time),
                ("message", "We move to new systems."),
            ])
            .collect()
    }
}

impl Portal {
    /// Somebody declares a window; gives its address.
    pub async fn declares(&self, key: &str, program: &str, wanted: Wanted<'_>) -> String {
        let path = format!("/p/{program}/maintenance/new");
        self.visitor(key).post(&path, &wanted.fields()).await.created()
    }

    /// The vendor of the program shield declares a window; gives its address.
    pub async fn declare(&self, wanted: Wanted<'_>) -> String {
        self.declares("manager", "shield", wanted).await
    }

    /// It is so many o'clock now in the program shield, to the microsecond.
    pub fn turn_clock(&self, local: &str) {
        self.app.clock.set(self.at(local));
    }

    /// An instant by the clocks of the program shield.
    pub fn at(&self, local: &str) -> Instant {
        let local = NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M").unwrap();
        Instant::from_utc(instants_at(local, self.program("shield").time_zone).unwrap().0)
    }

    /// When a window begins and ends, and its revision.
    pub fn window(&self, path: &str) -> (Instant, Instant, i64) {
        self.read(|conn| {
            Ok(maintenance_windows::table
                .filter(maintenance_windows::reference.eq(reference_of(path)))
                .select((
                    maintenance_windows::starts_at,
                    maintenance_windows::ends_at,
                    maintenance_windows::revision,
                ))
                .first(conn)?)
        })
    }

    /// The text of a mail, its lines put together.
    pub fn text_of(&self, reference: &str) -> String {
        let text: String = self.read(|conn| {
            Ok(mail_bodies::table
                .inner_join(mails::table)
                .filter(mails::reference.eq(reference))
                .select(mail_bodies::text_body)
                .first(conn)?)
        });
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What the program's row keeps is what the windows say.
    pub fn windows_are_kept(&self) {
        let program: Program = self.program("shield");
        let now = self.app.clock.now();
        let recounted = self.read(|conn| portal::stoppages::recounted(program.id, now, conn));
        let kept: Vec<_> = program.stoppages.not_over(now).cloned().collect();
        let read = portal::maintenance::Stoppages::parse(&recounted).unwrap();
        let said: Vec<_> = read.not_over(now).cloned().collect();
        assert_eq!(kept, said);
    }
}

impl Visitor {
    /// Moves the end of a window as its page shows it.
    pub async fn move_end(&mut self, path: &str, ends: &str, why: &str) -> Page {
        let page = self.get(path).await;
        let seen = page.attributes("form[action$='/end'] input[name=seen]", "value");
        let seen = seen.first().cloned().unwrap_or_default();
        let (day, time) = ends.split_once(' ').unwrap();
        let fields = [("seen", &*seen), ("ends_on", day), ("ends_time", time), ("why", why)];
        self.post(&format!("{path}/end"), &fields).await
    }
}
