//! A partner learns free, contested or taken, and nothing else of what others register.

use diesel::prelude::*;
use portal::db::schema::audit_events;

use crate::support::Portal;
use crate::support::leads::reference_of;

fn asked(portal: &Portal) -> Vec<String> {
    portal.read(|conn| {
        Ok(audit_events::table
            .filter(audit_events::action.eq("deal.asked"))
            .order(audit_events::id)
            .select(audit_events::to_value)
            .load(conn)?)
    })
}

#[actix_web::test]
async fn free_contested_and_taken_by_every_way_to_write_a_customer() {
    let portal = Portal::start().await;
    let theirs = portal.draft_deal("stranger", &[]).await;
    let ways: [&[(&str, &str)]; 5] = [
        &[],
        &[("customer_name", "HÖÖLI bv"), ("customer_domain", "")],
        &[("customer_name", "Somebody else"), ("customer_domain", "WWW.hooli.example.")],
        &[("customer_name", "Hooli Ltd"), ("customer_domain", "other.example")],
        &[("customer_name", "Hooli"), ("customer_domain", "https://hooli.example/x")],
    ];
    let apart: [&[(&str, &str)]; 2] = [
        &[("customer_country", "NL"), ("customer_domain", "")],
        &[("customer_name", "Hoolihan"), ("customer_domain", "hoolihan.example")],
    ];
    for (action, by, standing) in [
        ("", "", "Free"),
        ("submission", "stranger", "Contested"),
        ("review", "cam", "Contested"),
        ("approval", "cam", "Taken"),
        ("loss", "stranger", "Free"),
    ] {
        if !action.is_empty() {
            portal.at_deal(by, &theirs, action, &[("why", "So")]).await.goes_to(&theirs);
        }
        for changes in ways {
            let path = portal.begin_deal("owner", changes).await;
            let page = portal.owner().get(&path).await.shows(".standing", standing);
            page.hides("Globex").hides("Stella").hides(reference_of(&theirs));
            portal.at_deal("owner", &path, "discarding", &[]).await.is(303);
        }
        for changes in apart {
            let path = portal.begin_deal("colleague", changes).await;
            portal.colleague().get(&path).await.shows(".standing", "Free");
            portal.at_deal("owner", &path, "discarding", &[]).await.is(303);
        }
        portal.advance_days(1);
    }
    assert_eq!(asked(&portal).len(), 1 + 5 * 7, "each question stands in the history");
}

#[actix_web::test]
async fn nothing_a_partner_gets_names_another() {
    let portal = Portal::start().await;
    let theirs = portal.approved_deal("stranger", &[("note", "Our secret plan")]).await;
    let mine = portal.reviewed_deal("owner", &[]).await;
    portal.at_deal("cam", &mine, "approval", &[]).await.is(409);
    let of = reference_of(&theirs).to_owned();
    portal.at_deal("cam", &mine, "duplicate", &[("duplicate_of", &of)]).await.is(303);
    let mut owner = portal.owner();
    let receipt = portal.deal(&mine).receipt;
    for path in [
        "/p/shield".to_owned(),
        "/p/shield/deals".to_owned(),
        "/p/shield/deals.csv".to_owned(),
        "/p/shield/deals?q=hooli".to_owned(),
        format!("/p/shield/deals/receipts/{receipt}"),
        mine.clone(),
        "/p/shield/mail".to_owned(),
    ] {
        let page = owner.get(&path).await.is(200);
        let text = page.text.replace(&format!("value=\"{of}\""), "");
        for secret in ["Globex", "Stella", "secret plan", of.as_str()] {
            assert!(!text.contains(secret), "{path} names {secret}");
        }
    }
    owner.get(&format!("/p/shield/deals?q={of}")).await.shows(".empty", "No deal fits");
    for mail in portal.mails_to("owner@acme.example") {
        assert!(!mail.contains("Globex") && !mail.contains(&of), "{mail}");
    }
    let theirs_receipt = portal.deal(&theirs).receipt;
    owner.get(&theirs).await.is(404);
    owner.get(&format!("/p/shield/deals/receipts/{theirs_receipt}")).await.is(404);
    let of_theirs = format!("/p/shield/deals/receipts?number={theirs_receipt}&sha256=00");
    owner.get(&of_theirs).await.shows(".flash", "no receipt of this number");
}

#[actix_web::test]
async fn questions_are_counted_and_run_out() {
    let portal = Portal::start().await;
    let mut paths = Vec::new();
    for number in 0..21 {
        let name = format!("Customer {number}");
        let changes = [("customer_name", name.as_str()), ("customer_domain", "")];
        paths.push(portal.begin_deal("owner", &changes).await);
    }
    assert_eq!(asked(&portal).len(), 20);
    portal.owner().get(&paths[20]).await.is(200).shows(".card", "Nobody has asked yet");
    portal.at_deal("owner", &paths[20], "standing", &[]).await.is(429);
    assert_eq!(asked(&portal).len(), 20, "what was refused gives nothing away");
    // Another person may still ask, and an hour later everybody.
    portal.at_deal("colleague", &paths[20], "standing", &[]).await.is(303);
    portal.advance_days(1);
    portal.at_deal("owner", &paths[20], "standing", &[]).await.is(303);
}

#[actix_web::test]
async fn a_partner_registers_a_customer_once_in_a_category() {
    let portal = Portal::start().await;
    let first = portal.submitted_deal("owner", &[]).await;
    let second = portal.draft_deal("colleague", &[("customer_name", "HOOLI")]).await;
    let page = portal.at_deal("colleague", &second, "submission", &[]).await.is(409);
    page.says(reference_of(&first));
    portal.at_deal("owner", &first, "withdrawal", &[]).await.is(303);
    portal.at_deal("colleague", &second, "submission", &[]).await.is(303);
}
