//! Whatever a mail server does, a send ends in time and says truthfully what became of the mail.

use std::time::{Duration, Instant};

use lettre::Message;
use portal::mail::letter::build;
use portal::mail::smtp::{Outcome, Settings, Smtp};

use crate::letters::letter;
use crate::support::smtp::{At, Reply, Script, SmtpServer};

pub const LIMIT: Duration = Duration::from_secs(5);
pub const SHORT: Duration = Duration::from_millis(300);
/// What a hang may cost beyond its limit on a machine that is busy with other tests.
const SLACK: Duration = Duration::from_secs(2);

pub fn mail(number: usize) -> Message {
    let mut letter = letter();
    letter.message_id = format!("<m-{number}@portal.example.org>");
    letter.text = format!("Mail {number}\n.a line with a dot\n.\nthe end\n");
    build(&letter).unwrap()
}

/// A sender that uses one connection, so that it is plain which one is used.
pub fn sender(server: &SmtpServer) -> Smtp {
    let address = format!("smtp://127.0.0.1:{}?connections=1", server.port());
    Smtp::from_url(&address, "portal.example.org").unwrap()
}

pub fn code(outcome: &Outcome) -> Option<u16> {
    match outcome {
        Outcome::Temporary { code, .. } | Outcome::Permanent { code, .. } => *code,
        Outcome::Accepted { .. } | Outcome::Unknown { .. } => None,
    }
}

pub fn is_accepted(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Accepted { .. })
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(10), "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn mails_go_over_one_connection_and_arrive_unchanged() {
    let server = SmtpServer::start(Script::new()).await;
    let smtp = sender(&server);
    for number in 1..=3 {
        let outcome = smtp.send(&mail(number), LIMIT).await;
        let answer = format!("250 2.0.0 Ok: taken as {number}");
        assert_eq!(outcome, Outcome::Accepted { answer });
    }
    let taken = server.taken();
    assert_eq!(taken.len(), 3);
    assert_eq!(server.connections(), 1);
    assert_eq!(taken[1].message_id, "<m-2@portal.example.org>");
    assert_eq!(taken[1].from, "portal@example.org");
    assert_eq!(taken[1].to, ["olga@acme.example"]);
    let parsed = mail_parser::MessageParser::default().parse(&taken[1].raw).unwrap();
    assert_eq!(parsed.body_text(0).unwrap(), "Mail 2\r\n.a line with a dot\r\n.\r\nthe end\r\n");
    assert_eq!(server.commands()[0], "EHLO portal.example.org");
    assert!(!server.commands().contains(&"RSET".to_owned()));
}

#[tokio::test]
async fn refusals_of_the_mail_are_temporary_or_permanent_as_the_server_says() {
    for at in [At::Sender, At::Recipient, At::Data, At::Content] {
        for (line, expected, permanent) in [
            ("451 4.3.0 Later", 451, false),
            ("421 4.3.2 Shutting down", 421, false),
            ("550 5.7.1 No\u{7} thanks", 550, true),
        ] {
            let server = SmtpServer::start(Script::new().then(Reply::Refuse(at, line))).await;
            let smtp = sender(&server);
            let outcome = smtp.send(&mail(1), LIMIT).await;
            assert_eq!(code(&outcome), Some(expected), "{at:?} {line}");
            match &outcome {
                Outcome::Permanent { answer, .. } if permanent => {
                    assert_eq!(answer, "5.7.1 No  thanks");
                }
                Outcome::Temporary { .. } if !permanent => {}
                other => panic!("{at:?} {line}: {other:?}"),
            }
            assert!(server.taken().is_empty());
            assert!(is_accepted(&smtp.send(&mail(2), LIMIT).await), "{at:?} {line}");
            assert_eq!(server.taken().len(), 1);
            let fresh = if expected == 421 { 2 } else { 1 };
            assert_eq!(server.connections(), fresh, "{at:?} {line}");
            let reset = server.commands().contains(&"RSET".to_owned());
            assert_eq!(reset, expected != 421, "{at:?} {line}");
        }
    }
}

