//! Who is told of what becomes of a lead; and where a lead goes that is declined.

use diesel::prelude::*;
use portal::contacts::Role;
use portal::db::schema::{enrolments, lead_answers, mail_bodies, mails};

use crate::support::Portal;
use crate::support::channel::{add_contact, enrol, give_role};
use crate::support::leads::reference_of;

impl Portal {
    /// The mails about leads since so many: event, address.
    fn lead_news(&self, since: usize) -> Vec<(String, String)> {
        let mut news = self.lead_mails().split_off(since);
        news.sort();
        news
    }

    fn answers(&self) -> Vec<(String, Option<i64>, i64)> {
        self.read(|conn| {
            Ok(lead_answers::table
                .order((lead_answers::lead_id, lead_answers::answered_at))
                .select((
                    lead_answers::answer,
                    lead_answers::opened_after,
                    lead_answers::answered_after,
                ))
                .load(conn)?)
        })
    }
}

fn told(event: &str, to: &str) -> (String, String) {
    (event.to_owned(), to.to_owned())
}

const CAM: &str = "cam@shield-security.example";
const MANAGER: &str = "manager@shield-security.example";

#[actix_web::test]
async fn whoever_handed_it_out_is_told_what_the_partner_does() {
    let portal = Portal::start().await;
    let path = portal.lead_for("Acme", &[]).await;
    let reader = portal.contact_id("reader");
    give_role(reader, Role::Leads, &portal);
    for (step, event) in [
        ("opening", "leads.opened"),
        ("acceptance", "leads.accepted"),
        ("progress", "leads.progressed"),
        ("notes", ""),
        ("loss", "leads.lost"),
    ] {
        let before = portal.lead_mails().len();
        portal.step("owner", &path, step).await.is(303);
        let expected = if event.is_empty() { Vec::new() } else { vec![told(event, CAM)] };
        assert_eq!(portal.lead_news(before), expected, "{step}");
    }
    let text = portal.last_mail_to("cam");
    assert!(text.contains("Olive Owner (Acme) lost Hooli."), "{text}");
    assert!(text.contains("Reason: Because of the weather"), "{text}");
    assert!(text.contains("because you assigned the lead"), "{text}");
    let other = portal.lead_for("Acme", &[]).await;
    portal.step("owner", &other, "opening").await.is(303);
    let before = portal.lead_mails().len();
    portal.step("owner", &other, "junk").await.is(303);
    assert_eq!(portal.lead_news(before), [told("leads.junked", CAM)]);
}

#[actix_web::test]
async fn the_partner_is_told_what_the_vendor_does_and_reads_no_name_before_it_opens() {
    let portal = Portal::start().await;
    let reader = portal.contact_id("reader");
    give_role(reader, Role::Leads, &portal);
    let hidden = portal.lead_for("Acme", &[("company", "Canarywharf")]).await;
    let opened = portal.lead_for("Acme", &[]).await;
    portal.step("owner", &opened, "opening").await.is(303);
    let before = portal.lead_mails().len();
    portal.step("manager", &hidden, "closing").await.is(303);
    assert_eq!(portal.lead_news(before), [told("leads.closed", "reader@acme.example")]);
    let text = portal.last_mail_to("reader");
    assert!(text.contains("Because of the weather") && !text.contains("Canarywharf"), "{text}");
    for page in [&hidden, "/p/shield/leads", "/p/shield/leads.csv", "/p/shield/leads?q=canary"] {
        portal.owner().get(page).await.is(200).hides("Canarywharf");
    }
    portal.owner().get(&hidden).await.shows(".status", "Closed").shows(".facts", "weather");
    portal.step("cam", &opened, "closing").await.is(303);
    let text = portal.last_mail_to("reader");
    assert!(text.contains("closed Hooli, which Acme had"), "{text}");
    // What nobody has is nobody's news.
    let new = portal.enter_lead(&[]).await;
    let before = portal.lead_mails().len();
    portal.step("cam", &new, "closing").await.is(303);
    assert!(portal.lead_news(before).is_empty());
    assert_eq!(portal.lead(&new).0, "closed");
}

#[actix_web::test]
async fn of_an_own_lead_whoever_entered_it_is_told_and_nobody_of_their_own_doing() {
    let portal = Portal::start().await;
    let path = portal.own_lead("colleague", &[]).await;
    let before = portal.lead_mails().len();
    portal.step("owner", &path, "progress").await.is(303);
    assert_eq!(portal.lead_news(before), [told("leads.progressed", "colleague@acme.example")]);
    let before = portal.lead_mails().len();
    portal.step("colleague", &path, "closing").await.is(303);
    assert!(portal.lead_news(before).is_empty());
}

