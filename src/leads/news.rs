//! Mails about what becomes of leads, for those who handed them out and those who have them.

use super::LeadKind;
use super::assignment::Decision;
use super::deadline::Ending;
use super::mail::{Line, number, written};
use super::model::Lead;
use super::telling::Told;
use crate::auth::Program;
use crate::mail::Recipient;
use crate::mail_message;
use crate::names::capitalised;

/// What happened to leads, for whoever is concerned.
pub(super) struct News {
    pub name: String,
    pub subject: String,
    pub opening: String,
    /// The reason that somebody gave; may be empty.
    pub why: String,
    pub lines: Vec<Line>,
    pub more: String,
    pub path: String,
    pub button: &'static str,
}

/// The mails that are [`News`], each an event of its own.
macro_rules! news {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        pub(super) struct $name(pub News);

        impl From<News> for $name {
            fn from(news: News) -> Self {
                Self(news)
            }
        }
    )+};
}

news! {
    /// A partner opened a lead that it was handed.
    LeadsOpened,
    LeadsAccepted,
    /// A partner does not want a lead.
    LeadsDeclined,
    LeadsProgressed,
    /// A lead became a deal.
    LeadsConverted,
    LeadsLost,
    LeadsJunked,
    LeadsClosed,
    LeadsExpired,
    /// A partner's own leads end soon.
    LeadsExpiring,
}

mail_message!(
    LeadsOpened,
    "leads.opened",
    "mail/leads/news.subject.txt",
    "mail/leads/news.txt",
    "mail/leads/news.html",
);
mail_message!(
    LeadsAccepted,
    "leads.accepted",
    "mail/leads/news.subject.txt",
    "mail/leads/news.txt",
    "mail/leads/news.html",
);
mail_message!(
    LeadsDeclined,
    "leads.declined",
    "mail/leads/news.subject.txt",
    "mail/leads/news.txt",
    "mail/leads/news.html",
);
mail_message!(
    LeadsProgressed,
    "leads.progressed",
    "mail/leads/news.subject.txt",
    "mail/leads/news.txt",
    "mail/leads/news.html",
);
mail_message!(
    LeadsConverted,
    "leads.converted",
    "mail/leads/news.subject.txt",
    "mail/leads/news.txt",
    "mail/leads/news.html",
);
mail_message!(
    LeadsLost,
    "leads.lost",
    "mail/leads/news.subject.txt",
    "mail/leads/news.txt",
    "mail/leads/news.html",
);
mail_message!(
    LeadsJunked,
    "leads.junked",
    "mail/leads/news.subject.txt",
    "mail/leads/news.txt",
    "mail/leads/news.html",
);
mail_message!(
    LeadsClosed,
    "leads.closed",
    "mail/leads/news.subject.txt",
    "mail/leads/news.txt",
    "mail/leads/news.html",
);
mail_message!(
    LeadsExpired,
    "leads.expired",
    "mail/leads/news.subject.txt",
    "mail/leads/news.txt",
    "mail/leads/news.html",
);
mail_message!(
    LeadsExpiring,
    "leads.expiring",
    "mail/leads/news.subject.txt",
    "mail/leads/news.txt",
    "mail/leads/news.html",
);

impl News {
    /// Whether its button leads elsewhere than to the one lead that it is about.
    pub(super) fn leads_elsewhere(&self) -> bool {
        self.lines.first().is_none_or(|line| line.path != self.path)
    }

    /// Of one lead: `did` says what, with `{}` for what it is called.
    pub(super) fn done(
        decision: Decision<'_>,
        lead: &Lead,
        to: &Recipient,
        told: &Told,
        (did, why): (&str, &str),
    ) -> Self {
        let did = did.replace("{}", &told.label());
        let who = decision.by.name();
        let subject = match lead.kind {
            LeadKind::Distributed => format!("{} {did}", lead.partner_name()),
            LeadKind::Generated => format!("{who} {did}"),
        };
        let opening = format!("{who} {did}.");
        Self::of_one(decision.program, to, told, (subject, opening, why))
    }

