//! Mails about orders. No price stands in them.

use super::model::{Order, OrderLine};
use super::rules::Refused;
use crate::auth::Program;
use crate::mail::Recipient;
use crate::mail_message;
use crate::pricing::quotes::QuoteRow;

/// A quote was accepted, and an order came of it.
pub(super) struct OrderPlaced {
    pub name: String,
    pub subject: String,
    pub opening: String,
    pub path: String,
}

mail_message!(
    OrderPlaced,
    "orders.placed",
    "mail/orders/placed.subject.txt",
    "mail/orders/placed.txt",
    "mail/orders/placed.html",
);

impl OrderPlaced {
    pub(super) fn new(program: &Program, quote: &QuoteRow, order: &str, to: &Recipient) -> Self {
        Self {
            name: to.name.clone(),
            subject: format!("Order for {}", quote.customer_name),
            opening: format!(
                "{} has accepted the quote {} for {} and ordered it: {order}.",
                quote.reseller, quote.reference, quote.customer_name
            ),
            path: format!("/p/{}/orders/{order}", program.slug),
        }
    }
}

/// The vendor cannot make licences of an order.
pub(super) struct OrderRefused {
    pub name: String,
    pub subject: String,
    pub opening: String,
    /// Line by line: what was ordered, and why not so.
    pub lines: Vec<(String, String)>,
    pub path: String,
}

mail_message!(
    OrderRefused,
    "orders.refused",
    "mail/orders/refused.subject.txt",
    "mail/orders/refused.txt",
    "mail/orders/refused.html",
);

impl OrderRefused {
    pub(super) fn new(
        program: &Program,
        order: &Order,
        refused: &[(&OrderLine, &Refused)],
        to: &Recipient,
    ) -> Self {
        let line = |(line, refused): &(&OrderLine, &Refused)| {
            (format!("{}. {}", line.position, line.product), refused.why.clone())
        };
        Self {
            name: to.name.clone(),
            subject: format!("Order refused: {}", order.customer),
            opening: format!(
                "The order {} for {} ({}) cannot be processed and is refused as a whole.",
                order.external_number, order.customer, order.reseller
            ),
            lines: refused.iter().map(line).collect(),
            path: path_of(program, order),
        }
    }
}

/// An order was taken back before it was processed.
pub(super) struct OrderCancelled {
    pub name: String,
    pub subject: String,
    pub opening: String,
    pub why: String,
    pub path: String,
}

mail_message!(
    OrderCancelled,
    "orders.cancelled",
    "mail/orders/cancelled.subject.txt",
    "mail/orders/cancelled.txt",
    "mail/orders/cancelled.html",
);

impl OrderCancelled {
    pub(super) fn new(
        program: &Program,
        order: &Order,
        by: &str,
        why: &str,
        to: &Recipient,
    ) -> Self {
        Self {
            name: to.name.clone(),
            subject: format!("Order cancelled: {}", order.customer),
            opening: format!(
                "{by} has cancelled the order {} for {} ({}).",
                order.external_number, order.customer, order.reseller
            ),
            why: why.to_owned(),
            path: path_of(program, order),
        }
    }
}

fn path_of(program: &Program, order: &Order) -> String {
    format!("/p/{}/orders/{}", program.slug, order.reference)
}
