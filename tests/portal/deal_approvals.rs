//! Above a value two people approve a deal, each counted once, and everything else begins anew.

use diesel::prelude::*;
use futures_util::future::join_all;
use portal::db::schema::{deal_approvals, deals, enrolments};

use crate::support::leads::reference_of;
use crate::support::{Portal, Visitor};

/// From two million yen on the program wants two.
const LARGE: (&str, &str) = ("msrp", "2000000");

async fn large(portal: &Portal, customer: &str) -> String {
    let changes = [("customer_name", customer), ("customer_domain", ""), LARGE];
    portal.reviewed_deal("owner", &changes).await
}

/// The names of those who approved a deal as the first.
fn firsts(portal: &Portal, path: &str) -> Vec<(String, String)> {
    portal.read(|conn| {
        Ok(deal_approvals::table
            .inner_join(deals::table)
            .filter(deals::reference.eq(reference_of(path)))
            .select((deal_approvals::approved_by, deal_approvals::note))
            .load(conn)?)
    })
}

fn count(portal: &Portal, path: &str, action: &str) -> usize {
    portal.history_of_deal(path).iter().filter(|one| *one == action).count()
}

#[actix_web::test]
async fn two_people_approve_a_large_deal() {
    let portal = Portal::start().await;
    let path = large(&portal, "Hooli").await;
    let (mut cam, mut manager) = (portal.visitor("cam"), portal.visitor("manager"));
    let before = portal.deal_mails().len();
    let page = portal.at_deal("cam", &path, "approval", &[("why", "Sound")]).await.goes_to(&path);
    assert_eq!(page.status(), 303);
    assert_eq!(portal.deal(&path).status, "in_review");
    assert_eq!(firsts(&portal, &path), [("Carl Cam".to_owned(), "Sound".to_owned())]);
    assert!(portal.deal_claims().is_empty(), "it protects nobody yet");
    // The manager looks after Acme, as nobody else does; the partner hears nothing.
    let wanted = ("deals.second_wanted".to_owned(), "manager@shield-security.example".to_owned());
    assert_eq!(portal.deal_mails_since(before), [wanted]);
    let mail = portal.last_mail_to("manager");
    assert!(mail.contains("Carl Cam has approved the registration of Hooli by Acme"), "{mail}");
    assert!(mail.contains("Sound"), "{mail}");
    let page = portal.owner().get(&path).await.is(200).shows(".status", "In review");
    page.hides("second approver").hides("Sound").hides("first of two");

    let page = cam.get(&path).await.shows(".flash", "You have approved this deal");
    assert!(!page.all(".actions button").iter().any(|label| label.contains("Approve")));
    portal.at_deal("cam", &path, "approval", &[]).await.is(409).says("somebody else has to");
    assert_eq!(portal.deal(&path).status, "in_review");
    let page = manager.get(&path).await.shows(".flash", "Approved by Carl Cam; waits for a second");
    page.shows("button", "Approve as the second").shows(".facts", "Sound");
    // Listed and told at the start, to whoever can be the second.
    let list = "/p/shield/deals?status=second";
    manager.get(list).await.shows("tbody", "Waits for a second approval");
    manager.get("/p/shield").await.shows(".todo", "1 deal waits for a second approval");
    let start = cam.get("/p/shield").await.is(200);
    start.hides("waits for a second approval").hides("waits for a decision");
    let csv = manager.get("/p/shield/deals.csv?status=second").await.is(200).text;
    assert!(csv.lines().nth(1).unwrap().ends_with(",Carl Cam"), "{csv}");
    let of_partner = portal.owner().get("/p/shield/deals.csv").await.is(200).text;
    assert!(!of_partner.contains("first_approved_by") && !of_partner.contains("Carl"));

    portal.at_deal("manager", &path, "approval", &[]).await.goes_to(&path);
    assert_eq!(portal.deal(&path).status, "approved");
    assert_eq!(portal.deal_claims(), ["name:BE:hooli"]);
    assert!(firsts(&portal, &path).is_empty());
    manager.get(list).await.shows(".empty", "No deal fits");
    let page =
        manager.get(&path).await.shows(".timeline", "Approved this deal as the first of two");
    page.shows(".timeline", "Cam");
    portal.owner().get(&path).await.hides("first of two").shows(".status", "Approved");
}

#[actix_web::test]
async fn the_value_decides_in_its_currency() {
    let portal = Portal::start().await;
    for (msrp, status) in [("1999999", "approved"), ("2000000", "in_review")] {
        let name = format!("Customer of {msrp}");
        let changes = [("customer_name", name.as_str()), ("customer_domain", ""), ("msrp", msrp)];
        let path = portal.reviewed_deal("owner", &changes).await;
        portal.at_deal("cam", &path, "approval", &[]).await.goes_to(&path);
        assert_eq!(portal.deal(&path).status, status, "{msrp}");
    }
}

