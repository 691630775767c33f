//! Mail for tests: a message of no slice, queued like any other, and workers that carry it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use portal::clock;
use portal::contacts::Role;
use portal::db::schema::mails;
use portal::error::Result;
use portal::locale::Locale;
use portal::mail::smtp::Smtp;
use portal::mail::{
    Delivery, Letter, Mail, MailFilter, MailFrame, MailStatus, Message, Pace, Reason, Recipient,
    Sender, Stop, Way, Worker, queue,
};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{Portal, people};

/// What the tests send.
pub struct Noted {
    pub subject: String,
}

impl Message for Noted {
    const EVENT: &'static str = "test.noted";

    fn subject(&self, _: &MailFrame) -> Result<String> {
        Ok(self.subject.clone())
    }

    fn text(&self, mail: &MailFrame) -> Result<String> {
        Ok(format!("{}\n{}\n{}\n", self.subject, mail.link("/"), way_out(mail)))
    }

    fn html(&self, mail: &MailFrame) -> Result<String> {
        let (subject, portal, way_out) = (&self.subject, mail.link("/"), way_out(mail));
        Ok(format!(
            "<h1>{subject}</h1><a href=\"{portal}\">Portal</a><a href=\"{way_out}\">Way out</a>"
        ))
    }
}

/// As the frame of real mails has it.
fn way_out(mail: &MailFrame) -> &str {
    mail.way_out().map_or("", |way| &way.href)
}

/// Whom a mail goes to, and as what.
#[derive(Clone, Copy)]
pub enum Kind {
    /// About the person's own account.
    Account,
    /// Of the program `shield`, to whoever holds a role.
    Role,
    /// Of the program `shield`, to an administrator because nobody holds the role.
    Gap,
}

impl Portal {
    /// Queues one mail to a person under a key; `false` where it was queued before.
    pub fn queue_mail(&self, person: &'static str, key: &str, kind: Kind) -> bool {
        self.queue_mails(person, &[key], kind) == 1
    }

    /// Queues mails to a person, one for each key, which is its subject too. From then on the
    /// person holds the role that they are of.
    pub fn queue_mails<K: AsRef<str>>(
        &self,
        person: &'static str,
        keys: &[K],
        kind: Kind,
    ) -> usize {
        let someone = people::find(person);
        let to = Recipient {
            contact_id: self.contact_id(person),
            name: someone.name.to_owned(),
            email: people::email_of(someone),
            locale: Locale::EnGb,
        };
        let organisation_id = self.organisation_id(someone.organisation);
        let (site, now) = (self.app.site.clone(), self.app.clock.now());
        let keys: Vec<String> = keys.iter().map(|key| key.as_ref().to_owned()).collect();
        self.write(move |conn| {
            let shield = portal::auth::Program::find_unscoped("shield", conn)?;
            let mut queued = 0;
            if matches!(kind, Kind::Role) {
                super::channel::set_role(to.contact_id, Role::Renewals, true, conn)?;
            }
            for key in &keys {
                let (program, reason) = match kind {
                    Kind::Account => (None, Reason::account()),
                    Kind::Gap => (
                        Some(&shield),
                        Reason::stand_in("Nobody holds a role.".to_owned(), "renewals"),
                    ),
                    Kind::Role => {
                        (Some(&shield), Reason::holder("You hold a role.".to_owned(), "renewals"))
                    }
                };
                let letter = Letter {
                    to: &to,
                    program,
                    organisation_id,
                    reason,
                    key,
                    message: &Noted { subject: key.clone() },
                };
                queued += usize::from(queue(&letter, &site, now, conn)?.is_some());
            }
            Ok(queued)
        })
    }

    /// All mails, the first queued first.
    pub fn mails(&self) -> Vec<Mail> {
        let mut mails =
            self.read(|conn| Mail::list_unscoped(&MailFilter::default(), 100_000, conn));
        mails.reverse();
        mails
    }

    /// How many mails have each status.
    pub fn mail_statuses(&self) -> BTreeMap<MailStatus, i64> {
        self.read(|conn| {
            let mut counts = BTreeMap::new();
            for status in MailStatus::ALL {
                let mails = mails::table.filter(mails::status.eq(*status));
                counts.insert(*status, mails.count().get_result(conn)?);
            }
            Ok(counts)
        })
    }

    /// Makes every queued mail due, as if its pause or its lease had run out.
    pub fn let_pauses_end(&self) {
        self.write(|conn| {
            let past = clock::Clock::default().now() - chrono::Duration::seconds(1);
            diesel::update(mails::table.filter(mails::status.eq(MailStatus::Queued)))
                .set(mails::next_attempt_at.eq(past))
                .execute(conn)?;
            Ok(())
        });
    }

    /// A worker on this portal's database, not yet running.
    pub fn worker(&self, way: Way, pace: Pace) -> Worker {
        let sender = Sender {
            name: "Partner portal".to_owned(),
            address: "portal@example.org".to_owned(),
            reply_to: None,
        };
        let delivery = Delivery { way, sender, pace };
        Worker::new(self.db().clone(), self.app.clock.clone(), delivery)
    }

    /// Delivers all that is due.
    pub async fn deliver_once(&self, way: Way, pace: Pace) {
        let (_stop, stopped) = watch::channel(false);
        self.worker(way, pace).run_once(stopped).await.unwrap();
    }
}

/// Quick enough for tests that wait for a limit to pass.
pub fn brisk(lanes: usize) -> Pace {
    Pace {
        lanes,
        send_limit: Duration::from_millis(400),
        lease: Duration::from_secs(4),
        rest: Duration::from_millis(300),
    }
}

/// Over SMTP to a scripted server.
pub fn smtp(port: u16, lanes: usize) -> Way {
    let address = format!("smtp://127.0.0.1:{port}?connections={lanes}");
    Way::Smtp(Smtp::from_url(&address, "portal.example.org").unwrap())
}

/// A worker that runs until it is stopped.
pub struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    pub fn start(worker: Worker) -> Self {
        let (stop, stopped): (_, Stop) = watch::channel(false);
        let task = tokio::spawn(async move { worker.run(stopped).await });
        Self { stop, task }
    }

    /// Tells it to stop and waits until it has.
    pub async fn stop(self) {
        self.stop.send(true).unwrap();
        self.task.await.unwrap();
    }

    /// Ends it where it stands, as a crash would.
    pub fn crash(self) {
        self.task.abort();
    }
}

/// Waits until something holds, and fails the test if it never does.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(120), "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
