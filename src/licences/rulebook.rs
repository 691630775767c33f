//! A program's dated rules as they hold for the products of its licences.

use std::collections::HashMap;
use std::num::{NonZeroU16, TryFromIntError};

use chrono::NaiveDate;

use super::rules::{Goods, StartedBy, TermPolicies, TermPolicy};
use super::status::Thresholds;
use crate::catalogue::{Product, ProductKind};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::programs::pack::{Policy, PolicyTimeline, TermStart, WarrantyStart};
use crate::programs::{Rules, rules_of};

/// Everything that decides the dates of a program's lines, read once.
#[derive(Clone, Debug)]
pub struct RuleBook {
    products: HashMap<i64, Product>,
    by_category: HashMap<String, TermPolicies>,
    rules: Rules,
}

impl RuleBook {
    pub fn of_program(program_id: i64, conn: &mut Conn) -> Result<Self> {
        let rules = rules_of(program_id, conn)?;
        let products = Product::all(program_id, conn)?;
        let mut by_category = HashMap::new();
        for product in &products {
            let key = &product.category.key;
            if !by_category.contains_key(key) {
                by_category.insert(key.clone(), term_policies(&rules, key)?);
            }
        }
        Ok(Self {
            products: products.into_iter().map(|one| (one.id, one)).collect(),
            by_category,
            rules,
        })
    }

    pub fn products(&self) -> impl Iterator<Item = &Product> {
        self.products.values()
    }

    /// A product of the program, by its id.
    pub fn product(&self, id: i64) -> Result<&Product> {
        self.products
            .get(&id)
            .ok_or_else(|| Error::internal(format!("product {id} is not of the program")))
    }

    /// The policies as they hold for a product.
    pub fn policies(&self, product: &Product) -> Result<&TermPolicies> {
        let key = &product.category.key;
        self.by_category
            .get(key)
            .ok_or_else(|| Error::internal(format!("no policies for the category {key}")))
    }

    /// The program's policies.
    pub fn timeline(&self) -> &PolicyTimeline {
        &self.rules.policies
    }

    /// Under the policy of a day: how many days after its end a licence can still be renewed.
    pub fn lapse_days(&self, day: NaiveDate) -> i32 {
        self.rules.policies.at(day).renewal_lapse_days
    }
}

/// When lines change their status, under the policy of a day.
pub(super) fn thresholds(rules: &Rules, day: NaiveDate) -> Thresholds {
    let first_rung = rules.ladder.first().copied().unwrap_or(0).max(0);
    let lapse_days = rules.policies.at(day).renewal_lapse_days;
    Thresholds {
        first_rung_days: u16::try_from(first_rung).unwrap_or(u16::MAX),
        lapse_days: u16::try_from(lapse_days).unwrap_or(u16::MAX),
    }
}

/// What a product is, as far as it decides dates.
pub fn goods_of(product: &Product) -> Goods {
    goods_of_kind(product.kind, product.warranty_months)
}

pub(super) fn goods_of_kind(kind: ProductKind, warranty_months: Option<NonZeroU16>) -> Goods {
    match kind {
        ProductKind::Subscription | ProductKind::SupportPlan => Goods::Subscription,
        ProductKind::Perpetual => Goods::Perpetual,
        ProductKind::Hardware => Goods::Hardware { warranty_months },
        ProductKind::Service | ProductKind::Training | ProductKind::Usage => Goods::Service,
    }
}

/// The policies as they hold for the products of a category.
pub(super) fn term_policies(rules: &Rules, category: &str) -> Result<TermPolicies> {
    let policies = rules
        .policies
        .iter()
        .map(|policy| term_policy(policy, category))
        .collect::<Result<Vec<_>, TryFromIntError>>()
        .map_err(Error::internal)?;
    TermPolicies::new(policies).ok_or_else(|| Error::internal("a program without policies"))
}

fn term_policy(policy: &Policy, category: &str) -> Result<TermPolicy, TryFromIntError> {
    Ok(TermPolicy {
        from: policy.from,
        term_starts: match policy.term_starts {
            TermStart::Activation => StartedBy::Activation,
            TermStart::Processed => StartedBy::Processing,
        },
        warranty_starts: match policy.warranty_starts {
            WarrantyStart::Activation => StartedBy::Activation,
            WarrantyStart::Processed => StartedBy::Processing,
        },
        warranty_grace_days: policy.warranty_grace_days.try_into()?,
        renewals_by_key: policy.renewals_by_key.iter().any(|key| key == category),
        renewal_lapse_days: policy.renewal_lapse_days.try_into()?,
    })
}
