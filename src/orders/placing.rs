//! A reseller accepts a quote, and an order is placed with whoever quoted: in one transaction, at
//! exactly the prices that were shown.

use diesel::prelude::*;

use super::mail::OrderPlaced;
use super::model::Order;
use super::{OrderStatus, PLACED};
use crate::audit::{self, By, Change};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::customers::{self, Identity, NamedCustomer};
use crate::db::schema::{order_lines, orders};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::licences::rules::LineKind;
use crate::mail::{self, Letter};
use crate::pricing::inquiries::Purpose;
use crate::pricing::quotes::{self, Accepted, QuoteLine, Shown};
use crate::reference;
use crate::web::Site;

/// What the reference of an order begins with.
pub(super) const PREFIX: &str = "OR";

#[derive(Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
pub(super) struct NewOrder<'a> {
    pub(super) reference: &'a str,
    pub(super) program_id: i64,
    pub(super) external_number: &'a str,
    pub(super) distributor_id: Option<i64>,
    pub(super) reseller_id: i64,
    pub(super) customer_id: i64,
    pub(super) delivered_to: &'a str,
    /// No file has such a digest: one that brings an order of this number is refused.
    pub(super) digest: &'static str,
    pub(super) created_at: Instant,
    pub(super) status: OrderStatus,
    pub(super) quote_id: Option<i64>,
    pub(super) placed_at: Option<Instant>,
    pub(super) placed_by: String,
    pub(super) ordered_at: Instant,
    pub(super) currency: &'a str,
    pub(super) msrp_minor: Option<i64>,
    pub(super) net_minor: Option<i64>,
    pub(super) corrects_id: Option<i64>,
}

// NULL is written as NULL: SQLite takes many rows in one statement only without defaults.
#[derive(Insertable)]
#[diesel(table_name = order_lines, treat_none_as_default_value = false)]
pub(super) struct NewLine<'a> {
    pub(super) order_id: i64,
    pub(super) position: i32,
    pub(super) product_id: i64,
    pub(super) kind: LineKind,
    pub(super) quantity: i32,
    pub(super) months: Option<i32>,
    pub(super) base_id: Option<i64>,
    pub(super) sku: &'a str,
    pub(super) serial_number: &'a str,
    pub(super) unit_minor: i64,
    pub(super) msrp_minor: i64,
    pub(super) net_minor: Option<i64>,
    pub(super) refusal: &'static str,
    pub(super) instead_sku: &'static str,
}

/// Accepts a quote as it was shown and places the order; gives the order's reference.
pub fn place(
    scope: &Scope,
    quote_reference: &str,
    shown: Shown,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    let accepted = quotes::accept(scope, quote_reference, shown, now, conn)?;
    let by = By::Person(scope.actor());
    let order = reference::draw(PREFIX);
    let id = insert(scope, &accepted, &order, now, conn)?;
    insert_lines(id, &accepted.lines, conn)?;
    let row = &accepted.quote.row;
    let subject = Order::subject_of(id, &order, row.program_id, row.reseller_id);
    let change = Change { to: OrderStatus::Placed.label(), ..Change::default() };
    audit::record(by, &PLACED, subject, change, now, conn)?;
    tell_placed(scope, &accepted, &order, site, now, conn)?;
    Ok(order)
}

fn insert(
    scope: &Scope,
    accepted: &Accepted,
    order: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<i64> {
    let (program, quote) = (scope.program(), &accepted.quote);
    let by = By::Person(scope.actor());
    let customer = NamedCustomer {
        name: quote.row.customer_name.clone(),
        identity: Identity::new(&quote.row.customer_name, &quote.row.customer_country),
    };
    let ids = customers::create_missing(program.id, &[&customer], by, now, conn)?;
    let customer_id = *ids
        .get(&customer.identity)
        .ok_or_else(|| Error::internal("a customer was not written"))?;
    let row = NewOrder {
        reference: order,
        program_id: program.id,
        external_number: order,
        distributor_id: Some(quote.row.quoter_id).filter(|id| *id != program.vendor_id),
        reseller_id: quote.row.reseller_id,
        customer_id,
        delivered_to: &quote.row.customer_name,
        digest: "",
        created_at: now,
        status: OrderStatus::Placed,
        quote_id: Some(quote.row.id),
        placed_at: Some(now),
        placed_by: by.name(),
        ordered_at: now,
        currency: &quote.row.currency,
        msrp_minor: quote.row.msrp_minor,
        net_minor: quote.row.net_minor,
        corrects_id: None,
    };
    let inserted = diesel::insert_into(orders::table).values(&row).returning(orders::id);
    inserted.get_result(conn).map_err(db::first_elsewhere)
}

fn insert_lines(order_id: i64, lines: &[QuoteLine], conn: &mut Conn) -> Result<()> {
    let rows: Vec<NewLine<'_>> = lines
        .iter()
        .map(|line| NewLine {
            order_id,
            position: line.position,
            product_id: line.product_id,
            kind: kind_of(line.kind),
            quantity: line.quantity,
            months: line.months,
            base_id: line.base_id,
            sku: &line.sku,
            serial_number: "",
            unit_minor: line.unit_minor,
            msrp_minor: line.msrp_minor,
            net_minor: Some(line.net_minor),
            refusal: "",
            instead_sku: "",
        })
        .collect();
    db::insert_all!(conn, order_lines::table, rows);
    Ok(())
}

/// What a quoted line is about, as an order has it.
fn kind_of(purpose: Purpose) -> LineKind {
    match purpose {
        Purpose::New => LineKind::New,
        Purpose::Renewal => LineKind::Renewal,
        Purpose::Change => LineKind::Change,
    }
}

/// Tells whoever quoted that the quote is accepted and what order came of it.
fn tell_placed(
    scope: &Scope,
    accepted: &Accepted,
    order: &str,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let program = scope.program();
    for told in quotes::quoters(program, &accepted.quote, conn)? {
        let message = OrderPlaced::new(program, &accepted.quote.row, order, &told.recipient);
        let letter = Letter {
            to: &told.recipient,
            program: Some(program),
            organisation_id: accepted.quote.row.quoter_id,
            reason: told.reason,
            key: order,
            message: &message,
        };
        mail::queue(&letter, site, now, conn)?;
    }
    Ok(())
}