#[actix_web::test]
async fn a_declined_lead_is_the_vendors_again_and_does_not_come_back() {
    let portal = Portal::start().await;
    let path = portal.lead_for("Acme", &[]).await;
    let before = portal.lead_mails().len();
    let mut owner = portal.owner();
    let chosen = portal.as_chosen(&path);
    let seen = chosen.rsplit(':').next().unwrap();
    let sent = [("seen", seen), ("text", "Because of the weather")];
    owner.post(&format!("{path}/decline"), &sent).await.goes_to("/p/shield/leads");
    // Whoever handed it out, and those who look after the partner.
    let news = portal.lead_news(before);
    assert!(news.contains(&told("leads.declined", CAM)), "{news:?}");
    assert!(news.iter().all(|(event, _)| event == "leads.declined"), "{news:?}");
    assert!(news.iter().all(|(_, to)| to == CAM || to == MANAGER), "{news:?}");
    let text = portal.last_mail_to("cam");
    assert!(text.contains("It waits to be assigned again."), "{text}");
    owner.get("/p/shield/leads").await.shows(".flash", "the vendor's again").hides("warehouses");
    owner.get(&path).await.is(404);
    let mut cam = portal.visitor("cam");
    cam.get(&path)
        .await
        .shows(".status", "Declined")
        .shows(".facts", "weather")
        .shows(".timeline", "Declined this lead");
    cam.get("/p/shield").await.shows(".todo", "1 lead is not assigned");
    cam.get("/p/shield/leads?status=unassigned").await.shows("tbody th", "Hooli");
    let page = format!("/p/shield/leads/assignment?lead={}", reference_of(&path));
    assert_eq!(cam.get(&page).await.all(".choice label"), ["Globex"], "Acme does not want it");
    let (chosen, acme) = (portal.as_chosen(&path), portal.enrolment("Acme"));
    let back = [("lead", chosen.as_str()), ("partner", &acme)];
    cam.post("/p/shield/leads/assignment", &back).await.is(409).says("Acme declined lead");
    portal.assign_lead(&path, "Globex").await;
    // Globex reads nothing of Acme.
    portal.stranger().get(&path).await.is(200).hides("Acme").hides("weather").hides("Hooli");
    portal.step("stranger", &path, "opening").await.is(303);
    portal.stranger().get(&path).await.hides("Acme").hides("weather").shows("h1", "Hooli");
}

#[actix_web::test]
async fn a_declined_lead_goes_on_down_the_ranking_by_itself() {
    let portal = Portal::start().await;
    portal.distributes_by_itself();
    let initrode = enrol("Initrode", &portal);
    add_contact(initrode, 0, true, &portal);
    let path = portal.enter_lead(&[]).await;
    let mut had = Vec::new();
    for _ in 0..3 {
        let (status, partner, _) = portal.lead(&path);
        assert_eq!(status, "assigned", "after {had:?}");
        let partner = partner.unwrap();
        assert!(!had.contains(&partner), "{partner} again after {had:?}");
        let enrolment = portal.enrolment(&partner);
        let before = portal.lead_mails().len();
        match partner.as_str() {
            "Acme" => portal.step("owner", &path, "decline").await.is(303),
            "Globex" => portal.step("stranger", &path, "decline").await.is(303),
            // Nobody there signs in: its contact declines by hand of the test.
            _ => {
                decline_for(&portal, initrode, &path);
                portal.owner().get("/p/shield").await.is(200)
            }
        };
        had.push(partner);
        let news = portal.lead_news(before);
        let declined = news.iter().filter(|(event, _)| event == "leads.declined").count();
        assert!(declined >= 1, "{news:?}");
        assert!(!enrolment.is_empty());
    }
    had.sort();
    assert_eq!(had, ["Acme", "Globex", "Initrode"]);
    let (status, partner, _) = portal.lead(&path);
    assert_eq!((status.as_str(), partner), ("declined", None), "nobody is left");
    let answers = portal.answers();
    assert_eq!(answers.len(), 3);
    assert!(answers.iter().all(|(answer, opened, _)| answer == "declined" && opened.is_none()));
}

