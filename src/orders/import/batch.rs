//! Writing a plan, batch by batch: each batch is one transaction, and an order is in one batch.

use std::collections::HashMap;
use std::ops::Range;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::held::Base;
use super::plan::{Plan, PlannedLine, PlannedOrder, digests_of};
use crate::audit::{self, By, Change, Subject};
use crate::calendar::TermMonths;
use crate::clock::Instant;
use crate::customers::{self, Identity};
use crate::db::schema::{licences, orders};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::licences::rules::LineKind;
use crate::licences::{self as licence_lines, NO_END, NewLicence, Renewed, TrialEnd};
use crate::orders::{IMPORTED, OrderStatus};
use crate::reference;
use crate::schedules::{self, Issuing};
use crate::web::Site;

/// Lines in one transaction: a sign-in waits no longer than for these.
const MOST_LINES: usize = 500;

/// The ids of lines that are in the database, by their places in the plan.
pub(super) type LineIds = HashMap<usize, i64>;

/// What one batch did.
pub(super) struct Written {
    pub(super) line_ids: Vec<(usize, i64)>,
    pub(super) orders: usize,
    /// Of these, those that are still to be processed.
    pub(super) open_orders: usize,
    pub(super) licences: usize,
    /// Orders that somebody else imported meanwhile, just as the file has them.
    pub(super) known_orders: usize,
}

/// The batches of a plan, as ranges of its orders.
pub(super) fn batches(plan: &Plan) -> Vec<Range<usize>> {
    let (mut ranges, mut start, mut lines) = (Vec::new(), 0, 0);
    for (place, order) in plan.orders.iter().enumerate() {
        if lines > 0 && lines + order.lines.len() > MOST_LINES {
            ranges.push(start..place);
            (start, lines) = (place, 0);
        }
        lines += order.lines.len();
    }
    if lines > 0 {
        ranges.push(start..plan.orders.len());
    }
    ranges
}

/// The lines of earlier batches that a batch refers to.
pub(super) fn planned_bases(plan: &Plan, range: &Range<usize>, ids: &LineIds) -> LineIds {
    let lines = plan.orders[range.clone()].iter().flat_map(|order| &order.lines);
    lines
        .filter_map(|line| match line.base {
            Some((Base::Planned(place), _)) => Some((place, *ids.get(&place)?)),
            _ => None,
        })
        .collect()
}

#[derive(Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
struct NewOrder<'a> {
    reference: String,
    program_id: i64,
    external_number: &'a str,
    distributor_id: Option<i64>,
    reseller_id: i64,
    customer_id: i64,
    delivered_to: &'a str,
    status: OrderStatus,
    released_at: Option<Instant>,
    processed_at: Option<Instant>,
    digest: &'a str,
    created_at: Instant,
    ordered_at: Instant,
    currency: &'a str,
    msrp_minor: Option<i64>,
    placed_at: Option<Instant>,
    placed_by: String,
}

/// Writes one batch: orders, customers, licences, what they renew and end, their schedules, and the
/// history of it all.
pub(super) fn write(
    plan: &Plan,
    range: &Range<usize>,
    known_lines: &LineIds,
    by: By<'_>,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<Written> {
    let program_id = plan.program.id;
    let all: Vec<&PlannedOrder> = plan.orders[range.clone()].iter().collect();
    let (known, new) = split_known(program_id, &all, conn)?;
    let mut line_ids = ids_of_known(program_id, &known, conn)?;
    refuse_stale(&new, conn)?;
    let named: Vec<_> = new.iter().map(|order| &order.head.customer).collect();
    let customers = customers::create_missing(program_id, &named, by, now, conn)?;
    let orders = insert_orders(program_id, &new, &customers, by, now, conn)?;
    let batch = Batch {
        program_id,
        orders: &orders,
        customers: &customers,
        earlier: known_lines,
        meanwhile: line_ids.iter().copied().collect(),
        by,
        now,
    };
    let (open, processed): (Orders<'_>, Orders<'_>) =
        new.iter().copied().partition(|order| order.is_open());
    let added = batch.insert_lines(&processed, conn)?;
    let licences = added.len();
    let mut order_ids: Vec<i64> =
        processed.iter().map(|order| orders[&order.head.external_number]).collect();
    order_ids.sort_unstable();
    let issuing = Issuing { program: &plan.program, by, site, now };
    schedules::issue_all(&order_ids, &issuing, conn)?;
    let here: LineIds = added.iter().copied().collect();
    batch.insert_open(&open, &here, conn)?;
    line_ids.extend(added);
    Ok(Written {
        line_ids,
        orders: new.len(),
        open_orders: open.len(),
        licences,
        known_orders: known.len(),
    })
}

type Orders<'p> = Vec<&'p PlannedOrder>;

