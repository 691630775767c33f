//! One struct for each template.

pub(super) mod customer;
pub(super) mod list;
pub(super) mod new;
pub(super) mod paper;
pub(super) mod preview;
pub(super) mod quote;
pub(super) mod special;
pub(super) mod waterfall;
pub(super) mod workbench;

use super::QuoteStatus;
use super::model::QuoteRow;
use crate::auth::Scope;
use crate::clock::Instant;

/// A choice of a list.
pub(super) struct Word {
    pub value: String,
    pub label: String,
}

impl Word {
    pub(super) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// An instant as it is shown.
pub(super) struct Moment {
    pub iso: String,
    pub text: String,
}

impl Moment {
    pub(super) fn of(at: Instant, scope: &Scope) -> Self {
        let zone = scope.program().time_zone;
        Self { iso: at.to_string(), text: scope.actor().locale.moment(at, zone) }
    }
}

/// Where a quote stands today: one whose last day went by is over, whether or not that is written
/// down yet.
pub(super) fn standing(quote: &QuoteRow, scope: &Scope) -> QuoteStatus {
    let late = quote.last_day(scope.program()).is_some_and(|day| day < scope.today());
    if quote.status == QuoteStatus::Sent && late { QuoteStatus::Expired } else { quote.status }
}
