//! Who gets a lead: the ranking, many at once, and those who decide at the same instant.

use diesel::prelude::*;
use futures_util::future::join;
use portal::db::schema::enrolments;

use crate::support::Portal;
use crate::support::leads::reference_of;

const ASSIGNMENT: &str = "/p/shield/leads/assignment";

#[actix_web::test]
async fn what_a_partner_has_accepted_is_neither_moved_nor_edited() {
    let portal = Portal::start().await;
    let path = portal.lead_for("Acme", &[]).await;
    portal.owner().post(&format!("{path}/opening"), &[]).await.is(303);
    let mut cam = portal.visitor("cam");
    cam.get(&format!("{path}/edit")).await.is(409);
    portal.step("owner", &path, "acceptance").await.goes_to(&path);
    cam.get(&path).await.shows("main li", "The partner has accepted it");
    cam.get(&format!("{path}/recall")).await.is(409);
    cam.get(&format!("{path}/edit")).await.is(409);
    let chosen = portal.as_chosen(&path);
    let globex = portal.enrolment("Globex");
    let sent = [("lead", chosen.as_str()), ("partner", &globex)];
    cam.post(ASSIGNMENT, &sent).await.is(409).shows("main", "has accepted it");
    let page = format!("{ASSIGNMENT}?lead={}", reference_of(&path));
    cam.get(&page).await.is(200).shows(".badge", "Stays");
    assert_eq!(portal.lead(&path).1.as_deref(), Some("Acme"));
}

#[actix_web::test]
async fn only_active_partners_of_the_program_get_leads() {
    let portal = Portal::start().await;
    let path = portal.enter_lead(&[]).await;
    let mut cam = portal.visitor("cam");
    let page = cam.get(&format!("{ASSIGNMENT}?lead={}", reference_of(&path))).await;
    assert_eq!(page.all(".choice label"), ["Acme", "Globex"]);
    let chosen = portal.as_chosen(&path);
    for organisation in ["Initech", "Umbrella", "Nordic Supply"] {
        let reference = portal.enrolment(organisation);
        let sent = [("lead", chosen.as_str()), ("partner", &reference)];
        let page = cam.post(ASSIGNMENT, &sent).await.is(422);
        assert_eq!(page.attributes(".error-summary a", "href"), ["#partner"], "{organisation}");
    }
    assert_eq!(portal.lead(&path).0, "new");
}

#[actix_web::test]
async fn partners_are_ranked_by_country_then_by_what_they_have_in_hand() {
    let portal = Portal::start().await;
    let path = portal.enter_lead(&[]).await;
    let mut cam = portal.visitor("cam");
    let page = format!("{ASSIGNMENT}?lead={}", reference_of(&path));
    portal.lead_for("Acme", &[]).await;
    let shown = cam.get(&page).await;
    assert_eq!(shown.all(".choice label"), ["Globex", "Acme"]);
    assert_eq!(
        shown.all(".choice .hint"),
        [
            "Same country, Installer, Knight, no open leads, none answered in a year",
            "Same country, Installer, Knight, 1 open lead, none answered in a year",
        ]
    );
    let abroad = portal.organisation_id("Globex");
    portal.write(move |conn| {
        use portal::db::schema::organisations::dsl::{country, organisations};
        diesel::update(organisations.find(abroad)).set(country.eq("BE")).execute(conn)?;
        Ok(())
    });
    let shown = cam.get(&page).await;
    assert_eq!(shown.all(".choice label"), ["Acme", "Globex"]);
    assert_eq!(
        shown.all(".choice .hint"),
        [
            "Same country, Installer, Knight, 1 open lead, none answered in a year",
            "Another country (BE), Installer, Knight, no open leads, none answered in a year",
        ]
    );
    let found = cam.get(&format!("{page}&name=glo")).await;
    assert_eq!(found.all(".choice label"), ["Globex"]);
    assert_eq!(found.attributes("input[type=search]", "value"), ["glo"]);
}

