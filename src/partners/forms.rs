//! What the forms of enrolments send.

use serde::Deserialize;

use super::Enrolment;
use super::choices::{Choice, Choices, Surroundings, chosen};
use super::verbs::{self, EditEnrolment, Terms};
use crate::auth::Part;
use crate::error::Result;
use crate::web::Fields;

/// The terms of an enrolment, as a form sends them: keys and references.
#[derive(Clone, Debug, Default)]
pub struct TermsForm {
    pub types: Vec<String>,
    pub tier: String,
    pub currency: String,
    pub cam: String,
    pub distributor: Vec<String>,
}

impl TermsForm {
    pub fn of(enrolment: &Enrolment, around: &Surroundings) -> Self {
        let values = |list: &[Choice]| list.iter().map(|one| one.value.clone()).collect();
        Self {
            types: values(&around.types),
            tier: enrolment.tier.as_ref().map(|tier| tier.key.clone()).unwrap_or_default(),
            currency: enrolment.currency.clone(),
            cam: enrolment.cam.as_ref().map(|cam| cam.reference.clone()).unwrap_or_default(),
            distributor: values(&around.distributors),
        }
    }

    /// Reads them against what the program has. `around` is what the enrolment has now, which may
    /// stay although it could not be chosen any more.
    pub fn parse(
        &self,
        part: Part,
        choices: &Choices,
        around: &Surroundings,
        fields: &mut Fields,
    ) -> Option<Terms> {
        let types = verbs::all_chosen(&choices.types, &self.types);
        if types.is_none() {
            fields.refuse("type", "Choose partner types of this program.");
        }
        let mut sellers = choices.distributors.clone();
        let kept = around.distributors.iter();
        sellers.extend(
            kept.filter(|one| chosen(&choices.distributors, &one.value).is_none()).cloned(),
        );
        let distributors = verbs::all_chosen(&sellers, &self.distributor);
        if distributors.is_none() {
            fields.refuse("distributor", "Choose distributors of this program.");
        }
        let tier =
            one_of(&choices.tiers, &self.tier, "tier", "Choose a tier of this program.", fields);
        let hint = "Choose a channel account manager or program manager of yours.";
        let cam = one_of(&choices.cams, &self.cam, "cam", hint, fields);
        let currency = currency(&self.currency, fields);
        let (types, distributors) = (types?, distributors?);
        match part {
            Part::Partner if types.is_empty() => {
                fields.refuse("type", "Choose at least one partner type.");
            }
            Part::Distributor
                if !(types.is_empty() && distributors.is_empty() && self.tier.is_empty()) =>
            {
                let text = "A distributor has no partner types, tier or distributors.";
                fields.refuse("part", text);
            }
            _ => {}
        }
        Some(Terms { types, tier, cam, distributors, currency })
    }
}

fn one_of(
    list: &[Choice],
    value: &str,
    field: &'static str,
    hint: &str,
    fields: &mut Fields,
) -> Option<Choice> {
    let found = chosen(list, value).cloned();
    if found.is_none() && !value.is_empty() {
        fields.refuse(field, hint);
    }
    found
}

fn currency(text: &str, fields: &mut Fields) -> String {
    let code = text.trim().to_uppercase();
    if iso_currency::Currency::from_code(&code).is_none() {
        fields.refuse("currency", "Enter a currency by its three letters, such as EUR.");
    }
    code
}

/// Other terms for an enrolment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EditForm {
    #[serde(rename = "type")]
    pub types: Vec<String>,
    pub tier: String,
    pub currency: String,
    pub cam: String,
    pub distributor: Vec<String>,
    pub was: String,
    pub why: String,
}

impl EditForm {
    pub(super) fn of(enrolment: &Enrolment, around: &Surroundings) -> Self {
        let terms = TermsForm::of(enrolment, around);
        Self {
            types: terms.types,
            tier: terms.tier,
            currency: terms.currency,
            cam: terms.cam,
            distributor: terms.distributor,
            was: verbs::fingerprint(enrolment, around),
            why: String::new(),
        }
    }

    pub(super) fn terms(&self) -> TermsForm {
        TermsForm {
            types: self.types.clone(),
            tier: self.tier.clone(),
            currency: self.currency.clone(),
            cam: self.cam.clone(),
            distributor: self.distributor.clone(),
        }
    }

    pub(super) fn parse(
        &self,
        enrolment: &Enrolment,
        choices: &Choices,
        around: &Surroundings,
    ) -> Result<EditEnrolment> {
        let mut fields = Fields::default();
        let mut choices = choices.clone();
        // The account manager may have left since; who still has the partner may keep it.
        if let Some(cam) = &enrolment.cam
            && chosen(&choices.cams, &cam.reference).is_none()
        {
            choices.cams.push(cam.choice());
        }
        let terms = self.terms().parse(enrolment.part, &choices, around, &mut fields);
        let why = fields.line("why", "The reason", &self.why, 500);
        fields.finish(|| Some(EditEnrolment { terms: terms?, was: self.was.clone(), why }))
    }
}

/// Why an enrolment is suspended, reactivated or ended.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReasonForm {
    pub why: String,
}

impl ReasonForm {
    pub(super) fn parse(&self) -> Result<String> {
        let mut fields = Fields::default();
        let why = fields.required("why", "A reason", &self.why, 500);
        fields.finish(|| Some(why))
    }
}
