//! What the forms of price lists send.

use iso_currency::Currency;
use serde::Deserialize;

use super::publishing::Publication;
use crate::error::Result;
use crate::web::{FieldErrors, Fields, Upload};

const LONGEST_SOURCE: usize = 200;

/// What is said of a list besides its file.
#[derive(Clone, Debug, Default)]
pub(super) struct PublicationForm {
    pub currency: String,
    pub effective_on: String,
    pub source: String,
    /// The list that a check showed to be replaced.
    pub seen: String,
}

impl PublicationForm {
    pub(super) fn of(upload: &Upload) -> Self {
        let field = |name| upload.field(name).to_owned();
        Self {
            currency: field("currency"),
            effective_on: field("effective_on"),
            source: field("source"),
            seen: field("seen"),
        }
    }

    pub(super) fn parse(&self, today: chrono::NaiveDate) -> Result<Publication> {
        let mut fields = Fields::default();
        let currency = currency(&self.currency);
        if currency.is_none() {
            fields.refuse("currency", "Enter a currency by its three letters, such as EUR.");
        }
        let effective_on = fields.day("effective_on", "The first day", &self.effective_on);
        let source = fields.line("source", "The source", &self.source, LONGEST_SOURCE);
        let publication = match (currency, effective_on) {
            (Some(currency), Some(effective_on)) => {
                Some(Publication { currency, effective_on, source })
            }
            _ => None,
        };
        if let Some(why) = publication.as_ref().and_then(|one| one.refuse_day(today)) {
            fields.refuse("effective_on", why);
        }
        fields.finish(|| publication)
    }
}

/// A currency that has minor units to count in.
fn currency(text: &str) -> Option<Currency> {
    let found = Currency::from_code(&text.trim().to_uppercase())?;
    found.exponent().map(|_| found)
}

/// Why a list or a promotion is withdrawn, and which version of it was seen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::catalogue) struct WithdrawalForm {
    pub why: String,
    pub seen: String,
}

impl WithdrawalForm {
    pub(super) fn parse(&self) -> Result<String> {
        let mut fields = Fields::default();
        let why = fields.required("why", "A reason", &self.why, 400);
        fields.finish(|| Some(why))
    }

    /// The version that the form was opened on; one that no list has where there is none.
    pub(super) fn seen(&self) -> i64 {
        self.seen.parse().unwrap_or(0)
    }
}

/// A form with what was wrong with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Refused<F> {
    pub form: F,
    pub errors: FieldErrors,
}
