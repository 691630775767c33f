//! Deals: registered, decided, ended; who is told, and what is wrong with a form.

use portal::contacts::Role;

use crate::support::Portal;
use crate::support::channel::give_role;
use crate::support::deals::whole;
use crate::support::leads::reference_of;

const NEW: &str = "/p/shield/deals/new";

#[actix_web::test]
async fn a_deal_is_registered_decided_and_won() {
    let portal = Portal::start().await;
    let (mut owner, mut cam) = (portal.owner(), portal.visitor("cam"));
    owner.get("/p/shield/deals").await.is(200).shows(".empty", "No deals yet");
    cam.get("/p/shield/deals").await.is(200).shows(".empty", "appears here to be decided");
    owner.get(NEW).await.is(200).shows("option", "Alarms").hides("People and training");

    let path = portal.begin_deal("owner", &[]).await;
    owner
        .get(&path)
        .await
        .is(200)
        .shows("h1", "Deal with Hooli B.V.")
        .shows(".standing", "Free")
        .shows("#rules", "Category registrable")
        .shows("#rules", "broken");
    cam.get(&path).await.is(404);
    portal.colleague().get(&path).await.is(200);
    // What is missing is told by its field.
    let page = portal.at_deal("owner", &path, "submission", &[]).await.is(422);
    assert_eq!(
        page.attributes(".error-summary a", "href"),
        ["#contact_name", "#closes_on", "#found_by", "#lines", "#rules"]
    );
    portal.at_deal("owner", &path, "edit", &whole(&[])).await.goes_to(&path);
    owner.get(&path).await.shows("tfoot", "250,000").hides("broken");

    portal.at_deal("colleague", &path, "submission", &[]).await.goes_to(&path);
    let page = owner.get(&path).await.is(200).shows(".status", "Submitted");
    page.shows(".facts", &portal.deal(&path).receipt).shows("button", "Withdraw");
    cam.get("/p/shield/deals?status=waiting").await.shows("tbody th", "Hooli B.V.");
    cam.get(&path).await.shows("button", "Begin the review").shows(".card", "No other deal");
    portal.at_deal("cam", &path, "review", &[]).await.goes_to(&path);
    owner.get(&path).await.shows(".status", "In review");
    portal.at_deal("manager", &path, "approval", &[("why", "Good luck")]).await.goes_to(&path);

    // The policy protects for 60 days, counted from the program's day.
    assert_eq!(portal.deal(&path).until, Some("2026-05-01".parse().unwrap()));
    owner
        .get(&path)
        .await
        .shows(".status", "Approved")
        .shows(".facts", "1 May 2026")
        .shows(".facts", "60 days are left")
        .shows(".timeline", "Approved this deal");
    assert_eq!(portal.deal_claims(), ["domain:hooli.example", "name:BE:hooli"]);
    portal.at_deal("owner", &path, "win", &[]).await.goes_to(&path);
    owner.get(&path).await.shows(".status", "Won");
    assert!(portal.deal_claims().is_empty(), "the customer is free again");
    assert_eq!(
        portal.history_of_deal(&path),
        [
            "deal.begun",
            "deal.asked",
            "deal.submitted",
            "deal.in_review",
            "deal.approved",
            "deal.won"
        ]
    );
}