/// A return, a refusal and a withdrawal undo a first approval, whoever it is of.
#[actix_web::test]
async fn whatever_else_becomes_of_it_both_are_needed_anew() {
    for (by, action, again) in [
        ("manager", "return", true),
        ("cam", "return", true),
        ("manager", "rejection", false),
        ("cam", "duplicate", false),
        ("owner", "withdrawal", false),
    ] {
        let portal = Portal::start().await;
        let path = large(&portal, "Hooli").await;
        let same = [("customer_name", "HOOLI"), ("customer_domain", "")];
        let first = portal.submitted_deal("stranger", &same).await;
        portal.at_deal("cam", &path, "approval", &[]).await.goes_to(&path);
        let fields = [("why", "So"), ("duplicate_of", reference_of(&first))];
        portal.at_deal(by, &path, action, &fields).await.goes_to(&path);
        assert!(firsts(&portal, &path).is_empty(), "{by} {action}");
        if !again {
            continue;
        }
        portal.at_deal("owner", &path, "submission", &[]).await.goes_to(&path);
        portal.at_deal("cam", &path, "review", &[]).await.goes_to(&path);
        portal.at_deal("manager", &path, "approval", &[]).await.goes_to(&path);
        assert_eq!(portal.deal(&path).status, "in_review", "the manager is the first now");
        portal.at_deal("cam", &path, "approval", &[]).await.goes_to(&path);
        assert_eq!(portal.deal(&path).status, "approved");
    }
}

#[actix_web::test]
async fn nobody_is_the_first_where_another_deal_protects_the_customer() {
    let portal = Portal::start().await;
    let mine = large(&portal, "Hooli").await;
    portal.approved_deal("stranger", &[("customer_name", "HOOLI"), ("customer_domain", "")]).await;
    portal.at_deal("cam", &mine, "approval", &[]).await.is(409).says("of Globex protects HOOLI");
    assert!(firsts(&portal, &mine).is_empty());
}

/// The account manager is told, and where it is the first itself, the program's managers are.
#[actix_web::test]
async fn whoever_can_be_the_second_is_told() {
    let portal = Portal::start().await;
    let cam = portal.contact_id("cam");
    portal.write(move |conn| {
        diesel::update(enrolments::table.filter(enrolments::name_key.eq("acme")))
            .set(enrolments::cam_id.eq(cam))
            .execute(conn)?;
        Ok(())
    });
    for (first, told) in [("cam", "manager"), ("manager", "cam")] {
        let path = large(&portal, &format!("Customer of {first}")).await;
        let before = portal.deal_mails().len();
        portal.at_deal(first, &path, "approval", &[]).await.goes_to(&path);
        let to = format!("{told}@shield-security.example");
        assert_eq!(portal.deal_mails_since(before), [("deals.second_wanted".to_owned(), to)]);
    }
}

#[actix_web::test]
async fn two_who_press_at_once_are_two_and_one_who_presses_often_is_one() {
    let portal = Portal::start().await;
    let other = portal.beside().await;
    for round in 0..5 {
        let path = large(&portal, &format!("Customer {round}")).await;
        let seen = portal.deal(&path).revision.to_string();
        let press = |people: Vec<Visitor>| {
            let (path, seen) = (path.clone(), seen.clone());
            async move {
                let mut people = people;
                join_all(people.iter_mut().map(|visitor| {
                    let (address, seen) = (format!("{path}/approval"), seen.as_str());
                    async move { visitor.post(&address, &[("seen", seen)]).await.status() }
                }))
                .await
            }
        };
        if round % 2 == 0 {
            let answers = press(vec![portal.visitor("cam"), other.visitor("manager")]).await;
            assert_eq!(answers, [303, 303], "round {round}");
        } else {
            let same = vec![portal.visitor("cam"), other.visitor("cam"), portal.visitor("cam")];
            let answers = press(same).await;
            let done = answers.iter().filter(|status| **status == 303).count();
            assert_eq!(done, 1, "round {round}: {answers:?}");
            assert_eq!(answers.iter().filter(|status| **status == 409).count(), 2);
            assert_eq!(portal.deal(&path).status, "in_review");
            portal.at_deal("manager", &path, "approval", &[]).await.goes_to(&path);
        }
        assert_eq!(portal.deal(&path).status, "approved", "round {round}");
        assert_eq!(count(&portal, &path, "deal.first_approved"), 1);
        assert_eq!(count(&portal, &path, "deal.approved"), 1);
        assert!(firsts(&portal, &path).is_empty());
    }
}
