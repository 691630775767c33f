//! How the ledger names things: kinds of mail, what became of them, and why somebody got one.

use crate::contacts::Role;
use crate::locale::Locale;
use crate::mail::{Because, Mail, MailStatus};
use crate::names::capitalised;

/// Every kind of mail that a program can send, by its event: one line each.
#[rustfmt::skip]
const KINDS: &[(&str, &str)] = &[
    ("renewals.due", "Renewal notice"),
    ("licences.set_back", "Terms that began earlier"),
    ("contacts.role_emptied", "Role without anybody"),
    ("leads.assigned", "New leads"),
    ("leads.recalled", "Lead taken back"),
    ("leads.opened", "Lead opened"),
    ("leads.accepted", "Lead accepted"),
    ("leads.declined", "Lead declined"),
    ("leads.progressed", "Work on a lead begun"),
    ("leads.converted", "Lead made a deal"),
    ("leads.lost", "Lead lost"),
    ("leads.junked", "Lead marked as junk"),
    ("leads.closed", "Leads closed"),
    ("leads.expiring", "Leads that end soon"),
    ("leads.expired", "Leads expired"),
    ("deals.submitted", "Deal submitted"),
    ("deals.received", "Deal to decide"),
    ("deals.in_review", "Deal in review"),
    ("deals.approved", "Deal approved"),
    ("deals.returned", "Deal returned"),
    ("deals.rejected", "Deal rejected"),
    ("deals.duplicate", "Deal registered before"),
    ("deals.withdrawn", "Deal withdrawn"),
    ("deals.taken_back", "Deal withdrawn by its partner"),
    ("deals.second_wanted", "Second approval of a deal wanted"),
    ("deals.won", "Deal won"),
    ("deals.lost", "Deal lost"),
    ("deals.revoked", "Approval of a deal revoked"),
    ("deals.expired", "Protection of a deal ended"),
    ("deals.expires_soon", "Protection of a deal ends soon"),
    ("deals.extension_asked", "Extension of a deal asked for"),
    ("deals.extended", "Protection of a deal extended"),
    ("deals.extension_refused", "Extension of a deal refused"),
    ("inquiries.submitted", "Pricing inquiry"),
    ("inquiries.withdrawn", "Inquiry withdrawn"),
    ("catalogue.prices_published", "New prices"),
    ("catalogue.prices_withdrawn", "Prices withdrawn"),
    ("maintenance.announced", "Maintenance announced"),
    ("maintenance.changed", "Maintenance changed"),
    ("maintenance.extended", "Maintenance extended"),
    ("maintenance.shortened", "Maintenance shortened"),
    ("maintenance.cancelled", "Maintenance cancelled"),
    ("quotes.sent", "Quote"),
    ("quotes.revised", "New revision of a quote"),
    ("quotes.withdrawn", "Quote withdrawn"),
    ("quotes.expired", "Quote lapsed"),
    ("quotes.declined", "Quote declined"),
    ("orders.placed", "Order placed"),
    ("orders.refused", "Order refused"),
    ("orders.cancelled", "Order cancelled"),
    ("schedules.issued", "Licence schedule"),
    ("special_prices.requested", "Special price asked for"),
    ("special_prices.decided", "Special price decided"),
    ("digest.collected", "Digest"),
    ("auth.invited", "Invitation"),
];

/// A choice of a filter.
pub(super) struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    fn new(value: &str, label: &str) -> Self {
        Self { value: value.to_owned(), label: label.to_owned() }
    }
}

/// What kind of mail an event gives; one that no feature sends any more is named by its words.
pub(super) fn kind(event: &str) -> String {
    match KINDS.iter().find(|(known, _)| *known == event) {
        Some((_, label)) => (*label).to_owned(),
        None => event.replace(['.', '_'], " "),
    }
}

pub(super) fn kinds() -> Vec<Choice> {
    KINDS.iter().map(|(event, label)| Choice::new(event, label)).collect()
}

pub(super) fn statuses() -> Vec<Choice> {
    MailStatus::ALL.iter().map(|status| Choice::new(status.as_str(), label(*status))).collect()
}

pub(super) fn roles(roles: &[Role]) -> Vec<Choice> {
    roles.iter().map(|role| Choice::new(role.as_str(), role.label())).collect()
}

pub(super) fn label(status: MailStatus) -> &'static str {
    match status {
        MailStatus::Queued => "Queued",
        MailStatus::Waiting => "Waiting",
        MailStatus::Held => "Parked",
        MailStatus::Sent => "Sent",
        MailStatus::Digested => "In a digest",
        MailStatus::Failed => "Failed",
        MailStatus::Suppressed => "Not sent",
    }
}

pub(super) fn tone(status: MailStatus) -> &'static str {
    match status {
        MailStatus::Queued | MailStatus::Waiting => "info",
        MailStatus::Held => "warn",
        MailStatus::Sent | MailStatus::Digested => "good",
        MailStatus::Failed => "bad",
        MailStatus::Suppressed => "plain",
    }
}

/// What became of a mail, in one sentence; `ended` is when, in words.
pub(super) fn outcome(mail: &Mail, ended: &str, locale: Locale) -> String {
    let answer = mail.answer.trim_end_matches('.');
    match mail.status {
        MailStatus::Queued if mail.attempts > 0 && !answer.is_empty() => format!(
            "Tried {} without success and will be tried again: {answer}.",
            times(mail.attempts, locale)
        ),
        MailStatus::Queued => "Waits to be sent; that takes seconds as a rule.".to_owned(),
        MailStatus::Waiting => {
            "Waits for the digest that its reader chose, or for the end of their quiet hours."
                .to_owned()
        }
        MailStatus::Digested => format!("{} on {ended}.", capitalised(answer)),
        MailStatus::Held => "Parked by an operator; it goes out when it is released.".to_owned(),
        MailStatus::Sent => format!("The mail server took it on {ended}."),
        MailStatus::Failed => {
            format!("Could not be delivered: {}.", answer.trim_start_matches("not sent: "))
        }
        MailStatus::Suppressed => format!("Not sent: {answer}."),
    }
}

fn times(attempts: i32, locale: Locale) -> String {
    match attempts {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        many => format!("{} times", locale.number(many.into())),
    }
}

/// Why somebody got a mail, as a list has room for it; the whole sentence stands on its page.
pub(super) fn why(mail: &Mail) -> String {
    let role = role(mail);
    if mail.list.is_some() {
        return match mail.because {
            Some(Because::StandIn) => "Administrator; nobody is on the list".to_owned(),
            _ => "On the list of recipients".to_owned(),
        };
    }
    match mail.because {
        Some(Because::Holder) => format!("Holds {role}"),
        Some(Because::StandIn) => format!("Administrator; nobody holds {role}"),
        Some(Because::Administrator) => "Administrator".to_owned(),
        Some(Because::Concerned) => "Concerns their own work".to_owned(),
        Some(Because::Account) => "Own account".to_owned(),
        Some(Because::Digest) => "Chose to get mails collected".to_owned(),
        None => role,
    }
}

/// The role that a mail is of; empty where it is of none.
pub(super) fn role(mail: &Mail) -> String {
    let word = mail.role.as_deref().unwrap_or_default();
    word.parse::<Role>().map_or_else(|_| word.replace('_', " "), |role| role.label().to_owned())
}