#[actix_web::test]
async fn a_returned_deal_is_mended_and_submitted_again_with_a_new_receipt() {
    let portal = Portal::start().await;
    let path = portal.reviewed_deal("owner", &[]).await;
    let first = portal.deal(&path).receipt;
    let page = portal.at_deal("cam", &path, "return", &[]).await.is(422);
    assert_eq!(page.attributes(".error-summary a", "href"), ["#why"]);
    portal.at_deal("cam", &path, "return", &[("why", "Which site?")]).await.goes_to(&path);
    let mut owner = portal.owner();
    owner.get(&path).await.shows(".status", "Returned").shows(".flash", "Which site?");
    owner.get("/p/shield").await.shows(".todo", "1 deal was returned");
    portal.visitor("cam").get(&path).await.is(200).shows(".status", "Returned");
    let note = whole(&[("note", "The one in Ghent")]);
    portal.at_deal("owner", &path, "edit", &note).await.goes_to(&path);
    portal.at_deal("owner", &path, "submission", &[]).await.goes_to(&path);
    let second = portal.deal(&path).receipt;
    assert_ne!(first, second);
    for receipt in [&first, &second] {
        let page = owner.get(&format!("/p/shield/deals/receipts/{receipt}")).await;
        page.is(200).shows(".flash", "is what was submitted");
    }
    portal.visitor("cam").get("/p/shield").await.shows(".todo", "1 deal waits for a decision");
}

#[actix_web::test]
async fn each_change_is_told_to_the_role_and_to_whoever_submitted() {
    let portal = Portal::start().await;
    give_role(portal.contact_id("reader"), Role::DealRegistration, &portal);
    let told = |before: usize| -> Vec<(String, String)> {
        let mut mails = portal.deal_mails_since(before);
        mails.sort();
        mails
            .into_iter()
            .map(|(event, to)| (event, to.split('@').next().unwrap().to_owned()))
            .collect()
    };
    let pairs = |event: &str, people: &[&str]| -> Vec<(String, String)> {
        people.iter().map(|one| (format!("deals.{event}"), (*one).to_owned())).collect()
    };
    let path = portal.submitted_deal("colleague", &[]).await;
    let mut expected = pairs("received", &["manager"]);
    expected.extend(pairs("submitted", &["colleague", "reader"]));
    assert_eq!(told(0), expected, "nobody looks after Acme");
    assert!(portal.last_mail_to("reader").contains("hold the role Deal registration"));
    assert!(portal.last_mail_to("reader").contains(&portal.deal(&path).receipt));
    assert!(portal.last_mail_to("colleague").contains("because you submitted this deal"));
    let mut before = portal.deal_mails().len();
    let until = ("until", "2026-06-15");
    for (by, action, fields, event, vendor) in [
        ("cam", "review", &[][..], "in_review", false),
        ("cam", "return", &[("why", "Which?")], "returned", false),
        ("owner", "submission", &[], "submitted", true),
        ("cam", "review", &[], "in_review", false),
        ("cam", "approval", &[], "approved", false),
        ("owner", "extension", &[("why", "Slow"), until], "extension_asked", true),
        ("cam", "extension/refusal", &[("why", "No")], "extension_refused", false),
        ("owner", "extension", &[("why", "Slow"), until], "extension_asked", true),
        ("cam", "extension/grant", &[("granted_until", "2026-06-10")], "extended", false),
        ("cam", "revocation", &[("why", "Wrong")], "revoked", false),
    ] {
        portal.at_deal(by, &path, action, fields).await.goes_to(&path);
        let submitter = if event == "submitted" || before > 8 { "owner" } else { "colleague" };
        let expected = match (event, vendor) {
            ("submitted", _) => {
                let mut both = pairs("received", &["manager"]);
                both.extend(pairs(event, &[submitter, "reader"]));
                both
            }
            (_, true) => pairs(event, &["manager"]),
            _ => {
                let mut people = [submitter, "reader"];
                people.sort_unstable();
                pairs(event, &people)
            }
        };
        assert_eq!(told(before), expected, "{action}");
        before = portal.deal_mails().len();
    }
    assert_eq!(portal.deal(&path).status, "revoked");
}

