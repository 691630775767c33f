//! Mails about leads that come to a partner, and go. They go out before anybody has opened the lead:
//! none says who it is about.

use super::deadline::Ending;
use super::telling::Told;
use crate::auth::Program;
use crate::locale::Locale;
use crate::mail::Recipient;
use crate::mail_message;

/// Leads written out in one mail; the others are counted.
const WRITTEN_OUT: usize = 50;

/// A partner got leads.
pub(super) struct LeadsAssigned {
    pub name: String,
    pub subject: String,
    pub opening: String,
    pub lines: Vec<Line>,
    /// `and 12 more leads`; empty where all are written out.
    pub more: String,
    /// The lead's own page where it is one, the list of those that wait otherwise.
    pub path: String,
    pub button: &'static str,
}

mail_message!(
    LeadsAssigned,
    "leads.assigned",
    "mail/leads/assigned.subject.txt",
    "mail/leads/assigned.txt",
    "mail/leads/assigned.html",
);

/// Leads that a partner was told of went back before it opened them.
pub(super) struct LeadsRecalled {
    pub name: String,
    pub subject: String,
    pub opening: String,
    pub lines: Vec<Line>,
    pub more: String,
    pub path: String,
}

mail_message!(
    LeadsRecalled,
    "leads.recalled",
    "mail/leads/recalled.subject.txt",
    "mail/leads/recalled.txt",
    "mail/leads/recalled.html",
);

pub(super) struct Line {
    pub reference: String,
    /// Who it is about; empty where the reader may not know that.
    pub name: String,
    /// `Ends on 3 December 2026`; may be empty.
    pub ends: String,
    pub country: String,
    pub interest: String,
    /// A product or category; may be empty.
    pub topic: String,
    pub path: String,
}

impl LeadsAssigned {
    pub(super) fn new(program: &Program, partner: &str, to: &Recipient, leads: &[Told]) -> Self {
        let root = format!("/p/{}/leads", program.slug);
        let (subject, opening, path, button) = match leads {
            [lead] => (
                format!("New lead from {}: {}", lead.country, lead.interest),
                format!(
                    "{} has a new lead for {partner}. Open it to see who it is about.",
                    program.name
                ),
                format!("{root}/{}", lead.reference),
                "Open the lead",
            ),
            _ => (
                format!("{} new leads", number(leads.len(), to.locale)),
                format!(
                    "{} has {} new leads for {partner}. Open each to see who it is about.",
                    program.name,
                    number(leads.len(), to.locale)
                ),
                format!("{root}?status=assigned"),
                "Open your leads",
            ),
        };
        let (lines, more) = written(leads, &root, to.locale);
        Self { name: to.name.clone(), subject, opening, lines, more, path, button }
    }
}

impl LeadsRecalled {
    pub(super) fn new(program: &Program, partner: &str, to: &Recipient, leads: &[Told]) -> Self {
        let root = format!("/p/{}/leads", program.slug);
        let (subject, what) = match leads {
            [lead] => (format!("Lead {} was taken back", lead.reference), "a lead".to_owned()),
            _ => {
                let count = number(leads.len(), to.locale);
                (format!("{count} leads were taken back"), format!("{count} leads"))
            }
        };
        let (lines, more) = written(leads, &root, to.locale);
        Self {
            name: to.name.clone(),
            opening: format!(
                "{} took back {what} that nobody at {partner} had opened. There is nothing to do.",
                program.name
            ),
            subject,
            lines,
            more,
            path: root,
        }
    }
}

pub(super) fn written(leads: &[Told], root: &str, locale: Locale) -> (Vec<Line>, String) {
    let lines = leads.iter().take(WRITTEN_OUT).map(|lead| Line {
        reference: lead.reference.clone(),
        name: lead.name.clone(),
        ends: lead.ends.map_or_else(String::new, |(day, how)| match how {
            Ending::Closed => format!("Is closed on {}", locale.day(day)),
            Ending::Expired => format!("Expires on {}", locale.day(day)),
        }),
        country: lead.country.clone(),
        interest: lead.interest.clone(),
        topic: lead.topic.clone(),
        path: format!("{root}/{}", lead.reference),
    });
    let more = match leads.len().saturating_sub(WRITTEN_OUT) {
        0 => String::new(),
        1 => "and 1 more lead".to_owned(),
        more => format!("and {} more leads", number(more, locale)),
    };
    (lines.collect(), more)
}

pub(super) fn number(count: usize, locale: Locale) -> String {
    locale.number(i64::try_from(count).unwrap_or(i64::MAX))
}
