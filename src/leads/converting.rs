//! A lead becomes a registered deal: its customer, its contact and where it came from go into a draft,
//! which its partner fills in and submits.

use diesel::prelude::*;

use super::LeadStatus;
use super::actions::CONVERTED;
use super::assignment::Decision;
use super::model::Lead;
use super::news::LeadsConverted;
use super::rules::Step;
use super::working::{Standing, next_end, record, tell_keeper};
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{lead_deals, products};
use crate::deals::{self, Begun, DealCategory, NewCustomer, NewDeal};
use crate::error::{Error, Result};
use crate::names;

/// How much of where a lead was met goes into its deal.
const LONGEST_FOUND: usize = 160;

/// The categories in which a lead's deal can be registered, and which of them it is about, if any.
pub(super) fn categories_for(
    scope: &Scope,
    lead: &Lead,
    conn: &mut Conn,
) -> Result<(Vec<DealCategory>, Option<String>)> {
    let about = match (lead.category_id, lead.product_id) {
        (Some(category), _) => Some(category),
        (None, Some(product)) => {
            Some(products::table.find(product).select(products::category_id).first(conn)?)
        }
        (None, None) => None,
    };
    let known = deals::registrable(scope.program(), scope.today(), conn)?;
    let own = known.iter().find(|one| Some(one.id) == about).map(|one| one.key.clone());
    Ok((known, own))
}

/// Begins the deal of a lead in a category, by its key; where none is named, in the one that the lead
/// is about.
pub fn convert(
    decision: Decision<'_>,
    scope: &Scope,
    lead: &Lead,
    category: &str,
    conn: &mut Conn,
) -> Result<Begun> {
    lead.allow(Step::Convert, scope)?;
    let (known, own) = categories_for(scope, lead, conn)?;
    let category = if category.is_empty() { own.unwrap_or_default() } else { category.to_owned() };
    if known.iter().all(|one| one.key != category) {
        return Err(Error::field(
            "category",
            "Choose a category in which deals can be registered.",
        ));
    }
    let details = lead.details();
    if names::company(&details.company).is_empty() {
        return Err(Error::field("category", "The company has no name that a customer can have."));
    }
    let new = NewDeal {
        customer: NewCustomer::with_address(&details.company, &lead.country, &details.email),
        category,
        contact_name: details.contact_name.clone(),
        contact_email: details.email.clone(),
        found_by: found_by(lead),
        note: lead.interest.clone(),
        why: format!("From lead {}", lead.reference),
    };
    if lead.status.is_at_work() {
        next_end(decision, lead, conn)?;
    }
    let begun = deals::begin(scope, &new, decision.now, conn)?;
    Standing::active(lead, LeadStatus::Converted, "", decision.now).store(lead, conn)?;
    let became = (lead_deals::lead_id.eq(lead.id), lead_deals::deal_id.eq(begun.id));
    diesel::insert_into(lead_deals::table).values(became).execute(conn)?;
    record(decision, lead, LeadStatus::Converted, &CONVERTED, "", conn)?;
    tell_keeper::<LeadsConverted>(decision, lead, "made {} a deal", "", conn)?;
    Ok(begun)
}

fn found_by(lead: &Lead) -> String {
    let source = lead.details().source.as_str();
    let found = match source.is_empty() {
        true => format!("Lead {}", lead.reference),
        false => format!("Lead {}: {source}", lead.reference),
    };
    found.chars().take(LONGEST_FOUND).collect()
}
