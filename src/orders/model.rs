//! Orders, wherever they come from: a reseller sees its own, a distributor those addressed to it, the
//! vendor all. What a distributor's quote cost is not the vendor's to see, and is taken out here,
//! when an order is read.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Hold, OrderStatus};
use crate::audit::Subject;
use crate::auth::{Part, Scope};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    customers, licences, order_lines, orders, organisations, products, quotes, schedules,
};
use crate::error::Result;
use crate::licences::rules::LineKind;
use crate::maintenance::{Capability, Stoppage};
use crate::web::Cursor;
use crate::{names, newest_first, reference};

/// What an order's history calls it.
pub const KIND: &str = "order";

diesel::alias!(pub const ADDRESSED_TO: Alias<AddressedTo> = organisations as addressed_to);
diesel::alias!(pub const BASES: Alias<Bases> = licences as bases);
// The order before a correction, and the one after it.
diesel::alias!(
    pub const CORRECTED: Alias<Corrected> = orders as corrected;
    pub const CORRECTION: Alias<Correction> = orders as correction;
);
// The customers that a search names, beside the one of each row.
diesel::alias!(customers as sought: Sought);

/// An order with its parties.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = orders)]
pub struct Order {
    pub id: i64,
    pub reference: String,
    pub program_id: i64,
    /// Its number in the system it came from; its reference where it was placed here.
    pub external_number: String,
    pub distributor_id: Option<i64>,
    pub reseller_id: i64,
    pub customer_id: i64,
    pub delivered_to: String,
    pub status: OrderStatus,
    pub hold: Hold,
    /// Why it is held, was refused or cancelled.
    pub why: String,
    /// When it came: placed, else released, else processed.
    pub ordered_at: Instant,
    /// When it came into the portal; none of what came processed, with its licences.
    pub placed_at: Option<Instant>,
    pub placed_by: String,
    pub released_at: Option<Instant>,
    pub processed_at: Option<Instant>,
    /// ISO 4217.
    pub currency: String,
    /// None where its lines are in several currencies.
    pub msrp_minor: Option<i64>,
    /// What the reseller pays; none where nobody said, and where that is hidden.
    pub net_minor: Option<i64>,
    pub corrects_id: Option<i64>,
    #[diesel(select_expression = customers::name)]
    pub customer: String,
    #[diesel(select_expression = customers::country)]
    pub country: String,
    #[diesel(select_expression = organisations::name)]
    pub reseller: String,
    /// None where it goes to the vendor directly.
    #[diesel(select_expression = ADDRESSED_TO.field(organisations::name).nullable())]
    pub distributor: Option<String>,
    /// The accepted quote that it comes from.
    #[diesel(select_expression = quotes::reference.nullable())]
    pub quote: Option<String>,
    /// The refused order in whose place it came.
    #[diesel(select_expression = CORRECTED.field(orders::reference).nullable())]
    pub corrects: Option<String>,
    /// The order that came in its place.
    #[diesel(select_expression = CORRECTION.field(orders::reference).nullable())]
    pub corrected_by: Option<String>,
    /// The licence schedule that it was processed with; none before that.
    #[diesel(select_expression = schedules::reference.nullable())]
    pub schedule: Option<String>,
}

/// Orders with what [`Order`] is read from; a macro, because its type has no name.
macro_rules! with_parties {
    () => {
        orders::table
            .inner_join(customers::table)
            .inner_join(organisations::table.on(organisations::id.eq(orders::reseller_id)))
            .left_join(quotes::table.on(orders::quote_id.eq(quotes::id.nullable())))
            .left_join(
                ADDRESSED_TO.on(ADDRESSED_TO
                    .field(organisations::id)
                    .nullable()
                    .eq(orders::distributor_id)),
            )
            .left_join(CORRECTED.on(CORRECTED.field(orders::id).nullable().eq(orders::corrects_id)))
            .left_join(
                CORRECTION.on(CORRECTION.field(orders::corrects_id).eq(orders::id.nullable())),
            )
            .left_join(schedules::table.on(schedules::order_id.eq(orders::id)))
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

/// A line of an order that is processed here.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = order_lines)]
pub struct OrderLine {
    pub id: i64,
    pub position: i32,
    pub product_id: i64,
    pub kind: LineKind,
    pub quantity: i32,
    pub months: Option<i32>,
    pub base_id: Option<i64>,
    pub sku: String,
    pub serial_number: String,
    /// The recommended price of one unit.
    pub unit_minor: i64,
    pub msrp_minor: i64,
    /// What the reseller pays; ask [`Order::net_of`].
    pub(super) net_minor: Option<i64>,
    /// Why the order was refused, as far as this line is the reason; else empty.
    pub refusal: String,
    /// The SKU under which it can be ordered instead; else empty.
    pub instead_sku: String,
    #[diesel(select_expression = products::name)]
    pub product: String,
    /// The licence that it renews or changes.
    #[diesel(select_expression = BASES.field(licences::reference).nullable())]
    pub base: Option<String>,
    /// The licence that was made of it, with its start and its end.
    #[diesel(select_expression = (
        licences::reference, licences::starts_on, licences::ends_on
    ).nullable())]
    pub made: Option<(String, Option<NaiveDate>, Option<NaiveDate>)>,
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
        self.net_minor.and(line.net_minor)
    }

    /// An order by its id, whoever asks: for processing.
    pub fn find_unscoped(id: i64, conn: &mut Conn) -> Result<Self> {
        Ok(with_parties!().filter(orders::id.eq(id)).first(conn)?)
    }

    /// The order as the record that something happens to.
    pub(super) fn subject(&self) -> Subject<'_> {
        Self::subject_of(self.id, &self.reference, self.program_id, self.reseller_id)
    }

    /// Whether it came with its licences; else it has lines that are processed here.
    pub(super) fn came_processed(&self) -> bool {
        self.placed_at.is_none()
    }

    /// Its number in the system it came from; empty where it was placed here.
    pub fn number_elsewhere(&self) -> &str {
        if self.external_number == self.reference { "" } else { &self.external_number }
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
            .left_join(BASES.on(order_lines::base_id.eq(BASES.field(licences::id).nullable())))
            .left_join(
                licences::table.on(licences::order_id
                    .eq(order_lines::order_id)
                    .and(licences::position.eq(order_lines::position))),
            )
            .filter(order_lines::order_id.eq(order_id))
            .order(order_lines::position)
            .select(Self::as_select())
            .load(conn)?)
    }
}