fn split_known<'p>(
    program_id: i64,
    all: &[&'p PlannedOrder],
    conn: &mut Conn,
) -> Result<(Orders<'p>, Orders<'p>)> {
    let numbers = all.iter().map(|order| order.head.external_number.as_str());
    let digests = digests_of(program_id, numbers, conn)?;
    let (mut known, mut new) = (Vec::new(), Vec::new());
    for order in all {
        let number = &order.head.external_number;
        match digests.get(number) {
            None => new.push(*order),
            Some(digest) if *digest == order.digest => known.push(*order),
            Some(_) => {
                return Err(Error::conflict(format!(
                    "The order {number} was imported with other content meanwhile: check the file \
                     again."
                )));
            }
        }
    }
    Ok((known, new))
}

/// Lines of orders that another import wrote meanwhile: later ones may refer to them.
fn ids_of_known(
    program_id: i64,
    known: &[&PlannedOrder],
    conn: &mut Conn,
) -> Result<Vec<(usize, i64)>> {
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let numbers = known.iter().map(|order| order.head.external_number.as_str());
    let rows: Vec<(String, i32, i64)> = licences::table
        .inner_join(orders::table)
        .filter(orders::program_id.eq(program_id))
        .filter(orders::external_number.eq_any(numbers))
        .select((orders::external_number, licences::position, licences::id))
        .load(conn)?;
    let ids: HashMap<(&str, i32), i64> =
        rows.iter().map(|(number, position, id)| ((number.as_str(), *position), *id)).collect();
    let lines = known.iter().flat_map(|order| {
        let number = order.head.external_number.as_str();
        order.lines.iter().zip(1..).map(move |(line, position)| (line.place, (number, position)))
    });
    Ok(lines.filter_map(|(place, key)| Some((place, *ids.get(&key)?))).collect())
}

/// Dates were decided by the ends of licences as they stood at the check: if one moved, the plan
/// is no longer right.
fn refuse_stale(new: &[&PlannedOrder], conn: &mut Conn) -> Result<()> {
    let decided_by: HashMap<i64, Option<NaiveDate>> = new
        .iter()
        .flat_map(|order| &order.lines)
        .filter_map(|line| match line.base {
            Some((Base::Stored(id), end)) => Some((id, end)),
            _ => None,
        })
        .collect();
    let ids: Vec<i64> = decided_by.keys().copied().collect();
    for chunk in ids.chunks(db::ROWS_PER_STATEMENT) {
        let ends: Vec<(i64, Option<NaiveDate>)> = licences::table
            .filter(licences::id.eq_any(chunk))
            .select((licences::id, licences::ends_on))
            .load(conn)?;
        if ends.iter().any(|(id, end)| decided_by.get(id) != Some(end)) {
            return Err(Error::conflict(
                "The dates of a licence that this file renews or changes were changed meanwhile: \
                 check the file again.",
            ));
        }
    }
    Ok(())
}

