//! Partners' own leads end by themselves, each once: closed on the one day of a policy, expired after
//! so many days without activity; their partner is warned before, and decides on many at once.

use chrono::Duration;
use diesel::prelude::*;
use futures_util::future::join;
use portal::contacts::Role;
use portal::db::schema::leads;
use portal::sweeps;

use crate::support::Portal;
use crate::support::channel::give_role;
use crate::support::leads::reference_of;

/// As the pack of 2023 has them.
const OF_2023: &[(&str, Option<i32>, Option<i32>)] =
    &[("2020-01-01", None, None), ("2023-09-18", None, Some(90)), ("2023-10-01", Some(90), None)];
const EXPIRING: &str = "/p/shield/leads/expiring";

impl Portal {
    /// Own leads of Acme's, each active last at noon of a day.
    async fn idle_since(&self, days: &[&str]) -> Vec<String> {
        let mut paths = Vec::new();
        for day in days {
            let path = self.own_lead("owner", &[("company", &format!("Since {day}"))]).await;
            self.was_active(&path, self.at(&format!("{day} 12:00")));
            paths.push(path);
        }
        paths
    }

    fn statuses(&self, paths: &[String]) -> Vec<String> {
        paths.iter().map(|path| self.lead(path).0).collect()
    }

    fn mails_of(&self, event: &str) -> usize {
        self.lead_mails().iter().filter(|(name, _)| name == event).count()
    }

    fn events_of(&self, path: &str, action: &str) -> usize {
        self.history_of_lead(path).iter().filter(|name| *name == action).count()
    }
}

#[actix_web::test]
async fn on_the_day_of_the_policy_what_is_idle_for_longer_is_closed_once() {
    let portal = Portal::start().await;
    portal.lead_policies(OF_2023);
    portal.turn_clock("2023-09-01 09:00");
    let days = ["2023-06-18", "2023-06-19", "2023-06-20", "2023-06-21", "2023-09-01"];
    let paths = portal.idle_since(&days).await;
    portal.turn_clock("2023-09-17 23:59");
    portal.lead_night();
    assert_eq!(portal.statuses(&paths), ["accepted"; 5], "on the eve nothing is closed");
    portal.turn_clock("2023-09-18 00:00");
    assert_eq!(portal.lead_night(), "0 leads expired, 2 closed, 0 warned of, 0 dated");
    let after = ["closed", "closed", "accepted", "accepted", "accepted"];
    assert_eq!(portal.statuses(&paths), after);
    assert_eq!(portal.lead_night(), "0 leads expired, 0 closed, 0 warned of, 0 dated");
    for path in &paths[..2] {
        assert_eq!(portal.events_of(path, "lead.closed"), 1);
        let mut owner = portal.owner();
        owner.get(path).await.is(200).shows(".status", "Closed").shows(".facts", "Inactive");
    }
    // The days after close no more, and on 1 October the older ones expire.
    portal.turn_clock("2023-09-30 23:59");
    portal.lead_night();
    assert_eq!(portal.statuses(&paths), after);
    portal.turn_clock("2023-10-01 00:00");
    assert_eq!(portal.lead_night(), "2 leads expired, 0 closed, 0 warned of, 0 dated");
    assert_eq!(portal.statuses(&paths), ["closed", "closed", "expired", "expired", "accepted"]);
}

#[actix_web::test]
async fn a_lead_lives_eighty_nine_days_and_expires_on_the_ninetieth() {
    let portal = Portal::start().await;
    portal.lead_policies(OF_2023);
    portal.turn_clock("2023-11-01 09:00");
    let paths = portal.idle_since(&["2023-11-01", "2023-11-02"]).await;
    let reader = portal.contact_id("reader");
    give_role(reader, Role::Leads, &portal);
    for (now, states) in [
        ("2024-01-29 23:59", ["accepted", "accepted"]),
        ("2024-01-30 00:00", ["expired", "accepted"]),
        ("2024-01-30 23:59", ["expired", "accepted"]),
        ("2024-01-31 00:00", ["expired", "expired"]),
        ("2024-02-01 00:00", ["expired", "expired"]),
    ] {
        portal.turn_clock(now);
        portal.lead_night();
        assert_eq!(portal.statuses(&paths), states, "{now}");
    }
    for path in &paths {
        assert_eq!(portal.events_of(path, "lead.expired"), 1);
    }
    assert_eq!(portal.mails_of("leads.expired"), 2);
    let text = portal.last_mail_to("reader");
    assert!(text.contains("because you hold the role Leads at Acme"), "{text}");
    assert!(text.contains("Since 2023-11-02"), "{text}");
}

