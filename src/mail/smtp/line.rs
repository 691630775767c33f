//! One open connection to the mail server, and one mail's way over it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::response::Response;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::settings::{Security, Settings};

/// How far a mail has come, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// Every connection is busy with another mail.
    #[default]
    Waiting,
    Connecting,
    Greeting,
    Tls,
    SignIn,
    Sender,
    Recipient,
    Data,
    /// From here on, only the server's answer tells whether it took the mail.
    Content,
}

impl Step {
    fn words(self) -> &'static str {
        match self {
            Self::Waiting => "while all connections were busy",
            Self::Connecting => "while connecting",
            Self::Greeting => "at the greeting",
            Self::Tls => "while securing the connection",
            Self::SignIn => "at the sign-in",
            Self::Sender => "after naming the sender",
            Self::Recipient => "after naming the recipient",
            Self::Data => "before taking the content",
            Self::Content => "after the content was sent",
        }
    }
}

/// The step a mail is at, readable when its time has run out.
#[derive(Default)]
pub(super) struct Progress(Mutex<Step>);

impl Progress {
    pub(super) fn at(&self) -> Step {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, step: Step) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = step;
    }
}

/// Why a mail did not get through, with the server's code where it gave one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) step: Step,
    pub(super) code: Option<u16>,
    pub(super) text: String,
}

impl Failure {
    pub(super) fn timed_out(step: Step, within: Duration) -> Self {
        let text = format!("no answer within {} s {}", within.as_secs_f32(), step.words());
        Self { step, code: None, text }
    }

    fn new(step: Step, error: &Error) -> Self {
        let code = error.status().map(u16::from);
        let cause = std::error::Error::source(error).map(ToString::to_string);
        let said = printable(&cause.unwrap_or_else(|| error.to_string()));
        let text = match (step, code) {
            // The answer to a sign-in is left out: some servers repeat what they were sent.
            (Step::SignIn, Some(400..=499)) => "the server cannot check the sign-in just now".to_owned(),
            (Step::SignIn, Some(_)) => {
                "the server refused the sign-in: check the user and the password in the mail settings".to_owned()
            }
            (Step::SignIn, None) if error.is_client() => {
                "the server offers no sign-in by PLAIN or LOGIN: check the mail settings".to_owned()
            }
            (Step::SignIn, None) => "the connection broke at the sign-in".to_owned(),
            (_, Some(_)) => said,
            (_, None) => format!("the connection broke {}: {said}", step.words()),
        };
        Self { step, code, text }
    }

    /// The server said no to this mail, and the connection is as good as before.
    pub(super) fn leaves_line_usable(&self) -> bool {
        self.step >= Step::Sender && self.code.is_some_and(|code| code != 421)
    }

    /// The server had hung up on a waiting connection before it heard of this mail.
    pub(super) fn found_line_dead(&self) -> bool {
        self.step <= Step::Sender && !self.leaves_line_usable()
    }
}

pub(super) struct Line {
    connection: AsyncSmtpConnection,
    pub(super) idle_since: Instant,
    /// A refused mail may have left a half-made transaction behind.
    pub(super) untidy: bool,
}

/// A connection that waited longer than this is asked before it is trusted with a mail.
const TRUSTED_FOR: Duration = Duration::from_secs(5);
const CHECK_LIMIT: Duration = Duration::from_secs(3);
const GOODBYE_LIMIT: Duration = Duration::from_secs(1);

impl Line {
    /// Connects, secures the connection as the settings ask, and signs in.
    pub(super) async fn open(
        settings: &Settings,
        tls: Option<&TlsParameters>,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        progress.enter(Step::Connecting);
        let mut connection = match (settings.security, tls) {
            (Security::Implicit, Some(tls)) => connect_secured(settings, tls).await?,
            _ => connect(settings, progress).await?,
        };
        progress.enter(Step::Tls);
        if let (Some(tls), true) = (tls, wants_starttls(settings, &connection)) {
            connection
                .starttls(tls.clone(), &settings.hello)
                .await
                .map_err(|error| Failure::new(Step::Tls, &error))?;
        }
        progress.enter(Step::SignIn);
        if let Some(credentials) = &settings.sign_in {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await
                .map_err(|error| Failure::new(Step::SignIn, &error))?;
        }
        Ok(Self { connection, idle_since: Instant::now(), untidy: false })
    }