#[actix_web::test]
async fn what_is_wrong_with_a_registration_is_told_with_its_field() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    for (changes, fault) in [
        (("customer_name", ""), "#customer_name"),
        (("customer_name", "-- !"), "#customer_name"),
        (("customer_domain", "hooli"), "#customer_domain"),
        (("customer_domain", "10.0.0.1"), "#customer_domain"),
        (("customer_domain", "gmail.com"), "#customer_domain"),
        (("customer_country", "Belgium"), "#customer_country"),
        (("category", ""), "#category"),
        (("category", "nothing"), "#category"),
    ] {
        let mut fields = vec![
            ("customer_name", "Hooli"),
            ("customer_domain", "hooli.example"),
            ("customer_country", "BE"),
            ("category", "alarm"),
        ];
        fields.retain(|(name, _)| *name != changes.0);
        fields.push(changes);
        let page = owner.post(NEW, &fields).await.is(422);
        assert_eq!(page.attributes(".error-summary a", "href"), [fault], "{changes:?}");
    }
    let path = portal.begin_deal("owner", &[]).await;
    for (changes, fault) in [
        (&[("contact_email", "gavin")][..], "#contact_email"),
        (&[("contact_name", "a\u{7}b")], "#contact_name"),
        (&[("closes_on", "soon")], "#closes_on"),
        (&[("quantity", "0")], "#lines"),
        (&[("quantity", "many")], "#lines"),
        (&[("msrp", "")], "#lines"),
        (&[("msrp", "1.5")], "#lines"),
        (&[("msrp", "-4")], "#lines"),
        (&[("note", "a\u{0}b")], "#note"),
    ] {
        let page = portal.at_deal("owner", &path, "edit", &whole(changes)).await.is(422);
        assert_eq!(page.attributes(".error-summary a", "href"), [fault], "{changes:?}");
    }
    assert_eq!(portal.deal(&path).revision, 1);
}

#[actix_web::test]
async fn each_rule_is_named_as_met_or_broken() {
    let portal = Portal::start().await;
    let path = portal.draft_deal("owner", &[("msrp", "99999"), ("tender", "yes")]).await;
    let page = portal.owner().get(&path).await.is(200);
    let rules = page.all("#rules li");
    assert!(rules[0].starts_with("met") && rules[0].contains("Category registrable"), "{rules:?}");
    assert!(rules[1].starts_with("broken") && rules[1].contains("100,000"), "{rules:?}");
    assert!(rules[2].starts_with("broken") && rules[2].contains("Tenders"), "{rules:?}");
    let page = portal.at_deal("owner", &path, "submission", &[]).await.is(422);
    page.shows(".error-summary", "Least value").shows(".error-summary", "Tenders");
    assert_eq!(portal.deal(&path).status, "draft");
    // The very threshold is enough, and a comma does not make thousands.
    portal.at_deal("owner", &path, "edit", &whole(&[("msrp", "100,000")])).await.is(422);
    portal.at_deal("owner", &path, "edit", &whole(&[("msrp", "100 000")])).await.is(303);
    portal.at_deal("owner", &path, "submission", &[]).await.goes_to(&path);
}

#[actix_web::test]
async fn a_receipt_verifies_what_was_submitted_and_nothing_else() {
    let portal = Portal::start().await;
    let path = portal.submitted_deal("owner", &[("note", "One\nTwo")]).await;
    let number = portal.deal(&path).receipt;
    let of = format!("/p/shield/deals/receipts/{number}");
    let mut owner = portal.owner();
    let page = owner.get(&of).await.is(200).shows(".code", "Customer: Hooli B.V.");
    let page = page.shows(".code", "ALARM-HUB × 2 at 250000").shows(".code", "Note:");
    let hash = page.all(".facts dd").into_iter().find(|text| text.len() == 64).unwrap();
    let text = owner.get(&format!("{of}/receipt.txt")).await.is(200).text;
    assert_eq!(portal::deals::hash(&text), hash, "the file is what the hash is made of");
    let verify = |hash: &str, number: &str| {
        format!("/p/shield/deals/receipts?number={number}&sha256={hash}")
    };
    owner.get("/p/shield/deals/receipts").await.is(200).shows("h1", "Verify a receipt");
    owner.get(&verify(&hash, &number)).await.shows(".flash", "They belong together");
    let upper = hash.to_uppercase();
    portal.visitor("cam").get(&verify(&upper, &number)).await.shows(".flash", "belong together");
    // Not the same with a letter changed: of those one in sixty has none to change.
    let other = portal::deals::hash("Something else");
    owner.get(&verify(&other, &number)).await.shows(".flash", "is not of what");
    owner.get(&verify(&hash, "RC-00000-00000")).await.shows(".flash", "no receipt of this number");
    // Somebody else's is as if there were none.
    let mut stranger = portal.stranger();
    stranger.get(&verify(&hash, &number)).await.shows(".flash", "no receipt of this number");
    stranger.get(&of).await.is(404);
    // What was written over afterwards does not verify.
    portal.write(|conn| {
        use diesel::prelude::*;
        use portal::db::schema::deal_receipts;
        diesel::update(deal_receipts::table)
            .set(deal_receipts::content.eq("Customer: Pied Piper\n"))
            .execute(conn)?;
        Ok(())
    });
    owner.get(&of).await.shows(".flash", "is not what was submitted");
    owner.get(&verify(&hash, &number)).await.shows(".flash", "is not of what was submitted");
}

