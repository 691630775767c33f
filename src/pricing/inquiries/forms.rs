//! What the forms of inquiries send.

use serde::Deserialize;

use super::Purpose;
use super::drafts::{Head, LineChange, NewLine, SaveDraft};
use super::model::{Inquiry, InquiryLine};
use crate::calendar::TermMonths;
use crate::catalogue::Product;
use crate::error::{Error, Result};
use crate::names;
use crate::pricing::promotions::MOST_CODES;
use crate::programs::pack::is_country;
use crate::web::{FieldErrors, Fields};

const LONGEST_NOTE: usize = 2_000;
const MOST_UNITS: i32 = 10_000_000;
const USUAL_MONTHS: i32 = 12;

/// A form with what was wrong with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Refused<F> {
    pub form: F,
    pub errors: FieldErrors,
}

/// How a draft begins: with a customer, with licences, or with lines of the translator.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BeginForm {
    pub customer_name: String,
    pub customer_country: String,
    /// References of licences, with `:MONTHS` where another term than the last is asked for.
    pub licence: Vec<String>,
    /// What is asked of them: a renewal, a change, or the same as new.
    pub kind: String,
    /// `CODE:QUANTITY:MONTHS`, and whatever follows: a renewal is asked for of its licence.
    pub line: Vec<String>,
}

impl BeginForm {
    /// The customer, who may be left open until the draft is sent.
    pub(super) fn head(&self) -> Result<Head> {
        let mut fields = Fields::default();
        let customer_name = customer_name(&self.customer_name, &mut fields);
        let customer_country = country(&self.customer_country, &mut fields);
        fields.finish(|| Some(Head { customer_name, customer_country, ..Head::default() }))
    }

    pub(super) fn purpose(&self) -> Purpose {
        match self.kind.parse() {
            Ok(purpose) => purpose,
            Err(_) => Purpose::Renewal,
        }
    }

    /// The licences, and the months that are asked for; a choice that was left empty is left out.
    pub(super) fn licences(&self) -> Result<Vec<(String, Option<i32>)>> {
        let read = |text: &String| match text.split_once(':') {
            None => Some((text.clone(), None)),
            Some((reference, months)) => {
                let months = months.parse::<TermMonths>().ok()?;
                Some((reference.to_owned(), Some(i32::from(months.get()))))
            }
        };
        let chosen = self.licence.iter().filter(|text| !text.is_empty());
        let licences: Option<Vec<_>> = chosen.map(read).collect();
        let licences =
            licences.ok_or_else(|| Error::field("licence", "The licences could not be read."))?;
        if licences.is_empty() && !self.licence.is_empty() {
            return Err(Error::field("licence", "Choose at least one licence."));
        }
        Ok(licences)
    }

    /// The lines that another page sends along.
    pub(super) fn lines(&self, products: &[Product]) -> Result<Vec<NewLine>> {
        let read = |text: &String| {
            let mut parts = text.split(':');
            let code = parts.next()?;
            let product = products.iter().find(|product| product.code == code)?;
            let quantity = parts.next()?.parse().ok().filter(|units| is_quantity(*units))?;
            let months = parts.next().unwrap_or_default();
            let months = months.parse::<TermMonths>().ok().map(|months| i32::from(months.get()));
            let months = months.filter(|_| product.kind.has_term());
            Some(NewLine {
                product_id: product.id,
                purpose: Purpose::New,
                quantity,
                months,
                base_id: None,
            })
        };
        let lines: Option<Vec<NewLine>> = self.line.iter().map(read).collect();
        lines.ok_or_else(|| Error::field("line", "The lines could not be read."))
    }
}

fn is_quantity(units: i32) -> bool {
    (1..=MOST_UNITS).contains(&units)
}

fn customer_name(typed: &str, fields: &mut Fields) -> String {
    let name = fields.line("customer_name", "The customer's name", typed, 120);
    if !name.is_empty() && names::fold(&name).is_empty() {
        fields.refuse("customer_name", "Enter the customer's name, with letters or digits.");
    }
    name
}

fn country(typed: &str, fields: &mut Fields) -> String {
    let country = typed.trim().to_uppercase();
    if !country.is_empty() && !is_country(&country) {
        fields.refuse("customer_country", "Enter a country by its two letters, such as BE.");
    }
    country
}

/// A draft as its page sends it: everything, and which button was pressed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DraftForm {
    pub customer_name: String,
    pub customer_country: String,
    pub wanted_on: String,
    pub promotion_codes: String,
    pub note: String,
    /// The ids of the lines, and in the same order what was entered for each.
    pub line: Vec<String>,
    pub quantity: Vec<String>,
    pub months: Vec<String>,
    /// What products are looked for.
    pub q: String,
    /// The code of a product that is to be added, or the id of a line that is to go.
    pub add: String,
    pub remove: String,
    pub seen: String,
}

