//! Writes a pack in its canonical form: sections in a fixed order, nothing that says nothing.

use std::collections::BTreeMap;
use std::fmt::Display;

use iso_currency::Currency;
use toml::Value;

use super::model::{Discount, MaintenanceWindow, Pack, Price, PriceList, Product, Promotion};
use super::policy::{Policy, Threshold};
use super::sku_export;
use super::words::DiscountLevel;
use crate::money::Money;

/// The pack as TOML; reading it back gives the same pack. A policy states what changes from the
/// one before. Comments of the file that it was read from are lost.
pub fn export(pack: &Pack) -> String {
    let mut file = File(String::new());
    if pack.tiers.is_empty() {
        file.line("tiers", "[]");
        file.0.push('\n');
    }
    write_program(&mut file, pack);
    for partner_type in &pack.partner_types {
        file.heading("[[partner_types]]");
        file.named(&partner_type.key, &partner_type.name);
        file.source(partner_type.source.as_deref());
    }
    for tier in &pack.tiers {
        file.heading("[[tiers]]");
        file.named(&tier.key, &tier.name);
        file.line("rank", tier.rank);
        file.source(tier.source.as_deref());
    }
    for category in &pack.categories {
        file.heading("[[categories]]");
        file.named(&category.key, &category.name);
        file.source(category.source.as_deref());
    }
    for product in &pack.products {
        write_product(&mut file, product);
    }
    sku_export::write(&mut file, pack);
    pack.price_lists.iter().for_each(|list| write_price_list(&mut file, list));
    pack.discounts.iter().for_each(|discount| write_discount(&mut file, discount));
    pack.promotions.iter().for_each(|promotion| write_promotion(&mut file, promotion));
    pack.maintenance.iter().for_each(|window| write_maintenance(&mut file, window));
    file.heading("[notices]");
    file.line("ladder", list(&pack.notices.ladder));
    file.line("late_days", pack.notices.late_days);
    file.source(pack.notices.source.as_deref());
    let mut before = None;
    for policy in pack.policies.iter() {
        write_policy(&mut file, policy, before);
        before = Some(policy);
    }
    file.0
}

fn write_program(file: &mut File, pack: &Pack) {
    let vendor = format!(
        "{{ name = {}, country = {} }}",
        text(&pack.vendor.name),
        text(&pack.vendor.country)
    );
    file.heading("[program]");
    file.line("slug", text(&pack.slug));
    file.line("name", text(&pack.name));
    file.line("vendor", vendor);
    file.line("currency", text(pack.currency.code()));
    file.line("time_zone", text(pack.time_zone.name()));
    file.line("colour", text(&pack.colour.to_string()));
    if let Some(percent) = pack.renewal_target_percent {
        file.line("renewal_target_percent", percent);
    }
    file.source(pack.source.as_deref());
}

fn write_product(file: &mut File, product: &Product) {
    file.heading("[[products]]");
    file.line("code", text(&product.code));
    file.line("name", text(&product.name));
    file.line("category", text(&product.category));
    file.line("kind", text(product.kind.as_str()));
    file.line("unit", text(&product.unit));
    if let Some(months) = product.warranty_months {
        file.line("warranty_months", months);
    }
    if let Some(most) = product.most_units {
        file.line("most_units", most);
    }
    if product.illustrative {
        file.line("illustrative", true);
    }
    if let Some(code) = &product.sku_code {
        file.line("sku_code", text(code));
    }
    file.source(product.source.as_deref());
}

fn write_price_list(file: &mut File, list: &PriceList) {
    file.heading("[[price_lists]]");
    file.line("from", list.from);
    file.line("currency", text(list.currency.code()));
    if list.illustrative {
        file.line("illustrative", true);
    }
    file.source(list.source.as_deref());
    let mut entries = BTreeMap::<(&str, i32), Vec<&Price>>::new();
    for price in &list.prices {
        entries.entry((&price.product, price.from_quantity)).or_default().push(price);
    }
    for ((product, from_quantity), prices) in entries {
        file.heading("[[price_lists.prices]]");
        file.line("product", text(product));
        if from_quantity > 1 {
            file.line("from", from_quantity);
        }
        let amount = |price: &Price| text(&Money::new(price.unit_minor, list.currency).plain());
        match prices.as_slice() {
            [price] if price.months == 0 => file.line("price", amount(price)),
            terms => {
                let terms: Vec<String> =
                    terms.iter().map(|one| format!("{} = {}", one.months, amount(one))).collect();
                file.line("months", format!("{{ {} }}", terms.join(", ")));
            }
        }
    }
}

fn write_discount(file: &mut File, discount: &Discount) {
    file.heading("[[discounts]]");
    file.line("from", discount.from);
    if discount.level != DiscountLevel::Program {
        file.line("level", text(discount.level.as_str()));
    }
    if let Some(tier) = &discount.tier {
        file.line("tier", text(tier));
    }
    file.line("category", text(&discount.category));
    file.line("percent", text(&discount.percent.plain()));
    file.line("approved_by", text(&discount.approved_by));
    file.source(discount.source.as_deref());
}

