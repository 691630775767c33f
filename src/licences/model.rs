//! One licence, as stored.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::rules::LineKind;
use super::status::Standing;
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::licences;
use crate::error::Result;

/// What stands in `due_on` for a line without an end: lists and sweeps go by that column.
pub const NO_END: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// Keeps a boxed query over licences inside the wall: the partner's own, those addressed to the
/// distributor, or all of the program for its vendor.
macro_rules! within {
    ($query:expr, $scope:expr) => {{
        use crate::auth::Part;
        use crate::db::schema::licences;
        let (query, scope): (_, &crate::auth::Scope) = ($query, $scope);
        let query = query.filter(licences::program_id.eq(scope.program().id));
        let own = scope.organisation_id();
        match scope.part() {
            None => query,
            Some(Part::Partner) => query.filter(licences::reseller_id.eq(own)),
            Some(Part::Distributor) => query.filter(licences::distributor_id.eq(own)),
        }
    }};
}
pub(super) use within;

/// A licence line.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = licences)]
pub struct Licence {
    pub id: i64,
    pub reference: String,
    pub program_id: i64,
    pub order_id: i64,
    pub position: i32,
    pub reseller_id: i64,
    pub distributor_id: Option<i64>,
    pub customer_id: i64,
    pub product_id: i64,
    pub sku: String,
    pub quantity: i32,
    pub kind: LineKind,
    pub months: Option<i32>,
    pub unit_price_minor: i64,
    pub currency: String,
    pub processed_on: NaiveDate,
    pub activated_on: Option<NaiveDate>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub base_id: Option<i64>,
    pub renewed_by_id: Option<i64>,
    pub serial_number: String,
    pub warranty_starts_on: Option<NaiveDate>,
    pub warranty_ends_on: Option<NaiveDate>,
}

impl Licence {
    /// A licence that the person may see, by its reference.
    pub fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let query = licences::table
            .filter(licences::reference.eq(reference))
            .select(Self::as_select())
            .into_boxed();
        Ok(within!(query, scope).first(conn)?)
    }

    /// A licence by its id, whoever asks: for sweeps, and for lines that a found one points at.
    pub fn find_unscoped(id: i64, conn: &mut Conn) -> Result<Self> {
        Ok(licences::table.find(id).select(Self::as_select()).first(conn)?)
    }

    /// Whether an activation says something of it: it waits for one, or it runs unused and the
    /// lost days are counted. Renewals activate themselves once they have started.
    pub fn can_be_activated(&self) -> bool {
        let waits = self.starts_on.is_none();
        let runs_unused = !matches!(self.kind, LineKind::Renewal | LineKind::Change);
        self.activated_on.is_none() && self.months.is_some() && (waits || runs_unused)
    }

    /// Whether the line has a term, or will have one when it no longer waits.
    pub fn has_term(&self) -> bool {
        self.months.is_some() || self.starts_on.is_some()
    }

    pub fn standing(&self) -> Standing {
        Standing {
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            is_renewed: self.renewed_by_id.is_some(),
        }
    }
}
