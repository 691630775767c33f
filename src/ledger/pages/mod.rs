//! The ledger's pages: a struct for each template.

pub(super) mod counts;
pub(super) mod list;
pub(super) mod mail;
pub(super) mod partners;

use super::counts::Tally;
use super::filter::{CountsQuery, Period};
use super::words::Choice;
use crate::auth::Scope;
use crate::locale::Locale;

/// The vendor's ways through the ledger.
pub(super) struct Tab {
    href: String,
    label: &'static str,
    current: bool,
}

fn tabs(scope: &Scope, current: &str) -> Vec<Tab> {
    [("/mail", "Overview"), ("/mail/partners", "By partner"), ("/mail/own", "To our own people")]
        .into_iter()
        .map(|(path, label)| Tab { href: scope.path(path), label, current: path == current })
        .collect()
}

/// Figures of a line as it shows them.
pub(super) struct Figures {
    all: String,
    sent: String,
    waiting: String,
    failed: String,
    suppressed: String,
}

impl Figures {
    fn of(tally: Tally, locale: Locale) -> Self {
        let [all, sent, waiting, failed, suppressed] =
            [tally.all(), tally.sent, tally.waiting, tally.failed, tally.suppressed]
                .map(|figure| locale.number(figure));
        Self { all, sent, waiting, failed, suppressed }
    }
}

fn periods() -> Vec<Choice> {
    // The default stands in the address as nothing.
    let others = Period::ALL.into_iter().filter(|period| *period != Period::default());
    others
        .map(|period| Choice { value: period.word().to_owned(), label: period.label().to_owned() })
        .collect()
}

/// What the choice of a period shows as chosen.
fn chosen_period(query: &CountsQuery) -> &'static str {
    match query.period() {
        period if period == Period::default() => "",
        period => period.word(),
    }
}
