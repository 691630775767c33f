//! Workers deliver what is queued, whatever the mail server does, and no mail twice.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use portal::db::schema::{contacts, mails};
use portal::mail::{MailStatus, Pace};

use crate::support::Portal;
use crate::support::post::{Kind, Running, brisk, smtp, until};
use crate::support::smtp::{At, Reply, Script, SmtpServer};

fn subjects_taken(server: &SmtpServer) -> Vec<String> {
    let subject = |raw: &[u8]| {
        let text = String::from_utf8_lossy(raw).into_owned();
        let line = text.lines().find_map(|line| line.strip_prefix("Subject: "));
        line.unwrap_or_default().to_owned()
    };
    server.taken().iter().map(|taken| subject(&taken.raw)).collect()
}

fn copies(server: &SmtpServer) -> HashMap<String, usize> {
    let mut copies = HashMap::new();
    for taken in server.taken() {
        *copies.entry(taken.message_id).or_default() += 1;
    }
    copies
}

fn numbers(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("mail {number}")).collect()
}

#[actix_web::test]
async fn mails_leave_in_the_order_in_which_they_were_queued() {
    let portal = Portal::start().await;
    let server = SmtpServer::start(Script::new()).await;
    portal.queue_mails("owner", &numbers(40), Kind::Role);
    portal.deliver_once(smtp(server.port(), 1), brisk(1)).await;
    assert_eq!(subjects_taken(&server), numbers(40));
    let mails = portal.mails();
    assert!(mails.iter().all(|mail| mail.status == MailStatus::Sent));
    assert_eq!(mails[0].answer, "250 2.0.0 Ok: taken as 1");
    assert_eq!(mails[0].message_id, server.taken()[0].message_id);
    assert!(mails.iter().all(|mail| mail.attempts == 1 && mail.settled_at.is_some()));
}

#[actix_web::test]
async fn a_mail_says_who_it_is_from_and_is_marked_as_automatic() {
    let portal = Portal::start().await;
    let server = SmtpServer::start(Script::new()).await;
    portal.queue_mail("owner", "of the program", Kind::Role);
    portal.queue_mail("owner", "of the account", Kind::Account);
    portal.deliver_once(smtp(server.port(), 1), brisk(1)).await;
    let taken = server.taken();
    let parser = mail_parser::MessageParser::default();
    let names: Vec<String> = taken
        .iter()
        .map(|taken| {
            let mail = parser.parse(&taken.raw).unwrap();
            let from = mail.from().unwrap().first().unwrap();
            assert_eq!(from.address(), Some("portal@example.org"));
            assert_eq!(mail.header_raw("Auto-Submitted").unwrap().trim(), "auto-generated");
            from.name().unwrap().to_owned()
        })
        .collect();
    assert_eq!(names, ["Shield Guild", "Partner portal"]);
    assert_eq!(taken[0].to, ["owner@acme.example"]);
}

#[actix_web::test]
async fn what_the_server_says_decides_what_becomes_of_a_mail() {
    use MailStatus::{Failed, Queued, Sent};
    let cases = [
        (Reply::Refuse(At::Greeting, "421 4.3.2 Busy"), Queued, "421"),
        (Reply::Refuse(At::Hello, "554 5.7.1 Listed"), Queued, "554"),
        (Reply::Refuse(At::Sender, "451 4.3.0 Later"), Queued, "451"),
        (Reply::Refuse(At::Sender, "550 5.1.8 Bad sender"), Failed, "550"),
        (Reply::Refuse(At::Recipient, "450 4.2.0 Later"), Queued, "450"),
        (Reply::Refuse(At::Recipient, "550 5.1.1 Nobody"), Failed, "550"),
        (Reply::Refuse(At::Data, "451 4.3.0 Later"), Queued, "451"),
        (Reply::Refuse(At::Data, "554 5.5.1 No"), Failed, "554"),
        (Reply::Refuse(At::Content, "452 4.3.1 Full"), Queued, "452"),
        (Reply::Refuse(At::Content, "550 5.7.1 Spam"), Failed, "550"),
        (Reply::Hang(At::Greeting), Queued, "no answer within"),
        (Reply::Hang(At::Recipient), Queued, "no answer within"),
        (Reply::Hang(At::Content), Queued, "no answer within"),
        (Reply::Drop(At::Data), Queued, "broke"),
        (Reply::Drop(At::Content), Queued, "broke"),
        (Reply::DropInBody, Queued, "broke"),
        (Reply::AcceptThenDrop, Queued, "broke"),
        (Reply::AcceptThenClose, Sent, "250"),
    ];
    let portal = Portal::start().await;
    for (number, (reply, status, words)) in cases.into_iter().enumerate() {
        let server = SmtpServer::start(Script::new().then(reply.clone())).await;
        let key = format!("case {number}");
        portal.queue_mail("owner", &key, Kind::Role);
        portal.deliver_once(smtp(server.port(), 1), brisk(1)).await;
        let mail = portal.mails().pop().unwrap();
        assert_eq!((mail.subject, mail.status), (key, status), "{reply:?}: {}", mail.answer);
        assert!(mail.answer.contains(words), "{reply:?}: {}", mail.answer);
        portal.let_pauses_end();
        portal.deliver_once(smtp(server.port(), 1), brisk(1)).await;
        let mail = portal.mails().pop().unwrap();
        let end = if status == Failed { Failed } else { Sent };
        assert_eq!(mail.status, end, "{reply:?}");
        // Only where the server took it and we could not know is there a second copy.
        let expected = match (&reply, end) {
            (Reply::AcceptThenDrop, _) => 2,
            (_, Failed) => 0,
            _ => 1,
        };
        assert_eq!(server.taken().len(), expected, "{reply:?}");
        assert!(copies(&server).len() <= 1, "{reply:?}");
    }
}

