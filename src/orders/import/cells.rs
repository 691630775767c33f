//! Cells into values, one line at a time; every fault is noted with its column.

use chrono::{DateTime, Datelike, NaiveDate};
use iso_currency::Currency;

use super::directory::{Directory, Unknown};
use super::table::{Column, Line};
use crate::auth::Part;
use crate::calendar::TermMonths;
use crate::clock::Instant;
use crate::customers::{Identity, NamedCustomer};
use crate::licences::rules::LineKind;
use crate::money::Money;
use crate::programs::pack::is_country;
use crate::sheet::Fault;

/// So many faults are enough to see what is wrong; looking for similar names then stops.
const SUGGESTIONS: usize = 100;
const MOST_UNITS: i32 = 10_000_000;
/// What is said of a cell that must not be empty.
pub(in crate::orders) const EMPTY: &str = "It is empty.";
/// Nothing was ordered before: an earlier year is a slip of the hand.
const FIRST_YEAR: i32 = 1980;

/// Reads one line's cells.
pub(super) struct Cells<'a> {
    pub(super) line: &'a Line,
    pub(super) directory: &'a Directory,
    pub(super) now: Instant,
    pub(super) today: NaiveDate,
    pub(super) faults: &'a mut Vec<Fault>,
}

impl<'a> Cells<'a> {
    fn text(&self, column: Column) -> &'a str {
        self.line.cell(column)
    }

    fn fault(&mut self, column: Column, reason: impl Into<String>, right: impl Into<String>) {
        let found = self.text(column);
        self.faults.push(Fault::new(self.line.number, column.name(), found, reason, right));
    }

    fn known<T>(&mut self, column: Column, found: Result<T, Unknown>) -> Option<T> {
        found.map_err(|(reason, right)| self.fault(column, reason, right)).ok()
    }

    /// Text of one line with at most so many letters; it may be empty.
    pub(super) fn optional(&mut self, column: Column, most: usize) -> Option<String> {
        let text = self.text(column);
        if text.chars().any(char::is_control) {
            self.fault(
                column,
                "There is a control character in it.",
                "Remove line breaks and tabs.",
            );
            return None;
        }
        if text.chars().count() > most {
            self.fault(column, format!("It is longer than {most} letters."), "Shorten it.");
            return None;
        }
        Some(text.to_owned())
    }

    pub(super) fn required(&mut self, column: Column, most: usize) -> Option<String> {
        if self.text(column).is_empty() {
            self.fault(column, EMPTY, "Every line needs it.");
            return None;
        }
        self.optional(column, most)
    }

    pub(super) fn program(&mut self) -> Option<()> {
        let slug = &self.directory.program_slug;
        if self.text(Column::Program) == slug {
            return Some(());
        }
        self.fault(
            Column::Program,
            format!("This import is for the program \"{slug}\"."),
            "Write that, or import the lines of other programs from a file of their own.",
        );
        None
    }

    pub(super) fn reseller(&mut self) -> Option<i64> {
        self.required(Column::Reseller, 200)?;
        self.organisation(Column::Reseller, Part::Partner)
    }

    /// Nothing where the partner buys from the vendor itself.
    pub(super) fn distributor(&mut self) -> Option<Option<i64>> {
        if self.text(Column::Distributor).is_empty() {
            return Some(None);
        }
        self.organisation(Column::Distributor, Part::Distributor).map(Some)
    }

    fn organisation(&mut self, column: Column, part: Part) -> Option<i64> {
        let suggest = self.faults.len() < SUGGESTIONS;
        let found = self.directory.organisation(self.text(column), part, suggest);
        self.known(column, found)
    }

    pub(super) fn product(&mut self) -> Option<i64> {
        self.required(Column::Product, 200)?;
        let suggest = self.faults.len() < SUGGESTIONS;
        let found = self.directory.product(self.text(Column::Product), suggest);
        self.known(Column::Product, found)
    }

    pub(super) fn customer(&mut self) -> Option<NamedCustomer> {
        let name = self.required(Column::Customer, 200);
        let country = self.country();
        let (name, country) = (name?, country?);
        let identity = Identity::new(&name, &country);
        if identity.name_key.is_empty() {
            self.fault(
                Column::Customer,
                "There is neither a letter nor a digit in it.",
                "Write the customer's name.",
            );
            return None;
        }
        Some(NamedCustomer { name, identity })
    }

    fn country(&mut self) -> Option<String> {
        let country = self.text(Column::CustomerCountry);
        if is_country(country) {
            return Some(country.to_owned());
        }
        self.fault(
            Column::CustomerCountry,
            "This is not a country.",
            "Write two capital letters of ISO 3166-1, such as BE.",
        );
        None
    }

    pub(super) fn kind(&mut self) -> Option<LineKind> {
        let kind = self.text(Column::Kind).parse().ok();
        if kind.is_none() {
            self.fault(
                Column::Kind,
                "This is not a kind of line.",
                "Write new, renewal, change, trial or nfr.",
            );
        }
        kind
    }

    pub(super) fn quantity(&mut self) -> Option<i32> {
        let units = self.text(Column::Quantity).parse().ok();
        let units = units.filter(|units| (1..=MOST_UNITS).contains(units));
        if units.is_none() {
            self.fault(
                Column::Quantity,
                "This is not a number of units.",
                format!("Write a whole number from 1 to {MOST_UNITS}, without separators."),
            );
        }
        units
    }

    pub(super) fn months(&mut self) -> Option<Option<TermMonths>> {
        match self.text(Column::Months) {
            "" => Some(None),
            text => match text.parse::<TermMonths>() {
                Ok(months) => Some(Some(months)),
                Err(why) => {
                    self.fault(
                        Column::Months,
                        why.to_string(),
                        "Leave it empty where there is no term.",
                    );
                    None
                }
            },
        }
    }

    /// An instant that has passed, as RFC 3339 writes it.
    pub(super) fn instant(&mut self, column: Column) -> Option<Instant> {
        let Ok(at) = DateTime::parse_from_rfc3339(self.text(column)) else {
            self.fault(
                column,
                "This is not an instant.",
                "Write date, time and offset, such as 2023-10-12T09:30:00+02:00.",
            );
            return None;
        };
        let at = Instant::from_utc(at.naive_utc());
        if at > self.now {
            self.fault(
                column,
                "This is still to come.",
                "Import an order when it has been processed.",
            );
            return None;
        }
        if at.utc().year() < FIRST_YEAR {
            self.fault(column, "This is too long ago.", "Check the year.");
            return None;
        }
        Some(at)
    }

    pub(super) fn optional_instant(&mut self, column: Column) -> Option<Option<Instant>> {
        if self.text(column).is_empty() {
            return Some(None);
        }
        self.instant(column).map(Some)
    }

    /// When it was processed; nothing where that is still to be done, of an order that was released.
    pub(super) fn processed_at(&mut self) -> Option<Option<Instant>> {
        if self.is_open() && self.text(Column::ReleasedAt).is_empty() {
            self.fault(
                Column::ProcessedAt,
                "It is empty, and so is released_at.",
                "Say when the order was processed; or, where it is to be processed here, when it was \
                 released.",
            );
            return None;
        }
        self.optional_instant(Column::ProcessedAt)
    }

    /// Whether the order is still to be processed.
    fn is_open(&self) -> bool {
        self.text(Column::ProcessedAt).is_empty()
    }

    pub(super) fn activated_on(&mut self) -> Option<Option<NaiveDate>> {
        let text = self.text(Column::ActivatedOn);
        if text.is_empty() {
            return Some(None);
        }
        if self.is_open() {
            self.fault(
                Column::ActivatedOn,
                "What is not processed yet cannot be activated.",
                "Leave it empty, and record the activation when the order is processed.",
            );
            return None;
        }
        match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            Ok(day) if day <= self.today => Some(Some(day)),
            Ok(_) => {
                self.fault(
                    Column::ActivatedOn,
                    "This day is still to come.",
                    "Leave it empty until the licence is activated.",
                );
                None
            }
            Err(_) => {
                self.fault(
                    Column::ActivatedOn,
                    "This is not a day.",
                    "Write year, month and day, such as 2023-10-15.",
                );
                None
            }
        }
    }

    /// The price of one unit; lines that are free by their kind may leave it empty.
    pub(super) fn unit_price(&mut self, kind: Option<LineKind>) -> Option<(i64, String)> {
        let currency = self.currency()?;
        let free = matches!(kind, Some(LineKind::Trial | LineKind::Nfr));
        let text = self.text(Column::UnitPrice);
        if text.is_empty() && free {
            return Some((0, currency.code().to_owned()));
        }
        let price = Money::parse(text, currency);
        if price.is_none() {
            let example = Money::new(4_900, currency);
            self.fault(
                Column::UnitPrice,
                format!("This is not an amount in {}.", currency.code()),
                format!(
                    "Write the price of one unit in digits, such as {}; 0 if it was free.",
                    example.plain()
                ),
            );
        }
        price.map(|price| (price.minor, currency.code().to_owned()))
    }

    /// A total that no number holds is a slip of the hand.
    pub(super) fn can_be_counted(
        &mut self,
        quantity: Option<i32>,
        price: Option<&(i64, String)>,
    ) -> Option<()> {
        let (Some(quantity), Some((unit_minor, _))) = (quantity, price) else { return Some(()) };
        if unit_minor.checked_mul(quantity.into()).is_none() {
            self.fault(
                Column::UnitPrice,
                "The line costs more than can be counted.",
                "Check the price of one unit and the quantity.",
            );
            return None;
        }
        Some(())
    }

    fn currency(&mut self) -> Option<Currency> {
        let code = match self.text(Column::Currency) {
            "" => self.directory.currency.as_str(),
            code => code,
        };
        let currency = Currency::from_code(code);
        if currency.is_none() {
            self.fault(
                Column::Currency,
                "This is not a currency.",
                format!(
                    "Write three capital letters of ISO 4217, or leave it empty for {}.",
                    self.directory.currency
                ),
            );
        }
        currency
    }

    /// Which licence a renewal or change is for; other lines are for none.
    pub(super) fn renews(&mut self, kind: Option<LineKind>) -> Option<String> {
        let renews = self.optional(Column::Renews, 80)?;
        let may_name_one = matches!(kind, None | Some(LineKind::Renewal | LineKind::Change));
        if !renews.is_empty() && !may_name_one {
            self.fault(
                Column::Renews,
                "Only a renewal or a change refers to another licence.",
                "Leave it empty, or write renewal or change as the kind.",
            );
            return None;
        }
        Some(renews)
    }
}
