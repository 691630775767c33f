//! What the forms of promotions send.

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::verbs::NewPromotion;
use crate::error::Result;
use crate::percent::BasisPoints;
use crate::web::{FieldErrors, Fields};

const LONGEST_CODE: usize = 40;
const MOST_UNITS: i32 = 1_000_000;
const LAST_YEAR: i32 = 2199;

/// A promotion as its form sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::catalogue) struct PromotionForm {
    pub code: String,
    pub name: String,
    pub starts_on: String,
    pub ends_on: String,
    pub percent: String,
    /// Keys.
    pub categories: Vec<String>,
    pub least_units: String,
    /// What it goes together with: `program`, `deal`.
    pub with: Vec<String>,
    /// Codes.
    pub combines: Vec<String>,
    pub approved_by: String,
    pub source: String,
}

/// What a form may choose from: an id, what the form sends, and what people read.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub id: i64,
    pub value: String,
    pub label: String,
}

/// The categories and promotions of the program.
#[derive(Clone, Debug, Default)]
pub(super) struct Choices {
    pub categories: Vec<Choice>,
    pub promotions: Vec<Choice>,
}

impl PromotionForm {
    /// A form as it is opened.
    pub(super) fn fresh(approver: &str) -> Self {
        Self {
            least_units: "1".to_owned(),
            with: vec!["program".to_owned(), "deal".to_owned()],
            approved_by: approver.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn has_category(&self, key: &str) -> bool {
        self.categories.iter().any(|one| one == key)
    }

    pub(super) fn goes_with(&self, what: &str) -> bool {
        self.with.iter().any(|one| one == what)
    }

    pub(super) fn combines_with(&self, code: &str) -> bool {
        self.combines.iter().any(|one| one == code)
    }

    pub(super) fn parse(&self, choices: &Choices, today: NaiveDate) -> Result<NewPromotion> {
        let mut fields = Fields::default();
        let code = code(&self.code, &mut fields);
        let name = fields.required("name", "The name", &self.name, 80);
        let (starts_on, ends_on) = self.days(today, &mut fields);
        let percent = BasisPoints::parse(&self.percent).filter(|percent| !percent.is_none());
        if percent.is_none() {
            let hint = "Enter a percentage above 0 and up to 100, such as 12.5.";
            fields.refuse("percent", hint);
        }
        let category_ids = chosen(&self.categories, &choices.categories);
        match &category_ids {
            None => fields.refuse("categories", "Choose categories of this program."),
            Some(ids) if ids.is_empty() => {
                fields.refuse("categories", "Choose at least one category.");
            }
            Some(_) => {}
        }
        let least_units = units(&self.least_units);
        if least_units.is_none() {
            let hint = format!("Enter a quantity from 1 to {MOST_UNITS}.");
            fields.refuse("least_units", hint);
        }
        let combines = chosen(&self.combines, &choices.promotions);
        if combines.is_none() {
            let hint = "Choose promotions that run or are announced.";
            fields.refuse("combines", hint);
        }
        let approved_by = fields.required("approved_by", "Who approved it", &self.approved_by, 80);
        let source = fields.line("source", "The source", &self.source, 200);
        fields.finish(|| {
            Some(NewPromotion {
                code,
                name,
                starts_on: starts_on?,
                ends_on: ends_on?,
                percent: percent?,
                category_ids: category_ids?,
                least_units: least_units?,
                with_program: self.goes_with("program"),
                with_deal: self.goes_with("deal"),
                combines: combines?,
                approved_by,
                source,
            })
        })
    }

    fn days(
        &self,
        today: NaiveDate,
        fields: &mut Fields,
    ) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let starts_on = fields.day("starts_on", "The first day", &self.starts_on);
        let ends_on = fields.day("ends_on", "The last day", &self.ends_on);
        if starts_on.is_some_and(|day| day < today) {
            fields.refuse("starts_on", "A promotion cannot begin before today.");
        }
        if starts_on.zip(ends_on).is_some_and(|(starts, ends)| ends < starts) {
            fields.refuse("ends_on", "The last day cannot be before the first.");
        } else if ends_on.is_some_and(|day| day.year() > LAST_YEAR) {
            let hint = format!("Choose a day of the year {LAST_YEAR} at the latest.");
            fields.refuse("ends_on", hint);
        }
        (starts_on, ends_on)
    }
}

/// Capitals are how people type it and how it is stored.
fn code(typed: &str, fields: &mut Fields) -> String {
    let code = typed.trim().to_uppercase();
    let fits = code.len() <= LONGEST_CODE
        && code.starts_with(|first: char| first.is_ascii_alphanumeric())
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    if !fits {
        let hint = format!(
            "Enter at most {LONGEST_CODE} letters, digits, hyphens, dots and underscores, such as \
             SUMMER-26."
        );
        fields.refuse("code", hint);
    }
    code
}

fn units(typed: &str) -> Option<i32> {
    match typed.trim() {
        "" => Some(1),
        typed => typed.parse().ok().filter(|units| (1..=MOST_UNITS).contains(units)),
    }
}

/// The ids of what was chosen; none where something else was sent.
fn chosen(sent: &[String], among: &[Choice]) -> Option<Vec<i64>> {
    let mut ids = Vec::new();
    for value in sent {
        let id = among.iter().find(|choice| choice.value == *value)?.id;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Some(ids)
}

/// The last day of a promotion, and the one that was shown.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::catalogue) struct EndingForm {
    pub ends_on: String,
    pub seen: String,
}

impl EndingForm {
    /// The new last day and the one that was shown.
    pub(super) fn parse(&self) -> Result<(NaiveDate, NaiveDate)> {
        let mut fields = Fields::default();
        let last_day = fields.day("ends_on", "The last day", &self.ends_on);
        if last_day.is_some_and(|day| day.year() > LAST_YEAR) {
            let hint = format!("Choose a day of the year {LAST_YEAR} at the latest.");
            fields.refuse("ends_on", hint);
        }
        let seen = self.seen.parse().unwrap_or(NaiveDate::MIN);
        fields.finish(|| Some((last_day?, seen)))
    }
}

/// Why a promotion is withdrawn.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::catalogue) struct WithdrawalForm {
    pub why: String,
}

impl WithdrawalForm {
    pub(super) fn parse(&self) -> Result<String> {
        let mut fields = Fields::default();
        let why = fields.required("why", "A reason", &self.why, 400);
        fields.finish(|| Some(why))
    }
}

/// The forms of a promotion's own page, with what was wrong with one of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Refused {
    pub ending: EndingForm,
    pub withdrawal: WithdrawalForm,
    pub errors: FieldErrors,
}
