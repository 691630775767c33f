//! Leads as they are stored, and who may see what of each.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::rules::Step;
use super::{DISTRIBUTING, LeadKind, LeadStatus};
use crate::audit::Subject;
use crate::auth::{Part, Scope};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{categories, deals, leads, organisations, products};
use crate::error::{Error, Result};

/// What a lead's history calls it.
pub const KIND: &str = "lead";

/// A lead. Who it is about is told by [`Lead::details_for`] alone.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = leads)]
pub struct Lead {
    pub id: i64,
    pub reference: String,
    pub program_id: i64,
    pub kind: LeadKind,
    pub status: LeadStatus,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// One line that names nobody: whoever has not opened the lead reads it too.
    pub interest: String,
    pub product_id: Option<i64>,
    pub category_id: Option<i64>,
    pub assigned_to_id: Option<i64>,
    pub assigned_at: Option<Instant>,
    pub assigned_by_id: Option<i64>,
    pub assigned_by: String,
    pub opened_at: Option<Instant>,
    pub opened_by: String,
    pub accepted_at: Option<Instant>,
    /// Why it was declined or ended; empty where nobody has to say.
    pub why: String,
    pub last_activity_at: Option<Instant>,
    /// The day on which a partner's own lead ends by itself, as it was found last.
    pub expires_on: Option<NaiveDate>,
    /// So many days before that its partner was warned, since the last activity.
    pub warned_days: Option<i32>,
    /// Counts the changes: a decision that was made on an older one is refused.
    pub revision: i64,
    pub created_at: Instant,
    #[diesel(embed)]
    details: Details,
    #[diesel(embed)]
    pub topic: Topic,
    #[diesel(embed)]
    pub partner: Option<AssignedTo>,
    #[diesel(embed)]
    pub deal: Option<BecameDeal>,
}

/// What stays hidden from a partner until it opens the lead.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = leads)]
pub struct Details {
    /// The number in the system it came from; the vendor's alone.
    pub external_id: Option<String>,
    pub company: String,
    pub contact_name: String,
    pub email: String,
    pub phone: String,
    pub source: String,
    pub note: String,
    pub language: String,
}

/// The partner that has it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = organisations)]
pub struct AssignedTo {
    pub name: String,
}

/// The deal that it became.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deals)]
pub struct BecameDeal {
    pub reference: String,
    /// None where it is a draft, of which only the partner knows.
    pub submitted_at: Option<Instant>,
}

/// What it is about, where the program sells such a thing.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = products)]
pub struct Topic {
    #[diesel(select_expression = products::name.nullable())]
    product: Option<String>,
    #[diesel(select_expression = products::category_id.nullable())]
    pub category_of_product: Option<i64>,
    #[diesel(select_expression = categories::name.nullable())]
    category: Option<String>,
}

impl Topic {
    /// The product or the category; empty where none is named.
    pub fn name(&self) -> &str {
        self.product.as_deref().or(self.category.as_deref()).unwrap_or_default()
    }
}

/// Leads with what [`Lead`] is read from; a macro, because its type has no name.
macro_rules! with_all {
    () => {{
        use $crate::db::schema::{deals, lead_deals};
        leads::table
            .left_join(organisations::table)
            .left_join(products::table)
            .left_join(categories::table.on(leads::category_id.eq(categories::id.nullable())))
            .left_join(lead_deals::table.on(lead_deals::lead_id.eq(leads::id)))
            .left_join(deals::table.on(deals::id.nullable().eq(lead_deals::deal_id.nullable())))
            .select(Lead::as_select())
    }};
}
pub(super) use with_all;

impl Lead {
    /// Within the scope: all of the vendor's program, and a partner's own.
    pub fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let mut query = with_all!()
            .filter(leads::program_id.eq(scope.program().id))
            .filter(leads::reference.eq(reference))
            .into_boxed();
        if !scope.is_vendor() {
            query = query.filter(leads::assigned_to_id.eq(Self::holder(scope)?));
        }
        Ok(query.first(conn)?)
    }

    /// A lead of a program, whoever asks: for the demo and the command line.
    pub fn find_unscoped(program_id: i64, reference: &str, conn: &mut Conn) -> Result<Self> {
        Ok(with_all!()
            .filter(leads::program_id.eq(program_id))
            .filter(leads::reference.eq(reference))
            .first(conn)?)
    }

    /// The partner whose leads a person sees; a distributor has none.
    pub(super) fn holder(scope: &Scope) -> Result<i64> {
        match scope.part() {
            Some(Part::Partner) => Ok(scope.organisation_id()),
            _ => Err(Error::NotFound),
        }
    }

    /// Who it is about, if the person may know it: the vendor always, a partner once it has opened
    /// the lead, or where it brought it.
    pub fn details_for(&self, scope: &Scope) -> Option<&Details> {
        (scope.is_vendor() || !self.is_hidden()).then_some(&self.details)
    }

    /// Whether its partner may not know yet who it is about.
    pub(super) fn is_hidden(&self) -> bool {
        self.kind == LeadKind::Distributed && self.opened_at.is_none()
    }

    /// Since when its clock runs.
    pub(super) fn active_at(&self) -> Instant {
        self.last_activity_at.unwrap_or(self.created_at)
    }

    /// Whether the person may take a step now.
    ///
    /// # Errors
    /// Forbidden where it is never theirs; a conflict where the lead's state does not allow it.
    pub(super) fn allow(&self, step: Step, scope: &Scope) -> Result<()> {
        if !step.is_of(self.kind, scope.is_vendor(), DISTRIBUTING.has(scope.seat())) {
            return Err(Error::forbidden(step.whose()));
        }
        match self.why_not(step) {
            None => Ok(()),
            Some(why_not) => Err(Error::conflict(format!("Lead {}: {why_not}", self.reference))),
        }
    }

    /// Why a step cannot be taken now; nothing where it can.
    pub(super) fn why_not(&self, step: Step) -> Option<&'static str> {
        match step {
            Step::Convert if self.deal.is_some() => Some("It is a deal already."),
            _ => step.why_not(self.kind, self.status),
        }
    }

    /// The deal that it became, as far as the person may see it: a draft is its partner's alone.
    pub(super) fn deal_for(&self, scope: &Scope) -> Option<&str> {
        let seen = |deal: &&BecameDeal| !scope.is_vendor() || deal.submitted_at.is_some();
        self.deal.as_ref().filter(seen).map(|deal| deal.reference.as_str())
    }

    /// Who it is about, for changes whose caller has asked whether they may be made.
    pub(super) fn details(&self) -> &Details {
        &self.details
    }

    /// The lead as the record that something happened to. `organisation_id` is the partner in whose
    /// history that stands; none where only the vendor may read it.
    pub(super) fn subject(&self, organisation_id: Option<i64>) -> Subject<'_> {
        Subject {
            kind: KIND,
            id: self.id,
            reference: &self.reference,
            name: &self.details.company,
            program_id: Some(self.program_id),
            organisation_id,
        }
    }

    /// The partner that has it; empty where none has.
    pub(super) fn partner_name(&self) -> &str {
        self.partner.as_ref().map_or("", |partner| partner.name.as_str())
    }

    /// The category that it is about, by name or by its product.
    pub(super) fn category_id(&self) -> Option<i64> {
        self.category_id.or(self.topic.category_of_product)
    }

    pub fn path(&self, scope: &Scope) -> String {
        scope.path(&format!("/leads/{}", self.reference))
    }
}
