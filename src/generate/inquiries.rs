//! Synthetic inquiries of one partner: most were answered long ago, some wait.

use std::collections::HashMap;
use std::ops::Range;

use chrono::Duration;
use diesel::prelude::*;
use rand::RngExt;
use rand_chacha::ChaCha12Rng;

use super::market::Market;
use super::partners::Seller;
use super::words;
use crate::clock::Instant;
use crate::db::schema::{inquiries, inquiry_lines};
use crate::db::{self, Conn, Db, ROWS_PER_STATEMENT};
use crate::error::{Error, Result};
use crate::{names, reference};

/// Lines of an inquiry at most.
const LINES: u32 = 4;
/// Over how many days they came.
const DAYS: i64 = 700;

#[derive(Clone, Insertable)]
#[diesel(table_name = inquiries)]
struct NewInquiry {
    reference: String,
    program_id: i64,
    reseller_id: i64,
    quoter_id: i64,
    status: &'static str,
    customer_name: String,
    customer_key: String,
    customer_country: &'static str,
    currency: String,
    note: &'static str,
    promotion_codes: &'static str,
    lines: i32,
    submitted_at: Instant,
    msrp_minor: i64,
    created_by: &'static str,
    created_at: Instant,
    revision: i64,
}

#[derive(Clone, Insertable)]
#[diesel(table_name = inquiry_lines)]
struct NewLine {
    inquiry_id: i64,
    position: i32,
    product_id: i64,
    kind: &'static str,
    quantity: i32,
    months: i32,
    sku: String,
    unit_minor: i64,
    msrp_minor: i64,
}

/// What a partner asked for, by the numbers of its inquiries. One that buys from nobody asks nobody.
pub(super) fn ask(
    market: &Market,
    shares: &[(Seller, Range<usize>)],
    dice: &mut ChaCha12Rng,
    db: &Db,
) -> Result<()> {
    let mut drawn = Vec::new();
    for (seller, numbers) in shares {
        let Some(quoter_id) = seller.distributor_id else { continue };
        for number in numbers.clone() {
            drawn.push(draw(market, *seller, quoter_id, number, dice));
        }
    }
    for batch in drawn.chunks(ROWS_PER_STATEMENT) {
        let batch = batch.to_vec();
        db.write_blocking(move |conn| insert(&batch, conn))?;
    }
    Ok(())
}

fn draw(
    market: &Market,
    seller: Seller,
    quoter_id: i64,
    number: usize,
    dice: &mut ChaCha12Rng,
) -> (NewInquiry, Vec<NewLine>) {
    let age = dice.random_range(0..DAYS);
    let at = market.now - Duration::days(age) - Duration::seconds(dice.random_range(0..80_000));
    let settled = ["accepted", "accepted", "declined", "expired", "withdrawn"];
    let status = if age < 20 { "submitted" } else { *words::pick(&settled, dice) };
    let customer_name = words::buyer(market.rows_before + number as u64, dice);
    let count = dice.random_range(1..=LINES);
    let lines: Vec<NewLine> = (1..)
        .take(count as usize)
        .map(|position| {
            let (product_id, code) = words::pick(&market.products, dice);
            let (quantity, unit_minor) =
                (dice.random_range(1..200), dice.random_range(900..40_000));
            NewLine {
                inquiry_id: 0,
                position,
                product_id: *product_id,
                kind: "new",
                quantity,
                months: 12,
                sku: code.clone(),
                unit_minor,
                msrp_minor: unit_minor * i64::from(quantity),
            }
        })
        .collect();
    let inquiry = NewInquiry {
        reference: reference::draw("I"),
        program_id: market.program.id,
        reseller_id: seller.organisation_id,
        quoter_id,
        status,
        customer_key: names::fold(&customer_name),
        customer_name,
        customer_country: words::country(dice),
        currency: market.program.currency.clone(),
        note: "",
        promotion_codes: "",
        lines: i32::try_from(lines.len()).unwrap_or_default(),
        submitted_at: at,
        msrp_minor: lines.iter().map(|line| line.msrp_minor).sum(),
        created_by: "portal generate",
        created_at: at,
        revision: 2,
    };
    (inquiry, lines)
}

fn insert(drawn: &[(NewInquiry, Vec<NewLine>)], conn: &mut Conn) -> Result<()> {
    let rows: Vec<NewInquiry> = drawn.iter().map(|(inquiry, _)| inquiry.clone()).collect();
    db::insert_all!(conn, inquiries::table, rows);
    let references: Vec<&String> = rows.iter().map(|row| &row.reference).collect();
    let ids: HashMap<String, i64> = inquiries::table
        .filter(inquiries::reference.eq_any(references))
        .select((inquiries::reference, inquiries::id))
        .load::<(String, i64)>(conn)?
        .into_iter()
        .collect();
    let mut lines = Vec::new();
    for (inquiry, drawn) in drawn {
        let inquiry_id = *ids.get(&inquiry.reference).ok_or(Error::LostRace)?;
        lines.extend(drawn.iter().cloned().map(|line| NewLine { inquiry_id, ..line }));
    }
    db::insert_all!(conn, inquiry_lines::table, lines);
    Ok(())
}
