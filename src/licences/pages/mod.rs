//! Pages of licences.

mod customer;
mod index;
mod licence;
mod notices;

pub(super) use customer::CustomerPage;
pub(super) use index::IndexPage;
pub(super) use licence::LicencePage;
pub(super) use notices::NoticesPage;

use super::list::LicenceLine;
use super::status::{Status, Thresholds};
use crate::auth::Scope;

/// One option of a choice.
pub(super) struct Choice {
    pub value: String,
    pub label: String,
}

/// A row of a list of licences, as it reads.
struct Row {
    href: String,
    reference: String,
    customer: String,
    customer_href: String,
    product: String,
    detail: String,
    quantity: String,
    reseller: String,
    ends_iso: String,
    ends: String,
    status: Badge,
}

/// The state of a line.
struct Badge {
    tone: &'static str,
    text: &'static str,
}

impl Badge {
    /// Hardware and services without a term have no state.
    fn of(status: Option<Status>) -> Self {
        Self {
            tone: status.map_or("plain", Status::tone),
            text: status.map_or("No term", Status::label),
        }
    }
}

impl Row {
    fn of(line: LicenceLine, scope: &Scope, thresholds: Thresholds) -> Self {
        let locale = scope.actor().locale;
        let serial = match line.serial_number.as_str() {
            "" => String::new(),
            serial => format!(" · {serial}"),
        };
        Self {
            href: scope.path(&format!("/licences/{}", line.reference)),
            customer_href: scope.path(&format!("/customers/{}", line.customer_reference)),
            detail: format!("{}{serial}", line.sku),
            quantity: locale.number(line.quantity.into()),
            ends_iso: line.ends_on.map_or_else(String::new, |day| day.to_string()),
            ends: line.ends_on.map_or_else(|| "No end".to_owned(), |day| locale.short_day(day)),
            status: Badge::of(line.status(scope.today(), thresholds)),
            reference: line.reference,
            customer: line.customer,
            product: line.product,
            reseller: line.reseller,
        }
    }
}