    /// Whether a connection that waited can take another mail; asks the server only where there is doubt.
    pub(super) async fn is_ready(&mut self) -> bool {
        if !self.untidy && self.idle_since.elapsed() < TRUSTED_FOR {
            return true;
        }
        let answer = timeout(CHECK_LIMIT, self.connection.command(Rset)).await;
        self.untidy = false;
        matches!(answer, Ok(Ok(_)))
    }

    /// Sends one mail; `content` is what [`stuffed`] made of it. Returns the server's answer.
    pub(super) async fn send(
        &mut self,
        envelope: &Envelope,
        content: &str,
        progress: &Progress,
    ) -> Result<String, Failure> {
        let sender = Mail::new(envelope.from().cloned(), Vec::new());
        self.say(Step::Sender, sender, progress).await?;
        for recipient in envelope.to() {
            let recipient = Rcpt::new(recipient.clone(), Vec::new());
            self.say(Step::Recipient, recipient, progress).await?;
        }
        let go_on = self.say(Step::Data, Data, progress).await?;
        if !go_on.has_code(354) {
            let text = format!("the server did not ask for the content: {}", answer(&go_on));
            return Err(Failure { step: Step::Data, code: None, text });
        }
        // Content and final dot leave in one write, so that they share their packets.
        let taken = self.say(Step::Content, content, progress).await?;
        Ok(answer(&taken))
    }

    async fn say(
        &mut self,
        step: Step,
        words: impl std::fmt::Display,
        progress: &Progress,
    ) -> Result<Response, Failure> {
        progress.enter(step);
        let answered = self.connection.command(words).await;
        answered.map_err(|error| Failure::new(step, &error))
    }

    /// Takes leave of the server, without waiting long for its goodbye.
    pub(super) async fn close(mut self) {
        let _ = timeout(GOODBYE_LIMIT, self.connection.quit()).await;
    }
}

fn wants_starttls(settings: &Settings, connection: &AsyncSmtpConnection) -> bool {
    match settings.security {
        Security::Required => true,
        Security::Opportunistic => connection.can_starttls(),
        Security::None | Security::Implicit => false,
    }
}

/// Opens the stream here, because lettre leaves Nagle's algorithm on, which costs 40 ms a mail.
async fn connect(settings: &Settings, progress: &Progress) -> Result<AsyncSmtpConnection, Failure> {
    let broken = |error: std::io::Error| Failure {
        step: Step::Connecting,
        code: None,
        text: format!("the mail server cannot be reached: {}", printable(&error.to_string())),
    };
    let stream =
        TcpStream::connect((settings.host.as_str(), settings.port)).await.map_err(broken)?;
    stream.set_nodelay(true).map_err(broken)?;
    progress.enter(Step::Greeting);
    AsyncSmtpConnection::connect_with_transport(Box::new(stream), &settings.hello)
        .await
        .map_err(|error| Failure::new(Step::Greeting, &error))
}

/// TLS from the first byte: here lettre opens the stream, and Nagle's algorithm finds nothing to
/// delay, since every command and every mail is one write that follows an answer.
async fn connect_secured(
    settings: &Settings,
    tls: &TlsParameters,
) -> Result<AsyncSmtpConnection, Failure> {
    AsyncSmtpConnection::connect_tokio1(
        (settings.host.as_str(), settings.port),
        None,
        &settings.hello,
        Some(tls.clone()),
        None,
    )
    .await
    .map_err(|error| Failure::new(Step::Connecting, &error))
}

/// The mail as it goes over the line: leading dots doubled, the final dot at the end (RFC 5321, 4.5.2).
pub(super) fn stuffed(content: &str) -> String {
    let mut out = String::with_capacity(content.len() + 64);
    for line in content.split_inclusive('\n') {
        if line.starts_with('.') {
            out.push('.');
        }
        out.push_str(line);
    }
    if !out.ends_with("\r\n") {
        out.push_str("\r\n");
    }
    out.push_str(".\r\n");
    out
}

fn answer(response: &Response) -> String {
    let said: Vec<&str> = response.message().collect();
    printable(&format!("{} {}", response.code(), said.join(" ")))
}

/// A server's words as they may be stored and shown: one line, not too long.
fn printable(said: &str) -> String {
    let line: String =
        said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    line.trim().to_owned()
}
