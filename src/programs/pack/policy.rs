//! The rules of a program, by the day from which they hold (docs/domain.md, section 2).

use chrono::NaiveDate;

use super::words::{
    LeadDistribution, OddTerms, OrderProcessing, QuotedBy, SkuForm, TermStart, WarrantyStart,
};

/// Every rule in force from one day until the next policy; all days are the program's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The first day on which it is in force.
    pub from: NaiveDate,
    /// What starts the term of a new licence.
    pub term_starts: TermStart,
    /// The categories whose renewals somebody activates by a key, sorted; other renewals
    /// activate themselves when their order is processed.
    pub renewals_by_key: Vec<String>,
    /// What starts a hardware warranty.
    pub warranty_starts: WarrantyStart,
    /// Days after processing at which a warranty that waits for activation starts at the latest;
    /// 0 where it does not wait.
    pub warranty_grace_days: i32,
    /// The terms, in months, that have a SKU of their own in the legacy form, ascending.
    pub standard_terms: Vec<i32>,
    /// The forms of SKU that may be ordered, sorted; empty where the program's codes are plain.
    pub sku_forms: Vec<SkuForm>,
    /// How a term that is not a standard one is ordered.
    pub odd_terms: OddTerms,
    /// Who turns released orders into licences.
    pub order_processing: OrderProcessing,
    /// Who answers a pricing inquiry.
    pub quoted_by: QuotedBy,
    /// How a lead of the vendor's comes to a partner.
    pub lead_distribution: LeadDistribution,
    /// A partner's own lead expires after so many days without activity; nothing: never.
    pub lead_inactivity_days: Option<i32>,
    /// Once, on `from`: partners' own leads without activity for more than so many days are
    /// closed. It does not pass on to the next policy.
    pub closes_leads_inactive_days: Option<i32>,
    /// Whether a partner that becomes active is issued its not-for-resale allotment.
    pub nfr_on_joining: bool,
    /// Days after its end within which a licence can still be renewed.
    pub renewal_lapse_days: i32,
    /// Days for which an approved deal registration protects.
    pub deal_protection_days: i32,
    /// The least value of a deal that can be registered, by currency; none for the others. Sorted.
    pub deal_thresholds: Vec<Threshold>,
    /// Whether a deal that is a tender can be registered.
    pub deal_tenders: bool,
    /// The categories whose deals can be registered, sorted; nothing: every category.
    pub deal_categories: Option<Vec<String>>,
    /// From which value on two people approve a deal, by currency; one is enough in the others.
    /// Sorted.
    pub deal_second_approval: Vec<Threshold>,
    /// Days for which a quote can be accepted.
    pub quote_validity_days: i32,
    /// Where the rules are from.
    pub source: Option<String>,
}

/// A value of deals in one currency, at recommended prices, from which on a rule lets them in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Threshold {
    /// ISO 4217.
    pub currency: String,
    pub least_minor: i64,
}

/// Policies in order of their days. There is at least one, and the first also holds before its
/// own day, so that every day has a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyTimeline {
    first: Policy,
    later: Vec<Policy>,
}

impl PolicyTimeline {
    /// The timeline of `policies`, in whatever order they come; nothing where there are none, or
    /// two from the same day.
    pub fn new(mut policies: Vec<Policy>) -> Option<Self> {
        policies.sort_by_key(|policy| policy.from);
        if policies.windows(2).any(|pair| pair[0].from == pair[1].from) {
            return None;
        }
        let mut policies = policies.into_iter();
        Some(Self { first: policies.next()?, later: policies.collect() })
    }

    /// The policy in force on `day`.
    pub fn at(&self, day: NaiveDate) -> &Policy {
        let started = self.later.partition_point(|policy| policy.from <= day);
        if started == 0 { &self.first } else { &self.later[started - 1] }
    }

    /// Every policy, the earliest first.
    pub fn iter(&self) -> impl Iterator<Item = &Policy> {
        std::iter::once(&self.first).chain(&self.later)
    }
}
