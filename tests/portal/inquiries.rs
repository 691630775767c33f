//! Pricing inquiries: put together, sent, taken back; and who sees them when.

use diesel::prelude::*;
use portal::db::schema::inquiry_lines;

use crate::support::Portal;
use crate::support::leads::reference_of;
use crate::support::pricing::NEW;

#[actix_web::test]
async fn an_inquiry_is_put_together_and_sent() {
    let portal = Portal::start().await;
    let (mut owner, mut distributor) = (portal.owner(), portal.visitor("distributor"));
    owner.get("/p/shield/inquiries").await.is(200).shows(".empty", "No inquiries yet");
    distributor.get("/p/shield/inquiries").await.is(200).shows(".empty", "No inquiries yet");
    let path =
        owner.post(NEW, &[("customer_name", "Hooli"), ("customer_country", "jp")]).await.created();
    owner
        .get(&path)
        .await
        .is(200)
        .shows("h1", "Inquiry for Hooli")
        .shows(".status", "Draft")
        .shows("tbody th", "Watch desk seat");
    for other in ["distributor", "cam", "manager", "stranger"] {
        portal.visitor(other).get(&path).await.is(404);
    }

    let edit = format!("{path}/edit");
    let head = [("customer_name", "Hooli"), ("customer_country", "JP"), ("note", "Two\r\nlines")];
    let mut fields = head.to_vec();
    let seen = portal.seen_of(&path);
    fields.extend([("add", "WATCH-SEAT"), ("seen", seen.as_str())]);
    owner.post(&edit, &fields).await.goes_to(&path);
    let line = owner.get(&path).await.attributes("input[name=line]", "value").remove(0);
    let seen = portal.seen_of(&path);
    let mut fields = head.to_vec();
    fields.extend([("line", line.as_str()), ("quantity", "9"), ("months", "12"), ("seen", &seen)]);
    owner.post(&edit, &fields).await.goes_to(&path);
    owner
        .get(&path)
        .await
        .shows("tfoot", "JPY 27,000")
        // Nine cost 27,000, ten cost 27,000 too: that is not less.
        .hides("cost less");

    portal.submit_inquiry("owner", &path, "Nordic Supply").await;
    assert_eq!(portal.inquiry_stands(&path), ("submitted".to_owned(), Some(27_000)));
    owner
        .get(&path)
        .await
        .shows(".status", "Submitted")
        .shows(".facts", "Nordic Supply")
        .shows(".timeline", "Sent this inquiry")
        .shows("blockquote", "Two");
    distributor
        .get(&path)
        .await
        .is(200)
        .shows("tfoot", "JPY 27,000")
        .shows("button", "Make a quote")
        .shows("main", "Answer with a quote");
    distributor
        .get("/p/shield/inquiries")
        .await
        .shows("tbody", "since today")
        .shows("tbody", "Acme");
    portal.visitor("cam").get(&path).await.is(200).hides("Make a quote");
    portal.visitor("other_distributor").get(&path).await.is(404);
    assert_eq!(portal.mail_to("distributor"), ["Pricing inquiry from Acme: Hooli"]);
    assert!(portal.mail_to("other_distributor").is_empty());
    assert!(portal.mail_to("cam").is_empty());
}

#[actix_web::test]
async fn an_inquiry_is_withdrawn_and_a_draft_thrown_away() {
    let portal = Portal::start().await;
    let path = portal.inquiry_of("owner", "Nordic Supply", &[("WATCH-SEAT", 5)]).await;
    let withdrawal = format!("{path}/withdrawal");
    let mut owner = portal.owner();
    owner.get(&withdrawal).await.is(200).shows("h1", "Hooli").shows(".lead", "Nordic Supply");
    let seen = portal.seen_of(&path);
    owner.post(&withdrawal, &[("why", "x\u{7}"), ("seen", &seen)]).await.is(422);
    let sent = [("why", "They stay with what they have"), ("seen", seen.as_str())];
    owner.post(&withdrawal, &sent).await.goes_to(&path);
    owner.get(&path).await.shows(".status", "Withdrawn").shows(".timeline", "They stay");
    owner.get(&withdrawal).await.is(409);
    owner.post(&withdrawal, &sent).await.is(409);
    assert_eq!(
        portal.mail_to("distributor"),
        ["Pricing inquiry from Acme: Hooli", "Inquiry withdrawn by Acme: Hooli"]
    );

    let draft = portal.draft_of("owner", &[("WATCH-SEAT", 5)]).await;
    let discarding = format!("{draft}/discarding");
    owner.post(&discarding, &[("seen", "7")]).await.is(409);
    owner.post(&discarding, &[("seen", "1")]).await.goes_to("/p/shield/inquiries");
    owner.get(&draft).await.is(404);
    let left: i64 = portal.read(|conn| Ok(inquiry_lines::table.count().get_result(conn)?));
    assert_eq!(left, 1, "of the one that was sent");
}

