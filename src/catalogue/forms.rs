//! What the forms of the translator send.

use chrono::NaiveDate;
use serde::Deserialize;

use super::quote::{self, MOST_LINES, QuoteLine, Unreadable};
use crate::error::Error;
use crate::sheet::Fault;
use crate::web::{FieldErrors, Fields};

const LONGEST_SKU: usize = 80;

/// One SKU to be explained, as the address holds it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SkuQuery {
    pub sku: String,
    pub on: String,
}

impl SkuQuery {
    /// The SKU, in capitals, and the day; nothing where no SKU is asked for.
    pub(super) fn parse(&self, today: NaiveDate) -> Result<Option<(String, NaiveDate)>, Error> {
        let mut fields = Fields::default();
        let sku = fields.line("sku", "The SKU", &self.sku, LONGEST_SKU).to_uppercase();
        let day = day(&mut fields, "on", &self.on, today);
        fields.finish(|| Some((!sku.is_empty()).then_some(sku).zip(day)))
    }
}

/// A quote as it was pasted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct QuoteForm {
    pub quote: String,
    pub day: String,
}

/// What is wrong with a pasted quote.
#[derive(Clone, Debug, Default)]
pub(super) struct Refused {
    pub errors: FieldErrors,
    pub faults: Vec<Fault>,
}

impl QuoteForm {
    pub(super) fn parse(&self, today: NaiveDate) -> Result<(Vec<QuoteLine>, NaiveDate), Refused> {
        let mut fields = Fields::default();
        let day = day(&mut fields, "day", &self.day, today);
        let mut faults = Vec::new();
        let lines = quote::read(&self.quote);
        match &lines {
            Ok(_) => {}
            Err(Unreadable::Empty) => {
                fields.refuse("quote", "Paste at least one line with a SKU.");
            }
            Err(Unreadable::TooManyLines) => {
                let most = format!("Paste at most {MOST_LINES} lines at a time.");
                fields.refuse("quote", most);
            }
            Err(Unreadable::Faults(found)) => {
                let count = match found.len() {
                    1 => "1 line cannot be read; it is named below.".to_owned(),
                    many => format!("{many} lines cannot be read; they are named below."),
                };
                fields.refuse("quote", count);
                faults.clone_from(found);
            }
        }
        let read = fields.finish(|| lines.ok().zip(day));
        read.map_err(|fault| match fault {
            Error::Invalid(errors) => Refused { errors, faults },
            other => Refused { errors: FieldErrors::one("quote", other.to_string()), faults },
        })
    }
}

/// The chosen day, today where none is.
fn day(fields: &mut Fields, name: &'static str, text: &str, today: NaiveDate) -> Option<NaiveDate> {
    if text.trim().is_empty() { Some(today) } else { fields.day(name, "The day", text) }
}
