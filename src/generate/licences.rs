//! Synthetic customers of one partner, their orders and licences: most run, some end soon, a few
//! are late.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{Duration, Months, NaiveDate};
use diesel::prelude::*;
use rand::RngExt;
use rand_chacha::ChaCha12Rng;

use super::market::Market;
use super::partners::Seller;
use super::words;
use crate::auth::Program;
use crate::calendar::term_end;
use crate::clock::Instant;
use crate::db::schema::{customers, licences, orders};
use crate::db::{self, Conn, Db, ROWS_PER_STATEMENT};
use crate::error::{Error, Result};
use crate::licences::count_lines;
use crate::schedules;
use crate::{names, reference};

/// Lines of one order.
const LINES: usize = 4;

/// A partner, and which customers and licences fall to it, by their numbers.
pub(super) struct Share {
    pub seller: Seller,
    pub customers: Range<usize>,
    pub licences: Range<usize>,
}

#[derive(Clone, Insertable)]
#[diesel(table_name = customers)]
struct NewCustomer {
    reference: String,
    program_id: i64,
    name: String,
    name_key: String,
    country: &'static str,
    created_at: Instant,
}

#[derive(Clone, Insertable)]
#[diesel(table_name = orders)]
struct NewOrder {
    reference: String,
    program_id: i64,
    external_number: String,
    distributor_id: Option<i64>,
    reseller_id: i64,
    customer_id: i64,
    delivered_to: &'static str,
    processed_at: Instant,
    digest: &'static str,
    created_at: Instant,
    ordered_at: Instant,
    currency: String,
    msrp_minor: Option<i64>,
}

#[derive(Clone, Insertable)]
#[diesel(table_name = licences)]
struct NewLicence {
    reference: String,
    program_id: i64,
    order_id: i64,
    position: i32,
    reseller_id: i64,
    distributor_id: Option<i64>,
    customer_id: i64,
    product_id: i64,
    sku: String,
    quantity: i32,
    kind: &'static str,
    months: Option<i32>,
    unit_price_minor: i64,
    currency: String,
    processed_on: NaiveDate,
    activated_on: Option<NaiveDate>,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    due_on: NaiveDate,
    serial_number: &'static str,
}

/// Makes the customers of some partners, and orders with as many licences as are each one's share:
/// partner by partner, many in one transaction, because each costs a flush of the disk.
pub(super) fn sell(
    market: &Market,
    shares: &[Share],
    dice: &mut ChaCha12Rng,
    db: &Db,
    progress: &mut impl FnMut(usize),
) -> Result<()> {
    let buyers = found_customers(market, shares, dice, db)?;
    let mut drawn: Vec<(NewOrder, Vec<NewLicence>)> = Vec::new();
    let mut write = |drawn: &mut Vec<(NewOrder, Vec<NewLicence>)>| {
        let batch = std::mem::take(drawn);
        let lines = batch.iter().map(|(_, lines)| lines.len()).sum();
        let program = market.program.clone();
        db.write_blocking(move |conn| insert(&batch, &program, conn))?;
        progress(lines);
        Ok::<_, Error>(())
    };
    let mut place = 0;
    for share in shares {
        let own = &buyers[place..place + share.customers.len()];
        place += share.customers.len();
        let numbers: Vec<usize> = share.licences.clone().collect();
        for lines in numbers.chunks(LINES) {
            let buyer = *words::pick(own, dice);
            drawn.push(draw_order(market, share.seller, buyer, lines, dice));
            if drawn.len() * LINES >= ROWS_PER_STATEMENT {
                write(&mut drawn)?;
            }
        }
    }
    write(&mut drawn)
}

/// Gives their ids in the order of the shares.
fn found_customers(
    market: &Market,
    shares: &[Share],
    dice: &mut ChaCha12Rng,
    db: &Db,
) -> Result<Vec<i64>> {
    let rows: Vec<NewCustomer> = shares
        .iter()
        .flat_map(|share| share.customers.clone())
        .map(|number| {
            let name = words::buyer(market.rows_before + number as u64, dice);
            NewCustomer {
                reference: reference::draw("CU"),
                program_id: market.program.id,
                name_key: names::fold(&name),
                name,
                country: words::country(dice),
                created_at: market.now,
            }
        })
        .collect();
    db.write_blocking(move |conn| {
        db::insert_all!(conn, customers::table, rows);
        let mut ids = Vec::with_capacity(rows.len());
        for chunk in rows.chunks(ROWS_PER_STATEMENT) {
            let references: Vec<&String> = chunk.iter().map(|row| &row.reference).collect();
            let found: Vec<i64> = customers::table
                .filter(customers::reference.eq_any(references))
                .order(customers::id)
                .select(customers::id)
                .load(conn)?;
            ids.extend(found);
        }
        Ok(ids)
    })
}