#[actix_web::test]
async fn a_draft_says_what_keeps_it_from_being_sent() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let path = owner.post(NEW, &[]).await.created();
    owner.get(&path).await.is(200).shows("h1", "New inquiry");
    let nordic = portal.enrolment_of("Nordic Supply");
    let submission = format!("{path}/submission");
    owner
        .post(&submission, &[("quoter", &nordic), ("seen", "1")])
        .await
        .is(422)
        .shows(".error-summary", "Enter the end customer")
        .shows(".error-summary", "Enter the customer's country")
        .shows(".error-summary", "Add at least one product");
    owner
        .post(&submission, &[("quoter", ""), ("seen", "1")])
        .await
        .is(422)
        .shows(".error-summary", "Choose whom to ask");
    let foreign = portal.enrolment_of("Globex");
    owner.post(&submission, &[("quoter", &foreign), ("seen", "1")]).await.is(422);
    owner.post(&submission, &[("quoter", &nordic), ("seen", "2")]).await.is(409);
    owner
        .post(
            &format!("{path}/edit"),
            &[("wanted_on", "soon"), ("customer_country", "Japan"), ("seen", "1")],
        )
        .await
        .is(422)
        .shows(".error-summary", "wanted date")
        .shows(".error-summary", "two letters");
    owner.post(NEW, &[("line", "NOTHING:1:12:new")]).await.is(422);
    owner.post(NEW, &[("licence", "L-00000-00000")]).await.is(404);
}

#[actix_web::test]
async fn two_who_work_on_one_draft_do_not_undo_each_other() {
    let portal = Portal::start().await;
    let path = portal.draft_of("owner", &[("WATCH-SEAT", 5)]).await;
    let edit = format!("{path}/edit");
    let fields = [("customer_name", "Hooli"), ("customer_country", "JP"), ("seen", "1")];
    portal.colleague().post(&edit, &fields).await.goes_to(&path);
    portal.owner().post(&edit, &fields).await.is(409).shows("main", "changed meanwhile");
    portal.owner().post(&format!("{path}/submission"), &[("seen", "1")]).await.is(409);
}

#[actix_web::test]
async fn lists_and_files_have_what_each_may_see() {
    let portal = Portal::start().await;
    let sent = portal.inquiry_of("owner", "Nordic Supply", &[("WATCH-SEAT", 5)]).await;
    let draft = portal.draft_of("owner", &[("WATCH-SITE", 1)]).await;
    let theirs = portal.inquiry_of("stranger", "Southern Supply", &[("WATCH-SITE", 1)]).await;
    let (sent, draft, theirs) = (reference_of(&sent), reference_of(&draft), reference_of(&theirs));
    for (key, seen, hidden) in [
        ("owner", vec![sent, draft], vec![theirs]),
        ("distributor", vec![sent], vec![draft, theirs]),
        ("other_distributor", vec![theirs], vec![sent, draft]),
        ("manager", vec![sent, theirs], vec![draft]),
    ] {
        let mut visitor = portal.visitor(key);
        for list in ["inquiries", "inquiries.csv"] {
            let text = visitor.get(&format!("/p/shield/{list}")).await.is(200).text;
            assert!(seen.iter().all(|one| text.contains(one)), "{key} misses one in {list}");
            assert!(!hidden.iter().any(|one| text.contains(one)), "{key} sees one in {list}");
        }
    }
    let mut owner = portal.owner();
    owner.get("/p/shield/inquiries?status=draft").await.shows("tbody", draft).hides(sent);
    owner.get("/p/shield/inquiries?q=hoo").await.shows("tbody", sent);
    owner.get("/p/shield/inquiries?q=zzz").await.shows(".empty", "No inquiry fits");
    let paper = owner.get(&format!("/p/shield/inquiries/{sent}/inquiry.pdf")).await.is(200);
    assert_eq!(paper.header("content-type"), "application/pdf");
    assert!(paper.answer.body.starts_with(b"%PDF-"));
    owner.get(&format!("/p/shield/inquiries/{draft}/inquiry.pdf")).await.is(409);
    let lines = owner.get(&format!("/p/shield/inquiries/{sent}/lines.csv")).await.is(200).text;
    assert!(lines.contains("WATCH-SEAT,Watch desk seat,new,,5,seat,12,3000,15000,JPY"), "{lines}");
}
