//! The licences of a customer that a plan is made for, and the terms that each can be renewed for.

use chrono::NaiveDate;
use diesel::prelude::*;
use iso_currency::Currency;

use crate::auth::{Part, Scope};
use crate::calendar::TermMonths;
use crate::catalogue::Shelf;
use crate::db::schema::{customers, licences, products};
use crate::db::{Conn, Keep};
use crate::error::{Error, Result};
use crate::licences::NO_END;
use crate::programs::pack::{OddTerms, Policy};

/// Lines of one plan; those that end first.
pub(super) const MOST_LINES: i64 = 200;

/// A licence that has an end and no renewal.
#[derive(Clone, Debug, Queryable)]
pub(super) struct Ending {
    pub reference: String,
    pub product_id: i64,
    pub product: String,
    pub unit: String,
    pub quantity: i32,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: NaiveDate,
    pub currency: String,
    pub customer: String,
}

impl Ending {
    /// Those of a customer, by its reference, that the person may see. What was added in mid-term is renewed with the
    /// licence that it was added to; trials and what is not for resale are not renewed.
    pub(super) fn all_of(scope: &Scope, customer: &str, conn: &mut Conn) -> Result<Vec<Self>> {
        let mut query = licences::table
            .inner_join(products::table)
            .inner_join(customers::table)
            .filter(licences::program_id.eq(scope.program().id))
            .filter(customers::reference.eq(customer))
            .filter(licences::renewed_by_id.is_null())
            .filter(licences::kind.eq_any(["new", "renewal"]))
            .filter(licences::due_on.lt(NO_END))
            .order((licences::due_on, licences::reference))
            .limit(MOST_LINES)
            .select((
                licences::reference,
                licences::product_id,
                products::name,
                products::unit,
                licences::quantity,
                licences::starts_on,
                licences::due_on,
                licences::currency,
                customers::name,
            ))
            .into_boxed();
        let own = scope.organisation_id();
        query = match scope.part() {
            None => query,
            Some(Part::Partner) => query.filter(licences::reseller_id.eq(own)),
            Some(Part::Distributor) => query.filter(licences::distributor_id.eq(own)),
        };
        Ok(query.kept().load(conn)?)
    }
}

/// What can be ordered today.
pub(super) struct Offer<'a> {
    policy: &'a Policy,
    shelf: Shelf,
}

impl<'a> Offer<'a> {
    /// By the policy and the prices of the day, in the currency in which these were sold.
    pub(super) fn of(
        scope: &Scope,
        policy: &'a Policy,
        lines: &[Ending],
        conn: &mut Conn,
    ) -> Result<Self> {
        let code = lines.first().map_or(&scope.program().currency, |line| &line.currency);
        let currency = Currency::from_code(code)
            .ok_or_else(|| Error::internal(format!("{code} is no currency")))?;
        let terms: Vec<i32> = all_terms().map(|months| i32::from(months.get())).collect();
        let shelf = Shelf::of(scope.program().id, currency, scope.today(), &terms, conn)?;
        Ok(Self { policy, shelf })
    }

    /// The terms for which so many of a product are sold: those of the policy that have a price.
    pub(super) fn terms(&self, line: &Ending) -> Vec<TermMonths> {
        let policy = self.policy;
        let by_policy = |months: &TermMonths| {
            policy.odd_terms != OddTerms::None
                || policy.standard_terms.contains(&i32::from(months.get()))
        };
        let priced = |months: &TermMonths| {
            self.shelf.unit(line.product_id, Some(*months), line.quantity).is_some()
        };
        all_terms().filter(by_policy).filter(priced).collect()
    }
}

fn all_terms() -> impl Iterator<Item = TermMonths> {
    (TermMonths::SHORTEST.get()..=TermMonths::LONGEST.get())
        .filter_map(|months| TermMonths::new(months.into()).ok())
}
