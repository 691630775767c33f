//! Mails about quotes and special prices.

use std::ops::Deref;

use super::SpecialStatus;
use super::model::{Quote, Revision, Viewer};
use super::special::Special;
use super::validity::last_day;
use crate::auth::Program;
use crate::clock::Instant;
use crate::mail::Recipient;
use crate::mail_message;

/// A reseller has a quote to answer.
pub(super) struct QuoteSent {
    pub name: String,
    pub subject: String,
    pub opening: String,
    pub customer: String,
    pub total: String,
    pub valid_until: String,
    pub quoter: String,
    pub path: String,
}

mail_message!(
    QuoteSent,
    "quotes.sent",
    "mail/pricing/quote_sent.subject.txt",
    "mail/pricing/quote_sent.txt",
    "mail/pricing/quote_sent.html",
);

/// … which takes the place of the one before.
pub(super) struct QuoteRevised(pub QuoteSent);

impl Deref for QuoteRevised {
    type Target = QuoteSent;

    fn deref(&self) -> &QuoteSent {
        &self.0
    }
}

mail_message!(
    QuoteRevised,
    "quotes.revised",
    "mail/pricing/quote_sent.subject.txt",
    "mail/pricing/quote_sent.txt",
    "mail/pricing/quote_sent.html",
);

/// A reseller has no quote to answer any more.
pub(super) struct QuoteWithdrawn {
    pub name: String,
    pub subject: String,
    pub opening: String,
    pub why: String,
    pub path: String,
}

mail_message!(
    QuoteWithdrawn,
    "quotes.withdrawn",
    "mail/pricing/quote_withdrawn.subject.txt",
    "mail/pricing/quote_withdrawn.txt",
    "mail/pricing/quote_withdrawn.html",
);

/// A reseller does not want a quote. Its reason stands on the page: it may name prices.
pub(super) struct QuoteDeclined {
    pub name: String,
    pub subject: String,
    pub opening: String,
    pub path: String,
}

mail_message!(
    QuoteDeclined,
    "quotes.declined",
    "mail/pricing/quote_declined.subject.txt",
    "mail/pricing/quote_declined.txt",
    "mail/pricing/quote_declined.html",
);

/// A quote went by its last day without an answer.
pub(super) struct QuoteExpired {
    pub name: String,
    pub subject: String,
    pub opening: String,
    pub path: String,
}

mail_message!(
    QuoteExpired,
    "quotes.expired",
    "mail/pricing/quote_expired.subject.txt",
    "mail/pricing/quote_expired.txt",
    "mail/pricing/quote_expired.html",
);

/// The vendor is asked for a special price.
pub(super) struct SpecialRequested {
    pub name: String,
    pub subject: String,
    pub opening: String,
    pub reason: String,
    pub path: String,
}

mail_message!(
    SpecialRequested,
    "special_prices.requested",
    "mail/pricing/special_requested.subject.txt",
    "mail/pricing/special_requested.txt",
    "mail/pricing/special_requested.html",
);

/// Whoever asked for a special price has its answer.
pub(super) struct SpecialDecided {
    pub name: String,
    pub subject: String,
    pub opening: String,
    pub path: String,
}

mail_message!(
    SpecialDecided,
    "special_prices.decided",
    "mail/pricing/special_decided.subject.txt",
    "mail/pricing/special_decided.txt",
    "mail/pricing/special_decided.html",
);

fn path(program: &Program, folder: &str, reference: &str) -> String {
    format!("/p/{}/{folder}/{reference}", program.slug)
}

impl QuoteSent {
    pub(super) fn new(
        program: &Program,
        quote: &Quote,
        sent: &Revision,
        to: &Recipient,
        now: Instant,
    ) -> Self {
        let row = &quote.row;
        let (subject, opening) = if sent.number == 1 {
            (
                format!("Quote for {}", row.customer_name),
                format!("{} has sent {} a quote.", row.quoter, row.reseller),
            )
        } else {
            (
                format!("Quote for {}, revision {}", row.customer_name, sent.number),
                format!("{} has sent a new revision of its quote.", row.quoter)
                    + " The one before it cannot be accepted any more.",
            )
        };
        let net = sent.net_for(quote.viewer).unwrap_or(sent.msrp_minor);
        Self {
            name: to.name.clone(),
            subject,
            opening,
            customer: row.customer_name.clone(),
            total: row.amount(net, to.locale),
            valid_until: to.locale.day(last_day(sent.valid_until_on, now, program)),
            quoter: row.quoter.clone(),
            path: path(program, "quotes", &row.reference),
        }
    }
}

impl QuoteWithdrawn {
    pub(super) fn new(program: &Program, quote: &Quote, why: &str, to: &Recipient) -> Self {
        let row = &quote.row;
        Self {
            name: to.name.clone(),
            subject: format!("Quote for {} withdrawn", row.customer_name),
            opening: format!(
                "{} has withdrawn its quote {} for {}.",
                row.quoter, row.reference, row.customer_name
            ),
            why: why.to_owned(),
            path: path(program, "quotes", &row.reference),
        }
    }
}

impl QuoteDeclined {
    pub(super) fn new(program: &Program, quote: &Quote, to: &Recipient) -> Self {
        let row = &quote.row;
        Self {
            name: to.name.clone(),
            subject: format!("Quote for {} declined", row.customer_name),
            opening: format!(
                "{} has declined the quote {} for {}. The page says why.",
                row.reseller, row.reference, row.customer_name
            ),
            path: path(program, "quotes", &row.reference),
        }
    }
}

impl QuoteExpired {
    /// `viewer`: whether it goes to the reseller or to whoever quoted.
    pub(super) fn new(program: &Program, quote: &Quote, viewer: Viewer, to: &Recipient) -> Self {
        let row = &quote.row;
        let until = row.valid_until_on.map(|day| to.locale.day(day)).unwrap_or_default();
        let (reference, customer) = (&row.reference, &row.customer_name);
        let opening = match viewer {
            Viewer::Reseller => format!(
                "The quote {reference} of {} for {customer} could be accepted until {until}. It \
                 cannot be accepted any more: ask for another one if {customer} still wants it.",
                row.quoter
            ),
            _ => format!(
                "The quote {reference} for {customer} could be accepted until {until}, and {} did \
                 not answer.",
                row.reseller
            ),
        };
        Self {
            name: to.name.clone(),
            subject: format!("Quote for {customer} lapsed"),
            opening,
            path: path(program, "quotes", reference),
        }
    }
}

impl SpecialRequested {
    pub(super) fn new(program: &Program, special: &Special, to: &Recipient) -> Self {
        Self {
            name: to.name.clone(),
            subject: format!("Special price asked for: {}", special.customer),
            opening: format!(
                "{} asks for a special price on {} for {}, sold by {}.",
                special.quoter,
                special.about(),
                special.customer,
                special.reseller
            ),
            reason: special.reason.clone(),
            path: path(program, "special-prices", &special.reference),
        }
    }
}

impl SpecialDecided {
    pub(super) fn new(
        program: &Program,
        special: &Special,
        decided: SpecialStatus,
        to: &Recipient,
    ) -> Self {
        let word = decided.label().to_lowercase();
        let next = match decided {
            SpecialStatus::Approved => {
                "It becomes part of the draft when that is priced the next time."
            }
            _ => "The page says why.",
        };
        Self {
            name: to.name.clone(),
            subject: format!("Special price {word}: {}", special.customer),
            opening: format!(
                "The special price on {} for {} is {word}. {next}",
                special.about(),
                special.customer
            ),
            path: path(program, "special-prices", &special.reference),
        }
    }
}
