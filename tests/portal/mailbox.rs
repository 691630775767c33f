//! The local mailbox: each mail once, readable by anyone on a demo and by nobody elsewhere.

use actix_web::http::Method;
use diesel::prelude::*;
use portal::db::schema::{mailbox_messages, mails};
use portal::mail::outbox::settle_sent;
use portal::mail::{MailStatus, Way};

use crate::support::Portal;
use crate::support::post::{Kind, brisk};

async fn with_mail(keys: &[&str]) -> Portal {
    let portal = Portal::start_demo().await;
    portal.queue_mails("owner", keys, Kind::Role);
    portal.deliver_once(Way::Mailbox, brisk(1)).await;
    portal
}

fn kept(portal: &Portal) -> i64 {
    portal.read(|conn| Ok(mailbox_messages::table.count().get_result(conn)?))
}

async fn path_of_first(portal: &Portal) -> String {
    portal.guest().get("/demo/mail").await.attributes(".mailbox a", "href").remove(0)
}

#[actix_web::test]
async fn what_is_delivered_can_be_read_as_html_text_and_source() {
    let portal = with_mail(&["Renewals of March"]).await;
    let mail = &portal.mails()[0];
    assert_eq!((mail.status, mail.attempts), (MailStatus::Sent, 1));
    let mut guest = portal.guest();
    guest
        .get("/demo/mail")
        .await
        .is(200)
        .shows(".mailbox a", "Renewals of March")
        .shows(".mailbox p", "To Olive Owner <owner@acme.example>");
    let path = path_of_first(&portal).await;
    let page = guest.get(&path).await.is(200).shows("h1", "Renewals of March");
    assert_eq!(page.attributes("iframe", "src"), [format!("{path}/html")]);
    let sandbox = page.attributes("iframe", "sandbox").remove(0);
    assert!(!sandbox.contains("allow-scripts") && !sandbox.contains("allow-same-origin"));
    page.shows("dd", "Shield Guild <portal@example.org>");
    guest
        .get(&format!("{path}?part=text"))
        .await
        .shows(".code", "Renewals of March http://portal.test/");
    guest
        .get(&format!("{path}?part=source"))
        .await
        .shows(".code", &format!("Message-ID: {}", mail.message_id));
    let file = guest.raw(Method::GET, &format!("{path}/message.eml"), &[]).await.is(200);
    assert_eq!(file.header("content-type"), "message/rfc822");
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"X-"));
    assert!(mail_parser::MessageParser::default().parse(file.text.as_bytes()).is_some());
}

#[actix_web::test]
async fn only_the_html_part_may_be_framed_and_it_can_do_nothing() {
    let portal = with_mail(&["<script>alert(1)</script>"]).await;
    let path = path_of_first(&portal).await;
    let mut guest = portal.guest();
    let part = guest.raw(Method::GET, &format!("{path}/html"), &[]).await.is(200);
    assert_eq!(part.header("x-frame-options"), "SAMEORIGIN");
    let policy = part.header("content-security-policy").to_owned();
    for needed in ["default-src 'none'", "frame-ancestors 'self'", "sandbox allow-popups"] {
        assert!(policy.contains(needed), "{policy}");
    }
    assert!(!policy.contains("script-src") && !policy.contains("allow-scripts"), "{policy}");
    let page = guest.get(&path).await;
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    page.hides("<script>alert");
}

#[actix_web::test]
async fn the_list_is_searched_and_filtered_by_recipient() {
    let portal = with_mail(&["Renewals of March", "Règlement à 100 %"]).await;
    portal.queue_mail("stranger", "Renewals of Globex", Kind::Role);
    portal.deliver_once(Way::Mailbox, brisk(1)).await;
    let mut guest = portal.guest();
    let subjects = |query: &str| format!("/demo/mail?{query}");
    for (query, expected) in [
        ("q=renewals", vec!["Renewals of Globex", "Renewals of March"]),
        ("q=REGLEMENT", vec!["Règlement à 100 %"]),
        ("q=olive", vec!["Règlement à 100 %", "Renewals of March"]),
        ("q=globex.example", vec!["Renewals of Globex"]),
        ("to=owner%40acme.example&q=march", vec!["Renewals of March"]),
        ("q=march_", vec!["Renewals of March"]),
        ("q=nothing+like+it", vec![]),
    ] {
        let page = guest.get(&subjects(query)).await.is(200);
        assert_eq!(page.all(".mailbox a"), expected, "{query}");
        if expected.is_empty() {
            page.shows(".empty h2", "No mail matches");
        }
    }
    let choices = guest.get("/demo/mail").await.attributes("select[name=to] option", "value");
    assert_eq!(choices, ["", "owner@acme.example", "stranger@globex.example"]);
}

