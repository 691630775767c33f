//! What the forms of quotes send.

use serde::Deserialize;

use super::drafts::EditDraft;
use super::lines::QuoteLine;
use super::settling::Shown;
use super::special::{Decision, Request};
use crate::auth::Scope;
use crate::calendar::add_days;
use crate::error::{Error, Result};
use crate::percent::BasisPoints;
use crate::pricing::inquiries::codes;
use crate::web::{FieldErrors, Fields};

/// A quote cannot be accepted for longer than so many days.
const LONGEST_VALIDITY: i64 = 366;
const NOTE: usize = 2_000;
const REASON: usize = 1_000;

/// A form with what was wrong with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Refused<F> {
    pub form: F,
    pub errors: FieldErrors,
}

/// A draft as its form sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DraftForm {
    /// The quoter's own level, line by line.
    pub percent: Vec<String>,
    pub codes: String,
    pub valid_until: String,
    pub note: String,
    pub private_note: String,
    /// The edition that the form showed.
    pub seen: String,
    /// Where the button leads: `preview`, or back to the draft.
    pub next: String,
}

impl DraftForm {
    pub(super) fn parse(&self, scope: &Scope, lines: &[QuoteLine]) -> Result<EditDraft> {
        let mut fields = Fields::default();
        let own = self.own(lines, &mut fields);
        let codes = codes("codes", &self.codes, &mut fields);
        let valid_until_on = fields.day("valid_until", "The last day", &self.valid_until);
        if let Some(day) = valid_until_on {
            if day < scope.today() {
                fields.refuse("valid_until", "Choose today or a later day.");
            } else if day > add_days(scope.today(), LONGEST_VALIDITY) {
                fields.refuse("valid_until", "Choose a day within a year.");
            }
        }
        let note = fields.text("note", &self.note, NOTE);
        let private_note = fields.text("private_note", &self.private_note, NOTE);
        let seen = seen(&self.seen);
        fields.finish(|| {
            let valid_until_on = valid_until_on?;
            Some(EditDraft { own, codes, valid_until_on, note, private_note, seen })
        })
    }

    fn own(&self, lines: &[QuoteLine], fields: &mut Fields) -> Vec<BasisPoints> {
        let mut own = Vec::with_capacity(lines.len());
        for (place, line) in lines.iter().enumerate() {
            let typed = self.percent.get(place).map_or("", |text| text.trim());
            let read =
                if typed.is_empty() { Some(BasisPoints::NONE) } else { BasisPoints::parse(typed) };
            match read {
                Some(percent) => own.push(percent),
                None => fields.refuse(
                    "percent",
                    format!(
                        "Line {}, {}: enter a percentage from 0 to 100 with at most two decimals.",
                        line.position, line.product
                    ),
                ),
            }
        }
        own
    }
}

/// Lines of text of a reasonable length.
/// A counter as a form carries it; what is none fits no record.
fn seen(sent: &str) -> i64 {
    sent.parse().unwrap_or(0)
}

/// What was previewed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SendingForm {
    pub seen: String,
}

impl SendingForm {
    pub(super) fn seen(&self) -> i64 {
        seen(&self.seen)
    }
}

/// A reason, and what was looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReasonForm {
    pub why: String,
    pub number: String,
    pub revision: String,
}

impl ReasonForm {
    pub(super) fn required(&self) -> Result<String> {
        if self.why.trim().is_empty() {
            return Err(Error::field("why", "Enter a reason."));
        }
        self.optional()
    }

    pub(super) fn optional(&self) -> Result<String> {
        let mut fields = Fields::default();
        let why = fields.text("why", &self.why, REASON);
        fields.finish(|| Some(why))
    }

    pub(super) fn shown(&self) -> Shown {
        Shown::sent(&self.number, &self.revision)
    }
}

impl Shown {
    /// As a form carries it; what cannot be read fits no quote.
    pub fn sent(number: &str, revision: &str) -> Self {
        Self { number: number.parse().unwrap_or(0), revision: revision.parse().unwrap_or(0) }
    }
}

/// A request for a special price.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SpecialForm {
    pub special_percent: String,
    /// A product's code; empty for every line.
    pub special_product: String,
    pub special_reason: String,
}

impl SpecialForm {
    pub(super) fn parse(&self, lines: &[QuoteLine]) -> Result<Request> {
        let mut fields = Fields::default();
        let percent = share("special_percent", &self.special_percent, &mut fields);
        let code = self.special_product.trim();
        let line = lines.iter().find(|line| line.product_code == code);
        if !code.is_empty() && line.is_none() {
            fields.refuse("special_product", "Choose a product of this quote.");
        }
        if self.special_reason.trim().is_empty() {
            fields.refuse("special_reason", "Enter a reason.");
        }
        let reason = fields.text("special_reason", &self.special_reason, REASON);
        let product_id = line.map(|line| line.product_id);
        fields.finish(|| Some(Request { percent: percent?, product_id, reason }))
    }
}

/// A share that is more than nothing.
fn share(name: &'static str, typed: &str, fields: &mut Fields) -> Option<BasisPoints> {
    let percent = BasisPoints::parse(typed).filter(|percent| !percent.is_none());
    if percent.is_none() {
        fields.refuse(name, "Enter a percentage above 0 and up to 100, with at most two decimals.");
    }
    percent
}

/// What the vendor says of a special price.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DecisionForm {
    pub percent: String,
    pub why: String,
}

impl DecisionForm {
    /// A share that is granted, not more than was asked for.
    pub(super) fn approval(&self, asked: BasisPoints) -> Result<Decision> {
        let mut fields = Fields::default();
        let percent = share("percent", &self.percent, &mut fields);
        if percent.is_some_and(|percent| percent > asked) {
            fields.refuse("percent", "Grant what was asked for, or less.");
        }
        fields.finish(|| percent.map(Decision::Approve))
    }

    pub(super) fn rejection(&self) -> Result<Decision> {
        let why = ReasonForm { why: self.why.clone(), ..ReasonForm::default() };
        Ok(Decision::Reject(why.required()?))
    }
}