/// The night's work may not have come yet: the day is over all the same.
#[actix_web::test]
async fn what_is_over_is_not_saved_before_the_night_has_seen_it() {
    let portal = Portal::start().await;
    portal.lead_policies(OF_2023);
    portal.turn_clock("2023-11-01 09:00");
    let paths = portal.idle_since(&["2023-11-01"]).await;
    portal.turn_clock("2024-01-29 23:59");
    portal.step("owner", &paths[0], "notes").await.goes_to(&paths[0]);
    portal.turn_clock("2024-04-28 00:00");
    for step in ["notes", "progress", "loss", "junk", "closing"] {
        portal.step("owner", &paths[0], step).await.is(409).says("expired on 2024-04-28");
    }
    portal.lead_night();
    assert_eq!(portal.statuses(&paths), ["expired"]);
}

#[actix_web::test]
async fn reading_keeps_no_lead_alive_and_each_activity_does() {
    let portal = Portal::start().await;
    portal.lead_policies(OF_2023);
    portal.turn_clock("2023-11-01 09:00");
    let paths = portal.idle_since(&["2023-11-01"; 3]).await;
    portal.turn_clock("2023-12-01 09:00");
    let mut owner = portal.owner();
    for page in [&paths[0], EXPIRING, "/p/shield/leads", "/p/shield/leads.csv"] {
        owner.get(page).await.is(200);
    }
    portal.step("owner", &paths[1], "progress").await.is(303);
    portal.step("colleague", &paths[2], "notes").await.is(303);
    portal.turn_clock("2024-01-30 00:10");
    portal.lead_night();
    assert_eq!(portal.statuses(&paths), ["expired", "in_progress", "accepted"]);
    portal.turn_clock("2024-02-29 00:10");
    portal.lead_night();
    assert_eq!(portal.statuses(&paths), ["expired"; 3]);
}

#[actix_web::test]
async fn a_partner_is_warned_fourteen_and_three_days_before_once_each() {
    let portal = Portal::start().await;
    portal.lead_policies(OF_2023);
    portal.turn_clock("2023-11-01 09:00");
    let paths = portal.idle_since(&["2023-11-01"]).await;
    // 30 January is the end: 16 and 27 January are the days of the warnings.
    for (now, mails) in [
        ("2024-01-15 23:59", 0),
        ("2024-01-16 00:00", 1),
        ("2024-01-17 00:00", 1),
        ("2024-01-26 23:59", 1),
        ("2024-01-27 00:00", 2),
        ("2024-01-28 00:00", 2),
    ] {
        portal.turn_clock(now);
        portal.lead_night();
        portal.lead_night();
        assert_eq!(portal.mails_of("leads.expiring"), mails, "{now}");
        assert_eq!(portal.events_of(&paths[0], "lead.warned"), mails, "{now}");
    }
    let text = portal.last_mail_to("owner");
    assert!(text.contains("Expires on 30 January 2024"), "{text}");
    assert!(text.contains("/p/shield/leads/expiring"), "{text}");
    // An activity begins all anew.
    portal.turn_clock("2024-01-29 12:00");
    portal.step("owner", &paths[0], "notes").await.is(303);
    portal.turn_clock("2024-04-27 00:30");
    portal.lead_night();
    assert_eq!(portal.mails_of("leads.expiring"), 3, "late, and only the newest of both");
    portal.turn_clock("2024-04-28 00:30");
    portal.lead_night();
    assert_eq!(portal.statuses(&paths), ["expired"]);
    assert_eq!(portal.mails_of("leads.expiring"), 3);
}

