//! A draft, or a returned deal, is submitted: what it says is written down with its hash, and whoever
//! decides is told.

use diesel::prelude::*;

use super::actions::SUBMITTED;
use super::drafts::as_read;
use super::eligibility::{self, Asked};
use super::model::{Deal, DealProduct};
use super::receipts;
use super::standing::namesakes;
use super::steps::{Step, changed_meanwhile};
use super::verbs::Act;
use super::{DealStatus, telling};
use crate::audit::{self, By, Change};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::deals;
use crate::error::{Error, Result};
use crate::maintenance::{self, Capability};
use crate::programs::pack::Policy;
use crate::programs::rules_of;
use crate::web::{FieldErrors, Site};

/// Everything that keeps a deal from being submitted, each with its field.
fn faults(
    scope: &Scope,
    deal: &Deal,
    products: &[DealProduct],
    policy: &Policy,
) -> Result<FieldErrors> {
    let mut errors = FieldErrors::default();
    if deal.contact_name.is_empty() {
        errors.add("contact_name", "Enter the contact at the customer, and save.");
    }
    match deal.closes_on {
        None => errors.add("closes_on", "Enter when the customer is expected to decide, and save."),
        Some(day) if day < scope.today() => {
            errors.add("closes_on", "The expected close is over; enter a day to come, and save.");
        }
        Some(_) => {}
    }
    if deal.found_by.is_empty() {
        errors.add("found_by", "Enter how you found the opportunity, and save.");
    }
    if products.iter().all(|product| product.wanted.is_none()) {
        errors.add("lines", "Enter at least one product with its quantity and price, and save.");
    }
    for rule in eligibility::rules(policy, asked(deal)?, scope.actor().locale) {
        if !rule.is_met {
            errors.add("rules", format!("{}: {}", rule.name, rule.text));
        }
    }
    Ok(errors)
}

/// What the rules ask of a deal.
pub(super) fn asked(deal: &Deal) -> Result<Asked<'_>> {
    Ok(Asked {
        category_key: &deal.names.category_key,
        category: &deal.names.category,
        value: deal.value()?,
        is_tender: deal.is_tender,
    })
}

/// Submits a deal that was shown as of a revision; gives the number of its receipt.
pub fn submit(
    scope: &Scope,
    reference: &str,
    seen: i64,
    site: Option<&Site>,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    let (deal, products) = Deal::with_products(scope, reference, conn)?;
    Step::Submit.allow(scope, &deal, seen)?;
    maintenance::open_for(scope.program(), Capability::DealRegistration, now)?;
    let rules = rules_of(scope.program().id, conn)?;
    let errors = faults(scope, &deal, &products, rules.policies.at(scope.today()))?;
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    refuse_second(&deal, conn)?;
    let receipt = receipts::issue(scope, &deal, &products, now, conn)?;
    let by = By::Person(scope.actor());
    let changed = diesel::update(as_read(&deal))
        .set((
            deals::status.eq(DealStatus::Submitted),
            deals::submitted_at.eq(now),
            deals::submitted_by_id.eq(scope.actor().contact_id),
            deals::submitted_by.eq(by.name()),
            deals::receipt.eq(&receipt),
            deals::why.eq(""),
            deals::revision.eq(deals::revision + 1),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Err(changed_meanwhile(&deal));
    }
    let change = Change {
        from: deal.status.label(),
        to: DealStatus::Submitted.label(),
        why: &format!("Receipt {receipt}"),
    };
    audit::record(by, &SUBMITTED, deal.subject(Some(deal.partner_id)), change, now, conn)?;
    let submitted = Deal::find_unscoped(deal.id, conn)?;
    let act = Act { program: scope.program(), by, site, now };
    telling::tell_submitted(act, &submitted, conn)?;
    Ok(receipt)
}

/// A partner registers a customer once in a category.
fn refuse_second(deal: &Deal, conn: &mut Conn) -> Result<()> {
    let own = namesakes(deal, conn)?.into_iter().find(|one| one.partner_id == deal.partner_id);
    match own {
        None => Ok(()),
        Some(first) => Err(Error::conflict(format!(
            "Your organisation has registered {} in this category already: deal {}.",
            first.customer_name, first.reference
        ))),
    }
}
