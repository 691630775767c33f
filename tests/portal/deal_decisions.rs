//! Many deals decided on at once, each for itself; and the vendor learns of what is withdrawn.

use crate::support::Portal;

const DECISIONS: &str = "/p/shield/deals/decisions";

/// As the list sends it: with the revision that it shows.
fn chosen(portal: &Portal, path: &str) -> String {
    let reference = crate::support::leads::reference_of(path);
    format!("{reference}:{}", portal.deal(path).revision)
}

async fn customers(portal: &Portal, names: &[&str]) -> Vec<String> {
    let mut paths = Vec::new();
    for name in names {
        let changes = [("customer_name", *name), ("customer_domain", "")];
        paths.push(portal.submitted_deal("owner", &changes).await);
    }
    paths
}

#[actix_web::test]
async fn the_review_of_many_begins_and_all_are_rejected_with_one_reason() {
    let portal = Portal::start().await;
    let paths = customers(&portal, &["Hooli", "Raviga", "Endframe"]).await;
    let mut cam = portal.visitor("cam");
    let page = cam.get("/p/shield/deals?status=waiting").await.is(200);
    assert_eq!(page.attributes("input[name=deal]", "value").len(), 3);
    let values: Vec<String> = paths.iter().map(|path| chosen(&portal, path)).collect();
    let mut sent: Vec<(&str, &str)> = values.iter().map(|one| ("deal", one.as_str())).collect();
    sent.extend([("action", "review"), ("status", "waiting"), ("sort", "oldest")]);
    let before = portal.deal_mails().len();
    cam.post(DECISIONS, &sent).await.goes_to("/p/shield/deals?status=waiting&sort=oldest");
    cam.get("/p/shield/deals").await.shows(".flash", "3 deals are in review now");
    assert_eq!(portal.deal_mails_since(before).len(), 3);
    let values: Vec<String> = paths.iter().map(|path| chosen(&portal, path)).collect();
    let mut sent: Vec<(&str, &str)> = values.iter().map(|one| ("deal", one.as_str())).collect();
    sent.push(("action", "reject"));
    let page = cam.post(DECISIONS, &sent).await.is(422).shows(".error-summary", "Enter a reason");
    assert_eq!(page.attributes(".error-summary a", "href"), ["#why"]);
    assert_eq!(page.attributes("input[name=deal][checked]", "value").len(), 3);
    sent.push(("why", "The product ends"));
    cam.post(DECISIONS, &sent).await.is(303);
    for path in &paths {
        assert_eq!(portal.deal(path).status, "rejected");
        portal.owner().get(path).await.shows(".facts", "The product ends");
    }
}

#[actix_web::test]
async fn each_is_looked_at_on_its_own_and_the_answer_says_which_were_left_alone() {
    let portal = Portal::start().await;
    let paths = customers(&portal, &["Hooli", "Raviga", "Endframe", "Bachmanity"]).await;
    for path in &paths[..3] {
        portal.at_deal("cam", path, "review", &[]).await.is(303);
    }
    let mut values: Vec<String> = paths.iter().map(|path| chosen(&portal, path)).collect();
    // Its partner is quicker with one; another is in no review.
    portal.at_deal("owner", &paths[1], "withdrawal", &[]).await.is(303);
    values.push(values[0].clone());
    let mut sent: Vec<(&str, &str)> = values.iter().map(|one| ("deal", one.as_str())).collect();
    sent.extend([("action", "return"), ("why", "Which site?")]);
    let before = portal.deal_mails().len();
    let page = portal.visitor("manager").post(DECISIONS, &sent).await.is(409);
    let page = page.shows(".card", "2 deals are returned for more information");
    let told = page.all(".answers li");
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("Raviga") && told[0].contains("changed meanwhile"), "{told:?}");
    assert!(told[1].contains("Bachmanity") && told[1].contains("It is submitted"), "{told:?}");
    let states: Vec<String> = paths.iter().map(|path| portal.deal(path).status).collect();
    assert_eq!(states, ["returned", "withdrawn", "returned", "submitted"]);
    assert_eq!(portal.deal_mails_since(before).len(), 2, "each once");
    assert_eq!(
        portal.visitor("cam").post(DECISIONS, &sent).await.is(409).all(".answers li").len(),
        4
    );
}