fn write_promotion(file: &mut File, promotion: &Promotion) {
    file.heading("[[promotions]]");
    file.line("code", text(&promotion.code));
    file.line("name", text(&promotion.name));
    file.line("starts", promotion.starts);
    file.line("ends", promotion.ends);
    file.line("percent", text(&promotion.percent.plain()));
    file.line("categories", list(promotion.categories.iter().map(|key| text(key))));
    if promotion.least_units > 1 {
        file.line("least_units", promotion.least_units);
    }
    for (key, goes) in
        [("with_program", promotion.with_program), ("with_deal", promotion.with_deal)]
    {
        if !goes {
            file.line(key, false);
        }
    }
    if !promotion.combines.is_empty() {
        file.line("combines", list(promotion.combines.iter().map(|code| text(code))));
    }
    file.line("approved_by", text(&promotion.approved_by));
    file.source(promotion.source.as_deref());
}

fn write_maintenance(file: &mut File, window: &MaintenanceWindow) {
    file.heading("[[maintenance]]");
    file.line("key", text(&window.key));
    file.line("starts", window.starts.format("%Y-%m-%dT%H:%M:%S"));
    file.line("ends", window.ends.format("%Y-%m-%dT%H:%M:%S"));
    file.line("stops", list(window.stops.iter().map(|one| text(one.as_str()))));
    file.line("message", text(&window.message));
    file.source(window.source.as_deref());
}

fn write_policy(file: &mut File, policy: &Policy, before: Option<&Policy>) {
    file.heading("[[policies]]");
    file.line("from", policy.from);
    for (key, value) in rules(policy) {
        let inherited =
            before.and_then(|before| rules(before).into_iter().find(|(other, _)| *other == key));
        if inherited.is_none_or(|(_, inherited)| inherited != value) {
            file.line(key, value);
        }
    }
    if let Some(days) = policy.closes_leads_inactive_days {
        file.line("closes_leads_inactive_days", days);
    }
    file.source(policy.source.as_deref());
}

/// The rules that a policy passes on, as a file states them.
fn rules(policy: &Policy) -> Vec<(&'static str, String)> {
    let forms = policy.sku_forms.iter().map(|form| text(form.as_str()));
    let inactivity =
        policy.lead_inactivity_days.map_or_else(|| text("never"), |days| days.to_string());
    vec![
        ("term_starts", text(policy.term_starts.as_str())),
        ("renewals_by_key", list(policy.renewals_by_key.iter().map(|key| text(key)))),
        ("warranty_starts", text(policy.warranty_starts.as_str())),
        ("warranty_grace_days", policy.warranty_grace_days.to_string()),
        ("standard_terms", list(&policy.standard_terms)),
        ("sku_forms", list(forms)),
        ("odd_terms", text(policy.odd_terms.as_str())),
        ("order_processing", text(policy.order_processing.as_str())),
        ("quoted_by", text(policy.quoted_by.as_str())),
        ("lead_distribution", text(policy.lead_distribution.as_str())),
        ("lead_inactivity_days", inactivity),
        ("nfr_on_joining", policy.nfr_on_joining.to_string()),
        ("renewal_lapse_days", policy.renewal_lapse_days.to_string()),
        ("deal_protection_days", policy.deal_protection_days.to_string()),
        ("deal_thresholds", list(policy.deal_thresholds.iter().map(threshold))),
        ("deal_tenders", policy.deal_tenders.to_string()),
        ("deal_categories", deal_categories(policy)),
        ("deal_second_approval", list(policy.deal_second_approval.iter().map(threshold))),
        ("quote_validity_days", policy.quote_validity_days.to_string()),
    ]
}

/// `"EUR 2500.00"`.
fn threshold(one: &Threshold) -> String {
    let amount = Currency::from_code(&one.currency)
        .map(|currency| Money::new(one.least_minor, currency).plain())
        .unwrap_or_default();
    text(&format!("{} {amount}", one.currency))
}

fn deal_categories(policy: &Policy) -> String {
    policy
        .deal_categories
        .as_ref()
        .map_or_else(|| text("all"), |keys| list(keys.iter().map(|key| text(key))))
}

/// The file as far as it is written.
pub(super) struct File(String);

impl File {
    pub(super) fn heading(&mut self, heading: &str) {
        if !self.0.is_empty() && !self.0.ends_with("\n\n") {
            self.0.push('\n');
        }
        self.0.push_str(heading);
        self.0.push('\n');
    }

    pub(super) fn line(&mut self, key: &str, value: impl Display) {
        self.0.push_str(&format!("{key} = {value}\n"));
    }

    fn named(&mut self, key: &str, name: &str) {
        self.line("key", text(key));
        self.line("name", text(name));
    }

    pub(super) fn source(&mut self, source: Option<&str>) {
        if let Some(source) = source {
            self.line("source", text(source));
        }
    }
}

pub(super) fn text(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

fn list(items: impl IntoIterator<Item = impl Display>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    format!("[{}]", items.join(", "))
}
