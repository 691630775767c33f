//! A worker process is killed at every step of a mail's way: nothing is lost, and a second copy,
//! under the same Message-ID, exists only where the server had taken the mail and we could not
//! have known.

use std::sync::mpsc;
use std::time::Duration;

use diesel::prelude::*;
use portal::db::schema::mails;
use portal::error::Error;
use portal::mail::MailStatus;
use rustix::process::Signal;

use crate::support::Portal;
use crate::support::post::{Kind, until};
use crate::support::smtp::{At, Reply, Script, SmtpServer};
use crate::support::worker_process::WorkerProcess;

fn status_of(portal: &Portal, subject: &str) -> (MailStatus, i32) {
    let mails = portal.mails();
    let mail = mails.iter().find(|mail| mail.subject == subject).unwrap();
    (mail.status, mail.attempts)
}

/// Another worker finds what the killed one left behind, once its lease is over.
async fn finish(portal: &Portal, server: &SmtpServer) {
    portal.let_pauses_end();
    WorkerProcess::start(portal, server, &["--once"]).ends_well().await;
}

fn assert_one_message(server: &SmtpServer, copies: usize, what: &str) {
    let taken = server.taken();
    assert_eq!(taken.len(), copies, "{what}");
    let first = &taken[0].message_id;
    assert!(taken.iter().all(|copy| copy.message_id == *first), "{what}");
}

#[actix_web::test]
async fn killed_at_any_step_of_a_send_a_worker_loses_no_mail() {
    use At::{Content, Data, Greeting, Hello, Recipient, Sender};
    let portal = Portal::start().await;
    // What the server was told last before the worker is killed, and how many copies there are then.
    let steps = [
        (Reply::Hang(Greeting), "", 1),
        (Reply::Hang(Hello), "EHLO", 1),
        (Reply::Hang(Sender), "MAIL", 1),
        (Reply::Hang(Recipient), "RCPT", 1),
        (Reply::Hang(Data), "DATA", 1),
        (Reply::Hang(Content), "DATA", 1),
        (Reply::AcceptThenHang, "taken", 2),
    ];
    for (reply, told, copies) in steps {
        let what = format!("{reply:?}");
        let server = SmtpServer::start(Script::new().then(reply)).await;
        portal.queue_mails("owner", &[&what], Kind::Role);
        let process = WorkerProcess::start(&portal, &server, &[]);
        until(&what, || match told {
            "" => server.connections() == 1,
            "taken" => server.taken().len() == 1,
            told => server.commands().iter().any(|line| line.starts_with(told)),
        })
        .await;
        process.kill();
        assert_eq!(status_of(&portal, &what), (MailStatus::Queued, 1), "{what}");
        finish(&portal, &server).await;
        assert_eq!(status_of(&portal, &what), (MailStatus::Sent, 2), "{what}");
        assert_one_message(&server, copies, &what);
    }
}

#[actix_web::test]
async fn killed_before_it_notes_what_the_server_took_a_worker_sends_one_copy_more() {
    let portal = Portal::start().await;
    let slow = Reply::AcceptSlowly(Duration::from_millis(20));
    let server = SmtpServer::start(Script::new().then(slow)).await;
    portal.queue_mail("owner", "taken, not noted", Kind::Role);
    let process = WorkerProcess::start(&portal, &server, &[]);
    until("the mail is on its way", || {
        server.commands().iter().any(|line| line.starts_with("RCPT"))
    })
    .await;
    // While this write is open, the worker's note has to wait.
    let (let_go, hold) = mpsc::channel::<()>();
    let hold = std::sync::Mutex::new(hold);
    let db = portal.db().clone();
    let writing = std::thread::spawn(move || {
        db.write_blocking(move |conn| -> portal::error::Result<()> {
            diesel::update(mails::table).set(mails::answer.eq("locked")).execute(conn)?;
            let _ = hold.lock().unwrap().recv_timeout(Duration::from_secs(30));
            Err(Error::conflict("only the lock was wanted"))
        })
    });
    until("the server has taken it and said so", || {
        server.taken().len() == 1 && server.commands().len() >= 4
    })
    .await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    process.kill();
    let_go.send(()).unwrap();
    assert!(writing.join().unwrap().is_err());
    assert_eq!(status_of(&portal, "taken, not noted"), (MailStatus::Queued, 1));
    finish(&portal, &server).await;
    assert_eq!(status_of(&portal, "taken, not noted"), (MailStatus::Sent, 2));
    assert_one_message(&server, 2, "noted too late");
}

#[actix_web::test]
async fn killed_after_its_note_a_worker_leaves_nothing_to_do() {
    let portal = Portal::start().await;
    let server = SmtpServer::start(Script::new()).await;
    portal.queue_mail("owner", "noted", Kind::Role);
    let process = WorkerProcess::start(&portal, &server, &[]);
    until("it is noted", || status_of(&portal, "noted").0 == MailStatus::Sent).await;
    process.kill();
    finish(&portal, &server).await;
    assert_eq!(status_of(&portal, "noted"), (MailStatus::Sent, 1));
    assert_one_message(&server, 1, "noted");
}

#[actix_web::test]
async fn told_to_stop_a_worker_process_finishes_its_mail_first() {
    let portal = Portal::start().await;
    let slow = Reply::AcceptSlowly(Duration::from_millis(10));
    let server = SmtpServer::start(Script::new().then(slow)).await;
    portal.queue_mails("owner", &["on its way", "waiting"], Kind::Role);
    let process = WorkerProcess::start(&portal, &server, &[]);
    until("the mail is on its way", || {
        server.commands().iter().any(|line| line.starts_with("MAIL"))
    })
    .await;
    process.signal(Signal::TERM);
    process.ends_well().await;
    assert_eq!(status_of(&portal, "on its way"), (MailStatus::Sent, 1));
    assert_eq!(status_of(&portal, "waiting").0, MailStatus::Queued);
    WorkerProcess::start(&portal, &server, &["--once"]).ends_well().await;
    assert_eq!(status_of(&portal, "waiting").0, MailStatus::Sent);
    assert_eq!(server.taken().len(), 2);
}
