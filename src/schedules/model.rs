//! Schedules as they are stored and seen.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::auth::{Part, Scope};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{customers, orders, organisations, schedules};
use crate::error::Result;

diesel::alias!(pub const SOLD_THROUGH: Alias<SoldThrough> = organisations as sold_through);

/// A schedule with its parties and its order.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = schedules)]
pub struct Schedule {
    pub id: i64,
    pub reference: String,
    pub program_id: i64,
    pub reseller_id: i64,
    pub customer_id: i64,
    /// When its order was processed, and the program's day of it.
    pub issued_at: Instant,
    pub issued_on: NaiveDate,
    pub lines: i32,
    #[diesel(select_expression = customers::name)]
    pub customer: String,
    #[diesel(select_expression = customers::reference)]
    pub customer_reference: String,
    #[diesel(select_expression = customers::country)]
    pub country: String,
    #[diesel(select_expression = organisations::name)]
    pub reseller: String,
    /// None where the partner bought from the vendor.
    #[diesel(select_expression = SOLD_THROUGH.field(organisations::name).nullable())]
    pub distributor: Option<String>,
    /// The delivery party, as the order names it; may be empty.
    #[diesel(select_expression = orders::delivered_to)]
    pub delivered_to: String,
    #[diesel(select_expression = orders::external_number)]
    pub order_number: String,
    #[diesel(select_expression = orders::reference)]
    pub order_reference: String,
    /// None where the order came from elsewhere.
    #[diesel(select_expression = orders::placed_at)]
    pub placed_at: Option<Instant>,
}

/// Schedules with what [`Schedule`] is read from; a macro, because its type has no name.
macro_rules! with_parties {
    () => {
        schedules::table
            .inner_join(customers::table)
            .inner_join(orders::table)
            .inner_join(organisations::table.on(organisations::id.eq(schedules::reseller_id)))
            .left_join(
                SOLD_THROUGH.on(SOLD_THROUGH
                    .field(organisations::id)
                    .nullable()
                    .eq(schedules::distributor_id)),
            )
            .select(Schedule::as_select())
    };
}
pub(super) use with_parties;

/// Keeps a boxed query over schedules inside the wall.
macro_rules! within {
    ($query:expr, $scope:expr) => {{
        let scope: &Scope = $scope;
        let query = $query.filter(schedules::program_id.eq(scope.program().id));
        let own = scope.organisation_id();
        match scope.part() {
            None => query,
            Some(Part::Partner) => query.filter(schedules::reseller_id.eq(own)),
            Some(Part::Distributor) => query.filter(schedules::distributor_id.eq(own)),
        }
    }};
}
pub(super) use within;

impl Schedule {
    /// A schedule that the person may see, by its reference.
    pub fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let query = with_parties!().filter(schedules::reference.eq(reference)).into_boxed();
        Ok(within!(query, scope).first(conn)?)
    }

    /// A schedule by its reference, whoever asks: for the mails that carry it.
    pub fn find_unscoped(reference: &str, conn: &mut Conn) -> Result<Self> {
        Ok(with_parties!().filter(schedules::reference.eq(reference)).first(conn)?)
    }

    /// Schedules that were just issued, in the order in which they were.
    pub(super) fn of_ids(ids: &[i64], conn: &mut Conn) -> Result<Vec<Self>> {
        let query = with_parties!().filter(schedules::id.eq_any(ids)).order(schedules::id);
        Ok(query.load(conn)?)
    }

    /// The one before of the same customer and reseller, as far as the person sees it.
    pub(super) fn before(&self, scope: &Scope, conn: &mut Conn) -> Result<Option<Self>> {
        let earlier = schedules::issued_at
            .lt(self.issued_at)
            .or(schedules::issued_at.eq(self.issued_at).and(schedules::id.lt(self.id)));
        let query = with_parties!()
            .filter(schedules::customer_id.eq(self.customer_id))
            .filter(schedules::reseller_id.eq(self.reseller_id))
            // What the index can seek to.
            .filter(schedules::issued_at.le(self.issued_at))
            .filter(earlier)
            .order((schedules::issued_at.desc(), schedules::id.desc()))
            .into_boxed();
        Ok(within!(query, scope).first(conn).optional()?)
    }

    pub fn path(&self, scope: &Scope) -> String {
        scope.path(&format!("/schedules/{}", self.reference))
    }

    /// Where its order is shown; none for those that no page shows.
    pub(super) fn order_path(&self, scope: &Scope) -> Option<String> {
        self.placed_at.map(|_| scope.path(&format!("/orders/{}", self.order_reference)))
    }
}