#[actix_web::test]
async fn two_processes_end_and_warn_each_once() {
    let portal = Portal::start().await;
    portal.lead_policies(OF_2023);
    portal.turn_clock("2023-11-01 09:00");
    let mut days = vec!["2023-11-01"; 12];
    days.extend(["2023-11-10"; 12]);
    let paths = portal.idle_since(&days).await;
    portal.turn_clock("2024-01-31 00:10");
    let beside = portal.beside().await;
    beside.app.clock.set(portal.app.clock.now());
    let night = |portal: &Portal| {
        let (app, program) = (portal.app.clone(), portal.program("shield"));
        tokio::task::spawn_blocking(move || {
            sweeps::run(sweeps::find("leads").unwrap(), &program, None, &app).unwrap().outcome.done
        })
    };
    let (one, other) = join(night(&portal), night(&beside)).await;
    assert_eq!(one.unwrap() + other.unwrap(), 24);
    for (place, path) in paths.iter().enumerate() {
        let (expired, warned) = if place < 12 { (1, 0) } else { (0, 1) };
        assert_eq!(portal.events_of(path, "lead.expired"), expired, "{place}");
        assert_eq!(portal.events_of(path, "lead.warned"), warned, "{place}");
    }
    assert_eq!(portal.mails_of("leads.expired"), 1, "one mail about all of them");
    assert_eq!(portal.mails_of("leads.expiring"), 1);
    assert_eq!(portal.lead_night(), "0 leads expired, 0 closed, 0 warned of, 0 dated");
}

/// The server was down for months: all that was due is done at once, as it would have been.
#[actix_web::test]
async fn a_late_night_does_all_that_was_due() {
    let portal = Portal::start().await;
    portal.lead_policies(OF_2023);
    portal.turn_clock("2023-09-01 09:00");
    let paths = portal.idle_since(&["2023-06-19", "2023-06-20", "2023-09-01"]).await;
    portal.turn_clock("2024-03-01 15:00");
    assert_eq!(portal.lead_night(), "2 leads expired, 1 closed, 0 warned of, 0 dated");
    assert_eq!(portal.statuses(&paths), ["closed", "expired", "expired"]);
    assert_eq!(portal.mails_of("leads.expiring"), 0, "nobody is warned of what is over");
}

#[actix_web::test]
async fn the_vendors_leads_do_not_expire() {
    let portal = Portal::start().await;
    portal.lead_policies(OF_2023);
    portal.turn_clock("2023-11-01 09:00");
    let path = portal.lead_for("Acme", &[]).await;
    portal.step("owner", &path, "opening").await.is(303);
    portal.step("owner", &path, "acceptance").await.is(303);
    portal.turn_clock("2024-11-01 09:00");
    assert_eq!(portal.lead_night(), "0 leads expired, 0 closed, 0 warned of, 0 dated");
    assert_eq!(portal.lead(&path).0, "accepted");
}