#[actix_web::test]
async fn long_mailboxes_are_paged_forwards_and_back() {
    let keys: Vec<String> = (1..=120).map(|number| format!("Mail {number:03}")).collect();
    let portal = Portal::start_demo().await;
    portal.queue_mails("owner", &keys, Kind::Role);
    portal.deliver_once(Way::Mailbox, brisk(1)).await;
    let mut guest = portal.guest();
    let (mut address, mut seen, mut pages) = ("/demo/mail?q=mail".to_owned(), vec![], vec![]);
    loop {
        let page = guest.get(&address).await.is(200);
        pages.push(page.all(".mailbox a"));
        seen.extend(page.all(".mailbox a"));
        match page.attributes("a[rel=next]", "href").first() {
            Some(next) => address = next.clone(),
            None => {
                let back = page.attributes("a[rel=prev]", "href").remove(0);
                assert_eq!(guest.get(&back).await.all(".mailbox a"), pages[1]);
                break;
            }
        }
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 20]);
    seen.sort();
    assert_eq!(seen, keys);
}

#[actix_web::test]
async fn an_empty_mailbox_says_what_fills_it() {
    let portal = Portal::start_demo().await;
    portal.guest().get("/demo/mail").await.is(200).shows(".empty h2", "No mail yet");
    portal.owner().get("/demo/mail").await.is(200);
    portal.guest().get("/demo/mail/X-00000-00000").await.is(404);
    portal.guest().get("/demo/mail/nonsense").await.is(404);
}

#[actix_web::test]
async fn on_a_portal_that_is_no_demo_the_mailbox_does_not_exist() {
    let portal = Portal::start().await;
    portal.queue_mail("owner", "secret", Kind::Role);
    portal.deliver_once(Way::Mailbox, brisk(1)).await;
    let reference: String = portal.read(|conn| {
        Ok(mailbox_messages::table.select(mailbox_messages::reference).first(conn)?)
    });
    let mut people = [portal.guest(), portal.owner(), portal.manager()];
    let nowhere = portal.guest().get("/demo/nowhere").await.text;
    for path in ["", "/html", "/message.eml"] {
        for visitor in &mut people {
            visitor
                .raw(Method::GET, &format!("/demo/mail/{reference}{path}"), &[])
                .await
                .is(404)
                .hides("secret");
        }
    }
    let page = portal.guest().get("/demo/mail").await.is(404);
    assert_eq!(page.text, nowhere);
}

#[actix_web::test]
async fn a_message_is_kept_once_however_often_it_is_delivered() {
    let portal = with_mail(&["once"]).await;
    // As after a worker that died between the message and its note, which one transaction forbids.
    portal.write(|conn| {
        diesel::update(mails::table).set(mails::status.eq(MailStatus::Queued)).execute(conn)?;
        Ok(())
    });
    portal.let_pauses_end();
    portal.deliver_once(Way::Mailbox, brisk(1)).await;
    assert_eq!((kept(&portal), portal.mails()[0].attempts), (1, 2));
}

#[actix_web::test]
async fn a_latecomer_leaves_no_message_behind() {
    let portal = Portal::start_demo().await;
    portal.queue_mail("owner", "late", Kind::Role);
    let lease = chrono::Duration::seconds(60);
    let claim = portal.write(move |conn| portal::mail::outbox::claim(1, lease, conn))[0];
    portal.let_pauses_end();
    portal.deliver_once(Way::Mailbox, brisk(1)).await;
    let now = portal.app.clock.now();
    assert!(!portal.write(move |conn| settle_sent(claim, "late", now, conn)));
    assert_eq!(kept(&portal), 1);
}