/// An order that was processed at some time in the past years, with its lines.
fn draw_order(
    market: &Market,
    seller: Seller,
    customer_id: i64,
    numbers: &[usize],
    dice: &mut ChaCha12Rng,
) -> (NewOrder, Vec<NewLicence>) {
    let months = *words::pick(&[12_u32, 12, 12, 24, 36], dice);
    let term_days = i64::from(months) * 30;
    let age = match dice.random_ratio(1, 30) {
        true => term_days + dice.random_range(5..90),
        false => dice.random_range(0..term_days),
    };
    let processed_on = market.today - Duration::days(age);
    let ends_on = term_end(processed_on, Months::new(months));
    let processed_at = Instant::noon(processed_on);
    let mut order = NewOrder {
        reference: reference::draw("SO"),
        program_id: market.program.id,
        external_number: format!("G-{}-{}", market.rows_before, numbers[0]),
        distributor_id: seller.distributor_id,
        reseller_id: seller.organisation_id,
        customer_id,
        delivered_to: "",
        processed_at,
        digest: "",
        created_at: market.now,
        ordered_at: processed_at,
        currency: market.program.currency.clone(),
        msrp_minor: None,
    };
    let lines: Vec<NewLicence> = (1..)
        .zip(numbers)
        .map(|(position, _)| {
            let (product_id, code) = words::pick(&market.products, dice);
            NewLicence {
                reference: reference::draw("L"),
                program_id: market.program.id,
                order_id: 0,
                position,
                reseller_id: seller.organisation_id,
                distributor_id: seller.distributor_id,
                customer_id,
                product_id: *product_id,
                sku: code.clone(),
                quantity: dice.random_range(1..200),
                kind: "new",
                months: i32::try_from(months).ok(),
                unit_price_minor: dice.random_range(900..40_000),
                currency: market.program.currency.clone(),
                processed_on,
                activated_on: Some(processed_on),
                starts_on: Some(processed_on),
                ends_on: Some(ends_on),
                due_on: ends_on,
                serial_number: "",
            }
        })
        .collect();
    let totals = lines.iter().map(|line| line.unit_price_minor * i64::from(line.quantity));
    order.msrp_minor = Some(totals.sum());
    (order, lines)
}

fn insert(drawn: &[(NewOrder, Vec<NewLicence>)], program: &Program, conn: &mut Conn) -> Result<()> {
    let rows: Vec<NewOrder> = drawn.iter().map(|(order, _)| order.clone()).collect();
    db::insert_all!(conn, orders::table, rows);
    let references: Vec<&String> = rows.iter().map(|row| &row.reference).collect();
    let ids: HashMap<String, i64> = orders::table
        .filter(orders::reference.eq_any(references))
        .select((orders::reference, orders::id))
        .load::<(String, i64)>(conn)?
        .into_iter()
        .collect();
    let mut lines = Vec::new();
    for (order, drawn) in drawn {
        let order_id = *ids.get(&order.reference).ok_or(Error::LostRace)?;
        lines.extend(drawn.iter().cloned().map(|line| NewLicence { order_id, ..line }));
    }
    db::insert_all!(conn, licences::table, lines);
    for chunk in lines.chunks(ROWS_PER_STATEMENT) {
        let references: Vec<&String> = chunk.iter().map(|line| &line.reference).collect();
        let ids: Vec<i64> = licences::table
            .filter(licences::reference.eq_any(references))
            .select(licences::id)
            .load(conn)?;
        count_lines(&ids, conn)?;
    }
    let mut ids: Vec<i64> = ids.into_values().collect();
    ids.sort_unstable();
    schedules::write_all(&ids, program, conn)
}
