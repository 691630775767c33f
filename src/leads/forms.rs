//! What the forms of leads send.

use chrono::NaiveDate;
use serde::Deserialize;

use super::activities::{ActivityKind, NewActivity};
use super::fields::{NewLead, Typed};
use super::model::Lead;
use super::topics::Topics;
use crate::calendar::add_days;
use crate::error::Result;
use crate::web::{FieldErrors, Fields};

/// In which category a lead's deal is registered.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConversionForm {
    /// Its key; nothing means the one that the lead is about.
    pub category: String,
    pub seen: String,
}

impl ConversionForm {
    pub(super) fn seen(&self) -> i64 {
        self.seen.parse().unwrap_or(0)
    }
}

/// A lead as its form sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LeadForm {
    pub company: String,
    pub contact_name: String,
    pub email: String,
    pub phone: String,
    pub country: String,
    pub interest: String,
    pub topic: String,
    pub source: String,
    pub note: String,
    pub language: String,
    /// The revision that the form showed; nothing on a new lead.
    pub seen: String,
}

impl LeadForm {
    /// A lead as it is stored, to be edited.
    pub(super) fn showing(lead: &Lead, topics: &Topics) -> Self {
        let details = lead.details().clone();
        Self {
            company: details.company,
            contact_name: details.contact_name,
            email: details.email,
            phone: details.phone,
            country: lead.country.clone(),
            interest: lead.interest.clone(),
            topic: topics.value_of(lead),
            source: details.source,
            note: details.note,
            language: details.language,
            seen: lead.revision.to_string(),
        }
    }

    pub(super) fn parse(&self, topics: &Topics) -> Result<NewLead> {
        let mut fields = Fields::default();
        let topic = topics.id_of(&self.topic);
        if topic.is_none() && !self.topic.is_empty() {
            fields.refuse("topic", "Choose a product or category of this program.");
        }
        let typed = Typed {
            company: &self.company,
            contact_name: &self.contact_name,
            email: &self.email,
            phone: &self.phone,
            country: &self.country,
            interest: &self.interest,
            source: &self.source,
            note: &self.note,
            language: &self.language,
        };
        let lead = typed.read(topic, &mut fields);
        fields.finish(|| Some(lead))
    }

    /// The revision that the form was opened on; one that no lead has where there is none.
    pub(super) fn seen(&self) -> i64 {
        self.seen.parse().unwrap_or(0)
    }
}

/// A note, or a reason.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TextForm {
    pub text: String,
    pub seen: String,
}

impl TextForm {
    /// The text, which may not be empty.
    pub(super) fn required(&self, label: &str) -> Result<String> {
        if self.text.trim().is_empty() {
            return Err(crate::error::Error::field("text", format!("Enter {label}.")));
        }
        self.optional()
    }

    pub(super) fn optional(&self) -> Result<String> {
        let mut fields = Fields::default();
        let text = fields.text("text", &self.text, TEXT);
        fields.finish(|| Some(text))
    }

    pub(super) fn seen(&self) -> i64 {
        self.seen.parse().unwrap_or(0)
    }
}

/// The most letters of a note or a reason.
const TEXT: usize = 1_000;

/// What was done about a lead, as its form sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ActivityForm {
    pub kind: String,
    pub text: String,
    pub next_step: String,
    pub next_on: String,
}

impl ActivityForm {
    /// A day without a step is none, and it may not be over.
    pub(super) fn parse(&self, today: NaiveDate) -> Result<NewActivity> {
        let mut fields = Fields::default();
        let kind = match self.kind.as_str() {
            "" => Some(ActivityKind::Note),
            word => fields.word("kind", "What it was", word),
        };
        if self.text.trim().is_empty() {
            fields.refuse("text", "Enter a note.");
        }
        let text = fields.text("text", &self.text, TEXT);
        let next_step = fields.line("next_step", "The next step", &self.next_step, 160);
        let next_on = match self.next_on.trim() {
            "" => None,
            typed => fields.day("next_on", "The day of the next step", typed),
        };
        if next_on.is_some() && next_step.is_empty() {
            fields.refuse("next_step", "Enter what is to be done on that day.");
        }
        if next_on.is_some_and(|day| day < today || day > add_days(today, FARTHEST_DAYS)) {
            fields.refuse("next_on", "Enter a day from today on, within three years.");
        }
        fields.finish(|| Some(NewActivity { kind: kind?, text, next_step, next_on }))
    }
}

