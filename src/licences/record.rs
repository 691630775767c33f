//! One licence with everything that its page says of it.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::Licence;
use super::model::within;
use super::refusal::Refusal;
use super::rulebook::{goods_of_kind, term_policies};
use super::rules::{BaseLine, LineDates, LineFacts, line_dates};
use super::set_backs::SetBack;
use super::warranty;
use crate::auth::{Part, Scope};
use crate::calendar::TermMonths;
use crate::catalogue::ProductKind;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    categories, customers, licences, notice_rungs, orders, organisations, products, schedules,
    set_backs,
};
use crate::error::{Error, Result};
use crate::programs::Rules;

diesel::alias! {
    licences as bases: Bases,
    licences as renewals: Renewals,
}
diesel::alias!(organisations as distributors: Distributors);

/// A licence with its parties, its product, its order, and its neighbours in the chain of renewals.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) licence: Licence,
    pub(super) customer: (String, String),
    pub(super) product: String,
    pub(super) product_kind: ProductKind,
    pub(super) unit: String,
    pub(super) warranty_months: Option<i32>,
    pub(super) category: (String, String),
    pub(super) reseller: String,
    pub(super) distributor: Option<String>,
    pub(super) order: (String, String, Option<Instant>, Instant),
    /// The schedule that its order was issued with; none for orders of older releases.
    pub(super) schedule: Option<String>,
    pub(super) base: Option<Neighbour>,
    pub(super) renewal: Option<Neighbour>,
    pub(super) set_back: Option<SetBack>,
}

/// What the rules say of a line on a day.
pub(super) struct Decided {
    pub(super) dates: std::result::Result<LineDates, Refusal>,
    pub(super) warranty: Option<warranty::Reason>,
    /// Whether a renewal bought with it waits for a key.
    pub(super) by_key: bool,
    /// Since when it waits for none any more.
    pub(super) keys_ended_on: Option<NaiveDate>,
}

/// A line before or after in the chain of renewals. It may be another organisation's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Neighbour {
    pub(super) reference: String,
    pub(super) reseller_id: i64,
    pub(super) distributor_id: Option<i64>,
    pub(super) starts_on: Option<NaiveDate>,
    pub(super) ends_on: Option<NaiveDate>,
}

type NeighbourRow =
    (Option<String>, Option<i64>, Option<i64>, Option<NaiveDate>, Option<NaiveDate>);

type Row = (
    Licence,
    (String, String),
    (String, ProductKind, String, Option<i32>),
    (String, String),
    (String, Option<String>),
    (String, String, Option<Instant>, Instant),
    Option<String>,
    NeighbourRow,
    NeighbourRow,
    Option<SetBack>,
);

