//! Mails about inquiries. They name recommended prices only.

use super::configured::Configured;
use super::model::Inquiry;
use crate::auth::Scope;
use crate::mail::Recipient;
use crate::mail_message;
use crate::money::Money;

/// Lines written out in one mail; the others are counted.
const WRITTEN_OUT: usize = 30;

/// A reseller asks for prices.
pub(super) struct InquirySubmitted {
    pub name: String,
    pub reseller: String,
    pub customer: String,
    pub wanted: String,
    pub lines: Vec<Line>,
    /// `and 12 more lines`; empty where all are written out.
    pub more: String,
    pub total: String,
    pub path: String,
}

mail_message!(
    InquirySubmitted,
    "inquiries.submitted",
    "mail/inquiries/submitted.subject.txt",
    "mail/inquiries/submitted.txt",
    "mail/inquiries/submitted.html",
);

/// A reseller took its inquiry back.
pub(super) struct InquiryWithdrawn {
    pub name: String,
    pub reseller: String,
    pub customer: String,
    pub why: String,
    pub path: String,
}

mail_message!(
    InquiryWithdrawn,
    "inquiries.withdrawn",
    "mail/inquiries/withdrawn.subject.txt",
    "mail/inquiries/withdrawn.txt",
    "mail/inquiries/withdrawn.html",
);

pub(super) struct Line {
    pub product: String,
    pub quantity: String,
    pub term: String,
}

impl InquirySubmitted {
    pub(super) fn new(
        scope: &Scope,
        inquiry: &Inquiry,
        lines: &[Configured],
        total: Money,
        to: &Recipient,
    ) -> Self {
        let locale = to.locale;
        let line = |one: &Configured| Line {
            product: one.line.product.name.clone(),
            quantity: format!(
                "{} × {}",
                locale.number(one.line.quantity.into()),
                one.line.product.unit
            ),
            term: one.months.map(|months| format!("{months} months")).unwrap_or_default(),
        };
        let more = match lines.len().saturating_sub(WRITTEN_OUT) {
            0 => String::new(),
            1 => "and 1 more line".to_owned(),
            more => format!("and {more} more lines"),
        };
        Self {
            name: to.name.clone(),
            reseller: inquiry.reseller.clone(),
            customer: inquiry.customer_name.clone(),
            wanted: inquiry.wanted_on.map(|day| locale.day(day)).unwrap_or_default(),
            lines: lines.iter().take(WRITTEN_OUT).map(line).collect(),
            more,
            total: total.show(locale),
            path: inquiry.path(scope),
        }
    }
}

impl InquiryWithdrawn {
    pub(super) fn new(scope: &Scope, inquiry: &Inquiry, why: &str, to: &Recipient) -> Self {
        Self {
            name: to.name.clone(),
            reseller: inquiry.reseller.clone(),
            customer: inquiry.customer_name.clone(),
            why: why.to_owned(),
            path: inquiry.path(scope),
        }
    }
}
