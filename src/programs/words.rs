//! A policy in words, rule by rule.

use std::collections::BTreeMap;

use iso_currency::Currency;

use super::pack::{
    LeadDistribution, OddTerms, OrderProcessing, Policy, QuotedBy, SkuForm, TermStart, Threshold,
    WarrantyStart,
};
use crate::locale::Locale;
use crate::money::Money;

/// A rule as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub label: &'static str,
    pub value: String,
}

fn rule(label: &'static str, value: impl Into<String>) -> Rule {
    Rule { label, value: value.into() }
}

/// Every rule that is in force under a policy; `categories` are names by key.
pub(super) fn rules(
    policy: &Policy,
    categories: &BTreeMap<String, String>,
    locale: Locale,
) -> Vec<Rule> {
    vec![
        rule("A new term starts", term_start(policy)),
        rule("Renewals activated by a key", renewals_by_key(policy, categories)),
        rule("A hardware warranty starts", warranty_start(policy)),
        rule("Standard terms", standard_terms(policy)),
        rule("Other terms", odd_terms(policy)),
        rule("SKUs that can be ordered", sku_forms(policy)),
        rule("Who quotes", quoted_by(policy)),
        rule("Released orders are processed", processed_by(policy)),
        rule("A lead of the vendor's goes", lead_distribution(policy).to_owned()),
        rule("A partner's own lead expires", lead_expiry(policy)),
        rule(
            "Not-for-resale allotment on joining",
            if policy.nfr_on_joining { "Issued" } else { "Not issued" },
        ),
        rule("A licence can be renewed", within(policy.renewal_lapse_days, "after its end")),
        rule("A deal is protected", format!("{} from approval", days(policy.deal_protection_days))),
        rule("The least value of a deal", thresholds(&policy.deal_thresholds, "None", locale)),
        rule("Tenders can be registered", if policy.deal_tenders { "Yes" } else { "No" }),
        rule("Deals can be registered for", deal_categories(policy, categories)),
        rule(
            "Two people approve a deal from",
            thresholds(&policy.deal_second_approval, "No value: one is enough", locale),
        ),
        rule("A quote is valid", format!("{} days", policy.quote_validity_days)),
    ]
}

fn thresholds(values: &[Threshold], none: &str, locale: Locale) -> String {
    let shown = values.iter().filter_map(|one| {
        let currency = Currency::from_code(&one.currency)?;
        Some(Money::new(one.least_minor, currency).show(locale))
    });
    match shown.collect::<Vec<_>>().as_slice() {
        [] => none.to_owned(),
        some => format!("{} at recommended prices", some.join(", ")),
    }
}

fn deal_categories(policy: &Policy, categories: &BTreeMap<String, String>) -> String {
    let Some(keys) = &policy.deal_categories else { return "Every category".to_owned() };
    let name = |key: &String| categories.get(key).unwrap_or(key).clone();
    match keys.iter().map(name).collect::<Vec<_>>().as_slice() {
        [] => "No category".to_owned(),
        names => names.join(", "),
    }
}

/// What a policy does once, on its first day.
pub(super) fn once(policy: &Policy) -> Option<Rule> {
    let inactive = policy.closes_leads_inactive_days?;
    let value =
        format!("Partners' own leads without activity for more than {} are closed", days(inactive));
    Some(rule("Once, on this day", value))
}

fn days(count: i32) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

fn within(count: i32, what: &str) -> String {
    format!("Up to {} {what}", days(count))
}

fn term_start(policy: &Policy) -> &'static str {
    match policy.term_starts {
        TermStart::Activation => "When the licence is activated",
        TermStart::Processed => "On the day the order is processed, activated or not",
    }
}

fn renewals_by_key(policy: &Policy, categories: &BTreeMap<String, String>) -> String {
    if policy.renewals_by_key.is_empty() {
        return "None: renewals activate themselves".to_owned();
    }
    let name = |key: &String| categories.get(key).unwrap_or(key).clone();
    let names: Vec<String> = policy.renewals_by_key.iter().map(name).collect();
    format!("{}; the others activate themselves", names.join(", "))
}

fn warranty_start(policy: &Policy) -> String {
    match (policy.warranty_starts, policy.warranty_grace_days) {
        (WarrantyStart::Processed, _) => "On the day the order is processed".to_owned(),
        (WarrantyStart::Activation, 0) => "On activation".to_owned(),
        (WarrantyStart::Activation, grace) => {
            format!("On activation, {} after the order was processed at the latest", days(grace))
        }
    }
}

fn standard_terms(policy: &Policy) -> String {
    let terms: Vec<String> = policy.standard_terms.iter().map(i32::to_string).collect();
    match terms.split_last() {
        None => "None".to_owned(),
        Some((last, [])) => format!("{last} months"),
        Some((last, others)) => format!("{} and {last} months", others.join(", ")),
    }
}

fn odd_terms(policy: &Policy) -> &'static str {
    match policy.odd_terms {
        OddTerms::OneMonthMultiples => "So many times the SKU for one month",
        OddTerms::OwnSku => "By the SKU of exactly that many months",
        OddTerms::None => "Not sold",
    }
}

fn sku_forms(policy: &Policy) -> &'static str {
    let has = |form| policy.sku_forms.contains(&form);
    match (has(SkuForm::Legacy), has(SkuForm::New)) {
        (true, true) => "Of the legacy and of the new form",
        (true, false) => "Of the legacy form",
        (false, true) => "Of the new form",
        (false, false) => "The products' codes",
    }
}

fn quoted_by(policy: &Policy) -> &'static str {
    match policy.quoted_by {
        QuotedBy::Vendor => "The vendor or a distributor",
        QuotedBy::Distributor => "Distributors only",
    }
}

fn processed_by(policy: &Policy) -> &'static str {
    match policy.order_processing {
        OrderProcessing::ByHand => "By the back office",
        OrderProcessing::Automatic => "At once, by the portal",
    }
}

fn lead_distribution(policy: &Policy) -> &'static str {
    match policy.lead_distribution {
        LeadDistribution::ByHand => "To whom the vendor assigns it",
        LeadDistribution::Automatic => {
            "To the first partner of the ranking, and to the next where one declines"
        }
    }
}

fn lead_expiry(policy: &Policy) -> String {
    policy.lead_inactivity_days.map_or_else(
        || "Never".to_owned(),
        |count| format!("After {} without activity", days(count)),
    )
}
