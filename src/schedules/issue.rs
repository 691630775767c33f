//! Issuing schedules: in the transaction that writes the licences of their orders, with few
//! statements for many orders.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{ISSUED, KIND, telling};
use crate::audit::{self, By, Change, Subject};
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::schema::{customers, licences, orders, schedule_lines, schedules};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::reference;
use crate::web::Site;

/// What the reference of a schedule begins with.
const PREFIX: &str = "LS";

/// Who has orders processed, and when.
#[derive(Clone, Copy)]
pub struct Issuing<'a> {
    pub program: &'a Program,
    pub by: By<'a>,
    pub site: &'a Site,
    pub now: Instant,
}

/// A schedule that was just written.
#[derive(Clone, Debug)]
pub(super) struct Issued {
    pub id: i64,
    pub reference: String,
    pub reseller_id: i64,
    pub issued_on: NaiveDate,
    customer: String,
}

// NULL is written as NULL: SQLite takes many rows in one statement only without defaults.
#[derive(Insertable)]
#[diesel(table_name = schedules, treat_none_as_default_value = false)]
struct NewSchedule {
    reference: String,
    program_id: i64,
    order_id: i64,
    reseller_id: i64,
    distributor_id: Option<i64>,
    customer_id: i64,
    issued_at: Instant,
    issued_on: NaiveDate,
    lines: i32,
}

#[derive(Insertable)]
#[diesel(table_name = schedule_lines, treat_none_as_default_value = false)]
struct NewLine {
    schedule_id: i64,
    position: i32,
    licence_id: i64,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    warranty_starts_on: Option<NaiveDate>,
    warranty_ends_on: Option<NaiveDate>,
}

/// Issues the schedules of orders of one program that were just processed, and tells the schedule
/// recipients of their resellers: call it when the licences of the orders are written, in the same
/// transaction. An order has one schedule.
pub fn issue_all(order_ids: &[i64], issuing: &Issuing<'_>, conn: &mut Conn) -> Result<()> {
    let program = issuing.program;
    let issued = write(order_ids, program, conn)?;
    let names: Vec<String> =
        issued.iter().map(|one| format!("Schedule for {}", one.customer)).collect();
    let history: Vec<(Subject, Change)> = issued
        .iter()
        .zip(&names)
        .map(|(one, name)| {
            let subject = Subject {
                kind: KIND,
                id: one.id,
                reference: &one.reference,
                name,
                program_id: Some(program.id),
                organisation_id: Some(one.reseller_id),
            };
            (subject, Change::default())
        })
        .collect();
    audit::record_all(issuing.by, &ISSUED, &history, issuing.now, conn)?;
    telling::tell(&issued, issuing, conn)
}

/// The schedules alone, without history and mail: for synthetic data.
pub fn write_all(order_ids: &[i64], program: &Program, conn: &mut Conn) -> Result<()> {
    write(order_ids, program, conn).map(|_| ())
}

fn write(order_ids: &[i64], program: &Program, conn: &mut Conn) -> Result<Vec<Issued>> {
    let mut issued = Vec::with_capacity(order_ids.len());
    for ids in order_ids.chunks(db::ROWS_PER_STATEMENT) {
        issued.extend(write_some(ids, program, conn)?);
    }
    Ok(issued)
}

type Head = (i64, i64, Option<i64>, i64, Option<Instant>, String);
type Dates = (Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>);
type LicenceRow = (i64, i64, i32, Dates);

fn write_some(order_ids: &[i64], program: &Program, conn: &mut Conn) -> Result<Vec<Issued>> {
    let heads: Vec<Head> = orders::table
        .inner_join(customers::table)
        .filter(orders::id.eq_any(order_ids))
        .filter(orders::program_id.eq(program.id))
        .order(orders::id)
        .select((
            orders::id,
            orders::reseller_id,
            orders::distributor_id,
            orders::customer_id,
            orders::processed_at,
            customers::name,
        ))
        .load(conn)?;
    if heads.len() != order_ids.len() {
        return Err(Error::internal("a schedule is for each order of one program, once"));
    }
    let mut lines = lines_by_order(order_ids, conn)?;
    let rows: Vec<NewSchedule> = heads
        .iter()
        .map(|head| new_schedule(head, lines.get(&head.0).map_or(0, Vec::len), program))
        .collect::<Result<_>>()?;
    insert(&rows, conn).map_err(db::first_elsewhere)?;
    let ids: HashMap<i64, i64> = schedules::table
        .filter(schedules::order_id.eq_any(order_ids))
        .select((schedules::order_id, schedules::id))
        .load::<(i64, i64)>(conn)?
        .into_iter()
        .collect();
    let (mut issued, mut new_lines) = (Vec::with_capacity(rows.len()), Vec::new());
    for (row, head) in rows.into_iter().zip(heads) {
        let id = *ids.get(&row.order_id).ok_or(Error::LostRace)?;
        let of_order = lines.remove(&row.order_id).unwrap_or_default();
        new_lines.extend(of_order.into_iter().map(|line| new_line(id, line)));
        let NewSchedule { reference, reseller_id, issued_on, .. } = row;
        issued.push(Issued { id, reference, reseller_id, issued_on, customer: head.5 });
    }
    db::insert_all!(conn, schedule_lines::table, new_lines);
    Ok(issued)
}

fn lines_by_order(order_ids: &[i64], conn: &mut Conn) -> Result<HashMap<i64, Vec<LicenceRow>>> {
    let rows: Vec<LicenceRow> = licences::table
        .filter(licences::order_id.eq_any(order_ids))
        .order((licences::order_id, licences::position))
        .select((
            licences::order_id,
            licences::id,
            licences::position,
            (
                licences::starts_on,
                licences::ends_on,
                licences::warranty_starts_on,
                licences::warranty_ends_on,
            ),
        ))
        .load(conn)?;
    let mut lines = HashMap::<i64, Vec<LicenceRow>>::with_capacity(order_ids.len());
    for row in rows {
        lines.entry(row.0).or_default().push(row);
    }
    Ok(lines)
}

fn new_schedule(head: &Head, lines: usize, program: &Program) -> Result<NewSchedule> {
    let &(order_id, reseller_id, distributor_id, customer_id, processed_at, _) = head;
    let issued_at = processed_at
        .filter(|_| lines > 0)
        .ok_or_else(|| Error::internal("an order without licences has no schedule"))?;
    Ok(NewSchedule {
        reference: reference::draw(PREFIX),
        program_id: program.id,
        order_id,
        reseller_id,
        distributor_id,
        customer_id,
        issued_at,
        issued_on: program.day_of(issued_at),
        lines: i32::try_from(lines).map_err(Error::internal)?,
    })
}

fn new_line(schedule_id: i64, (_, licence_id, position, dates): LicenceRow) -> NewLine {
    let (starts_on, ends_on, warranty_starts_on, warranty_ends_on) = dates;
    NewLine {
        schedule_id,
        position,
        licence_id,
        starts_on,
        ends_on,
        warranty_starts_on,
        warranty_ends_on,
    }
}

fn insert(rows: &[NewSchedule], conn: &mut Conn) -> QueryResult<usize> {
    Ok(db::insert_all!(conn, schedules::table, rows))
}