#[actix_web::test]
async fn one_hanging_send_stops_no_other() {
    let portal = Portal::start().await;
    let server = SmtpServer::start(Script::new().then(Reply::Hang(At::Content))).await;
    portal.queue_mails("owner", &numbers(30), Kind::Role);
    let pace =
        Pace { send_limit: Duration::from_secs(20), lease: Duration::from_secs(60), ..brisk(2) };
    let began = Instant::now();
    let running = Running::start(portal.worker(smtp(server.port(), 2), pace));
    until("all others are sent", || portal.mail_statuses().get(&MailStatus::Sent) == Some(&29))
        .await;
    assert!(began.elapsed() < Duration::from_secs(15));
    running.crash();
}

#[actix_web::test]
async fn eight_workers_send_two_thousand_mails_once_each() {
    let portal = Portal::start().await;
    let server = SmtpServer::start(Script::new()).await;
    portal.queue_mails("owner", &numbers(2_000), Kind::Role);
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(portal.beside().await);
    }
    let pace = Pace::with_lanes(2);
    let processes = others.iter().chain([&portal]);
    let workers: Vec<Running> = processes
        .flat_map(|process| {
            [0, 1].map(|_| Running::start(process.worker(smtp(server.port(), 2), pace)))
        })
        .collect();
    until("all mail is sent", || portal.mail_statuses().get(&MailStatus::Sent) == Some(&2_000))
        .await;
    for worker in workers {
        worker.stop().await;
    }
    let copies = copies(&server);
    assert_eq!(copies.len(), 2_000);
    assert!(copies.values().all(|copies| *copies == 1));
    assert!(portal.mails().iter().all(|mail| mail.attempts == 1 || mail.attempts == 2));
}

#[actix_web::test]
async fn a_worker_that_dies_in_a_send_is_overtaken_when_its_lease_is_over() {
    let portal = Portal::start().await;
    let server = SmtpServer::start(Script::new().then(Reply::Hang(At::Recipient))).await;
    portal.queue_mail("owner", "left behind", Kind::Role);
    let pace =
        Pace { send_limit: Duration::from_millis(500), lease: Duration::from_secs(2), ..brisk(1) };
    let dying = Running::start(portal.worker(smtp(server.port(), 1), pace));
    until("the send hangs", || server.commands().iter().any(|line| line.starts_with("RCPT"))).await;
    dying.crash();
    let heir = Running::start(portal.worker(smtp(server.port(), 1), pace));
    until("the other has sent it", || portal.mail_statuses().get(&MailStatus::Sent) == Some(&1))
        .await;
    heir.stop().await;
    assert_eq!(portal.mails()[0].attempts, 2);
    assert_eq!(server.taken().len(), 1);
}

#[actix_web::test]
async fn a_stop_finishes_the_mail_on_its_way_and_gives_the_others_back() {
    let portal = Portal::start().await;
    let slow = Reply::AcceptSlowly(Duration::from_millis(20));
    let server = SmtpServer::start(Script::new().then(slow)).await;
    portal.queue_mails("owner", &numbers(10), Kind::Role);
    let pace = Pace::with_lanes(1);
    let running = Running::start(portal.worker(smtp(server.port(), 1), pace));
    until("the first mail is on its way", || {
        server.commands().iter().any(|line| line.starts_with("RCPT"))
    })
    .await;
    running.stop().await;
    assert_eq!(portal.mail_statuses().get(&MailStatus::Sent), Some(&1));
    // The others need not wait for a lease to run out.
    portal.deliver_once(smtp(server.port(), 1), pace).await;
    assert_eq!(portal.mail_statuses().get(&MailStatus::Sent), Some(&10));
    assert_eq!(copies(&server).len(), 10);
    assert_eq!(server.taken().len(), 10);
}