#[actix_web::test]
async fn a_duplicate_names_the_first_to_the_vendor_alone() {
    let portal = Portal::start().await;
    let first = portal.approved_deal("stranger", &[("customer_name", "HOOLI")]).await;
    let second = portal.reviewed_deal("owner", &[("customer_domain", "")]).await;
    let mut cam = portal.visitor("cam");
    let page = cam.get(&second).await.is(200).shows("tbody", "Globex");
    page.shows("tbody", "Same name and country; protected until");
    portal.at_deal("cam", &second, "approval", &[]).await.is(409).says("of Globex protects HOOLI");
    portal.at_deal("cam", &second, "duplicate", &[]).await.is(422);
    let of = reference_of(&first);
    portal.at_deal("cam", &second, "duplicate", &[("duplicate_of", of)]).await.goes_to(&second);
    cam.get(&second).await.shows(".timeline", of);
    let page = portal.owner().get(&second).await.is(200).shows(".status", "Duplicate");
    page.hides(of).hides("Globex");
    let mail = portal.last_mail_to("owner");
    assert!(mail.contains("registered before") && !mail.contains(of), "{mail}");
}

#[actix_web::test]
async fn the_inbox_is_ordered_by_age_and_value_and_cut_to_ones_own_partners() {
    let portal = Portal::start().await;
    for (key, customer, msrp) in [
        ("owner", "Hooli", "300000"),
        ("stranger", "Pied Piper", "900000"),
        ("owner", "Raviga", "500000"),
    ] {
        let changes = [("customer_name", customer), ("customer_domain", ""), ("msrp", msrp)];
        portal.submitted_deal(key, &changes).await;
        portal.advance_days(1);
    }
    let mut cam = portal.visitor("cam");
    let names = |page: crate::support::Page| page.all("tbody th a");
    let list = "/p/shield/deals";
    assert_eq!(names(cam.get(list).await), ["Raviga", "Pied Piper", "Hooli"]);
    let oldest = cam.get(&format!("{list}?sort=oldest")).await;
    assert_eq!(names(oldest), ["Hooli", "Pied Piper", "Raviga"]);
    let largest = cam.get(&format!("{list}?sort=value")).await;
    assert_eq!(names(largest), ["Pied Piper", "Raviga", "Hooli"]);
    let sought = cam.get(&format!("{list}?q=hooli%20gmbh")).await;
    assert_eq!(names(sought), ["Hooli"]);
    let of_globex = cam.get(&format!("{list}?partner=glob")).await;
    assert_eq!(names(of_globex), ["Pied Piper"]);
    cam.get(&format!("{list}?whose=mine")).await.shows(".empty", "No deal fits");
    assert_eq!(names(portal.owner().get(list).await), ["Raviga", "Hooli"]);
    let csv = portal.owner().get(&format!("{list}.csv")).await.is(200).text;
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert!(!csv.contains("Pied Piper"), "{csv}");
}
