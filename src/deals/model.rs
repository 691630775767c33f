//! Deals as they are stored, and who sees which: a partner its own, the vendor all of its program
//! that were submitted.

use chrono::NaiveDate;
use diesel::prelude::*;
use iso_currency::Currency;

use super::DealStatus;
use super::attachments::Attachment;
use crate::audit::Subject;
use crate::auth::{Program, Scope};
use crate::clock::Instant;
use crate::db::schema::{
    categories, deal_approvals, deal_attachments, deal_lines, deals, organisations, products,
};
use crate::db::{Conn, Keep};
use crate::error::{Error, Result};
use crate::maintenance::Capability;
use crate::money::Money;

/// What a deal's history calls it.
pub const KIND: &str = "deal";

/// A registered opportunity.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deals)]
pub struct Deal {
    pub id: i64,
    pub reference: String,
    pub program_id: i64,
    pub partner_id: i64,
    pub category_id: i64,
    pub status: DealStatus,
    pub customer_name: String,
    pub customer_key: String,
    /// ISO 3166-1 alpha-2.
    pub customer_country: String,
    /// In ASCII, without `www.`; empty where there is none.
    pub customer_domain: String,
    pub contact_name: String,
    pub contact_email: String,
    pub currency: String,
    pub msrp_minor: i64,
    pub closes_on: Option<NaiveDate>,
    pub found_by: String,
    pub competitor: String,
    pub is_tender: bool,
    pub note: String,
    pub created_by: String,
    pub created_at: Instant,
    pub submitted_at: Option<Instant>,
    pub submitted_by_id: Option<i64>,
    pub submitted_by: String,
    /// The number of its last receipt.
    pub receipt: String,
    pub why: String,
    /// Since when its last day counts, and that day as it was given.
    pub protected_at: Option<Instant>,
    pub protected_until_on: Option<NaiveDate>,
    /// The last day that the partner asks for.
    pub extension_until_on: Option<NaiveDate>,
    pub extension_why: String,
    /// Counts the changes: a decision that was made on an older one is refused.
    pub revision: i64,
    #[diesel(embed)]
    pub names: DealNames,
}

/// What lies beside its row: whose it is, what it is about, and who has approved it as the first of
/// two.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = organisations)]
pub struct DealNames {
    #[diesel(select_expression = organisations::name)]
    pub partner: String,
    #[diesel(select_expression = categories::key)]
    pub category_key: String,
    #[diesel(select_expression = categories::name)]
    pub category: String,
    #[diesel(embed)]
    pub first_approval: Option<FirstApproval>,
}

/// The first of the two approvals that a deal needs; its partner does not learn of it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deal_approvals)]
pub struct FirstApproval {
    pub approved_by_id: i64,
    pub approved_by: String,
    pub approved_at: Instant,
    pub note: String,
}

/// Deals with what [`Deal`] is read from; a macro, because its type has no name.
macro_rules! with_names {
    () => {
        deals::table
            .inner_join(organisations::table)
            .inner_join(categories::table)
            .left_join($crate::db::schema::deal_approvals::table)
            .select(Deal::as_select())
    };
}
pub(super) use with_names;

/// Keeps a boxed query over deals inside the wall.
macro_rules! within {
    ($query:expr, $scope:expr) => {{
        let scope: &Scope = $scope;
        let query = $query.filter(deals::program_id.eq(scope.program().id));
        match scope.is_vendor() {
            true => query.filter(deals::submitted_at.is_not_null()),
            false => query.filter(deals::partner_id.eq(scope.organisation_id())),
        }
    }};
}
pub(super) use within;

/// A product of the deal's category, and what the deal has of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DealProduct {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub unit: String,
    /// Units, and their expected recommended price together.
    pub wanted: Option<(i32, i64)>,
}

/// A deal with all that its page says of it.
pub(super) struct WholeDeal {
    pub deal: Deal,
    pub products: Vec<DealProduct>,
    /// By name.
    pub files: Vec<Attachment>,
}

type WholeRow = (Option<(i64, String, String, String)>, Option<(i32, i64)>, Option<Attachment>);

