//! `portal outbox`

use clap::{Args, Subcommand};
use serde::Serialize;

use super::open;
use super::say::{json, say};
use crate::app::Portal;
use crate::audit::By;
use crate::clock::Instant;
use crate::config::{DataSettings, SiteSettings};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::mail::outbox::{self, Changed};
use crate::mail::{Mail, MailFilter, MailStatus, unfinished};
use crate::reference;

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Show mails, the newest first
    List(Listing),
    /// Park queued mails: no worker takes them
    Hold(Choice),
    /// Let parked mails go
    Release(Choice),
    /// Queue failed mails once more
    Retry(Choice),
}

#[derive(Args)]
struct Listing {
    /// Only mails that are queued, held, sent, failed or suppressed
    #[arg(long, value_name = "STATUS")]
    status: Option<MailStatus>,

    #[command(flatten)]
    about: About,

    /// How many to show at most
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,

    /// Print a list of objects, one for each mail
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    data: DataSettings,

    #[command(flatten)]
    site: SiteSettings,
}

#[derive(Args)]
struct Choice {
    /// Mails by their references, such as M-7K3QF-9M2XT
    #[arg(value_name = "MAIL")]
    references: Vec<String>,

    #[command(flatten)]
    about: About,

    /// All of them
    #[arg(long)]
    all: bool,

    /// Print a list of {reference, subject} of what was changed
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    data: DataSettings,

    #[command(flatten)]
    site: SiteSettings,
}

#[derive(Args)]
struct About {
    /// Only mails of this event, such as renewals.due
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,

    /// Only mails to this address
    #[arg(long, value_name = "EMAIL")]
    to: Option<String>,
}

/// What a change does to a batch of mails, and how it is told.
struct Verb {
    change: fn(&MailFilter, By<'_>, Instant, &mut Conn) -> Result<Vec<Changed>>,
    done: &'static str,
    nothing: &'static str,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.action {
        Action::List(listing) => list(listing),
        Action::Hold(choice) => change(
            choice,
            &Verb {
                change: outbox::hold,
                done: "held",
                nothing: "Nothing was held: no such mail is queued or waits.",
            },
        ),
        Action::Release(choice) => change(
            choice,
            &Verb {
                change: outbox::release,
                done: "released",
                nothing: "Nothing was released: no such mail is held.",
            },
        ),
        Action::Retry(choice) => change(
            choice,
            &Verb {
                change: outbox::retry,
                done: "queued again",
                nothing: "Nothing was queued again: no such mail has failed and still has its text.",
            },
        ),
    }
}

fn change(choice: &Choice, verb: &Verb) -> Result<()> {
    let About { event, to } = &choice.about;
    if choice.references.is_empty() && event.is_none() && to.is_none() && !choice.all {
        return Err(Error::Setting(
            "Name the mails by their references, by --event or --to, or say --all.".to_owned(),
        ));
    }
    let filter = MailFilter {
        references: choice.references.iter().map(|typed| reference::normalise(typed)).collect(),
        status: None,
        event: event.clone(),
        to_email: to.clone(),
    };
    let portal = open::portal(&choice.data, choice.site.site()?)?;
    let changed = change_all(&filter, verb, &portal)?;
    if changed.is_empty() {
        return Err(Error::Setting(verb.nothing.to_owned()));
    }
    if choice.json {
        return print_json(&changed.iter().map(ChangedLine::of).collect::<Vec<_>>());
    }
    for mail in &changed {
        say!("{}  {}: {}", mail.reference, verb.done, printable(&mail.subject))?;
    }
    Ok(())
}

/// In batches, so that a sign-in never waits for it.
fn change_all(filter: &MailFilter, verb: &Verb, portal: &Portal) -> Result<Vec<Changed>> {
    let mut all = Vec::new();
    loop {
        let (filter, change, now) = (filter.clone(), verb.change, portal.clock.now());
        let batch = portal
            .db
            .write_blocking(move |conn| change(&filter, By::Portal("An operator"), now, conn))?;
        if batch.is_empty() {
            return Ok(all);
        }
        all.extend(batch);
    }
}

/// A mail as integrators read it; its names stay.
#[derive(Serialize)]
struct MailLine {
    reference: String,
    status: MailStatus,
    event: String,
    to_name: String,
    to_email: String,
    subject: String,
    message_id: String,
    attempts: i32,
    queued_at: String,
    next_attempt_at: String,
    settled_at: Option<String>,
    answer: String,
}

#[derive(Serialize)]
struct ChangedLine<'a> {
    reference: &'a str,
    subject: &'a str,
}

impl<'a> ChangedLine<'a> {
    fn of(mail: &'a Changed) -> Self {
        Self { reference: &mail.reference, subject: &mail.subject }
    }
}

impl From<Mail> for MailLine {
    fn from(mail: Mail) -> Self {
        Self {
            reference: mail.reference,
            status: mail.status,
            event: mail.event,
            to_name: mail.to_name,
            to_email: mail.to_email,
            subject: mail.subject,
            message_id: mail.message_id,
            attempts: mail.attempts,
            queued_at: mail.queued_at.to_string(),
            next_attempt_at: mail.next_attempt_at.to_string(),
            settled_at: mail.settled_at.map(|at| at.to_string()),
            answer: mail.answer,
        }
    }
}

fn list(listing: &Listing) -> Result<()> {
    let portal = open::portal(&listing.data, listing.site.site()?)?;
    let filter = MailFilter {
        references: Vec::new(),
        status: listing.status,
        event: listing.about.event.clone(),
        to_email: listing.about.to.clone(),
    };
    let (mails, counts) = portal.db.read_blocking(|conn| {
        let mails = Mail::list_unscoped(&filter, i64::from(listing.limit), conn)?;
        Ok((mails, unfinished(conn)?))
    })?;
    let lines: Vec<MailLine> = mails.into_iter().map(MailLine::from).collect();
    if listing.json {
        return print_json(&lines);
    }
    for line in &lines {
        say!(
            "{}  {:10}  {}  {}  {}",
            line.reference,
            line.status.as_str(),
            line.queued_at,
            printable(&line.to_email),
            printable(&line.subject)
        )?;
        if line.status != MailStatus::Sent && !line.answer.is_empty() {
            let tried = match line.status {
                MailStatus::Suppressed => "not sent".to_owned(),
                _ => format!("after {} attempts", line.attempts),
            };
            say!("    {tried}: {}", printable(&line.answer))?;
        }
    }
    let counts: Vec<String> =
        counts.iter().map(|count| format!("{} {}", count.mails, count.status)).collect();
    say!("In all: {}.", counts.join(", "))?;
    Ok(())
}

fn print_json<T: Serialize>(lines: &[T]) -> Result<()> {
    json(&lines)?;
    Ok(())
}

/// What others wrote, without what a terminal would obey.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