#[actix_web::test]
async fn a_refused_sign_in_rests_the_worker_and_costs_no_mail() {
    let portal = Portal::start().await;
    let server = SmtpServer::start(Script::new().for_user("portal", "right")).await;
    portal.queue_mails("owner", &numbers(20), Kind::Role);
    let address = |password: &str| {
        let url = format!("smtp://portal:{password}@127.0.0.1:{}?connections=2", server.port());
        portal::mail::Way::Smtp(portal::mail::smtp::Smtp::from_url(&url, "portal.test").unwrap())
    };
    let running = Running::start(portal.worker(address("wrong"), brisk(2)));
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    running.stop().await;
    let tries = server.commands().iter().filter(|line| line.starts_with("AUTH")).count();
    // Both lanes once, then single trials after 0.3 s and another 0.6 s.
    assert!((1..=4).contains(&tries), "{tries} sign-ins");
    assert_eq!(portal.mail_statuses().get(&MailStatus::Queued), Some(&20));
    let answers: Vec<String> = portal.mails().into_iter().map(|mail| mail.answer).collect();
    assert!(answers.iter().any(|answer| answer.contains("refused the sign-in")));
    assert!(answers.iter().all(|answer| !answer.contains("wrong")));
    portal.let_pauses_end();
    portal.deliver_once(address("right"), brisk(2)).await;
    assert_eq!(portal.mail_statuses().get(&MailStatus::Sent), Some(&20));
}

#[actix_web::test]
async fn an_idle_worker_finds_new_mail_within_a_second() {
    let portal = Portal::start().await;
    let server = SmtpServer::start(Script::new()).await;
    let running = Running::start(portal.worker(smtp(server.port(), 1), Pace::with_lanes(1)));
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    portal.queue_mail("owner", "at last", Kind::Role);
    let began = Instant::now();
    until("it is sent", || !server.taken().is_empty()).await;
    assert!(began.elapsed() < Duration::from_secs(3));
    running.stop().await;
}

#[actix_web::test]
async fn mail_to_who_left_is_not_sent_and_says_why() {
    let portal = Portal::start().await;
    let server = SmtpServer::start(Script::new()).await;
    portal.queue_mail("owner", "of a role", Kind::Role);
    portal.queue_mail("owner", "of the account", Kind::Account);
    let owner = portal.contact_id("owner");
    portal.write(move |conn| {
        diesel::update(contacts::table.find(owner))
            .set(contacts::status.eq("deactivated"))
            .execute(conn)?;
        Ok(())
    });
    portal.deliver_once(smtp(server.port(), 1), brisk(1)).await;
    assert_eq!(subjects_taken(&server), ["of the account"]);
    let mail = &portal.mails()[0];
    assert_eq!(mail.status, MailStatus::Suppressed);
    assert_eq!(mail.answer, "the contact was deactivated");
}

#[actix_web::test]
async fn line_breaks_straight_in_the_database_add_no_header_and_no_recipient() {
    let portal = Portal::start().await;
    let server = SmtpServer::start(Script::new()).await;
    portal.queue_mails("owner", &["name and subject", "address"], Kind::Role);
    let ids: Vec<i64> = portal.mails().iter().map(|mail| mail.id).collect();
    portal.write(move |conn| {
        let attack = "Eve\r\nBcc: victim@evil.example\r\n\r\n.\r\nRCPT TO:<victim@evil.example>";
        diesel::update(mails::table.find(ids[0]))
            .set((mails::to_name.eq(attack), mails::subject.eq(attack)))
            .execute(conn)?;
        let address = "owner@acme.example>\r\nRCPT TO:<victim@evil.example";
        diesel::update(mails::table.find(ids[1])).set(mails::to_email.eq(address)).execute(conn)?;
        Ok(())
    });
    portal.deliver_once(smtp(server.port(), 1), brisk(1)).await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].to, ["owner@acme.example"]);
    let mail = mail_parser::MessageParser::default().parse(&taken[0].raw).unwrap();
    assert!(mail.bcc().is_none());
    assert_eq!(mail.to().unwrap().iter().count(), 1);
    assert!(server.commands().iter().all(|line| !line.contains("victim")));
    let refused = &portal.mails()[1];
    assert_eq!(refused.status, MailStatus::Failed);
    assert!(refused.answer.starts_with("not sent: To: "), "{}", refused.answer);
}
