//! A lead becomes a registered deal: what goes into its draft, who sees it, and what becomes of the
//! lead when the draft is thrown away.

use diesel::prelude::*;
use portal::db::schema::{deals, leads};

use crate::support::Portal;
use crate::support::leads::reference_of;

const ALARMS: (&str, &str) = ("topic", "category:alarm");

impl Portal {
    /// A lead of Acme's that it has accepted.
    async fn accepted_lead(&self, changes: &[(&str, &str)]) -> String {
        let path = self.lead_for("Acme", changes).await;
        self.step("owner", &path, "opening").await.is(303);
        self.step("owner", &path, "acceptance").await.is(303);
        path
    }

    /// Makes it a deal; gives the deal's address.
    async fn converted(&self, path: &str) -> String {
        let page = self.step("owner", path, "conversion").await.is(303);
        let address = page.header("location").to_owned();
        assert!(address.starts_with("/p/shield/deals/D-"), "{address}");
        address
    }

    async fn convert_in(&self, path: &str, category: &str) -> crate::support::Page {
        let chosen = self.as_chosen(path);
        let seen = chosen.rsplit(':').next().unwrap();
        let sent = [("seen", seen), ("category", category)];
        self.owner().post(&format!("{path}/conversion"), &sent).await
    }
}

#[actix_web::test]
async fn the_draft_says_what_the_lead_said() {
    let portal = Portal::start().await;
    let lead = portal.accepted_lead(&[ALARMS, ("source", "Fair in Osaka")]).await;
    let deal = portal.converted(&lead).await;
    let stored: (String, String, String, String, String, String, String) = portal.read(|conn| {
        Ok(deals::table
            .select((
                deals::customer_name,
                deals::customer_country,
                deals::customer_domain,
                deals::contact_name,
                deals::contact_email,
                deals::found_by,
                deals::note,
            ))
            .filter(deals::reference.eq(reference_of(&deal)))
            .first(conn)?)
    });
    let found = format!("Lead {}: Fair in Osaka", reference_of(&lead));
    let expected = [
        "Hooli",
        "JP",
        "hooli.example",
        "Gavin Belson",
        "gavin@hooli.example",
        found.as_str(),
        "Alarms for three warehouses",
    ];
    let (name, country, domain, contact, email, found_by, note) = stored;
    assert_eq!([name, country, domain, contact, email, found_by, note], expected);
    assert_eq!(portal.deal(&deal).status, "draft");
    let began = format!("From lead {}", reference_of(&lead));
    portal.owner().get(&deal).await.is(200).says(&began).says("Nobody else has registered");
    assert_eq!(portal.history_of_lead(&lead).last().unwrap(), "lead.converted");
    portal
        .owner()
        .get(&lead)
        .await
        .shows(".status", "Converted")
        .shows(".facts", reference_of(&deal));
    let text = portal.last_mail_to("cam");
    assert!(text.contains("Olive Owner (Acme) made Hooli a deal."), "{text}");
    // The deal can go on as any other.
    portal.owner().get("/p/shield/leads.csv").await.says(reference_of(&deal));
}

#[actix_web::test]
async fn the_vendor_sees_the_deal_once_it_is_submitted() {
    let portal = Portal::start().await;
    let lead = portal.accepted_lead(&[ALARMS]).await;
    let deal = portal.converted(&lead).await;
    let reference = reference_of(&deal).to_owned();
    for page in [&lead, "/p/shield/leads", "/p/shield/leads.csv"] {
        portal.visitor("cam").get(page).await.is(200).hides(&reference);
    }
    portal.visitor("cam").get(&deal).await.is(404);
    portal.write(move |conn| {
        diesel::update(deals::table.filter(deals::reference.eq(&reference)))
            .set((
                deals::status.eq("submitted"),
                deals::submitted_at.eq(portal::clock::Clock::default().now()),
            ))
            .execute(conn)?;
        Ok(())
    });
    let reference = reference_of(&deal);
    for page in [&lead, "/p/shield/leads.csv"] {
        portal.visitor("cam").get(page).await.is(200).says(reference);
    }
    // Nobody else's business, in any state.
    portal.visitor("stranger").get(&format!("{lead}/conversion")).await.is(404);
    portal.visitor("cam").get(&format!("{lead}/conversion")).await.is(403);
}

