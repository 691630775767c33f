//! Reading a program's rules back.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::pack::{
    LeadDistribution, OddTerms, OrderProcessing, Policy, PolicyTimeline, QuotedBy, SkuForm,
    TermStart, Threshold, WarrantyStart,
};
use crate::db::schema::{notice_rungs, policies, programs};
use crate::db::{Conn, Keep};
use crate::error::{Error, Result};

/// The dated rules of one program, and its notice ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    pub policies: PolicyTimeline,
    /// Days before the end of a licence, the earliest first; negative is after it.
    pub ladder: Vec<i32>,
    /// For how many days the last rung is still told.
    pub late_days: i32,
    /// How many of a hundred licences the program means to see renewed.
    pub renewal_target_percent: Option<i32>,
}

/// A row of the table, its lists still text.
#[derive(Queryable, Selectable)]
#[diesel(table_name = policies)]
struct PolicyRow {
    effective_on: NaiveDate,
    term_starts: TermStart,
    renewals_by_key: String,
    warranty_starts: WarrantyStart,
    warranty_grace_days: i32,
    standard_terms: String,
    sku_forms: String,
    odd_terms: OddTerms,
    order_processing: OrderProcessing,
    quoted_by: QuotedBy,
    lead_distribution: LeadDistribution,
    lead_inactivity_days: Option<i32>,
    closes_leads_inactive_days: Option<i32>,
    nfr_on_joining: bool,
    renewal_lapse_days: i32,
    deal_protection_days: i32,
    deal_thresholds: String,
    deal_tenders: bool,
    deal_categories: Option<String>,
    deal_second_approval: String,
    quote_validity_days: i32,
    source: String,
}

impl PolicyRow {
    /// None where a word of a list is not known to this binary.
    fn policy(self) -> Option<Policy> {
        Some(Policy {
            from: self.effective_on,
            term_starts: self.term_starts,
            renewals_by_key: words(&self.renewals_by_key).map(str::to_owned).collect(),
            warranty_starts: self.warranty_starts,
            warranty_grace_days: self.warranty_grace_days,
            standard_terms: words(&self.standard_terms)
                .map(|months| months.parse().ok())
                .collect::<Option<_>>()?,
            sku_forms: words(&self.sku_forms)
                .map(|form| form.parse().ok())
                .collect::<Option<Vec<SkuForm>>>()?,
            odd_terms: self.odd_terms,
            order_processing: self.order_processing,
            quoted_by: self.quoted_by,
            lead_distribution: self.lead_distribution,
            lead_inactivity_days: self.lead_inactivity_days,
            closes_leads_inactive_days: self.closes_leads_inactive_days,
            nfr_on_joining: self.nfr_on_joining,
            renewal_lapse_days: self.renewal_lapse_days,
            deal_protection_days: self.deal_protection_days,
            deal_thresholds: thresholds(&self.deal_thresholds)?,
            deal_tenders: self.deal_tenders,
            deal_categories: self
                .deal_categories
                .map(|keys| words(&keys).map(str::to_owned).collect()),
            deal_second_approval: thresholds(&self.deal_second_approval)?,
            quote_validity_days: self.quote_validity_days,
            source: Some(self.source).filter(|text| !text.is_empty()),
        })
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| !word.is_empty())
}

fn thresholds(text: &str) -> Option<Vec<Threshold>> {
    words(text).map(threshold).collect()
}

/// `EUR:250000`, in minor units.
fn threshold(word: &str) -> Option<Threshold> {
    let (currency, least) = word.split_once(':')?;
    Some(Threshold { currency: currency.to_owned(), least_minor: least.parse().ok()? })
}

/// The rules of a program, by one query: every policy beside every rung, which are few.
pub fn rules_of(program_id: i64, conn: &mut Conn) -> Result<Rules> {
    let unreadable = || Error::internal(format!("program {program_id} has unreadable policies"));
    type Row = (PolicyRow, (i32, Option<i32>), Option<i32>);
    let rows: Vec<Row> = policies::table
        .inner_join(programs::table.on(programs::id.eq(policies::program_id)))
        .left_join(notice_rungs::table.on(notice_rungs::program_id.eq(policies::program_id)))
        .filter(policies::program_id.eq(program_id))
        .select((
            PolicyRow::as_select(),
            (programs::notice_late_days, programs::renewal_target_percent),
            notice_rungs::days_before.nullable(),
        ))
        .kept()
        .load(conn)?;
    let facts = rows.first().map(|(_, facts, _)| *facts);
    let (late_days, renewal_target_percent) = facts.ok_or_else(unreadable)?;
    let mut ladder: Vec<i32> = rows.iter().filter_map(|(_, _, rung)| *rung).collect();
    ladder.sort_unstable_by(|a, b| b.cmp(a));
    ladder.dedup();
    let mut days: Vec<NaiveDate> = Vec::new();
    let policies = rows
        .into_iter()
        .filter(|(row, _, _)| {
            let is_first = !days.contains(&row.effective_on);
            days.push(row.effective_on);
            is_first
        })
        .map(|(row, _, _)| row.policy())
        .collect::<Option<Vec<_>>>()
        .and_then(PolicyTimeline::new)
        .ok_or_else(unreadable)?;
    Ok(Rules { policies, ladder, late_days, renewal_target_percent })
}
