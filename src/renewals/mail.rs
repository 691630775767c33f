//! The renewal mail: the licences whose end comes near, grouped by customer, in order of date.

use super::due::Notices;
use super::model::EndingLine;
use super::words::licences;
use crate::locale::Locale;
use crate::mail::Recipient;
use crate::mail_message;

/// Lines written out in one mail: what goes beyond is counted and linked, because mail readers
/// cut long messages off.
const WRITTEN_OUT: usize = 300;

/// A contact is told of licences that reached a rung of the notice ladder.
pub(super) struct RenewalsDue {
    pub name: String,
    pub subject: String,
    pub opening: String,
    pub customers: Vec<Customer>,
    /// `and 12 more licences`; empty where all are written out.
    pub more: String,
    pub next_step: String,
    pub renewals_path: String,
}

mail_message!(
    RenewalsDue,
    "renewals.due",
    "mail/renewals/due.subject.txt",
    "mail/renewals/due.txt",
    "mail/renewals/due.html",
);

/// The lines of one customer.
pub(super) struct Customer {
    pub name: String,
    pub lines: Vec<Line>,
}

pub(super) struct Line {
    pub product: String,
    pub sku: String,
    /// `25 × hub`.
    pub quantity: String,
    /// `Ends on 1 April 2026, in 30 days`.
    pub end: String,
    /// `Notice 30 days before the end`.
    pub notice: String,
    pub path: String,
}

impl RenewalsDue {
    /// `lines` in order of date.
    pub(super) fn new(notices: &Notices, to: &Recipient, lines: &[EndingLine]) -> Self {
        let root = format!("/p/{}", notices.program.slug);
        let written = &lines[..lines.len().min(WRITTEN_OUT)];
        let more = lines.len() - written.len();
        Self {
            name: to.name.clone(),
            subject: subject(notices, lines, to.locale),
            opening: opening(notices, lines, to.locale),
            customers: by_customer(written, |line| Line::new(line, notices, to.locale, &root)),
            more: match more {
                0 => String::new(),
                1 => "and 1 more licence".to_owned(),
                _ => format!("and {} more licences", to.locale.number(as_number(more))),
            },
            next_step: next_step(notices),
            renewals_path: format!("{root}/renewals"),
        }
    }
}

impl Line {
    fn new(line: &EndingLine, notices: &Notices, locale: Locale, root: &str) -> Self {
        Self {
            product: line.product.clone(),
            sku: line.sku.clone(),
            quantity: format!("{} × {}", locale.number(line.quantity.into()), line.unit),
            end: line.end(notices.day).sentence(locale),
            notice: format!("Notice {}", line.rung),
            path: format!("{root}/licences/{}", line.reference),
        }
    }
}

/// Customers in the order of their first line.
fn by_customer(lines: &[EndingLine], write: impl Fn(&EndingLine) -> Line) -> Vec<Customer> {
    let mut customers: Vec<(i64, Customer)> = Vec::new();
    for line in lines {
        let place = customers.iter().position(|one| one.0 == line.customer_id);
        let place = place.unwrap_or_else(|| {
            let name = line.customer.clone();
            let lines = Vec::new();
            customers.push((line.customer_id, Customer { name, lines }));
            customers.len() - 1
        });
        customers[place].1.lines.push(write(line));
    }
    customers.into_iter().map(|(_, customer)| customer).collect()
}

/// What the mail is about in one line: exactly for one licence, by the first customer for many.
fn subject(notices: &Notices, lines: &[EndingLine], locale: Locale) -> String {
    if let [only] = lines {
        let end = only.end(notices.day);
        let verb = if end.is_over() { "ended" } else { "ends" };
        let day = locale.day(end.on);
        return format!("{} of {} {verb} on {day}", only.product, only.customer);
    }
    let customers = customers_of(lines);
    let first = lines.first().map_or("", |line| line.customer.as_str());
    let others = match customers.saturating_sub(1) {
        0 => String::new(),
        1 => " and 1 more customer".to_owned(),
        more => format!(" and {} more customers", locale.number(as_number(more))),
    };
    format!("{} of {first}{others} {}", licences(lines.len(), locale), tense(notices, lines))
}

fn opening(notices: &Notices, lines: &[EndingLine], locale: Locale) -> String {
    let whose = match customers_of(lines) {
        1 => "one of your customers".to_owned(),
        many => format!("{} of your customers", locale.number(as_number(many))),
    };
    let verb = match (lines.len(), tense(notices, lines)) {
        (1, "end soon") => "ends soon",
        (1, _) => "has ended",
        (_, verb) => verb,
    };
    format!("{} of {whose} {verb}.", licences(lines.len(), locale))
}

fn next_step(notices: &Notices) -> String {
    format!(
        "Talk to each customer and order the renewal before the last day: the new term then follows \
         the old one without a gap. What has ended can be renewed for {} days after its end, but the \
         customer is not covered meanwhile. A licence that is renewed is not mentioned again.",
        notices.lapse_days
    )
}

fn tense(notices: &Notices, lines: &[EndingLine]) -> &'static str {
    let over = lines.iter().filter(|line| line.end(notices.day).is_over()).count();
    match over {
        0 => "end soon",
        all if all == lines.len() => "have ended",
        _ => "end soon or have ended",
    }
}

fn customers_of(lines: &[EndingLine]) -> usize {
    let mut ids: Vec<i64> = lines.iter().map(|line| line.customer_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.len()
}

fn as_number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