impl Record {
    /// A licence that the person may see, in one query.
    pub(super) fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let query =
            licences::table
                .inner_join(customers::table)
                .inner_join(products::table.inner_join(categories::table))
                .inner_join(orders::table)
                .left_join(set_backs::table)
                .left_join(schedules::table.on(schedules::order_id.eq(licences::order_id)))
                .inner_join(organisations::table.on(organisations::id.eq(licences::reseller_id)))
                .left_join(distributors.on(
                    distributors.field(organisations::id).nullable().eq(licences::distributor_id),
                ))
                .left_join(bases.on(bases.field(licences::id).nullable().eq(licences::base_id)))
                .left_join(
                    renewals
                        .on(renewals.field(licences::id).nullable().eq(licences::renewed_by_id)),
                )
                .filter(licences::reference.eq(reference))
                .select((
                    Licence::as_select(),
                    (customers::name, customers::reference),
                    (products::name, products::kind, products::unit, products::warranty_months),
                    (categories::key, categories::name),
                    (organisations::name, distributors.field(organisations::name).nullable()),
                    (
                        orders::external_number,
                        orders::delivered_to,
                        orders::released_at,
                        orders::processed_at.assume_not_null(),
                    ),
                    schedules::reference.nullable(),
                    (
                        bases.field(licences::reference).nullable(),
                        bases.field(licences::reseller_id).nullable(),
                        bases.field(licences::distributor_id).nullable(),
                        bases.field(licences::starts_on).nullable(),
                        bases.field(licences::ends_on).nullable(),
                    ),
                    (
                        renewals.field(licences::reference).nullable(),
                        renewals.field(licences::reseller_id).nullable(),
                        renewals.field(licences::distributor_id).nullable(),
                        renewals.field(licences::starts_on).nullable(),
                        renewals.field(licences::ends_on).nullable(),
                    ),
                    Option::<SetBack>::as_select(),
                ))
                .into_boxed();
        Ok(Self::of(within!(query, scope).first::<Row>(conn)?))
    }

    fn of(row: Row) -> Self {
        let (
            licence,
            customer,
            product,
            category,
            parties,
            order,
            schedule,
            base,
            renewal,
            set_back,
        ) = row;
        let (product, product_kind, unit, warranty_months) = product;
        let (reseller, distributor) = parties;
        Self {
            licence,
            customer,
            product,
            product_kind,
            unit,
            warranty_months,
            category,
            reseller,
            distributor,
            order,
            schedule,
            base: Neighbour::of(base),
            renewal: Neighbour::of(renewal),
            set_back,
        }
    }

    /// What decides the line's dates.
    fn facts(&self) -> LineFacts {
        let licence = &self.licence;
        let warranty_months = self.warranty_months.and_then(|months| u16::try_from(months).ok());
        LineFacts {
            kind: licence.kind,
            goods: goods_of_kind(
                self.product_kind,
                warranty_months.and_then(std::num::NonZeroU16::new),
            ),
            months: licence.months.and_then(|months| TermMonths::new(months.into()).ok()),
            released_on: None,
            processed_on: licence.processed_on,
            activated_on: licence.activated_on,
            base: self.base.as_ref().map(|base| BaseLine { ends_on: base.ends_on }),
        }
    }

    /// What the rules say of the line today: the answers to "why these dates?" and the like.
    pub(super) fn decided(&self, rules: &Rules, scope: &Scope) -> Result<Decided> {
        let (facts, today) = (self.facts(), scope.today());
        let policies = term_policies(rules, &self.category.0)?;
        Ok(Decided {
            dates: line_dates(&facts, &policies, today),
            warranty: warranty::reason(&facts, &policies, today),
            by_key: policies.at(facts.processed_on).renewals_by_key,
            keys_ended_on: policies.keys_end_on(facts.processed_on).filter(|day| *day <= today),
        })
    }
}

impl Neighbour {
    fn of(row: NeighbourRow) -> Option<Self> {
        let (reference, reseller_id, distributor_id, starts_on, ends_on) = row;
        Some(Self {
            reference: reference?,
            reseller_id: reseller_id?,
            distributor_id,
            starts_on,
            ends_on,
        })
    }

    /// Whether the person may open its page.
    pub(super) fn is_visible_to(&self, scope: &Scope) -> bool {
        match scope.part() {
            None => true,
            Some(Part::Partner) => self.reseller_id == scope.organisation_id(),
            Some(Part::Distributor) => self.distributor_id == Some(scope.organisation_id()),
        }
    }
}

/// A licence with the rungs of its program's notice ladder.
#[derive(Clone, Debug)]
pub(super) struct Noticed {
    pub(super) licence: Licence,
    pub(super) customer: String,
    pub(super) product: String,
    /// Days before the end, the earliest first; negative is after it.
    pub(super) rungs: Vec<i32>,
}

impl Noticed {
    /// A licence that the person may see, in one query.
    pub(super) fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let query = licences::table
            .inner_join(customers::table)
            .inner_join(products::table)
            .left_join(notice_rungs::table.on(notice_rungs::program_id.eq(licences::program_id)))
            .filter(licences::reference.eq(reference))
            .order(notice_rungs::days_before.desc())
            .select((
                Licence::as_select(),
                customers::name,
                products::name,
                notice_rungs::days_before.nullable(),
            ))
            .into_boxed();
        let rows: Vec<(Licence, String, String, Option<i32>)> = within!(query, scope).load(conn)?;
        let rungs = rows.iter().filter_map(|(.., rung)| *rung).collect();
        let (licence, customer, product, _) = rows.into_iter().next().ok_or(Error::NotFound)?;
        Ok(Self { licence, customer, product, rungs })
    }
}
