//! What an import will do, decided whole before anything is written.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::dates::Decider;
use super::directory::Directory;
use super::held::Base;
use super::order::{Order, OrderHead, OrderLine, read_orders};
use super::table::{Column, Line};
use crate::auth::Program;
use crate::clock::Instant;
use crate::customers::{Identity, ids_of};
use crate::db::schema::orders;
use crate::db::{self, Conn};
use crate::error::Result;
use crate::licences::rules::{Basis, LineDates, LineKind};
use crate::sheet::Fault;

/// The orders of a file that are not in the program yet, in the order in which they were
/// processed, with the dates of every line; then those that are still to be processed here.
#[derive(Clone, Debug)]
pub struct Plan {
    pub program: Program,
    pub orders: Vec<PlannedOrder>,
    /// Orders that the program has already, exactly as the file has them.
    pub known_orders: usize,
    /// Customers that will be made.
    pub new_customers: usize,
}

#[derive(Clone, Debug)]
pub struct PlannedOrder {
    pub head: OrderHead,
    pub digest: String,
    pub lines: Vec<PlannedLine>,
}

#[derive(Clone, Debug)]
pub struct PlannedLine {
    /// Its place among all lines of the plan.
    pub place: usize,
    pub line: OrderLine,
    pub product_name: String,
    /// Of an order that is still to be processed, the day of the check.
    pub processed_on: NaiveDate,
    /// None where the order is still to be processed.
    pub dates: Option<LineDates>,
    /// What it renews or changes, and the end by which its dates were decided.
    pub base: Option<(Base, Option<NaiveDate>)>,
}

impl PlannedOrder {
    /// Whether it is still to be processed.
    pub fn is_open(&self) -> bool {
        self.head.processed_at.is_none()
    }

    /// The currency of its first line.
    pub fn currency(&self) -> &str {
        self.lines.first().map_or("", |one| one.line.currency.as_str())
    }

    /// What all of it costs; nothing where its lines are in several currencies.
    pub fn msrp_minor(&self) -> Option<i64> {
        let currency = self.currency();
        self.lines.iter().try_fold(0_i64, |sum, one| {
            let line = &one.line;
            let total = line.unit_price_minor.checked_mul(line.quantity.into());
            sum.checked_add(total.filter(|_| line.currency == currency)?)
        })
    }
}

impl Plan {
    pub fn lines(&self) -> impl Iterator<Item = (&OrderHead, &PlannedLine)> {
        self.orders.iter().flat_map(|order| order.lines.iter().map(|line| (&order.head, line)))
    }

    pub fn licences(&self) -> usize {
        self.lines().filter(|(_, line)| line.dates.is_some()).count()
    }

    /// Orders that are still to be processed.
    pub fn open_orders(&self) -> usize {
        self.orders.iter().filter(|order| order.is_open()).count()
    }

    pub fn renewals(&self) -> usize {
        let renews =
            |line: &PlannedLine| line.dates.is_some() && line.line.kind == LineKind::Renewal;
        self.lines().filter(|(_, line)| renews(line)).count()
    }

    /// Lines that get no dates yet.
    pub fn waiting(&self) -> usize {
        let waits = |line: &PlannedLine| {
            line.dates.as_ref().is_some_and(|dates| dates.basis == Basis::Waiting)
        };
        self.lines().filter(|(_, line)| waits(line)).count()
    }
}

/// Decides the whole file, or says everything that is wrong with it.
pub(super) fn check(
    lines: &[Line],
    program: &Program,
    now: Instant,
    mut faults: Vec<Fault>,
    conn: &mut Conn,
) -> Result<Result<Plan, Vec<Fault>>> {
    let directory = Directory::of(program, conn)?;
    let today = program.day_of(now);
    let orders = read_orders(lines, &directory, now, today, &mut faults);
    let (mut orders, known_orders) = without_known(orders, program.id, &mut faults, conn)?;
    // As order processing takes them; the file's order decides between two of one instant.
    orders.sort_by_key(|(Order { head, .. }, _)| {
        (head.processed_at.is_none(), head.processed_at.or(head.released_at))
    });
    let named = orders.iter().map(|(order, _)| &order.head.customer.identity);
    let customers = ids_of(program.id, named, conn)?;
    let new_customers = count_new(&orders, &customers);
    let mut decider = Decider::new(&directory, program, today, &orders, &customers, conn)?;
    let orders = orders
        .into_iter()
        .map(|(order, digest)| decider.decide(order, digest, &mut faults))
        .collect::<Result<Vec<_>>>()?;
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.line);
        return Ok(Err(faults));
    }
    let program = program.clone();
    Ok(Ok(Plan { program, orders, known_orders, new_customers }))
}

type Digested = (Order, String);

/// Takes out the orders that were imported already; the same number with another content is a
/// fault.
fn without_known(
    orders: Vec<Order>,
    program_id: i64,
    faults: &mut Vec<Fault>,
    conn: &mut Conn,
) -> Result<(Vec<Digested>, usize)> {
    let numbers = orders.iter().map(|order| order.head.external_number.as_str());
    let known = digests_of(program_id, numbers, conn)?;
    let (mut new, mut unchanged) = (Vec::with_capacity(orders.len()), 0);
    for order in orders {
        let digest = order.digest();
        let number = &order.head.external_number;
        match known.get(number) {
            None => new.push((order, digest)),
            Some(before) if *before == digest => unchanged += 1,
            Some(_) => faults.push(conflict(order.lines[0].line, number)),
        }
    }
    Ok((new, unchanged))
}

fn conflict(line: u64, number: &str) -> Fault {
    Fault::new(
        line,
        Column::ExternalNumber.name(),
        number,
        "Conflict: an order of this number was imported before, with other content.",
        "Orders are not changed by a second import: write the lines as they were, or give a new \
         order a new number.",
    )
}

/// The digests of the orders that the program has, of the numbers asked for.
pub(super) fn digests_of<'a>(
    program_id: i64,
    numbers: impl Iterator<Item = &'a str>,
    conn: &mut Conn,
) -> Result<HashMap<String, String>> {
    let numbers: Vec<&str> = numbers.collect();
    let mut found = HashMap::new();
    for chunk in numbers.chunks(db::ROWS_PER_STATEMENT) {
        let rows: Vec<(String, String)> = orders::table
            .filter(orders::program_id.eq(program_id))
            .filter(orders::external_number.eq_any(chunk))
            .select((orders::external_number, orders::digest))
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

fn count_new(orders: &[Digested], known: &HashMap<Identity, i64>) -> usize {
    let mut new: Vec<&Identity> = orders
        .iter()
        .map(|(order, _)| &order.head.customer.identity)
        .filter(|identity| !known.contains_key(identity))
        .collect();
    new.sort_unstable();
    new.dedup();
    new.len()
}
