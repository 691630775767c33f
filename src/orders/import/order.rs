//! Lines into orders: what all lines of one external number say together.

use std::collections::HashMap;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::cells::Cells;
use super::directory::Directory;
use super::table::{Column, Line};
use crate::calendar::TermMonths;
use crate::clock::Instant;
use crate::customers::NamedCustomer;
use crate::licences::rules::LineKind;
use crate::sheet::Fault;

/// An order as the file has it.
#[derive(Clone, Debug)]
pub struct Order {
    pub head: OrderHead,
    /// In the order of the file: the first is line 1 of the order.
    pub lines: Vec<OrderLine>,
}

/// What is the same on every line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderHead {
    pub external_number: String,
    pub distributor_id: Option<i64>,
    pub delivered_to: String,
    pub reseller_id: i64,
    pub customer: NamedCustomer,
    pub released_at: Option<Instant>,
    /// None while it waits to be processed here; then it says when it was released.
    pub processed_at: Option<Instant>,
}

impl OrderHead {
    /// When it came: released, else processed.
    pub fn ordered_at(&self) -> Option<Instant> {
        self.released_at.or(self.processed_at)
    }
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// Where it stands in the file.
    pub line: u64,
    pub product_id: i64,
    pub sku: String,
    pub quantity: i32,
    pub months: Option<TermMonths>,
    pub kind: LineKind,
    pub activated_on: Option<NaiveDate>,
    pub serial_number: String,
    pub unit_price_minor: i64,
    pub currency: String,
    /// Which licence it renews or changes, as the file writes it; empty where it does not say.
    pub renews: String,
}

impl Order {
    /// A fingerprint of everything that the order says: the same number with another one is
    /// another order. Line numbers of the file do not count.
    pub fn digest(&self) -> String {
        let head = &self.head;
        let mut text = format!(
            "{}\u{1f}{:?}\u{1f}{}\u{1f}{}\u{1f}{}\u{1f}{}\u{1f}{:?}\u{1f}{}",
            head.external_number,
            head.distributor_id,
            head.delivered_to,
            head.reseller_id,
            head.customer.identity.name_key,
            head.customer.identity.country,
            head.released_at.map(Instant::utc),
            head.processed_at.map(|at| at.utc().to_string()).unwrap_or_default(),
        );
        for line in &self.lines {
            text.push_str(&format!(
                "\u{1e}{}\u{1f}{}\u{1f}{}\u{1f}{:?}\u{1f}{}\u{1f}{:?}\u{1f}{}\u{1f}{}\u{1f}{}\u{1f}{}",
                line.product_id,
                line.sku,
                line.quantity,
                line.months.map(TermMonths::get),
                line.kind,
                line.activated_on,
                line.serial_number,
                line.unit_price_minor,
                line.currency,
                line.renews,
            ));
        }
        Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Reads all lines and groups them by external number, in the order in which each first appears.
pub(super) fn read_orders(
    lines: &[Line],
    directory: &Directory,
    now: Instant,
    today: NaiveDate,
    faults: &mut Vec<Fault>,
) -> Vec<Order> {
    let mut orders = Vec::<Order>::new();
    let mut places = HashMap::<String, usize>::new();
    for line in lines {
        let mut cells = Cells { line, directory, now, today, faults };
        let head = read_head(&mut cells);
        let order_line = read_line(&mut cells);
        let (Some(head), Some(order_line)) = (head, order_line) else {
            continue;
        };
        match places.get(&head.external_number) {
            Some(place) => {
                let order = &mut orders[*place];
                same_head(&order.head, order.lines[0].line, &head, line, faults);
                same_currency(order, &order_line, line, faults);
                order.lines.push(order_line);
            }
            None => {
                places.insert(head.external_number.clone(), orders.len());
                orders.push(Order { head, lines: vec![order_line] });
            }
        }
    }
    orders
}

/// Every cell is read before any fault ends the line, so that all faults are told at once.
fn read_head(cells: &mut Cells<'_>) -> Option<OrderHead> {
    let external_number = cells.required(Column::ExternalNumber, 60);
    let program = cells.program();
    let distributor_id = cells.distributor();
    let delivered_to = cells.optional(Column::Delivery, 200);
    let reseller_id = cells.reseller();
    let customer = cells.customer();
    let released_at = cells.optional_instant(Column::ReleasedAt);
    let processed_at = cells.processed_at();
    program?;
    Some(OrderHead {
        external_number: external_number?,
        distributor_id: distributor_id?,
        delivered_to: delivered_to?,
        reseller_id: reseller_id?,
        customer: customer?,
        released_at: released_at?,
        processed_at: processed_at?,
    })
}

fn read_line(cells: &mut Cells<'_>) -> Option<OrderLine> {
    let product_id = cells.product();
    let sku = cells.optional(Column::Sku, 60);
    let quantity = cells.quantity();
    let months = cells.months();
    let kind = cells.kind();
    let activated_on = cells.activated_on();
    let serial_number = cells.optional(Column::SerialNumber, 60);
    let price = cells.unit_price(kind);
    let renews = cells.renews(kind);
    let total = cells.can_be_counted(quantity, price.as_ref());
    let product_id = product_id?;
    total?;
    let (unit_price_minor, currency) = price?;
    let sku = match sku? {
        // Where codes are plain the SKU is the product's code.
        empty if empty.is_empty() => cells.directory.code_of(product_id),
        sku => sku,
    };
    Some(OrderLine {
        line: cells.line.number,
        product_id,
        sku,
        quantity: quantity?,
        months: months?,
        kind: kind?,
        activated_on: activated_on?,
        serial_number: serial_number?,
        unit_price_minor,
        currency,
        renews: renews?,
    })
}

/// What is processed here is billed in one currency.
fn same_currency(order: &Order, added: &OrderLine, line: &Line, faults: &mut Vec<Fault>) {
    let first = &order.lines[0];
    if order.head.processed_at.is_none() && first.currency != added.currency {
        faults.push(line.fault(
            Column::Currency,
            format!("The order is in {} on line {}.", first.currency, first.line),
            "An order that is still to be processed is in one currency.",
        ));
    }
}

/// An order has one of each party and was processed once.
fn same_head(
    first: &OrderHead,
    first_line: u64,
    head: &OrderHead,
    line: &Line,
    faults: &mut Vec<Fault>,
) {
    let same = [
        (Column::Distributor, first.distributor_id == head.distributor_id),
        (Column::Delivery, first.delivered_to == head.delivered_to),
        (Column::Reseller, first.reseller_id == head.reseller_id),
        (Column::Customer, first.customer.identity.name_key == head.customer.identity.name_key),
        (
            Column::CustomerCountry,
            first.customer.identity.country == head.customer.identity.country,
        ),
        (Column::ReleasedAt, first.released_at == head.released_at),
        (Column::ProcessedAt, first.processed_at == head.processed_at),
    ];
    for (column, _) in same.iter().filter(|(_, same)| !same) {
        faults.push(Fault::new(
            line.number,
            column.name(),
            line.cell(*column),
            format!("The order {} has another value on line {first_line}.", head.external_number),
            "All lines of an order say the same here; write another external number for another \
             order.",
        ));
    }
}