#[actix_web::test]
async fn without_a_topic_the_category_is_asked_for() {
    let portal = Portal::start().await;
    let lead = portal.accepted_lead(&[]).await;
    let page = portal.owner().get(&lead).await.is(200);
    assert_eq!(page.attributes("form[action$='/conversion']", "action").len(), 0);
    portal.owner().get(&format!("{lead}/conversion")).await.is(200).says("Hooli");
    for category in ["", "nothing", "alarm' --"] {
        let page = portal.convert_in(&lead, category).await.is(422);
        assert_eq!(page.attributes(".error-summary a", "href"), ["#category"], "{category}");
    }
    assert_eq!(portal.lead(&lead).0, "accepted");
    assert_eq!(portal.read(|conn| Ok(deals::table.count().get_result::<i64>(conn)?)), 0);
    portal.convert_in(&lead, "watch").await.is(303);
    assert_eq!(portal.lead(&lead).0, "converted");
}

#[actix_web::test]
async fn where_the_draft_is_thrown_away_the_lead_becomes_a_deal_again() {
    let portal = Portal::start().await;
    let lead = portal.accepted_lead(&[ALARMS]).await;
    let first = portal.converted(&lead).await;
    portal.step("owner", &lead, "conversion").await.is(409).says("a deal already");
    let seen = portal.deal(&first).revision.to_string();
    portal.owner().post(&format!("{first}/discarding"), &[("seen", &seen)]).await.is(303);
    let page = portal.owner().get(&lead).await.is(200).shows(".status", "Converted");
    assert_eq!(page.attributes("form[action$='/conversion']", "action").len(), 1);
    assert!(page.attributes("form[action$='/progress']", "action").is_empty());
    // The vendor has nothing to do with it.
    let page = portal.visitor("cam").get(&lead).await.is(200);
    assert!(page.attributes("form[action^='/p/shield/leads']", "action").is_empty());
    let second = portal.converted(&lead).await;
    assert_ne!(second, first);
}

#[actix_web::test]
async fn an_own_lead_becomes_a_deal_and_does_not_expire_any_more() {
    let portal = Portal::start().await;
    let lead = portal.own_lead("owner", &[ALARMS, ("email", "hooli@gmail.com")]).await;
    let deal = portal.converted(&lead).await;
    let domain: String = portal.read(|conn| {
        let deal = deals::table.filter(deals::reference.eq(reference_of(&deal)));
        Ok(deal.select(deals::customer_domain).first(conn)?)
    });
    assert_eq!(domain, "", "a mail provider's is no customer's");
    let ends: Option<chrono::NaiveDate> = portal.read(|conn| {
        let lead = leads::table.filter(leads::reference.eq(reference_of(&lead)));
        Ok(lead.select(leads::expires_on).first(conn)?)
    });
    assert_eq!(ends, None);
    portal.advance_days(400);
    portal.lead_night();
    assert_eq!(portal.lead(&lead).0, "converted");
}

/// Two colleagues press at once: one deal comes of it.
#[actix_web::test]
async fn of_two_presses_at_once_one_makes_a_deal() {
    let portal = Portal::start().await;
    for round in 0..6 {
        let lead = portal.accepted_lead(&[ALARMS, ("company", &format!("Hooli {round}"))]).await;
        let chosen = portal.as_chosen(&lead);
        let seen = chosen.rsplit(':').next().unwrap();
        let (path, sent) = (format!("{lead}/conversion"), [("seen", seen)]);
        let (mut owner, mut colleague) = (portal.visitor("owner"), portal.visitor("colleague"));
        let (one, other) = tokio::join!(owner.post(&path, &sent), colleague.post(&path, &sent));
        let mut answers = [one.status(), other.status()];
        answers.sort_unstable();
        assert_eq!(answers, [303, 409], "round {round}");
    }
    assert_eq!(portal.read(|conn| Ok(deals::table.count().get_result::<i64>(conn)?)), 6);
}