/// Gives the ids of the orders by their numbers.
fn insert_orders(
    program_id: i64,
    new: &[&PlannedOrder],
    customers: &HashMap<Identity, i64>,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<HashMap<String, i64>> {
    let rows: Vec<NewOrder> = new
        .iter()
        .map(|order| NewOrder {
            reference: reference::draw("SO"),
            program_id,
            external_number: &order.head.external_number,
            distributor_id: order.head.distributor_id,
            reseller_id: order.head.reseller_id,
            customer_id: customers[&order.head.customer.identity],
            delivered_to: &order.head.delivered_to,
            status: status_of(order),
            released_at: order.head.released_at,
            processed_at: order.head.processed_at,
            digest: &order.digest,
            created_at: now,
            ordered_at: order.head.ordered_at().unwrap_or(now),
            currency: order.currency(),
            msrp_minor: order.msrp_minor(),
            placed_at: order.is_open().then_some(now),
            placed_by: if order.is_open() { by.name() } else { String::new() },
        })
        .collect();
    insert(&rows, conn).map_err(db::first_elsewhere)?;
    let mut ids = HashMap::with_capacity(rows.len());
    for chunk in rows.chunks(db::ROWS_PER_STATEMENT) {
        let found: Vec<(String, i64)> = orders::table
            .filter(orders::program_id.eq(program_id))
            .filter(orders::external_number.eq_any(chunk.iter().map(|row| row.external_number)))
            .select((orders::external_number, orders::id))
            .load(conn)?;
        ids.extend(found);
    }
    let history: Vec<(Subject, Change)> = rows
        .iter()
        .map(|row| {
            let to = row.status.label();
            let subject = Subject {
                kind: "order",
                id: ids[row.external_number],
                reference: &row.reference,
                name: row.external_number,
                program_id: Some(program_id),
                organisation_id: Some(row.reseller_id),
            };
            (subject, Change { to, ..Change::default() })
        })
        .collect();
    audit::record_all(by, &IMPORTED, &history, now, conn)?;
    Ok(ids)
}

fn insert(new: &[NewOrder<'_>], conn: &mut Conn) -> QueryResult<usize> {
    Ok(db::insert_all!(conn, orders::table, new))
}

/// What the lines of one batch are written with.
pub(super) struct Batch<'a> {
    program_id: i64,
    pub(super) orders: &'a HashMap<String, i64>,
    customers: &'a HashMap<Identity, i64>,
    /// Lines of earlier batches.
    earlier: &'a LineIds,
    /// Lines of this batch that another import wrote.
    meanwhile: LineIds,
    by: By<'a>,
    now: Instant,
}

impl Batch<'_> {
    fn insert_lines(&self, new: &[&PlannedOrder], conn: &mut Conn) -> Result<Vec<(usize, i64)>> {
        let lines: Vec<&PlannedLine> = new.iter().flat_map(|order| &order.lines).collect();
        let rows: Vec<NewLicence> = new.iter().flat_map(|order| self.rows(order)).collect();
        let names: Vec<String> = new.iter().flat_map(|order| names_of(order)).collect();
        let ids = licence_lines::add_all(&rows, &names, self.by, self.now, conn)?;
        let places = lines.iter().map(|line| line.place);
        let added: Vec<(usize, i64)> = places.zip(ids.iter().copied()).collect();
        let here: LineIds = added.iter().copied().collect();
        let mut renewed = Vec::new();
        for ((line, row), id) in lines.iter().zip(&rows).zip(&ids) {
            let Some((base, _)) = line.base else { continue };
            let base_id = match (row.base_id, base) {
                (Some(base_id), _) => base_id,
                (None, Base::Planned(place)) => self.link(*id, here.get(&place), conn)?,
                (None, Base::Stored(id)) => id,
            };
            if line.line.kind == LineKind::Renewal {
                renewed.push(Renewed { base_id, renewal_id: *id, renewal: row.reference.clone() });
            }
        }
        licence_lines::mark_renewed(&renewed, self.by, self.now, conn)?;
        let starts: Vec<TrialEnd> = rows.iter().filter_map(NewLicence::paid_start).collect();
        licence_lines::end_trials(&starts, self.by, self.now, conn)?;
        Ok(added)
    }

    /// A line and the one that it renews came in one batch: only now does the latter have an id.
    fn link(&self, id: i64, base_id: Option<&i64>, conn: &mut Conn) -> Result<i64> {
        let base_id = *base_id.ok_or_else(|| Error::internal("a planned line was not written"))?;
        diesel::update(licences::table.find(id))
            .set(licences::base_id.eq(base_id))
            .execute(conn)?;
        Ok(base_id)
    }

    fn rows<'o>(&'o self, order: &'o PlannedOrder) -> impl Iterator<Item = NewLicence> + 'o {
        let numbered = order.lines.iter().zip(1..);
        numbered.map(|(line, position)| self.row(order, line, position))
    }

    /// The licence that a line renews or changes; nothing where it is made by this batch.
    pub(super) fn base_id(&self, planned: &PlannedLine) -> Option<i64> {
        match planned.base?.0 {
            Base::Stored(id) => Some(id),
            Base::Planned(place) => {
                let id = self.earlier.get(&place).or_else(|| self.meanwhile.get(&place));
                id.copied()
            }
        }
    }

    fn row(&self, order: &PlannedOrder, planned: &PlannedLine, position: i32) -> NewLicence {
        let (head, line) = (&order.head, &planned.line);
        let base_id = self.base_id(planned);
        let mut row = NewLicence {
            reference: reference::draw("L"),
            program_id: self.program_id,
            order_id: self.orders[&head.external_number],
            position,
            reseller_id: head.reseller_id,
            distributor_id: head.distributor_id,
            customer_id: self.customers[&head.customer.identity],
            product_id: line.product_id,
            sku: line.sku.clone(),
            quantity: line.quantity,
            kind: line.kind,
            months: line.months.map(TermMonths::get).map(i32::from),
            unit_price_minor: line.unit_price_minor,
            currency: line.currency.clone(),
            processed_on: planned.processed_on,
            activated_on: line.activated_on,
            starts_on: None,
            ends_on: None,
            due_on: NO_END,
            base_id,
            serial_number: line.serial_number.clone(),
            warranty_starts_on: None,
            warranty_ends_on: None,
        };
        if let Some(dates) = &planned.dates {
            row.date(dates);
        }
        row
    }
}

fn status_of(order: &PlannedOrder) -> OrderStatus {
    if order.is_open() { OrderStatus::Released } else { OrderStatus::Processed }
}

fn names_of(order: &PlannedOrder) -> impl Iterator<Item = String> {
    let customer = &order.head.customer.name;
    let lines = order.lines.iter();
    lines.map(move |line| licence_lines::line_name(&line.product_name, customer))
}
