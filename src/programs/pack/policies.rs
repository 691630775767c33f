//! Reads `[[policies]]`: each states what changes on its day and inherits the rest.

use chrono::NaiveDate;

use super::deal_rules::{read_deal_categories, read_thresholds};
use super::lists::CategoryKeys;
use super::policy::{Policy, PolicyTimeline, Threshold};
use super::reader::{Node, Section, Unique};
use super::values;
use super::words::{
    LeadDistribution, OddTerms, OrderProcessing, QuotedBy, SkuForm, TermStart, WarrantyStart,
};

/// Ten years, the longest that a number of days may say.
const MOST_DAYS: i32 = 3650;
const LONGEST_TERM: i32 = 60;
const RULES: [&str; 20] = [
    "term_starts",
    "renewals_by_key",
    "warranty_starts",
    "warranty_grace_days",
    "standard_terms",
    "sku_forms",
    "odd_terms",
    "order_processing",
    "quoted_by",
    "lead_distribution",
    "lead_inactivity_days",
    "closes_leads_inactive_days",
    "nfr_on_joining",
    "renewal_lapse_days",
    "deal_protection_days",
    "deal_thresholds",
    "deal_tenders",
    "deal_categories",
    "deal_second_approval",
    "quote_validity_days",
];

/// The rules as far as they could be read, by which a policy passes them on to the next.
#[derive(Clone, Default, PartialEq)]
struct Rules {
    term_starts: Option<TermStart>,
    renewals_by_key: Option<Vec<String>>,
    warranty_starts: Option<WarrantyStart>,
    warranty_grace_days: Option<i32>,
    standard_terms: Option<Vec<i32>>,
    sku_forms: Option<Vec<SkuForm>>,
    odd_terms: Option<OddTerms>,
    order_processing: Option<OrderProcessing>,
    quoted_by: Option<QuotedBy>,
    lead_distribution: Option<LeadDistribution>,
    lead_inactivity_days: Option<Option<i32>>,
    nfr_on_joining: Option<bool>,
    renewal_lapse_days: Option<i32>,
    deal_protection_days: Option<i32>,
    deal_thresholds: Option<Vec<Threshold>>,
    deal_tenders: Option<bool>,
    deal_categories: Option<Option<Vec<String>>>,
    deal_second_approval: Option<Vec<Threshold>>,
    quote_validity_days: Option<i32>,
}

pub(super) fn read_policies(
    root: &Section<'_>,
    categories: &CategoryKeys,
) -> Option<PolicyTimeline> {
    let sections = root.required_sections("policies")?;
    let mut days =
        Days { unique: Unique::new("let each policy start on a day of its own"), last: None };
    let mut rules = Rules::default();
    let mut policies = Vec::new();
    for (index, section) in sections.iter().enumerate() {
        let allowed = [&["from", "source"], RULES.as_slice()].concat();
        section.allows(&allowed);
        let from = section.required("from", "from = 2023-10-01").and_then(|node| days.read(&node));
        let reading = Reading { section, is_first: index == 0 };
        let before = std::mem::take(&mut rules);
        rules = reading.rules(&before, categories);
        check_together(section, &rules, reading.is_first);
        let closes = section.optional("closes_leads_inactive_days");
        let changes = rules != before || closes.is_some();
        let closes = closes.map_or(Some(None), |node| node.number(1..=MOST_DAYS, 90).map(Some));
        let policy = rules.clone().policy(from, closes, values::source(section));
        if policy.is_some() && !changes {
            section.report(
                "this policy changes nothing",
                "state what is different from its day on, or remove it",
            );
        }
        policies.push(policy);
    }
    PolicyTimeline::new(policies.into_iter().collect::<Option<_>>()?)
}

/// The days of the policies so far.
struct Days {
    unique: Unique,
    last: Option<NaiveDate>,
}

impl Days {
    fn read(&mut self, node: &Node<'_>) -> Option<NaiveDate> {
        let day = node.date()?;
        if !self.unique.admits(node, &day.to_string()) {
            return None;
        }
        if let Some(last) = self.last.filter(|last| *last > day) {
            node.report(
                format!("{day} stands after {last}"),
                "write the policies in order of their days",
            );
            return None;
        }
        self.last = Some(day);
        Some(day)
    }
}

/// The policy that is being read.
struct Reading<'s, 'a> {
    section: &'s Section<'a>,
    is_first: bool,
}

