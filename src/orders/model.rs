//! Orders that were placed here: a reseller sees its own, a distributor those addressed to it, the
//! vendor all. What a distributor's quote cost is not the vendor's to see, and is taken out here,
//! when an order is read.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::OrderStatus;
use crate::audit::Subject;
use crate::auth::{Part, Scope};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    customers, licences, order_lines, orders, organisations, products, quotes,
};
use crate::error::Result;
use crate::pricing::inquiries::Purpose;
use crate::web::Cursor;
use crate::{names, newest_first, reference};

/// What an order's history calls it.
pub const KIND: &str = "order";

diesel::alias!(pub const ADDRESSED_TO: Alias<AddressedTo> = organisations as addressed_to);

/// An order that came of a quote.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = orders)]
pub struct Order {
    pub id: i64,
    pub reference: String,
    pub program_id: i64,
    pub distributor_id: Option<i64>,
    pub reseller_id: i64,
    pub delivered_to: String,
    pub status: OrderStatus,
    #[diesel(select_expression = orders::placed_at.assume_not_null())]
    pub placed_at: Instant,
    pub placed_by: String,
    #[diesel(select_expression = customers::name)]
    pub customer: String,
    #[diesel(select_expression = customers::country)]
    pub country: String,
    #[diesel(select_expression = organisations::name)]
    pub reseller: String,
    /// None where the vendor quoted.
    #[diesel(select_expression = ADDRESSED_TO.field(organisations::name).nullable())]
    pub distributor: Option<String>,
    #[diesel(select_expression = quotes::reference)]
    pub quote: String,
    #[diesel(select_expression = quotes::currency)]
    pub currency: String,
    #[diesel(select_expression = quotes::msrp_minor.assume_not_null())]
    pub msrp_minor: i64,
    /// What the reseller pays; none where that is hidden.
    #[diesel(select_expression = quotes::net_minor)]
    pub net_minor: Option<i64>,
}

/// Orders with what [`Order`] is read from; a macro, because its type has no name.
macro_rules! with_parties {
    () => {
        orders::table
            .inner_join(customers::table)
            .inner_join(quotes::table.on(orders::quote_id.eq(quotes::id.nullable())))
            .inner_join(organisations::table.on(organisations::id.eq(orders::reseller_id)))
            .left_join(
                ADDRESSED_TO.on(ADDRESSED_TO
                    .field(organisations::id)
                    .nullable()
                    .eq(orders::distributor_id)),
            )
            .filter(orders::placed_at.is_not_null())
            .select(Order::as_select())
    };
}

/// Keeps a boxed query over orders inside the wall.
macro_rules! within {
    ($query:expr, $scope:expr) => {{
        let scope: &Scope = $scope;
        let query = $query.filter(orders::program_id.eq(scope.program().id));
        let own = scope.organisation_id();
        match scope.part() {
            None => query,
            Some(Part::Partner) => query.filter(orders::reseller_id.eq(own)),
            Some(Part::Distributor) => query.filter(orders::distributor_id.eq(own)),
        }
    }};
}

/// A line of an order.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = order_lines)]
pub struct OrderLine {
    pub position: i32,
    pub kind: Purpose,
    pub quantity: i32,
    pub months: Option<i32>,
    pub sku: String,
    pub msrp_minor: i64,
    net_minor: i64,
    #[diesel(select_expression = products::name)]
    pub product: String,
    /// The licence that it renews or changes.
    #[diesel(select_expression = licences::reference.nullable())]
    pub base: Option<String>,
}

impl Order {
    /// An order that the person may see, by its reference.
    pub fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let query = with_parties!().filter(orders::reference.eq(reference)).into_boxed();
        let found: Self = within!(query, scope).first(conn)?;
        Ok(found.seen_in(scope))
    }

    fn seen_in(mut self, scope: &Scope) -> Self {
        if self.hides_prices_from(scope) {
            self.net_minor = None;
        }
        self
    }

    /// Whether what the reseller pays is a distributor's affair, and none of the person's.
    fn hides_prices_from(&self, scope: &Scope) -> bool {
        scope.is_vendor() && self.distributor_id.is_some()
    }

    /// What the reseller pays for a line; none where that is hidden.
    pub fn net_of(&self, line: &OrderLine) -> Option<i64> {
        self.net_minor.map(|_| line.net_minor)
    }

    pub fn path(&self, scope: &Scope) -> String {
        scope.path(&format!("/orders/{}", self.reference))
    }

    /// The order as the record that something happened to, in the reseller's history.
    pub(super) fn subject_of<'a>(
        id: i64,
        reference: &'a str,
        program_id: i64,
        reseller_id: i64,
    ) -> Subject<'a> {
        Subject {
            kind: KIND,
            id,
            reference,
            name: reference,
            program_id: Some(program_id),
            organisation_id: Some(reseller_id),
        }
    }
}

impl OrderLine {
    /// The lines of an order in their order. The caller has found the order within its scope.
    pub fn of(order_id: i64, conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(order_lines::table
            .inner_join(products::table)
            .left_join(licences::table.on(order_lines::base_id.eq(licences::id.nullable())))
            .filter(order_lines::order_id.eq(order_id))
            .order(order_lines::position)
            .select(Self::as_select())
            .load(conn)?)
    }
}

/// What the list's address carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct OrderQuery {
    /// Part of the customer's name, or the reference of the order or its quote.
    pub q: String,
    pub status: String,
    /// The first and the last day on which it was placed.
    pub from: String,
    pub to: String,
    #[serde(skip_serializing)]
    pub page: String,
}

impl OrderQuery {
    pub(super) fn is_filtered(&self) -> bool {
        let fields = [&self.q, &self.status, &self.from, &self.to];
        fields.iter().any(|field| !field.trim().is_empty())
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }

    fn day(text: &str) -> Option<NaiveDate> {
        NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()
    }
}

/// The first instant of a program's day.
fn start(day: NaiveDate, scope: &Scope) -> Instant {
    Instant::from_utc(crate::calendar::start_of_day(day, scope.program().time_zone))
}

/// The orders that the person may see, the newest first: from a row on, at most so many.
pub(super) fn list_for(
    scope: &Scope,
    list: &OrderQuery,
    cursor: Option<&Cursor>,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<Order>> {
    let mut query = within!(with_parties!().into_boxed(), scope);
    let sought = names::fold(&list.q);
    if !sought.is_empty() {
        let pattern = format!("%{}%", names::escape_like(&sought));
        let exact = reference::normalise(&list.q);
        query = query.filter(
            orders::reference
                .eq(exact.clone())
                .or(quotes::reference.eq(exact))
                .or(customers::name_key.like(pattern).escape('\\')),
        );
    }
    if let Ok(status) = list.status.parse::<OrderStatus>() {
        query = query.filter(orders::status.eq(status));
    }
    let placed_at = orders::placed_at.assume_not_null();
    if let Some(day) = OrderQuery::day(&list.from) {
        query = query.filter(placed_at.ge(start(day, scope)));
    }
    if let Some(day) = OrderQuery::day(&list.to) {
        query = query.filter(placed_at.lt(start(crate::calendar::add_days(day, 1), scope)));
    }
    let query = newest_first!(query, placed_at, orders::reference, cursor, most);
    let rows: Vec<Order> = query.load(conn)?;
    Ok(rows.into_iter().map(|order| order.seen_in(scope)).collect())
}

/// Where a page after this order goes on.
pub(super) fn sort_key(order: &Order) -> (String, String) {
    Cursor::key_of(order.placed_at, &order.reference)
}
