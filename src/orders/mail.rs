//! Mails about orders. No price stands in them.

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
