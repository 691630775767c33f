//! Dated policies: the future may be stated anew, the past never.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::Imported;
use crate::db::Conn;
use crate::db::schema::policies;
use crate::error::{Error, Result};
use crate::programs::model;
use crate::programs::pack::{Pack, Policy, PolicyTimeline, Threshold};

/// Brings the policies to what the pack says. `past_until` is the program's day, or nothing for a
/// program that is new: its past may be told.
pub(super) fn import_policies(
    pack: &Pack,
    program_id: i64,
    past_until: Option<NaiveDate>,
    done: &mut Imported,
    conn: &mut Conn,
) -> Result<()> {
    let known = match past_until {
        None => None,
        Some(_) => Some(model::rules_of(program_id, conn)?.policies),
    };
    let changed = days_that_differ(known.as_ref(), &pack.policies);
    let past = changed.iter().find(|from| past_until.is_some_and(|today| **from <= today));
    if let Some(past) = past {
        return Err(Error::conflict(format!(
            "The policy from {past} is in force or past and cannot be changed by a pack; state \
             what is to change as a policy with a later day."
        )));
    }
    let stale = policies::table
        .filter(policies::program_id.eq(program_id))
        .filter(policies::effective_on.eq_any(&changed));
    diesel::delete(stale).execute(conn)?;
    for from in changed {
        let wanted = pack.policies.iter().find(|policy| policy.from == from);
        if let Some(policy) = wanted {
            insert_policy(policy, program_id, conn)?;
        }
        let was_known = known.iter().flat_map(PolicyTimeline::iter).any(|old| old.from == from);
        let what = match (was_known, wanted) {
            (_, None) => "removed",
            (true, Some(_)) => "changed",
            (false, Some(_)) => "added",
        };
        done.changes.push(format!("policy from {from}: {what}"));
    }
    Ok(())
}

fn days_that_differ(known: Option<&PolicyTimeline>, wanted: &PolicyTimeline) -> Vec<NaiveDate> {
    let of = |timeline: &PolicyTimeline, from| {
        timeline.iter().find(|policy| policy.from == from).cloned()
    };
    let known_days = known.into_iter().flat_map(PolicyTimeline::iter);
    let mut days: Vec<NaiveDate> = known_days
        .chain(wanted.iter())
        .map(|policy| policy.from)
        .filter(|from| known.and_then(|known| of(known, *from)) != of(wanted, *from))
        .collect();
    days.sort_unstable();
    days.dedup();
    days
}

fn insert_policy(policy: &Policy, program_id: i64, conn: &mut Conn) -> Result<()> {
    let forms: Vec<&str> = policy.sku_forms.iter().map(|form| form.as_str()).collect();
    let terms: Vec<String> = policy.standard_terms.iter().map(i32::to_string).collect();
    let row = (
        policies::program_id.eq(program_id),
        policies::effective_on.eq(policy.from),
        policies::term_starts.eq(policy.term_starts),
        policies::renewals_by_key.eq(policy.renewals_by_key.join(" ")),
        policies::warranty_starts.eq(policy.warranty_starts),
        policies::warranty_grace_days.eq(policy.warranty_grace_days),
        policies::standard_terms.eq(terms.join(" ")),
        policies::sku_forms.eq(forms.join(" ")),
        policies::odd_terms.eq(policy.odd_terms),
        policies::order_processing.eq(policy.order_processing),
        policies::quoted_by.eq(policy.quoted_by),
        policies::lead_distribution.eq(policy.lead_distribution),
        policies::lead_inactivity_days.eq(policy.lead_inactivity_days),
        policies::closes_leads_inactive_days.eq(policy.closes_leads_inactive_days),
        policies::nfr_on_joining.eq(policy.nfr_on_joining),
        policies::renewal_lapse_days.eq(policy.renewal_lapse_days),
        policies::deal_protection_days.eq(policy.deal_protection_days),
        policies::deal_thresholds.eq(stored(&policy.deal_thresholds)),
        policies::deal_tenders.eq(policy.deal_tenders),
        policies::deal_categories.eq(policy.deal_categories.as_ref().map(|keys| keys.join(" "))),
        policies::deal_second_approval.eq(stored(&policy.deal_second_approval)),
        policies::quote_validity_days.eq(policy.quote_validity_days),
        policies::source.eq(policy.source.as_deref().unwrap_or_default()),
    );
    diesel::insert_into(policies::table).values(row).execute(conn)?;
    Ok(())
}

/// `EUR:250000 USD:250000`.
fn stored(values: &[Threshold]) -> String {
    let words = values.iter().map(|one| format!("{}:{}", one.currency, one.least_minor));
    words.collect::<Vec<_>>().join(" ")
}