#[tokio::test]
async fn refusals_of_the_connection_are_temporary_whatever_the_code() {
    for at in [At::Greeting, At::Hello] {
        for (line, expected) in [("421 4.3.2 Busy", 421), ("554 5.7.1 Your address is listed", 554)]
        {
            let server = SmtpServer::start(Script::new().then(Reply::Refuse(at, line))).await;
            let smtp = sender(&server);
            let outcome = smtp.send(&mail(1), LIMIT).await;
            assert!(matches!(outcome, Outcome::Temporary { .. }), "{at:?} {line}: {outcome:?}");
            assert_eq!(code(&outcome), Some(expected));
            assert!(is_accepted(&smtp.send(&mail(1), LIMIT).await));
            assert_eq!(server.connections(), 2);
        }
    }
}

#[tokio::test]
async fn a_server_that_hangs_costs_the_limit_and_its_connection() {
    use At::{Content, Data, Greeting, Hello, Recipient, Sender};
    for at in [Greeting, Hello, Sender, Recipient, Data, Content] {
        let server = SmtpServer::start(Script::new().then(Reply::Hang(at))).await;
        let smtp = sender(&server);
        let start = Instant::now();
        let outcome = smtp.send(&mail(1), SHORT).await;
        assert!((SHORT..SHORT + SLACK).contains(&start.elapsed()), "{at:?}");
        match outcome {
            Outcome::Unknown { reason } if at == Content => {
                assert_eq!(reason, "no answer within 0.3 s after the content was sent");
            }
            Outcome::Temporary { code: None, answer } if at != Content => {
                assert!(answer.starts_with("no answer within 0.3 s "), "{answer}");
            }
            other => panic!("{at:?}: {other:?}"),
        }
        assert!(is_accepted(&smtp.send(&mail(2), LIMIT).await), "{at:?}");
        assert_eq!(server.connections(), 2, "{at:?}");
        until("the hung connection is closed", || server.open_connections() == 1).await;
    }
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_content_is_temporary() {
    for at in [At::Greeting, At::Hello, At::Sender, At::Recipient, At::Data] {
        let server = SmtpServer::start(Script::new().then(Reply::Drop(at))).await;
        let smtp = sender(&server);
        let outcome = smtp.send(&mail(1), LIMIT).await;
        assert!(matches!(outcome, Outcome::Temporary { code: None, .. }), "{at:?}: {outcome:?}");
        assert!(is_accepted(&smtp.send(&mail(1), LIMIT).await), "{at:?}");
        assert_eq!((server.connections(), server.taken().len()), (2, 1), "{at:?}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_content_leaves_it_unknown() {
    for (reply, copies) in
        [(Reply::DropInBody, 1), (Reply::Drop(At::Content), 1), (Reply::AcceptThenDrop, 2)]
    {
        let server = SmtpServer::start(Script::new().then(reply.clone())).await;
        let smtp = sender(&server);
        let outcome = smtp.send(&mail(1), LIMIT).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{reply:?}: {outcome:?}");
        assert!(is_accepted(&smtp.send(&mail(1), LIMIT).await), "{reply:?}");
        let ids: Vec<_> = server.taken().into_iter().map(|mail| mail.message_id).collect();
        assert_eq!(ids, vec!["<m-1@portal.example.org>"; copies], "{reply:?}");
        assert_eq!(server.connections(), 2, "{reply:?}");
    }
}

#[tokio::test]
async fn a_waiting_connection_that_died_is_replaced_by_a_fresh_one() {
    let server = SmtpServer::start(Script::new().then(Reply::AcceptThenClose)).await;
    let smtp = sender(&server);
    assert!(is_accepted(&smtp.send(&mail(1), LIMIT).await));
    until("the server has hung up", || server.open_connections() == 0).await;
    assert!(is_accepted(&smtp.send(&mail(2), LIMIT).await));
    assert_eq!((server.connections(), server.taken().len()), (2, 2));

    server.then(Reply::Refuse(At::Sender, "421 4.4.2 Idle for too long"));
    assert!(is_accepted(&smtp.send(&mail(3), LIMIT).await));
    assert_eq!((server.connections(), server.taken().len()), (3, 3));
}

#[tokio::test]
async fn only_one_fresh_connection_is_tried() {
    let server = SmtpServer::start(Script::new().then(Reply::AcceptThenClose)).await;
    let smtp = sender(&server);
    assert!(is_accepted(&smtp.send(&mail(1), LIMIT).await));
    until("the server has hung up", || server.open_connections() == 0).await;
    server.then(Reply::Drop(At::Greeting));
    let outcome = smtp.send(&mail(2), LIMIT).await;
    assert!(matches!(outcome, Outcome::Temporary { .. }), "{outcome:?}");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn other_mails_proceed_while_one_hangs() {
    let server = SmtpServer::start(Script::new().then(Reply::Hang(At::Content))).await;
    let address = format!("smtp://127.0.0.1:{}?connections=2", server.port());
    let smtp = Smtp::from_url(&address, "portal.example.org").unwrap();
    let limit = Duration::from_secs(3);
    let hung = tokio::spawn({
        let smtp = smtp.clone();
        async move { smtp.send(&mail(0), limit).await }
    });
    until("the first mail hangs", || server.commands().contains(&"DATA".to_owned())).await;
    for number in 1..=20 {
        assert!(is_accepted(&smtp.send(&mail(number), LIMIT).await));
    }
    assert!(!hung.is_finished());
    assert_eq!(server.taken().len(), 20);
    assert!(matches!(hung.await.unwrap(), Outcome::Unknown { .. }));
}

#[tokio::test]
async fn no_more_connections_are_opened_than_allowed_and_the_wait_counts() {
    let script = Script::new().then(Reply::Hang(At::Sender)).then(Reply::Hang(At::Sender));
    let server = SmtpServer::start(script).await;
    let address = format!("smtp://127.0.0.1:{}?connections=2", server.port());
    let smtp = Smtp::from_url(&address, "portal.example.org").unwrap();
    let mut hung = tokio::task::JoinSet::new();
    for number in 0..2 {
        let smtp = smtp.clone();
        hung.spawn(async move { smtp.send(&mail(number), Duration::from_secs(2)).await });
    }
    until("two mails hang", || server.connections() == 2).await;
    let answer = "no answer within 0.3 s while all connections were busy".to_owned();
    assert_eq!(smtp.send(&mail(2), SHORT).await, Outcome::Temporary { code: None, answer });
    hung.join_all().await;
    assert!(is_accepted(&smtp.send(&mail(3), LIMIT).await));
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn a_slow_server_is_waited_for_until_the_limit_and_no_longer() {
    let pause = Duration::from_millis(2);
    let server = SmtpServer::start(Script::new().then(Reply::AcceptSlowly(pause))).await;
    let smtp = sender(&server);
    assert!(is_accepted(&smtp.send(&mail(1), LIMIT).await));
    server.then(Reply::AcceptSlowly(Duration::from_millis(200)));
    let start = Instant::now();
    assert!(!is_accepted(&smtp.send(&mail(2), SHORT).await));
    assert!(start.elapsed() < SHORT + SLACK);
}

#[tokio::test]
async fn connections_that_nobody_needs_are_closed() {
    let server = SmtpServer::start(Script::new()).await;
    let address = format!("smtp://127.0.0.1:{}", server.port());
    let settings = Settings::from_url(&address, "portal.example.org").unwrap();
    let smtp = Smtp::new(settings.with_idle_limit(Duration::from_millis(200))).unwrap();
    for round in 1..=2 {
        assert!(is_accepted(&smtp.send(&mail(round), LIMIT).await));
        assert_eq!(server.open_connections(), 1);
        until("the connection is closed", || server.open_connections() == 0).await;
        assert_eq!(server.commands().last().map(String::as_str), Some("QUIT"));
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_temporary() {
    let server = SmtpServer::start(Script::new()).await;
    let smtp = sender(&server);
    drop(server);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let outcome = smtp.send(&mail(1), LIMIT).await;
    assert!(
        matches!(&outcome, Outcome::Temporary { code: None, answer }
        if answer.starts_with("the mail server cannot be reached")),
        "{outcome:?}"
    );
}
