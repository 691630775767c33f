//! What can be registered, rule by rule (docs/domain.md, section 6). Pure.

use iso_currency::Currency;

use crate::locale::Locale;
use crate::money::Money;
use crate::programs::pack::Policy;

/// What the rules ask of a deal.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub category_key: &'a str,
    pub category: &'a str,
    pub value: Money,
    pub is_tender: bool,
}

/// A rule and whether a deal meets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub name: &'static str,
    pub is_met: bool,
    /// What it says, in words.
    pub text: String,
}

/// Every rule of the policy.
pub fn rules(policy: &Policy, asked: Asked<'_>, locale: Locale) -> Vec<Rule> {
    vec![category(policy, asked), value(policy, asked, locale), tender(policy, asked)]
}

/// Whether deals of a category can be registered.
pub fn is_registrable(policy: &Policy, category_key: &str) -> bool {
    policy.deal_categories.as_ref().is_none_or(|keys| keys.iter().any(|key| key == category_key))
}

fn category(policy: &Policy, asked: Asked<'_>) -> Rule {
    let is_met = is_registrable(policy, asked.category_key);
    let verb = if is_met { "can" } else { "cannot" };
    Rule {
        name: "Category registrable",
        is_met,
        text: format!("Deals of {} {verb} be registered.", asked.category),
    }
}

fn value(policy: &Policy, asked: Asked<'_>, locale: Locale) -> Rule {
    let currency = asked.value.currency;
    let least = least_value(policy, currency);
    let text = match least {
        None => format!("A deal in {} can have any value.", currency.code()),
        Some(least) => {
            format!("A deal is worth {} at least, at recommended prices.", least.show(locale))
        }
    };
    let is_met = least.is_none_or(|least| asked.value.minor >= least.minor);
    Rule { name: "Least value", is_met, text }
}

fn least_value(policy: &Policy, currency: Currency) -> Option<Money> {
    let known = policy.deal_thresholds.iter().find(|one| one.currency == currency.code())?;
    Some(Money::new(known.least_minor, currency))
}

fn tender(policy: &Policy, asked: Asked<'_>) -> Rule {
    let is_met = policy.deal_tenders || !asked.is_tender;
    let text = match policy.deal_tenders {
        true => "A tender can be registered like any other deal.",
        false => "A tender cannot be registered.",
    };
    Rule { name: "Tenders", is_met, text: text.to_owned() }
}