/// References of orders that the person sees, as they were released: the earliest first.
pub(super) fn in_order_of_release(
    scope: &Scope,
    references: &[String],
    conn: &mut Conn,
) -> Result<Vec<String>> {
    let query = orders::table
        .filter(orders::reference.eq_any(references))
        .order((orders::released_at, orders::id))
        .select(orders::reference)
        .into_boxed();
    Ok(within!(query, scope).load(conn)?)
}

/// What the list's address carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct OrderQuery {
    /// How the customer's name begins, the reference of the order or its quote, or its number.
    pub q: String,
    pub status: String,
    /// The first and the last day on which it came.
    pub from: String,
    pub to: String,
    /// The reference of a maintenance window that held them.
    pub held: String,
    #[serde(skip_serializing)]
    pub page: String,
}

impl OrderQuery {
    pub(super) fn is_filtered(&self) -> bool {
        let fields = [&self.q, &self.status, &self.from, &self.to, &self.held];
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
    let typed = list.q.trim();
    if !typed.is_empty() {
        let named = sought
            .filter(sought.field(customers::program_id).eq(scope.program().id))
            .filter(sought.field(customers::name_key).ge(names::fold(typed)))
            .filter(sought.field(customers::name_key).lt(names::after_prefix(typed)))
            .select(sought.field(customers::id));
        let exact = reference::normalise(&list.q);
        query = query.filter(
            orders::reference
                .eq(exact.clone())
                .or(quotes::reference.eq(exact))
                .or(orders::external_number.eq(typed.to_owned()))
                .or(orders::customer_id.eq_any(named)),
        );
    }
    if let Ok(status) = list.status.parse::<OrderStatus>() {
        query = query.filter(orders::status.eq(status));
    }
    if !list.held.is_empty() {
        // What is no window held nothing.
        let window = scope.program().stoppages.find(&list.held);
        let Some((from, until)) = window.map(held_within) else { return Ok(Vec::new()) };
        query = query.filter(orders::held_at.ge(from)).filter(orders::held_at.lt(until));
    }
    if let Some(day) = OrderQuery::day(&list.from) {
        query = query.filter(orders::ordered_at.ge(start(day, scope)));
    }
    if let Some(day) = OrderQuery::day(&list.to) {
        let after = start(crate::calendar::add_days(day, 1), scope);
        query = query.filter(orders::ordered_at.lt(after));
    }
    let query = newest_first!(query, orders::ordered_at, orders::reference, cursor, most);
    let rows: Vec<Order> = query.load(conn)?;
    Ok(rows.into_iter().map(|order| order.seen_in(scope)).collect())
}

/// When an order was held that a window held: at no time where it does not stop processing.
fn held_within(window: &Stoppage) -> (Instant, Instant) {
    if window.capabilities.contains(&Capability::OrderProcessing) {
        (window.starts_at, window.ends_at)
    } else {
        (window.starts_at, window.starts_at)
    }
}

/// Where the orders stand today that a window held and that the person may see: one entry each, up to
/// ten thousand. One query.
pub fn held_by(scope: &Scope, window: &Stoppage, conn: &mut Conn) -> Result<Vec<OrderStatus>> {
    const MOST: i64 = 10_000;
    let (from, until) = held_within(window);
    let query = orders::table.select(orders::status).limit(MOST).into_boxed();
    let query =
        within!(query, scope).filter(orders::held_at.ge(from)).filter(orders::held_at.lt(until));
    Ok(query.load(conn)?)
}

/// Where a page after this order goes on.
pub(super) fn sort_key(order: &Order) -> (String, String) {
    Cursor::key_of(order.ordered_at, &order.reference)
}
