//! The digest as a mail.

use chrono_tz::Tz;

use super::gather::DueMail;
use super::gist::Gist;
use crate::auth::Program;
use crate::clock::Instant;
use crate::mail::Recipient;
use crate::mail::hours::Hours;
use crate::mail_message;
use crate::web::Site;

/// Notices written out in one digest; of the others the subjects are named, because mail readers
/// cut long messages off.
pub(super) const WRITTEN_OUT: usize = 30;

/// What waited for a person was collected.
pub(super) struct NoticesCollected {
    pub name: String,
    pub subject: String,
    pub opening: String,
    pub notices: Vec<Section>,
    /// The subjects of those that are not written out.
    pub others: Vec<String>,
    /// Why the person gets what is in it: each reason once.
    pub reasons: Vec<String>,
    /// Why it is collected.
    pub because: String,
    /// Where the person can change that; none where somebody else does.
    pub preferences_path: Option<&'static str>,
    pub change: String,
}

mail_message!(
    NoticesCollected,
    "digest.collected",
    "mail/digest/collected.subject.txt",
    "mail/digest/collected.txt",
    "mail/digest/collected.html",
);

/// A collected mail.
pub(super) struct Notice {
    subject: String,
    reason: String,
    queued_at: Instant,
    /// None where it is not written out.
    gist: Option<Gist>,
}

impl Notice {
    pub(super) fn new(mail: &DueMail, text: Option<&str>, site: &Site) -> Self {
        Self {
            subject: mail.subject.clone(),
            reason: mail.reason.clone(),
            queued_at: mail.queued_at,
            gist: text.map(|text| Gist::of(text, site)),
        }
    }
}

/// A notice as it is written out.
pub(super) struct Section {
    pub number: usize,
    pub subject: String,
    /// `As of 2 Mar 2026, 10:00`: what it says of days was true then.
    pub queued: String,
    pub gist: Gist,
    /// `and 12 more`; empty where all are there.
    pub more: String,
}

impl NoticesCollected {
    /// `notices` the oldest first.
    pub(super) fn new(
        to: &Recipient,
        organisation: &str,
        signs_in: bool,
        program: &Program,
        hours: Hours,
        notices: Vec<Notice>,
    ) -> Self {
        let count = match notices.len() {
            1 => "1 notice".to_owned(),
            many => {
                format!("{} notices", to.locale.number(i64::try_from(many).unwrap_or(i64::MAX)))
            }
        };
        let opening = match notices.len() {
            1 => "This was collected for you.".to_owned(),
            _ => format!("These {count} were collected for you, the oldest first."),
        };
        let (preferences_path, change) = who_changes_it(organisation, signs_in);
        let mut reasons: Vec<String> = Vec::new();
        for notice in &notices {
            if !reasons.contains(&notice.reason) {
                reasons.push(notice.reason.clone());
            }
        }
        let (mut written_out, mut others) = (Vec::new(), Vec::new());
        for notice in notices {
            match notice.gist {
                Some(gist) => {
                    let queued = to.locale.moment(notice.queued_at, hours.zone);
                    let queued = format!("As of {queued}");
                    let number = written_out.len() + 1;
                    written_out.push(Section::new(number, notice.subject, queued, gist));
                }
                None => others.push(notice.subject),
            }
        }
        leave_out_what_comes_again(&mut written_out);
        Self {
            name: to.name.clone(),
            subject: format!("{count} from {}", program.name),
            opening,
            notices: written_out,
            others,
            reasons,
            because: because(hours),
            preferences_path,
            change,
        }
    }
}

/// Notices of one kind end with the same link to all of it: the last of them keeps it.
fn leave_out_what_comes_again(sections: &mut [Section]) {
    let mut seen = Vec::new();
    for section in sections.iter_mut().rev() {
        let Some(last) = &section.gist.last else { continue };
        if seen.contains(&last.link) && last.details.is_empty() {
            section.gist.last = None;
        } else {
            seen.push(last.link.clone());
        }
    }
}

fn because(hours: Hours) -> String {
    let Hours { zone, digest_hour, .. } = hours;
    format!(
        "You get them collected, once a day at most, after {digest_hour:02}:00 ({}), as your mail \
         preferences say.",
        place_name(zone)
    )
}

/// `Brussels time` of Europe/Brussels.
fn place_name(zone: Tz) -> String {
    let name = zone.name();
    let place = name.rsplit('/').next().unwrap_or(name).replace('_', " ");
    format!("{place} time")
}

fn who_changes_it(organisation: &str, signs_in: bool) -> (Option<&'static str>, String) {
    if signs_in {
        (Some("/account/mail"), "Change your mail preferences".to_owned())
    } else {
        (None, format!("An administrator of {organisation} can change this for you."))
    }
}

impl Section {
    fn new(number: usize, subject: String, queued: String, gist: Gist) -> Self {
        let more = match gist.more {
            0 => String::new(),
            more => format!("and {more} more"),
        };
        Self { number, subject, queued, gist, more }
    }
}
