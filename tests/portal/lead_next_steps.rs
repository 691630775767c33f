//! What is to be done next with leads: the step of the newest note, for those who are at work on it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use portal::db::schema::{lead_activities, lead_next_steps, leads};

use crate::support::Portal;

const STEPS: &str = "/p/shield/leads/next-steps";

impl Portal {
    /// Somebody notes what is to be done with a lead next; nothing where no day is given.
    async fn plans(&self, key: &str, path: &str, step: &str, day: &str) {
        let sent = [("text", "We talked"), ("next_step", step), ("next_on", day)];
        self.visitor(key).post(&format!("{path}/notes"), &sent).await.goes_to(path);
    }

    /// Whoever looks reads these companies, in this order.
    async fn planned(&self, key: &str, query: &str) -> Vec<String> {
        let page = self.visitor(key).get(&format!("{STEPS}{query}")).await.is(200);
        page.all("tbody th a")
    }

    /// What is kept is what the newest activities of those at work say.
    fn steps_are_right(&self) {
        let kept: Vec<(i64, NaiveDate, String)> = self.read(|conn| {
            Ok(lead_next_steps::table
                .order(lead_next_steps::lead_id)
                .select((lead_next_steps::lead_id, lead_next_steps::due_on, lead_next_steps::step))
                .load(conn)?)
        });
        type Note = (i64, i64, Option<NaiveDate>, String);
        let (notes, at_work): (Vec<Note>, Vec<(i64, Option<i64>)>) = self.read(|conn| {
            let notes = lead_activities::table
                .order(lead_activities::id)
                .select((
                    lead_activities::lead_id,
                    lead_activities::organisation_id,
                    lead_activities::next_on,
                    lead_activities::next_step,
                ))
                .load(conn)?;
            let at_work = leads::table
                .filter(leads::status.eq_any(["opened", "accepted", "in_progress"]))
                .select((leads::id, leads::assigned_to_id))
                .load(conn)?;
            Ok((notes, at_work))
        });
        let at_work: BTreeMap<i64, Option<i64>> = at_work.into_iter().collect();
        let mut newest = BTreeMap::new();
        for (lead, partner, day, step) in notes {
            if at_work.get(&lead) == Some(&Some(partner)) {
                newest.insert(lead, (day, step));
            }
        }
        let expected: Vec<(i64, NaiveDate, String)> =
            newest.into_iter().filter_map(|(lead, (day, step))| Some((lead, day?, step))).collect();
        assert_eq!(kept, expected);
    }
}

#[actix_web::test]
async fn steps_are_listed_by_day_until_another_note_or_the_end() {
    let portal = Portal::start().await;
    // A Monday.
    portal.turn_clock("2026-03-02 09:00");
    portal.owner().get(STEPS).await.is(200).shows(".empty", "No steps are planned");
    let mut paths = Vec::new();
    for (company, day) in [
        ("Hooli", "2026-03-08"),
        ("Raviga", "2026-03-02"),
        ("Aviato", "2026-03-09"),
        ("Endframe", "2026-03-03"),
    ] {
        let path = portal.own_lead("owner", &[("company", company)]).await;
        portal.plans("owner", &path, &format!("Call {company}"), day).await;
        paths.push(path);
    }
    portal.steps_are_right();
    assert_eq!(portal.planned("owner", "").await, ["Raviga", "Endframe", "Hooli", "Aviato"]);
    assert_eq!(portal.planned("colleague", "?due=week").await, ["Raviga", "Endframe", "Hooli"]);
    assert_eq!(portal.planned("owner", "?due=overdue").await, [""; 0]);
    portal.owner().get(&format!("{STEPS}?due=overdue")).await.shows(".empty", "No step fits");
    assert_eq!(portal.planned("owner", "?due=nonsense&page=nonsense").await.len(), 4);
    assert_eq!(portal.planned("stranger", "").await, [""; 0]);
    portal.stranger().get("/p/shield").await.hides("next step");
    portal.owner().get("/p/shield").await.shows(".todo", "1 next step with a lead is due");

    portal.turn_clock("2026-03-04 09:00");
    assert_eq!(portal.planned("owner", "?due=overdue").await, ["Raviga", "Endframe"]);
    let page = portal.owner().get(STEPS).await;
    page.shows("tbody tr", "2 days over").shows("tbody tr", "Call Hooli");
    portal.owner().get("/p/shield").await.shows(".todo", "2 next steps with leads are due");
    for reader in ["cam", "manager", "back_office"] {
        assert_eq!(portal.planned(reader, "?due=overdue").await, ["Raviga", "Endframe"]);
        let mut visitor = portal.visitor(reader);
        visitor.get(STEPS).await.shows("tbody td", "Acme").shows("tbody td", "Call Raviga");
    }
    portal.visitor("distributor").get(STEPS).await.is(403);

    // Another note takes the place of the one before, whether or not it names a step.
    portal.plans("owner", &paths[1], "Visit Raviga", "2026-03-05").await;
    portal.plans("owner", &paths[3], "", "").await;
    portal.step("owner", &paths[0], "loss").await.is(303);
    portal.steps_are_right();
    assert_eq!(portal.planned("owner", "").await, ["Raviga", "Aviato"]);
    let text = portal.visitor("cam").get(&format!("{STEPS}.csv")).await.is(200).text;
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(
        lines[0],
        "due_on,overdue,next_step,reference,status,company,contact_name,email,phone,partner"
    );
    assert!(lines[1].starts_with("2026-03-05,no,Visit Raviga,"), "{}", lines[1]);
    assert!(lines[1].ends_with(",Acme"), "{}", lines[1]);
    assert_eq!(lines.len(), 3);
    let own = portal.owner().get(&format!("{STEPS}.csv?due=week")).await.is(200).text;
    assert_eq!(own.lines().count(), 2);
}

