//! Mails about prices, to whoever has the role program updates.

use chrono::NaiveDate;

use super::difference::Difference;
use crate::auth::Program;
use crate::locale::Locale;
use crate::mail::Recipient;
use crate::mail_message;

/// A list was published, or published anew.
pub(super) struct PricesPublished {
    pub name: String,
    pub subject: String,
    pub opening: String,
    /// What changes beside the prices before; empty where there were none.
    pub changes: Vec<String>,
    pub path: String,
}

mail_message!(
    PricesPublished,
    "catalogue.prices_published",
    "mail/catalogue/prices_published.subject.txt",
    "mail/catalogue/prices_published.txt",
    "mail/catalogue/prices_published.html",
);

/// A list was withdrawn after it was announced.
pub(super) struct PricesWithdrawn {
    pub name: String,
    pub subject: String,
    pub opening: String,
    pub path: String,
}

mail_message!(
    PricesWithdrawn,
    "catalogue.prices_withdrawn",
    "mail/catalogue/prices_withdrawn.subject.txt",
    "mail/catalogue/prices_withdrawn.txt",
    "mail/catalogue/prices_withdrawn.html",
);

/// The list that a mail is about.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub program: &'a Program,
    /// ISO 4217.
    pub currency: &'a str,
    pub effective_on: NaiveDate,
}

impl About<'_> {
    fn day(&self, locale: Locale) -> String {
        locale.day(self.effective_on)
    }

    fn path(&self) -> String {
        format!("/p/{}/catalogue", self.program.slug)
    }
}

impl PricesPublished {
    /// `again`: an earlier version of the list was announced.
    pub(super) fn new(
        about: About<'_>,
        difference: Option<&Difference>,
        again: bool,
        to: &Recipient,
    ) -> Self {
        let (program, currency, day) = (&about.program.name, about.currency, about.day(to.locale));
        let (subject, opening) = if again {
            (
                format!("Changed again: prices in {currency} from {day}"),
                format!(
                    "{program} has changed the recommended prices in {currency} that it announced \
                     for {day}. Until then today's prices hold."
                ),
            )
        } else {
            (
                format!("New prices in {currency} from {day}"),
                format!(
                    "{program} has new recommended prices in {currency} from {day}. Until then \
                     today's prices hold."
                ),
            )
        };
        let changes = difference.map(|one| changes(one, to.locale)).unwrap_or_default();
        Self { name: to.name.clone(), subject, opening, changes, path: about.path() }
    }
}

fn changes(difference: &Difference, locale: Locale) -> Vec<String> {
    let counts = [
        (difference.dearer(), "price rises", "prices rise"),
        (difference.cheaper(), "price falls", "prices fall"),
        (difference.added(), "price is new", "prices are new"),
        (difference.removed(), "price is no longer listed", "prices are no longer listed"),
        (difference.same, "price stays as it is", "prices stay as they are"),
    ];
    let said = counts.into_iter().filter(|(count, ..)| *count > 0);
    said.map(|(count, one, many)| {
        let number = locale.number(i64::try_from(count).unwrap_or(i64::MAX));
        format!("{number} {}", if count == 1 { one } else { many })
    })
    .collect()
}

impl PricesWithdrawn {
    pub(super) fn new(about: About<'_>, to: &Recipient) -> Self {
        let (program, currency, day) = (&about.program.name, about.currency, about.day(to.locale));
        Self {
            name: to.name.clone(),
            subject: format!("Withdrawn: prices in {currency} from {day}"),
            opening: format!(
                "{program} has withdrawn the prices in {currency} that it announced for {day}. The \
                 prices before them go on; there is nothing to do."
            ),
            path: about.path(),
        }
    }
}
