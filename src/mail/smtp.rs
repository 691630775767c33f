//! Handing a mail to a mail server over SMTP, within a limit of time.
//!
//! One [`Smtp`] keeps a few connections open and reuses them. Whatever the server does (refuses,
//! hangs, hangs up, answers byte by byte), a send ends within its limit with one of four outcomes.

mod idle;
mod line;
mod settings;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use lettre::Message;
use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::Dispatch;
use tracing::instrument::WithSubscriber;

use idle::Idle;
use line::{Failure, Line, Progress, Step};
pub use settings::{Security, SettingFault, Settings};

/// What became of one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took the mail over; `answer` is what it said, often with its own number for it.
    Accepted { answer: String },
    /// Not now: try again later. Also what concerns the server or the settings rather than the mail.
    Temporary { code: Option<u16>, answer: String },
    /// Never, as this mail is.
    Permanent { code: Option<u16>, answer: String },
    /// The content was sent and no answer came: the server may have taken it. Try again later with
    /// the same Message-ID.
    Unknown { reason: String },
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        let Failure { step, code, text: answer } = failure;
        match (step, code) {
            (Step::Content, None) => Self::Unknown { reason: answer },
            (Step::Sender | Step::Recipient | Step::Data | Step::Content, Some(number))
                if refuses_the_mail(number) =>
            {
                Self::Permanent { code, answer }
            }
            // Before the sender is named, a refusal is about this connection: a blocked address, a
            // wrong setting. Mails must outlive that.
            _ => Self::Temporary { code, answer },
        }
    }
}

/// A refusal for good that is about the mail, not about missing encryption or sign-in (RFC 4954, RFC 3207).
fn refuses_the_mail(code: u16) -> bool {
    (500..600).contains(&code) && !matches!(code, 530 | 534 | 535 | 538)
}

/// A mail server to hand mail to. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub struct Smtp {
    settings: Arc<Settings>,
    tls: Option<TlsParameters>,
    seats: Arc<Semaphore>,
    idle: Arc<Idle>,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp")
            .field("settings", &self.settings)
            .field("idle", &self.idle.count())
            .finish_non_exhaustive()
    }
}

impl Smtp {
    /// As [`Settings::from_url`] reads it; connects to nothing yet.
    pub fn from_url(address: &str, hello_name: &str) -> Result<Self, SettingFault> {
        Self::new(Settings::from_url(address, hello_name)?)
    }

    pub fn new(settings: Settings) -> Result<Self, SettingFault> {
        Ok(Self {
            tls: tls(&settings)?,
            seats: Arc::new(Semaphore::new(settings.connections)),
            idle: Idle::new(settings.idle_limit),
            settings: Arc::new(settings),
        })
    }

    /// How many connections it keeps open at most.
    pub fn connections(&self) -> usize {
        self.settings.connections
    }

    /// Sends one mail to its one recipient. Ends within `within`, whatever the server does; the wait
    /// for a free connection counts too. A connection that failed or ran out of time is never used again.
    pub async fn send(&self, message: &Message, within: Duration) -> Outcome {
        if message.envelope().to().len() != 1 {
            return unsendable("a mail goes to exactly one recipient");
        }
        let content = match String::from_utf8(message.formatted()) {
            Ok(content) if content.is_ascii() => line::stuffed(&content),
            _ => {
                return unsendable(
                    "the mail holds more than ASCII, which not every server can carry",
                );
            }
        };
        let progress = Progress::default();
        let delivery = quietly(self.deliver(message, &content, &progress));
        let outcome = match timeout(within, delivery).await {
            Ok(Ok(answer)) => Outcome::Accepted { answer },
            Ok(Err(failure)) => failure.into(),
            Err(_) => Failure::timed_out(progress.at(), within).into(),
        };
        tracing::debug!(?outcome, "mail handed in");
        outcome
    }

    /// Connects, secures, signs in and takes leave without sending anything; the words of an error
    /// say what is wrong.
    pub async fn check(&self, within: Duration) -> Result<(), String> {
        let progress = Progress::default();
        let opening = quietly(Line::open(&self.settings, self.tls.as_ref(), &progress));
        match timeout(within, opening).await {
            Ok(Ok(line)) => {
                quietly(line.close()).await;
                Ok(())
            }
            Ok(Err(failure)) => Err(failure.text),
            Err(_) => Err(Failure::timed_out(progress.at(), within).text),
        }
    }

    async fn deliver(
        &self,
        message: &Message,
        content: &str,
        progress: &Progress,
    ) -> Result<String, Failure> {
        // The semaphore is never closed, so that the seat is always there in the end.
        let _seat = self.seats.acquire().await.ok();
        if let Some(mut waiting) = self.idle.take() {
            if waiting.is_ready().await {
                match waiting.send(message.envelope(), content, progress).await {
                    Err(failure) if failure.found_line_dead() => {}
                    settled => return self.settle(waiting, settled),
                }
            }
            self.idle.clear();
        }
        let mut fresh = Line::open(&self.settings, self.tls.as_ref(), progress).await?;
        let settled = fresh.send(message.envelope(), content, progress).await;
        self.settle(fresh, settled)
    }

    /// Keeps the connection for the next mail where it is sound, and lets go of it where it is not.
    fn settle(&self, mut line: Line, settled: Result<String, Failure>) -> Result<String, Failure> {
        match &settled {
            Ok(_) => self.idle.put(line),
            Err(failure) if failure.leaves_line_usable() => {
                line.untidy = true;
                self.idle.put(line);
            }
            Err(_) => drop(line),
        }
        settled
    }
}

fn unsendable(reason: &str) -> Outcome {
    Outcome::Permanent { code: None, answer: reason.to_owned() }
}

/// Runs lettre without its own log: at `debug` it writes out every command, and with them the
/// password and the one-time links inside mails.
fn quietly<F: Future>(work: F) -> impl Future<Output = F::Output> {
    work.with_subscriber(Dispatch::none())
}

fn tls(settings: &Settings) -> Result<Option<TlsParameters>, SettingFault> {
    if settings.security == Security::None {
        return Ok(None);
    }
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.trusted_root {
        let root =
            Certificate::from_pem(pem).map_err(|error| SettingFault::Tls(error.to_string()))?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(root);
    }
    let tls = builder.build().map_err(|error| SettingFault::Tls(error.to_string()))?;
    Ok(Some(tls))
}