fn decline_for(portal: &Portal, organisation: i64, path: &str) {
    use portal::audit::By;
    use portal::leads::{Decision, Lead, decline};
    let (app, program) = (portal.app.clone(), portal.program("shield"));
    let reference = reference_of(path).to_owned();
    let now = app.clock.now();
    portal.write(move |conn| {
        let lead = Lead::find_unscoped(program.id, &reference, conn)?;
        assert_eq!(lead.assigned_to_id, Some(organisation));
        let site = Some(&app.site);
        let decision = Decision { program: &program, by: By::Portal("Initrode"), site, now };
        decline(decision, &lead, "Not for us", conn).map(drop)
    });
}

/// A suspended partner is passed over.
#[actix_web::test]
async fn only_active_partners_are_handed_leads_by_the_portal() {
    let portal = Portal::start().await;
    portal.distributes_by_itself();
    portal.write(|conn| {
        diesel::update(enrolments::table.filter(enrolments::name_key.eq("globex")))
            .set(enrolments::status.eq("suspended"))
            .execute(conn)?;
        Ok(())
    });
    let path = portal.enter_lead(&[]).await;
    assert_eq!(portal.lead(&path).1.as_deref(), Some("Acme"));
    portal.visitor("cam").get(&path).await.shows(".timeline", "Lead distribution");
    portal.step("owner", &path, "decline").await.is(303);
    assert_eq!(portal.lead(&path).0, "declined");
}

#[actix_web::test]
async fn every_news_says_the_same_in_both_parts() {
    let portal = Portal::start().await;
    let path = portal.lead_for("Acme", &[("topic", "category:alarm")]).await;
    for step in ["opening", "acceptance", "progress", "junk"] {
        portal.step("owner", &path, step).await.is(303);
    }
    let declined = portal.lead_for("Acme", &[("topic", "category:alarm")]).await;
    portal.step("owner", &declined, "decline").await.is(303);
    portal.assign_lead(&declined, "Globex").await;
    portal.step("cam", &declined, "closing").await.is(303);
    let bodies: Vec<(String, String, String)> = portal.read(|conn| {
        Ok(mails::table
            .inner_join(mail_bodies::table)
            .filter(mails::event.like("leads.%"))
            .select((mails::event, mail_bodies::text_body, mail_bodies::html_body))
            .load(conn)?)
    });
    assert!(bodies.len() >= 8, "{}", bodies.len());
    for (event, text, html) in bodies {
        for words in ["Alarms for three warehouses", "Alarms", "JP"] {
            assert!(text.contains(words), "{event}: {text}");
            assert!(html.contains(words), "{event}: {html}");
        }
        assert_eq!(text.contains("weather"), html.contains("weather"), "{event}");
    }
}

#[actix_web::test]
async fn figures_count_stages_answers_and_time() {
    let portal = Portal::start().await;
    portal.owner().get("/p/shield/leads/figures").await.is(200).shows(".empty", "No leads");
    let accepted = portal.lead_for("Acme", &[]).await;
    let declined = portal.lead_for("Acme", &[]).await;
    portal.lead_for("Acme", &[]).await;
    portal.app.clock.advance(chrono::Duration::hours(5));
    portal.step("owner", &accepted, "opening").await.is(303);
    portal.app.clock.advance(chrono::Duration::hours(26));
    portal.step("owner", &accepted, "acceptance").await.is(303);
    portal.step("owner", &declined, "decline").await.is(303);
    let expected = "2026-03,0,1,1,0,1,1,5,26";
    let file = portal.owner().get("/p/shield/leads/figures.csv").await.is(200).text;
    assert_eq!(file.lines().count(), 13);
    assert!(file.lines().last().unwrap().starts_with(expected), "{file}");
    let page = portal.owner().get("/p/shield/leads/figures").await.is(200);
    assert_eq!(page.all("svg").len().min(3), 3, "three pictures");
    page.shows("table", "5 h").shows("table", "1 d 2 h").shows("table", "50 %");
    // The vendor counts what waits to be assigned again, a stranger nothing of it.
    let file = portal.visitor("cam").get("/p/shield/leads/figures.csv").await.is(200).text;
    assert!(file.lines().last().unwrap().starts_with("2026-03,0,1,2,0,1,1,5,26"), "{file}");
    let file = portal.stranger().get("/p/shield/leads/figures.csv").await.is(200).text;
    assert!(file.lines().last().unwrap().starts_with("2026-03,0,0,0,0,0,0,,"), "{file}");
    portal.visitor("distributor").get("/p/shield/leads/figures").await.is(403);
}