impl Deal {
    /// A deal that the person may see, by its reference.
    pub fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let query = with_names!().filter(deals::reference.eq(reference)).into_boxed();
        Ok(within!(query, scope).first(conn)?)
    }

    /// A deal by its id, whoever asks: for sweeps, and for what a record of the scope points at.
    pub fn find_unscoped(id: i64, conn: &mut Conn) -> Result<Self> {
        Ok(with_names!().filter(deals::id.eq(id)).first(conn)?)
    }

    /// A deal that the person may see, with the products of its category.
    pub fn with_products(
        scope: &Scope,
        reference: &str,
        conn: &mut Conn,
    ) -> Result<(Self, Vec<DealProduct>)> {
        let whole = Self::whole(scope, reference, conn)?;
        Ok((whole.deal, whole.products))
    }

    /// A deal that the person may see, with the products of its category and its files: one query,
    /// which gives each product with each of the few files.
    pub(super) fn whole(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<WholeDeal> {
        let query = deals::table
            .inner_join(organisations::table)
            .inner_join(categories::table)
            .left_join(deal_approvals::table)
            .left_join(deal_attachments::table)
            .left_join(products::table.on(products::category_id.eq(deals::category_id)))
            .left_join(
                deal_lines::table.on(deal_lines::deal_id
                    .eq(deals::id)
                    .and(deal_lines::product_id.nullable().eq(products::id.nullable()))),
            )
            .filter(deals::reference.eq(reference))
            .order((products::name, products::id, deal_attachments::name))
            .select((
                Self::as_select(),
                (
                    (products::id, products::code, products::name, products::unit).nullable(),
                    (deal_lines::quantity, deal_lines::msrp_minor).nullable(),
                    Option::<Attachment>::as_select(),
                ),
            ))
            .into_boxed();
        let rows: Vec<(Self, WholeRow)> = within!(query, scope).kept().load(conn)?;
        let (mut deal, mut products, mut files) =
            (None, Vec::<DealProduct>::new(), Vec::<Attachment>::new());
        for (row, (product, wanted, file)) in rows {
            if let Some((id, code, name, unit)) = product
                && products.last().is_none_or(|last| last.id != id)
            {
                products.push(DealProduct { id, code, name, unit, wanted });
            }
            if let Some(file) = file
                && files.iter().all(|other| other.reference != file.reference)
            {
                files.push(file);
            }
            deal.get_or_insert(row);
        }
        Ok(WholeDeal { deal: deal.ok_or(Error::NotFound)?, products, files })
    }

    pub fn currency(&self) -> Result<Currency> {
        Currency::from_code(&self.currency)
            .ok_or_else(|| Error::internal(format!("{} is no currency", self.currency)))
    }

    pub fn value(&self) -> Result<Money> {
        Ok(Money::new(self.msrp_minor, self.currency()?))
    }

    /// The last day on which it is protected, with the days that maintenance adds; none where it
    /// never was approved.
    pub fn last_day(&self, program: &Program) -> Option<NaiveDate> {
        let (given, since) = self.protected_until_on.zip(self.protected_at)?;
        let pauses = program.stoppages.pauses(Capability::DealRegistration);
        Some(pauses.last_day(since, given, program.time_zone))
    }

    /// Whether it protects on a day, whether or not the sweep has written down that it ran out.
    pub fn is_in_force(&self, program: &Program, day: NaiveDate) -> bool {
        self.status == DealStatus::Approved
            && self.last_day(program).is_some_and(|last| day <= last)
    }

    /// The deal as the record that something happened to. `organisation_id` is the partner in whose
    /// history that stands; none where only the vendor may read it.
    pub(super) fn subject(&self, organisation_id: Option<i64>) -> Subject<'_> {
        Subject {
            kind: KIND,
            id: self.id,
            reference: &self.reference,
            name: &self.customer_name,
            program_id: Some(self.program_id),
            organisation_id,
        }
    }

    pub fn path(&self, scope: &Scope) -> String {
        scope.path(&format!("/deals/{}", self.reference))
    }
}