#[actix_web::test]
async fn many_are_assigned_at_once_with_one_mail() {
    let portal = Portal::start().await;
    let mut paths = Vec::new();
    for company in ["Hooli", "Raviga", "Aviato"] {
        paths.push(portal.enter_lead(&[("company", company)]).await);
    }
    let mut cam = portal.visitor("cam");
    let list = cam.get("/p/shield/leads").await;
    let boxes = list.attributes("input[name=lead]", "value");
    assert_eq!(boxes.len(), 3);
    let query: Vec<String> = boxes.iter().map(|one| format!("lead={one}")).collect();
    let page = cam.get(&format!("{ASSIGNMENT}?{}", query.join("&"))).await.is(200);
    let page = page.shows("h1", "Assign 3 leads");
    let chosen = page.attributes("form[method=post] input[name=lead]", "value");
    let acme = portal.enrolment("Acme");
    let mut sent: Vec<(&str, &str)> = chosen.iter().map(|one| ("lead", one.as_str())).collect();
    sent.push(("partner", &acme));
    cam.post(ASSIGNMENT, &sent).await.goes_to("/p/shield/leads");
    cam.get("/p/shield/leads").await.shows(".flash", "3 leads went to Acme.");
    assert_eq!(portal.mail_to("owner"), ["3 new leads"]);
    let text = portal.last_mail_to("owner");
    for path in &paths {
        assert!(text.contains(path.as_str()), "{text}");
    }
    portal.owner().get("/p/shield").await.shows(".todo", "3 leads wait to be opened");

    // As they were shown they are no more: all of them or none.
    sent.pop();
    let globex = portal.enrolment("Globex");
    sent.push(("partner", &globex));
    cam.post(ASSIGNMENT, &sent).await.is(409);
    assert_eq!(portal.mail_to("stranger"), [""; 0]);
}

#[actix_web::test]
async fn of_two_who_assign_at_once_one_does() {
    let portal = Portal::start().await;
    let path = portal.enter_lead(&[]).await;
    let beside = portal.beside().await;
    let (mut cam, mut manager) = (portal.visitor("cam"), beside.manager());
    let chosen = portal.as_chosen(&path);
    let (acme, globex) = (portal.enrolment("Acme"), portal.enrolment("Globex"));
    let to_acme = [("lead", chosen.as_str()), ("partner", acme.as_str())];
    let to_globex = [("lead", chosen.as_str()), ("partner", globex.as_str())];
    let (one, other) =
        join(cam.post(ASSIGNMENT, &to_acme), manager.post(ASSIGNMENT, &to_globex)).await;
    let mut statuses = [one.status(), other.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
    let has_it = portal.lead(&path).1.unwrap();
    let told = if has_it == "Acme" { "owner@acme.example" } else { "stranger@globex.example" };
    assert_eq!(portal.lead_mails(), [("leads.assigned".to_owned(), told.to_owned())]);
}

#[actix_web::test]
async fn of_two_who_open_at_once_one_does_and_the_other_sees_who() {
    let portal = Portal::start().await;
    let path = portal.lead_for("Acme", &[]).await;
    let beside = portal.beside().await;
    let (mut owner, mut colleague) = (portal.owner(), beside.colleague());
    let opening = format!("{path}/opening");
    let (one, other) = join(owner.post(&opening, &[]), colleague.post(&opening, &[])).await;
    one.goes_to(&path);
    other.goes_to(&path);
    let first = portal.lead(&path).2;
    let opened = portal.history_of_lead(&path).iter().filter(|one| *one == "lead.opened").count();
    assert_eq!(opened, 1);
    let pages = [owner.get(&path).await, colleague.get(&path).await];
    let told: Vec<String> = pages.iter().flat_map(|page| page.all(".flash")).collect();
    assert!(told.iter().any(|text| text.contains("You opened this lead")), "{told:?}");
    assert!(
        told.iter().any(|text| text.contains(&format!("{first} opened this lead"))),
        "{told:?}"
    );
}

#[actix_web::test]
async fn of_an_opening_and_a_recall_one_comes_first() {
    let portal = Portal::start().await;
    let path = portal.lead_for("Acme", &[]).await;
    let beside = portal.beside().await;
    let (mut owner, mut cam) = (portal.owner(), beside.visitor("cam"));
    let seen = portal.as_chosen(&path);
    let seen = seen.rsplit(':').next().unwrap();
    let sent = [("seen", seen), ("text", "Changed our mind")];
    let (opening, recall) = (format!("{path}/opening"), format!("{path}/recall"));
    let (opened, recalled) = join(owner.post(&opening, &[]), cam.post(&recall, &sent)).await;
    match portal.lead(&path).0.as_str() {
        "opened" => assert_eq!((opened.status(), recalled.status()), (303, 409)),
        "recalled" => assert_eq!((opened.status(), recalled.status()), (404, 303)),
        other => panic!("it is {other}"),
    }
}

#[actix_web::test]
async fn a_suspended_partner_keeps_its_leads_until_they_are_moved() {
    let portal = Portal::start().await;
    let path = portal.lead_for("Acme", &[]).await;
    portal.write(|conn| {
        diesel::update(enrolments::table.filter(enrolments::name_key.eq("acme")))
            .set(enrolments::status.eq("suspended"))
            .execute(conn)?;
        Ok(())
    });
    portal.owner().post(&format!("{path}/opening"), &[]).await.is(403);
    portal.assign_lead(&path, "Globex").await;
    assert_eq!(portal.lead(&path).1.as_deref(), Some("Globex"));
}
