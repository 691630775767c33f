//! What the forms of orders send.

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::web::Fields;

const REASON: usize = 1_000;

/// Why an order is held or cancelled; its parties read it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReasonForm {
    #[serde(alias = "hold_why", alias = "cancel_why")]
    pub why: String,
}

impl ReasonForm {
    /// `name` is the field, where a page has several such forms.
    pub(super) fn parse(&self, name: &'static str) -> Result<String> {
        if self.why.trim().is_empty() {
            return Err(Error::field(name, "Enter a reason."));
        }
        let mut fields = Fields::default();
        let why = fields.text(name, &self.why, REASON);
        fields.finish(|| Some(why))
    }
}

/// Orders ticked in the list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChosenForm {
    pub order: Vec<String>,
}