/// Neither who has the lead next nor anybody else reads what was planned.
#[actix_web::test]
async fn a_lead_that_moves_leaves_its_step_behind() {
    let portal = Portal::start().await;
    portal.turn_clock("2026-03-02 09:00");
    for step in ["decline", "recall"] {
        let path = portal.lead_for("Acme", &[]).await;
        portal.step("owner", &path, "opening").await.is(303);
        portal.plans("owner", &path, "Ask Ann of Acme", "2026-03-04").await;
        assert_eq!(portal.planned("owner", "").await, ["Hooli"]);
        portal.steps_are_right();
        let key = if step == "recall" { "cam" } else { "owner" };
        portal.step(key, &path, step).await.is(303);
        portal.steps_are_right();
        portal.assign_lead(&path, "Globex").await;
        portal.step("stranger", &path, "opening").await.is(303);
        for key in ["owner", "stranger", "cam"] {
            assert_eq!(portal.planned(key, "").await, [""; 0], "{key} after a {step}");
        }
    }
    let path = portal.lead_for("Acme", &[]).await;
    for step in ["opening", "acceptance", "progress"] {
        portal.step("owner", &path, step).await.is(303);
        portal.plans("owner", &path, &format!("After {step}"), "2026-03-04").await;
        portal.steps_are_right();
    }
    portal.step("cam", &path, "closing").await.is(303);
    portal.steps_are_right();
    assert_eq!(portal.planned("owner", "").await, [""; 0]);
}

#[actix_web::test]
async fn what_ends_by_itself_has_no_next_step() {
    let portal = Portal::start().await;
    portal.lead_policies(&[("2020-01-01", Some(90), None)]);
    portal.turn_clock("2026-01-05 09:00");
    let path = portal.own_lead("owner", &[]).await;
    portal.plans("owner", &path, "Call again", "2026-12-01").await;
    portal.turn_clock("2026-05-01 09:00");
    portal.lead_night();
    assert_eq!(portal.lead(&path).0, "expired");
    portal.steps_are_right();
    assert_eq!(portal.planned("owner", "").await, [""; 0]);
}

#[actix_web::test]
async fn many_steps_are_read_page_by_page() {
    let portal = Portal::start().await;
    portal.turn_clock("2026-03-02 09:00");
    let mut expected = Vec::new();
    for number in 0..53 {
        let company = format!("Company {number:02}");
        let path = portal.own_lead("owner", &[("company", &company)]).await;
        let day = NaiveDate::from_ymd_opt(2026, 3, 3 + number % 5).unwrap();
        portal.plans("owner", &path, "Call", &day.to_string()).await;
        expected.push((day, path.rsplit('/').next().unwrap().to_owned(), company));
    }
    expected.sort();
    let mut owner = portal.owner();
    let first = owner.get(STEPS).await.is(200);
    let mut found = first.all("tbody th a");
    assert_eq!(found.len(), 50);
    let next = first.attributes("a[rel=next]", "href").remove(0);
    let second = owner.get(&next).await.is(200);
    found.extend(second.all("tbody th a"));
    let companies: Vec<String> = expected.into_iter().map(|(_, _, company)| company).collect();
    assert_eq!(found, companies);
    let back = second.attributes("a[rel=prev]", "href").remove(0);
    assert_eq!(owner.get(&back).await.all("tbody th a"), companies[..50]);
}
