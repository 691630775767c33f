//! A worker process is stopped in the middle of a send, for two leases, and goes on when others
//! have dealt with its mail: what they wrote stays, and there is one copy more at most.

use std::time::Duration;

use portal::clock::Instant;
use portal::mail::MailStatus;
use rustix::process::Signal;

use crate::support::Portal;
use crate::support::post::{Kind, until};
use crate::support::smtp::{At, Reply, Script, SmtpServer};
use crate::support::worker_process::WorkerProcess;

/// What the outbox says of the one mail.
type Row = (MailStatus, i32, String, Option<Instant>);

fn row(portal: &Portal) -> Row {
    let mail = portal.mails().remove(0);
    (mail.status, mail.attempts, mail.answer, mail.settled_at)
}

fn told(server: &SmtpServer, verb: &str) -> usize {
    server.commands().iter().filter(|line| line.starts_with(verb)).count()
}

/// The first worker is stopped between two answers of a slow server. Its lease runs out, and a
/// second worker is killed with the mail in its hands. That lease runs out too, and a third one
/// meets `third` and notes it. Gives the portal, the server and the first worker, still stopped.
async fn stopped_for_two_leases(third: Reply) -> (Portal, SmtpServer, WorkerProcess) {
    let portal = Portal::start().await;
    let slow = Reply::AcceptSlowly(Duration::from_millis(30));
    let script = Script::new().then(slow).then(Reply::Hang(At::Content)).then(third);
    let server = SmtpServer::start(script).await;
    portal.queue_mail("owner", "overtaken", Kind::Role);
    let first = WorkerProcess::start(&portal, &server, &[]);
    until("the first is told of the recipient", || told(&server, "RCPT") == 1).await;
    first.signal(Signal::STOP);
    assert_eq!(row(&portal).1, 1);

    portal.let_pauses_end();
    let second = WorkerProcess::start(&portal, &server, &[]);
    until("the second sends the text", || told(&server, "DATA") == 1).await;
    second.kill();
    assert_eq!((row(&portal).0, row(&portal).1), (MailStatus::Queued, 2));

    portal.let_pauses_end();
    WorkerProcess::start(&portal, &server, &["--once"]).ends_well().await;
    assert_eq!(row(&portal).1, 3);
    assert_eq!(told(&server, "RCPT"), 3, "the first went on while it was stopped");
    (portal, server, first)
}

/// The first worker finishes its send, has noted what it would note, and ends.
async fn goes_on(first: WorkerProcess, server: &SmtpServer) {
    let before = server.taken().len();
    first.signal(Signal::CONT);
    until("the first has sent it", || server.taken().len() == before + 1).await;
    first.signal(Signal::TERM);
    first.ends_well().await;
}

fn assert_copies(server: &SmtpServer, copies: usize) {
    let taken = server.taken();
    assert_eq!(taken.len(), copies);
    assert!(taken.iter().all(|copy| copy.message_id == taken[0].message_id));
}

#[actix_web::test]
async fn stopped_for_two_leases_a_worker_cannot_overwrite_that_its_mail_was_sent() {
    let (portal, server, first) = stopped_for_two_leases(Reply::Accept).await;
    let noted = row(&portal);
    assert_eq!(noted.0, MailStatus::Sent);
    assert_copies(&server, 1);
    goes_on(first, &server).await;
    assert_eq!(row(&portal), noted);
    assert_copies(&server, 2);
    portal.let_pauses_end();
    WorkerProcess::start(&portal, &server, &["--once"]).ends_well().await;
    assert_eq!(row(&portal), noted);
    assert_copies(&server, 2);
}

#[actix_web::test]
async fn stopped_for_two_leases_a_worker_cannot_overwrite_that_its_mail_was_refused() {
    let refusal = Reply::Refuse(At::Recipient, "550 5.1.1 No such user");
    let (portal, server, first) = stopped_for_two_leases(refusal).await;
    let noted = row(&portal);
    assert_eq!((noted.0, noted.2.as_str()), (MailStatus::Failed, "550 5.1.1 No such user"));
    assert_copies(&server, 0);
    goes_on(first, &server).await;
    assert_eq!(row(&portal), noted);
    assert_copies(&server, 1);
}

/// Here the mail is queued still, as it was when the first claimed it: only the number of the
/// attempt says that it is not the first's any more.
#[actix_web::test]
async fn stopped_for_two_leases_a_worker_cannot_overwrite_that_its_mail_was_put_off() {
    let later = Reply::Refuse(At::Recipient, "451 4.3.0 Later, please");
    let (portal, server, first) = stopped_for_two_leases(later).await;
    let noted = row(&portal);
    assert_eq!((noted.0, noted.2.as_str()), (MailStatus::Queued, "451 4.3.0 Later, please"));
    goes_on(first, &server).await;
    assert_eq!(row(&portal), noted);
    assert_copies(&server, 1);
    portal.let_pauses_end();
    WorkerProcess::start(&portal, &server, &["--once"]).ends_well().await;
    assert_eq!((row(&portal).0, row(&portal).1), (MailStatus::Sent, 4));
    assert_copies(&server, 2);
}