/// Nobody plans further ahead.
const FARTHEST_DAYS: i64 = 3 * 366;

/// What becomes of many leads that end soon.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ManyForm {
    /// References, each with the revision that was shown.
    pub lead: Vec<String>,
    /// `progress` or `close`.
    pub action: String,
    /// The reason, or a note.
    pub text: String,
}

/// What is done with many leads at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Many {
    Progress,
    Close,
}

/// A decision on leads that end soon.
pub(super) struct DecideMany {
    pub chosen: Vec<Chosen>,
    pub what: Many,
    /// May be empty where work goes on.
    pub text: String,
}

impl ManyForm {
    pub(super) fn parse(&self) -> Result<DecideMany> {
        let mut fields = Fields::default();
        let chosen = chosen(&self.lead);
        if chosen.is_empty() {
            fields.refuse("lead", "Choose the leads first.");
        } else if chosen.len() > MOST_CHOSEN {
            fields.refuse("lead", format!("Choose at most {MOST_CHOSEN} leads at once."));
        }
        let what = match self.action.as_str() {
            "progress" => Some(Many::Progress),
            "close" => Some(Many::Close),
            _ => {
                fields.refuse("action", "Choose whether work goes on or the leads are closed.");
                None
            }
        };
        if what == Some(Many::Close) && self.text.trim().is_empty() {
            fields.refuse("text", "Enter a reason.");
        }
        let text = fields.text("text", &self.text, TEXT);
        fields.finish(|| Some(DecideMany { chosen, what: what?, text }))
    }
}

/// Which leads, as boxes of the list send them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChoiceQuery {
    /// References.
    pub lead: Vec<String>,
    /// Part of a partner's name.
    pub name: String,
}

/// Who gets which leads.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AssignmentForm {
    /// References, each with the revision that was shown: `LD-7K3QF-9M2XT:3`.
    pub lead: Vec<String>,
    /// The reference of the partner's enrolment.
    pub partner: String,
    pub why: String,
    pub name: String,
}

/// More leads than one page of a list shows are not assigned at once.
pub(super) const MOST_CHOSEN: usize = 50;

/// A lead that was chosen, as it was when it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub reference: String,
    pub revision: i64,
}

/// A decision to assign leads.
pub(super) struct AssignLeads {
    pub chosen: Vec<Chosen>,
    pub partner: String,
    pub why: String,
}

impl AssignmentForm {
    pub(super) fn parse(&self) -> Result<AssignLeads> {
        let mut fields = Fields::default();
        let chosen = chosen(&self.lead);
        if chosen.is_empty() {
            fields.refuse("lead", "Choose the leads in the list first.");
        } else if chosen.len() > MOST_CHOSEN {
            fields.refuse("lead", format!("Assign at most {MOST_CHOSEN} leads at once."));
        }
        let partner = self.partner.trim().to_owned();
        if partner.is_empty() {
            fields.refuse("partner", "Choose a partner.");
        }
        let why = fields.text("why", &self.why, TEXT);
        fields.finish(|| Some(AssignLeads { chosen, partner, why }))
    }

    /// The same page again.
    pub(super) fn query(&self) -> ChoiceQuery {
        let lead = chosen(&self.lead).into_iter().map(|one| one.reference).collect();
        ChoiceQuery { lead, name: self.name.clone() }
    }
}

/// The leads that were chosen, each once; what is no such thing is left out.
fn chosen(sent: &[String]) -> Vec<Chosen> {
    let mut chosen = Vec::<Chosen>::new();
    for one in sent {
        let Some((reference, revision)) = one.rsplit_once(':') else { continue };
        let Ok(revision) = revision.parse() else { continue };
        if chosen.iter().all(|other| other.reference != reference) {
            chosen.push(Chosen { reference: reference.to_owned(), revision });
        }
    }
    chosen
}

/// A form with what was wrong with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Refused<F> {
    pub form: F,
    pub errors: FieldErrors,
}