    /// To the vendor: a partner does not want a lead, and where it is now.
    pub(super) fn declined(
        decision: Decision<'_>,
        lead: &Lead,
        to: &Recipient,
        told: &Told,
        (why, next): (&str, Option<&str>),
    ) -> Self {
        let then = match next {
            Some(next) => format!("It went on to {next}."),
            None => "It waits to be assigned again.".to_owned(),
        };
        let subject = format!("{} declined {}", lead.partner_name(), told.label());
        let opening = format!("{} declined {}. {then}", decision.by.name(), told.label());
        Self::of_one(decision.program, to, told, (subject, opening, why))
    }

    /// To the partner that has it: the vendor closed it.
    pub(super) fn closed(
        program: &Program,
        partner: &str,
        to: &Recipient,
        told: &Told,
        why: &str,
    ) -> Self {
        let label = told.label();
        let subject = format!("{} was closed", capitalised(&label));
        let opening = format!(
            "{} closed {label}, which {partner} had. There is nothing to do.",
            program.name
        );
        Self::of_one(program, to, told, (subject, opening, why))
    }

    fn of_one(
        program: &Program,
        to: &Recipient,
        told: &Told,
        (subject, opening, why): (String, String, &str),
    ) -> Self {
        let leads = std::slice::from_ref(told);
        Self { why: why.to_owned(), ..Self::of_many(program, to, leads, (subject, opening)) }
    }

    /// Partners' own leads that ended by themselves.
    pub(super) fn ended(
        program: &Program,
        partner: &str,
        to: &Recipient,
        leads: &[Told],
        how: Ending,
    ) -> Self {
        let (one, many) = match how {
            Ending::Closed => ("was closed", "were closed"),
            Ending::Expired => ("expired", "expired"),
        };
        let (what, did) = counted(leads, to, one, many);
        let whose = whose(leads, partner);
        let opening = format!(
            "{what}{whose} {did} in {}: nobody had worked on {} for too long. Enter a lead \
             anew if it goes on after all.",
            program.name,
            if leads.len() == 1 { "it" } else { "them" },
        );
        Self::of_many(program, to, leads, (format!("{what} {did}"), opening))
    }

    /// Partners' own leads that end soon unless somebody works on them.
    pub(super) fn expiring(
        program: &Program,
        partner: &str,
        to: &Recipient,
        leads: &[Told],
    ) -> Self {
        let (what, did) = counted(leads, to, "ends", "end");
        let first = leads.iter().filter_map(|one| one.ends).map(|(day, _)| day).min();
        let when = first.map_or_else(String::new, |day| match leads.len() {
            1 => format!(" on {}", to.locale.day(day)),
            _ => format!(", the first on {}", to.locale.day(day)),
        });
        let subject = format!("{what} {did} soon");
        let whose = whose(leads, partner);
        let opening = format!(
            "{what}{whose} {did} in {}{when}, because nobody has worked on {} lately. Add a \
             note, go on with the work, or close what is over.",
            program.name,
            if leads.len() == 1 { "it" } else { "them" },
        );
        let news = Self::of_many(program, to, leads, (subject, opening));
        let path = format!("/p/{}/leads/expiring", program.slug);
        Self { path, button: "See what ends soon", ..news }
    }

    fn of_many(
        program: &Program,
        to: &Recipient,
        leads: &[Told],
        (subject, opening): (String, String),
    ) -> Self {
        let root = format!("/p/{}/leads", program.slug);
        let (lines, more) = written(leads, &root, to.locale);
        let (path, button) = match leads {
            [one] => (format!("{root}/{}", one.reference), "See the lead"),
            _ => (root, "See your leads"),
        };
        let (name, why) = (to.name.clone(), String::new());
        Self { name, subject, opening, why, lines, more, path, button }
    }
}

/// That they are the partner's own, behind what a sentence calls them.
fn whose(leads: &[Told], partner: &str) -> String {
    match leads.len() {
        1 => format!(", a lead of {partner}'s own,"),
        _ => format!(" of {partner}'s own"),
    }
}

/// What a sentence calls leads, and its verb.
fn counted<'v>(leads: &[Told], to: &Recipient, one: &'v str, many: &'v str) -> (String, &'v str) {
    match leads {
        [lead] => (capitalised(&lead.label()), one),
        _ => (format!("{} leads", number(leads.len(), to.locale)), many),
    }
}