impl DraftForm {
    /// A draft as it is stored.
    pub(super) fn showing(inquiry: &Inquiry, lines: &[InquiryLine], q: &str) -> Self {
        let month = |line: &InquiryLine| line.months.map(|one| one.to_string()).unwrap_or_default();
        Self {
            customer_name: inquiry.customer_name.clone(),
            customer_country: inquiry.customer_country.clone(),
            wanted_on: inquiry.wanted_on.map(|day| day.to_string()).unwrap_or_default(),
            promotion_codes: inquiry.promotion_codes.clone(),
            note: inquiry.note.clone(),
            line: lines.iter().map(|line| line.id.to_string()).collect(),
            quantity: lines.iter().map(|line| line.quantity.to_string()).collect(),
            months: lines.iter().map(month).collect(),
            q: q.to_owned(),
            seen: inquiry.revision.to_string(),
            ..Self::default()
        }
    }

    pub(super) fn parse(&self, products: &[Product]) -> Result<SaveDraft> {
        let mut fields = Fields::default();
        let head = self.head(&mut fields);
        let changes = self.changes(&mut fields);
        let added = self.added(products, &mut fields);
        let removed = self.remove.parse().into_iter().collect();
        let seen = self.seen();
        fields.finish(|| Some(SaveDraft { head, changes, added, removed, seen }))
    }

    fn head(&self, fields: &mut Fields) -> Head {
        let wanted_on = match self.wanted_on.trim() {
            "" => None,
            day => fields.day("wanted_on", "The wanted date", day),
        };
        let note = self.note.trim().replace("\r\n", "\n");
        if note.chars().any(|letter| letter.is_control() && letter != '\n') {
            fields.refuse("note", "The note contains a control character; remove it.");
        } else if note.chars().count() > LONGEST_NOTE {
            fields.refuse(
                "note",
                format!("The note is too long; {LONGEST_NOTE} characters at most."),
            );
        }
        Head {
            customer_name: customer_name(&self.customer_name, fields),
            customer_country: country(&self.customer_country, fields),
            wanted_on,
            note,
            promotion_codes: codes("promotion_codes", &self.promotion_codes, fields),
        }
    }

    fn changes(&self, fields: &mut Fields) -> Vec<LineChange> {
        let mut changes = Vec::new();
        for (place, line) in self.line.iter().enumerate() {
            let Ok(line_id) = line.parse() else { continue };
            if *line == self.remove {
                continue;
            }
            let at = place + 1;
            let text =
                |list: &Vec<String>| list.get(place).map_or("", |text| text.trim()).to_owned();
            let quantity = text(&self.quantity).parse().ok().filter(|units| is_quantity(*units));
            if quantity.is_none() {
                fields.refuse("lines", format!("Line {at}: enter a whole number of units."));
            }
            let months = match text(&self.months).as_str() {
                "" => Some(None),
                typed => typed.parse::<TermMonths>().ok().map(|one| Some(i32::from(one.get()))),
            };
            if months.is_none() {
                fields.refuse(
                    "lines",
                    format!("Line {at}: enter the months of its term, from 1 to 60."),
                );
            }
            if let (Some(quantity), Some(months)) = (quantity, months) {
                changes.push(LineChange { line_id, quantity, months });
            }
        }
        changes
    }

    fn added(&self, products: &[Product], fields: &mut Fields) -> Vec<NewLine> {
        if self.add.is_empty() {
            return Vec::new();
        }
        let Some(product) = products.iter().find(|product| product.code == self.add) else {
            fields.refuse("lines", "This product is not in the catalogue.");
            return Vec::new();
        };
        let months = Some(USUAL_MONTHS).filter(|_| product.kind.has_term());
        let (purpose, product_id) = (Purpose::New, product.id);
        vec![NewLine { product_id, purpose, quantity: 1, months, base_id: None }]
    }

    pub(super) fn seen(&self) -> i64 {
        self.seen.parse().unwrap_or(0)
    }
}

/// Codes as people type them: apart by commas or spaces, in any case, each once.
pub(in crate::pricing) fn codes(
    field: &'static str,
    typed: &str,
    fields: &mut Fields,
) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for word in typed.split([',', ';', ' ', '\n', '\r', '\t']).filter(|word| !word.is_empty()) {
        let code = word.to_uppercase();
        let sound = code.len() <= 40
            && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
        if !sound {
            fields.refuse(field, "A code has letters, digits, hyphens, dots and underscores.");
        } else if !codes.contains(&code) {
            codes.push(code);
        }
    }
    if codes.len() > MOST_CODES {
        fields.refuse(field, format!("Enter at most {MOST_CODES} codes."));
    }
    codes
}

/// Whom to ask.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SubmissionForm {
    pub quoter: String,
    pub seen: String,
}

impl SubmissionForm {
    pub(super) fn seen(&self) -> i64 {
        self.seen.parse().unwrap_or(0)
    }
}

/// A reason that may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WithdrawalForm {
    pub why: String,
    pub seen: String,
}

impl WithdrawalForm {
    pub(super) fn why(&self) -> Result<String> {
        let mut fields = Fields::default();
        let why = fields.line("why", "The reason", &self.why, 500);
        fields.finish(|| Some(why))
    }

    pub(super) fn seen(&self) -> i64 {
        self.seen.parse().unwrap_or(0)
    }
}
