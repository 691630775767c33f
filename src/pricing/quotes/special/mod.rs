//! Special prices: a level below the rules that whoever quotes asks for and the vendor grants. The
//! requester sees its own, the vendor all of its program; a reseller sees none, but the level once
//! a quote with it was sent.

pub(super) mod list;
mod verbs;

pub(super) use verbs::{Decision, close_open, decide, withdraw};
pub use verbs::{Request, request};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::SpecialStatus;
use crate::audit::Subject;
use crate::auth::{Part, Scope};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{organisations, products, quotes, special_prices};
use crate::error::{Error, Result};
use crate::percent::BasisPoints;
use crate::pricing::waterfall::{Level, LevelKind};

/// What the history of a special price calls it.
pub(super) const KIND: &str = "special_price";

diesel::alias!(pub(super) const ASKED_BY: Alias<AskedBy> = organisations as asked_by);

/// A request for a special price.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = special_prices)]
pub(super) struct Special {
    pub id: i64,
    pub reference: String,
    pub program_id: i64,
    pub quote_id: i64,
    pub product_id: Option<i64>,
    pub status: SpecialStatus,
    asked_basis_points: i32,
    granted_basis_points: Option<i32>,
    pub reason: String,
    pub requested_at: Instant,
    pub requested_by_id: Option<i64>,
    pub requested_by: String,
    pub decided_at: Option<Instant>,
    pub decided_by: String,
    pub why: String,
    /// None: for every line.
    #[diesel(select_expression = products::name.nullable())]
    pub product: Option<String>,
    #[diesel(select_expression = quotes::reference)]
    pub quote: String,
    #[diesel(select_expression = quotes::sent_at)]
    pub quote_sent_at: Option<Instant>,
    #[diesel(select_expression = quotes::quoter_id)]
    pub quoter_id: i64,
    #[diesel(select_expression = quotes::reseller_id)]
    pub reseller_id: i64,
    #[diesel(select_expression = quotes::customer_name)]
    pub customer: String,
    #[diesel(select_expression = quotes::currency)]
    pub currency: String,
    #[diesel(select_expression = organisations::name)]
    pub reseller: String,
    #[diesel(select_expression = ASKED_BY.field(organisations::name))]
    pub quoter: String,
}

/// Requests with what [`Special`] is read from; a macro, because its type has no name.
macro_rules! with_quote {
    () => {
        special_prices::table
            .inner_join(quotes::table)
            .inner_join(organisations::table.on(organisations::id.eq(quotes::reseller_id)))
            .inner_join(ASKED_BY.on(ASKED_BY.field(organisations::id).eq(quotes::quoter_id)))
            .left_join(products::table.on(special_prices::product_id.eq(products::id.nullable())))
            .select(Special::as_select())
    };
}
pub(super) use with_quote;

/// Keeps a boxed query over requests inside the wall.
macro_rules! within_requests {
    ($query:expr, $scope:expr) => {{
        let scope: &Scope = $scope;
        let query = $query.filter(special_prices::program_id.eq(scope.program().id));
        match scope.part() {
            None => query,
            Some(Part::Distributor) => query.filter(quotes::quoter_id.eq(scope.organisation_id())),
            Some(Part::Partner) => return Err(Error::NotFound),
        }
    }};
}
pub(super) use within_requests;

impl Special {
    /// A request that the person may see, by its reference.
    pub(super) fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let query = with_quote!().filter(special_prices::reference.eq(reference)).into_boxed();
        Ok(within_requests!(query, scope).first(conn)?)
    }

    /// The requests of a quote, the latest first. The caller is its quoter.
    pub(super) fn of_quote(quote_id: i64, conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(with_quote!()
            .filter(special_prices::quote_id.eq(quote_id))
            .order(special_prices::id.desc())
            .load(conn)?)
    }

    pub(super) fn asked(&self) -> BasisPoints {
        BasisPoints::new(self.asked_basis_points).unwrap_or_default()
    }

    pub(super) fn granted(&self) -> Option<BasisPoints> {
        self.granted_basis_points.and_then(BasisPoints::new)
    }

    /// The request as the record that something happened to, in the requester's history.
    fn subject(&self) -> Subject<'_> {
        Subject {
            kind: KIND,
            id: self.id,
            reference: &self.reference,
            name: &self.customer,
            program_id: Some(self.program_id),
            organisation_id: Some(self.quoter_id),
        }
    }

    /// Whether somebody else must decide: nobody grants what they asked for themselves.
    pub(super) fn is_asked_by(&self, scope: &Scope) -> bool {
        self.requested_by_id == Some(scope.actor().contact_id)
    }

    pub(super) fn path(&self, scope: &Scope) -> String {
        scope.path(&format!("/special-prices/{}", self.reference))
    }

    /// What it is for, in words.
    pub(super) fn about(&self) -> &str {
        self.product.as_deref().unwrap_or("every line")
    }
}

/// A special price that was granted.
#[derive(Clone, Debug, Queryable)]
pub(super) struct Granted {
    product_id: Option<i64>,
    basis_points: i32,
    reference: String,
    decided_on: NaiveDate,
    decided_by: String,
}

/// What was granted for a quote, the latest first.
pub(super) fn granted_for(quote_id: i64, conn: &mut Conn) -> Result<Vec<Granted>> {
    Ok(special_prices::table
        .filter(special_prices::quote_id.eq(quote_id))
        .filter(special_prices::status.eq(SpecialStatus::Approved))
        .order((special_prices::decided_at.desc(), special_prices::id.desc()))
        .select((
            special_prices::product_id,
            special_prices::granted_basis_points.assume_not_null(),
            special_prices::reference,
            special_prices::decided_on.assume_not_null(),
            special_prices::decided_by,
        ))
        .load(conn)?)
}

impl Granted {
    /// Of a line the latest that names its product, else the latest for every line: one replaces
    /// another, they do not add up.
    pub(super) fn on(granted: &[Self], product_id: i64) -> Option<&Self> {
        let own = granted.iter().find(|one| one.product_id == Some(product_id));
        own.or_else(|| granted.iter().find(|one| one.product_id.is_none()))
    }

    pub(super) fn level(&self) -> Level {
        Level {
            kind: LevelKind::Special,
            percent: BasisPoints::new(self.basis_points).unwrap_or_default(),
            rule: self.reference.clone(),
            effective_on: self.decided_on,
            approved_by: self.decided_by.clone(),
        }
    }
}