#[actix_web::test]
async fn many_that_end_soon_are_decided_on_at_once() {
    let portal = Portal::start().await;
    portal.lead_policies(OF_2023);
    portal.turn_clock("2023-11-01 09:00");
    let days = ["2023-11-03", "2023-11-01", "2023-11-02", "2023-12-20"];
    let paths = portal.idle_since(&days).await;
    portal.turn_clock("2024-01-27 09:00");
    portal.lead_night();
    let mut owner = portal.owner();
    owner.get("/p/shield").await.shows(".todo", "3 leads end this week");
    let page = owner.get(EXPIRING).await.is(200);
    let listed = page.all("tbody th");
    let companies = ["Since 2023-11-01", "Since 2023-11-02", "Since 2023-11-03"];
    assert!(listed.iter().zip(companies).all(|(row, name)| row.contains(name)), "{listed:?}");
    assert_eq!(listed.len(), 3, "the fourth has time");
    let file = owner.get("/p/shield/leads/expiring.csv").await.is(200).text;
    assert_eq!(file.lines().count(), 4);
    assert!(file.lines().nth(1).unwrap().contains("2024-01-30"), "{file}");
    let boxes = page.attributes("input[name=lead]", "value");

    // A colleague is at one of them meanwhile.
    portal.step("colleague", &paths[2], "loss").await.is(303);
    let mut sent: Vec<(&str, &str)> = boxes.iter().map(|one| ("lead", one.as_str())).collect();
    sent.extend([("action", "progress"), ("text", "They decide in spring")]);
    let answer = owner.post(EXPIRING, &sent).await.is(409);
    let answers = answer.all(".answers li");
    assert_eq!(answers.len(), 3);
    let of = |path: &String| answers.iter().find(|one| one.contains(reference_of(path))).unwrap();
    assert!(of(&paths[2]).contains("it is lost now"), "{answers:?}");
    assert!(of(&paths[0]).contains("Done.") && of(&paths[1]).contains("Done."), "{answers:?}");
    assert_eq!(portal.statuses(&paths), ["in_progress", "in_progress", "lost", "accepted"]);
    owner.get(&paths[0]).await.shows(".notes", "They decide in spring");
    owner.get(EXPIRING).await.shows(".empty", "No lead ends soon");
    // Sent again it does nothing a second time.
    let again = owner.post(EXPIRING, &sent).await.is(409);
    assert!(again.all(".answers li").iter().all(|one| one.contains("changed meanwhile")));
    assert_eq!(portal.events_of(&paths[0], "lead.progressed"), 1);

    portal.turn_clock("2024-04-20 09:00");
    portal.lead_night();
    let mut owner = portal.owner();
    let boxes = owner.get(EXPIRING).await.attributes("input[name=lead]", "value");
    assert_eq!(boxes.len(), 2, "the fourth expired in March");
    let mut sent: Vec<(&str, &str)> = boxes.iter().map(|one| ("lead", one.as_str())).collect();
    sent.extend([("action", "close"), ("text", "They bought nothing")]);
    owner.post(EXPIRING, &sent).await.goes_to(EXPIRING);
    owner.get(EXPIRING).await.shows(".flash", "2 leads are closed.");
    assert_eq!(portal.statuses(&paths), ["closed", "closed", "lost", "expired"]);
    // The vendor reads the list and decides nothing; another partner's are not there.
    portal.visitor("cam").get(EXPIRING).await.is(200);
    portal.visitor("cam").post(EXPIRING, &sent).await.is(403);
    portal.stranger().post(EXPIRING, &sent).await.is(404);
    portal.stranger().get(EXPIRING).await.is(200).hides("Since");
}

#[actix_web::test]
async fn what_is_known_of_the_end_follows_the_policy() {
    let portal = Portal::start().await;
    portal.lead_policies(OF_2023);
    portal.turn_clock("2023-11-01 09:00");
    let path = portal.own_lead("owner", &[]).await;
    let ends = || -> Option<chrono::NaiveDate> {
        let of = leads::table.filter(leads::reference.eq(reference_of(&path)));
        portal.read(|conn| Ok(of.select(leads::expires_on).first(conn)?))
    };
    assert_eq!(ends().unwrap().to_string(), "2024-01-30");
    portal.owner().get(&path).await.shows(".facts", "30 January 2024");
    // Two days of maintenance, even in part, are two days more.
    let at = |local: &str| portal.at(local);
    portal.stop_leads(&[(at("2023-12-05 23:00"), at("2023-12-06 01:00"))]);
    portal.lead_night();
    assert_eq!(ends().unwrap().to_string(), "2024-02-01");
    portal.lead_policies(&[("2020-01-01", Some(30), None)]);
    assert_eq!(portal.lead_night(), "0 leads expired, 0 closed, 0 warned of, 1 dated");
    assert_eq!(ends().unwrap().to_string(), "2023-12-01");
    portal.lead_policies(&[("2020-01-01", None, None)]);
    portal.lead_night();
    assert_eq!(ends(), None);
    portal.app.clock.advance(Duration::days(400));
    portal.lead_night();
    assert_eq!(portal.lead(&path).0, "accepted");
}