#[actix_web::test]
async fn what_is_not_right_about_a_decision_on_many_is_told() {
    let portal = Portal::start().await;
    let path = portal.submitted_deal("owner", &[]).await;
    let one = chosen(&portal, &path);
    let mut cam = portal.visitor("cam");
    for (sent, faults) in [
        (&[][..], &["#deal", "#action"][..]),
        (&[("action", "review")], &["#deal"]),
        (&[("deal", "nonsense"), ("action", "review")], &["#deal"]),
        (&[("deal", one.as_str()), ("action", "approve")], &["#action"]),
        (&[("deal", one.as_str()), ("action", "reject"), ("why", "a\u{7}b")], &["#why"]),
    ] {
        let page = cam.post(DECISIONS, sent).await.is(422);
        assert_eq!(page.attributes(".error-summary a", "href"), faults, "{sent:?}");
    }
    let many: Vec<String> = (0..101).map(|number| format!("D-{number:05}-00000:1")).collect();
    let mut sent: Vec<(&str, &str)> = many.iter().map(|one| ("deal", one.as_str())).collect();
    sent.push(("action", "review"));
    cam.post(DECISIONS, &sent).await.is(422).shows(".error-summary", "at most 100 deals");
    // A draft is nobody's but its partner's, and what is missing is missing.
    let draft = portal.draft_deal("owner", &[("customer_name", "Raviga")]).await;
    for value in [chosen(&portal, &draft), "D-00000-00000:1".to_owned()] {
        let sent = [("deal", one.as_str()), ("deal", value.as_str()), ("action", "review")];
        cam.post(DECISIONS, &sent).await.is(404);
    }
    for person in ["owner", "distributor", "back_office"] {
        let sent = [("deal", one.as_str()), ("action", "review")];
        portal.visitor(person).post(DECISIONS, &sent).await.is(403);
    }
    assert_eq!(portal.deal(&path).status, "submitted");
    let page = portal.visitor("back_office").get("/p/shield/deals").await.is(200);
    assert!(page.attributes("input[name=deal]", "value").is_empty());
    assert!(
        portal
            .owner()
            .get("/p/shield/deals")
            .await
            .attributes("input[name=deal]", "value")
            .is_empty()
    );
}

#[actix_web::test]
async fn the_vendor_is_told_of_a_deal_that_its_partner_withdraws() {
    let portal = Portal::start().await;
    for (key, steps) in
        [("Hooli", &[][..]), ("Raviga", &["review"]), ("Endframe", &["review", "return"])]
    {
        let path = customers(&portal, &[key]).await.remove(0);
        for step in steps {
            portal.at_deal("cam", &path, step, &[("why", "Which?")]).await.is(303);
        }
        let before = portal.deal_mails().len();
        portal.at_deal("owner", &path, "withdrawal", &[("why", "They wait")]).await.is(303);
        let mails = portal.deal_mails_since(before);
        assert_eq!(mails.len(), 2, "{mails:?}");
        assert_eq!(
            mails[1],
            ("deals.taken_back".to_owned(), "manager@shield-security.example".to_owned())
        );
    }
    let mail = portal.last_mail_to("manager");
    assert!(
        mail.contains("withdrawn its registration of Endframe") && mail.contains("They wait"),
        "{mail}"
    );
}

/// What stands beside a deal says since when it waits, and which came first.
#[actix_web::test]
async fn a_candidate_says_since_when_it_waits() {
    let portal = Portal::start().await;
    let first = portal.submitted_deal("stranger", &[]).await;
    portal.advance_days(3);
    let second = portal.submitted_deal("owner", &[("customer_name", "HOOLI")]).await;
    let mut cam = portal.visitor("cam");
    cam.get(&second).await.shows("tbody", "waits since 2 March 2026, before this one");
    cam.get(&first).await.shows("tbody", "waits since 5 March 2026, after this one");
    portal.at_deal("cam", &first, "review", &[]).await.is(303);
    portal.at_deal("cam", &first, "return", &[("why", "Which?")]).await.is(303);
    cam.get(&second)
        .await
        .shows("tbody", "submitted on 2 March 2026, before this one, and returned");
}