impl<'a> Reading<'_, 'a> {
    fn rules(&self, before: &Rules, categories: &CategoryKeys) -> Rules {
        Rules {
            term_starts: self.rule("term_starts", "\"processed\"", before.term_starts, Node::word),
            renewals_by_key: self.rule(
                "renewals_by_key",
                "[]",
                before.renewals_by_key.clone(),
                |node| read_categories(node, categories),
            ),
            warranty_starts: self.rule(
                "warranty_starts",
                "\"processed\"",
                before.warranty_starts,
                Node::word,
            ),
            warranty_grace_days: self.days("warranty_grace_days", 0, 0, before.warranty_grace_days),
            standard_terms: self.rule(
                "standard_terms",
                "[1, 12, 24, 36]",
                before.standard_terms.clone(),
                read_terms,
            ),
            sku_forms: self.rule("sku_forms", "[]", before.sku_forms.clone(), read_sku_forms),
            odd_terms: self.rule("odd_terms", "\"none\"", before.odd_terms, Node::word),
            order_processing: self.order_processing(before),
            quoted_by: self.rule("quoted_by", "\"distributor\"", before.quoted_by, Node::word),
            lead_distribution: self.lead_distribution(before),
            lead_inactivity_days: self.lead_inactivity(before),
            nfr_on_joining: self.rule(
                "nfr_on_joining",
                "false",
                before.nfr_on_joining,
                Node::yes_or_no,
            ),
            renewal_lapse_days: self.days("renewal_lapse_days", 0, 365, before.renewal_lapse_days),
            deal_protection_days: self.days(
                "deal_protection_days",
                1,
                90,
                before.deal_protection_days,
            ),
            deal_thresholds: self.values("deal_thresholds", &before.deal_thresholds),
            deal_tenders: self.rule_or("deal_tenders", true, before.deal_tenders, Node::yes_or_no),
            deal_categories: self.rule_or(
                "deal_categories",
                None,
                before.deal_categories.clone(),
                |node| read_deal_categories(node, categories),
            ),
            deal_second_approval: self.values("deal_second_approval", &before.deal_second_approval),
            quote_validity_days: self.days(
                "quote_validity_days",
                1,
                30,
                before.quote_validity_days,
            ),
        }
    }

    /// A rule as stated here, else as it was before; the first policy must state it.
    fn rule<T>(
        &self,
        key: &str,
        example: &str,
        before: Option<T>,
        read: impl FnOnce(&Node<'a>) -> Option<T>,
    ) -> Option<T> {
        match self.section.optional(key) {
            Some(node) => read(&node),
            None if self.is_first => {
                self.section.missing(
                    key,
                    &format!(
                        "the first policy states every rule; add a line such as {key} = {example}"
                    ),
                );
                None
            }
            None => before,
        }
    }

    /// A rule as stated here, else as it was before; left out of the first policy it is `default`.
    fn rule_or<T>(
        &self,
        key: &str,
        default: T,
        before: Option<T>,
        read: impl FnOnce(&Node<'a>) -> Option<T>,
    ) -> Option<T> {
        match self.section.optional(key) {
            Some(node) => read(&node),
            None if self.is_first => Some(default),
            None => before,
        }
    }

    /// A value by currency. Left out of the first policy: none.
    fn values(&self, key: &str, before: &Option<Vec<Threshold>>) -> Option<Vec<Threshold>> {
        self.rule_or(key, Vec::new(), before.clone(), read_thresholds)
    }

    /// A rule that is a number of days, `least` or more.
    fn days(&self, key: &str, least: i32, example: i32, before: Option<i32>) -> Option<i32> {
        self.rule(key, &example.to_string(), before, |node| node.number(least..=MOST_DAYS, example))
    }

    /// Left out of the first policy: somebody processes them.
    fn order_processing(&self, before: &Rules) -> Option<OrderProcessing> {
        self.rule_or(
            "order_processing",
            OrderProcessing::ByHand,
            before.order_processing,
            Node::word,
        )
    }

    /// Left out of the first policy: somebody assigns them.
    fn lead_distribution(&self, before: &Rules) -> Option<LeadDistribution> {
        self.rule_or(
            "lead_distribution",
            LeadDistribution::ByHand,
            before.lead_distribution,
            Node::word,
        )
    }

    /// Left out of the first policy: then leads never expire.
    fn lead_inactivity(&self, before: &Rules) -> Option<Option<i32>> {
        match self.section.optional("lead_inactivity_days") {
            Some(node) if node.says("never") => Some(None),
            Some(node) if node.is_text() => {
                node.is_not("a number of days", "write a whole number such as 90, or \"never\"");
                None
            }
            Some(node) => node.number(1..=MOST_DAYS, 90).map(Some),
            None if self.is_first => Some(None),
            None => before.lead_inactivity_days,
        }
    }
}

impl Rules {
    fn policy(
        self,
        from: Option<NaiveDate>,
        closes_leads_inactive_days: Option<Option<i32>>,
        source: Option<Option<String>>,
    ) -> Option<Policy> {
        Some(Policy {
            from: from?,
            term_starts: self.term_starts?,
            renewals_by_key: self.renewals_by_key?,
            warranty_starts: self.warranty_starts?,
            warranty_grace_days: self.warranty_grace_days?,
            standard_terms: self.standard_terms?,
            sku_forms: self.sku_forms?,
            odd_terms: self.odd_terms?,
            order_processing: self.order_processing?,
            quoted_by: self.quoted_by?,
            lead_distribution: self.lead_distribution?,
            lead_inactivity_days: self.lead_inactivity_days?,
            closes_leads_inactive_days: closes_leads_inactive_days?,
            nfr_on_joining: self.nfr_on_joining?,
            renewal_lapse_days: self.renewal_lapse_days?,
            deal_protection_days: self.deal_protection_days?,
            deal_thresholds: self.deal_thresholds?,
            deal_tenders: self.deal_tenders?,
            deal_categories: self.deal_categories?,
            deal_second_approval: self.deal_second_approval?,
            quote_validity_days: self.quote_validity_days?,
            source: source?,
        })
    }
}

/// Rules that cannot hold together; a pair is reported where one of the two is stated.
fn check_together(section: &Section<'_>, rules: &Rules, is_first: bool) {
    let stated = |keys: &[&str]| is_first || keys.iter().any(|key| section.optional(key).is_some());
    let no_wait = rules.warranty_starts == Some(WarrantyStart::Processed);
    if no_wait
        && rules.warranty_grace_days.is_some_and(|days| days > 0)
        && stated(&["warranty_starts", "warranty_grace_days"])
    {
        section.report(
            "a warranty that starts when the order is processed has no days of grace",
            "write warranty_grace_days = 0, or warranty_starts = \"activation\"",
        );
    }
    let (Some(odd_terms), Some(forms)) = (rules.odd_terms, &rules.sku_forms) else {
        return;
    };
    let needed = match odd_terms {
        OddTerms::OneMonthMultiples => SkuForm::Legacy,
        OddTerms::OwnSku => SkuForm::New,
        OddTerms::None => return,
    };
    if !forms.contains(&needed) && stated(&["odd_terms", "sku_forms"]) {
        section.report(
            format!(
                "odd terms by \"{}\" need SKUs of the form \"{}\"",
                odd_terms.as_str(),
                needed.as_str()
            ),
            "add that form to sku_forms, or write other odd_terms",
        );
    }
    let months = rules.standard_terms.as_deref().unwrap_or(&[1]);
    if odd_terms == OddTerms::OneMonthMultiples
        && !months.contains(&1)
        && stated(&["odd_terms", "standard_terms"])
    {
        section.report("multiples of one month need a SKU of one month", "add 1 to standard_terms");
    }
}

pub(super) fn read_categories(node: &Node<'_>, categories: &CategoryKeys) -> Option<Vec<String>> {
    let mut unique = Unique::new("name each category once");
    read_set(node, "[\"firewall\"]", |item| {
        let key = categories.named_by(item)?;
        unique.admits(item, &key).then_some(key)
    })
}

fn read_sku_forms(node: &Node<'_>) -> Option<Vec<SkuForm>> {
    let mut unique = Unique::new("name each form once");
    read_set(node, "[\"legacy\", \"new\"]", |item| {
        let form: SkuForm = item.word()?;
        unique.admits(item, form.as_str()).then_some(form)
    })
}

fn read_terms(node: &Node<'_>) -> Option<Vec<i32>> {
    const EXAMPLE: &str = "[1, 12, 24, 36]";
    let mut unique = Unique::new("write each term once");
    let terms = read_set(node, EXAMPLE, |item| {
        let months = item.number(1..=LONGEST_TERM, 12)?;
        unique.admits(item, &months.to_string()).then_some(months)
    })?;
    if terms.is_empty() {
        node.report(
            "there are no standard terms",
            format!("write at least one, in months, such as {EXAMPLE}"),
        );
        return None;
    }
    Some(terms)
}

/// A list whose order says nothing, sorted.
pub(super) fn read_set<'a, T: Ord>(
    node: &Node<'a>,
    example: &str,
    read: impl FnMut(&Node<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let items: Vec<Option<T>> = node.items(example)?.iter().map(read).collect();
    let mut items: Vec<T> = items.into_iter().collect::<Option<_>>()?;
    items.sort();
    Some(items)
}
