//! The registered deal that an inquiry carries: one of the reseller's that is in force for the same
//! customer. Lines of its category get its discount while it stays in force.

use askama::Template;
use diesel::prelude::*;
use serde::Deserialize;

use super::InquiryStatus;
use super::model::Inquiry;
use super::settling::changed_meanwhile;
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::inquiries;
use crate::deals::{Deal, protecting};
use crate::error::{Error, Result};
use crate::web::{FieldErrors, Frame, Visit};

/// Which deal; none where it is empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DealForm {
    pub deal: String,
    pub seen: String,
}

impl DealForm {
    fn seen(&self) -> i64 {
        self.seen.parse().unwrap_or(0)
    }
}

#[derive(Template)]
#[template(path = "inquiries/deal.html")]
pub(super) struct DealPage {
    frame: Frame,
    path: String,
    list_href: String,
    deals_href: String,
    customer: String,
    choices: Vec<Choice>,
    chosen: String,
    seen: i64,
    errors: FieldErrors,
}

struct Choice {
    value: String,
    label: String,
    hint: String,
}

impl DealPage {
    /// Two queries.
    pub(super) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        errors: FieldErrors,
        conn: &mut Conn,
    ) -> Result<Self> {
        let inquiry = Inquiry::find_for(scope, reference, conn)?;
        let locale = scope.actor().locale;
        let choice = |deal: &Deal| Choice {
            value: deal.reference.clone(),
            label: format!("{}: {}", deal.reference, deal.names.category),
            hint: deal
                .last_day(scope.program())
                .map(|day| format!("Protected until {}.", locale.day(day)))
                .unwrap_or_default(),
        };
        let found = choices(scope, &inquiry, conn)?;
        Ok(Self {
            frame: visit.frame(scope),
            path: inquiry.path(scope),
            list_href: scope.path("/inquiries"),
            deals_href: scope.path("/deals"),
            choices: found.iter().map(choice).collect(),
            chosen: inquiry.deal.clone().unwrap_or_default(),
            seen: inquiry.revision,
            customer: inquiry.customer_name,
            errors,
        })
    }
}

fn choices(scope: &Scope, inquiry: &Inquiry, conn: &mut Conn) -> Result<Vec<Deal>> {
    if inquiry.customer_key.is_empty() {
        return Ok(Vec::new());
    }
    protecting(scope, &inquiry.customer_name, &inquiry.customer_country, conn)
}

/// Lets a draft carry a deal, or none.
pub(super) fn choose(
    scope: &Scope,
    inquiry: &Inquiry,
    form: &DealForm,
    conn: &mut Conn,
) -> Result<()> {
    let deal_id = match form.deal.as_str() {
        "" => None,
        wanted => {
            let found = choices(scope, inquiry, conn)?;
            let deal = found.iter().find(|deal| deal.reference == wanted);
            let none = || Error::field("deal", "Choose a deal of this customer that is in force.");
            Some(deal.ok_or_else(none)?.id)
        }
    };
    let row = inquiries::table
        .find(inquiry.id)
        .filter(inquiries::status.eq(InquiryStatus::Draft))
        .filter(inquiries::revision.eq(form.seen()));
    let set = (inquiries::deal_id.eq(deal_id), inquiries::revision.eq(inquiries::revision + 1));
    match diesel::update(row).set(set).execute(conn)? {
        0 => Err(changed_meanwhile(inquiry)),
        _ => Ok(()),
    }
}

/// Why a draft cannot be sent with the deal that it carries; nothing where it can.
pub(super) fn fault(
    scope: &Scope,
    inquiry: &Inquiry,
    conn: &mut Conn,
) -> Result<Option<&'static str>> {
    let Some(id) = inquiry.deal_id else { return Ok(None) };
    let fits = choices(scope, inquiry, conn)?.iter().any(|deal| deal.id == id);
    Ok((!fits).then_some("The registered deal is not in force, or not of this customer."))
}
