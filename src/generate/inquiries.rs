//! Synthetic inquiries of one partner: most were answered long ago, some wait for a quote, others for
//! the partner's word on theirs.

use std::collections::HashMap;
use std::ops::Range;

use chrono::Duration;
use chrono_tz::Tz;
use diesel::prelude::*;
use rand::RngExt;
use rand_chacha::ChaCha12Rng;

use super::market::Market;
use super::partners::Seller;
use super::{quotes, words};
use crate::clock::Instant;
use crate::db::schema::{inquiries, inquiry_lines};
use crate::db::{self, Conn, Db, ROWS_PER_STATEMENT};
use crate::error::{Error, Result};
use crate::{names, reference};

/// Lines of an inquiry at most.
const LINES: u32 = 4;
/// Over how many days they came.
const DAYS: i64 = 700;

/// Those of the last days have no quote yet, and those of some days before no answer to it.
const UNQUOTED_DAYS: i64 = 10;
const UNANSWERED_DAYS: i64 = 20;

#[derive(Clone, Insertable)]
#[diesel(table_name = inquiries)]
pub(super) struct NewInquiry {
    reference: String,
    pub program_id: i64,
    pub reseller_id: i64,
    pub quoter_id: i64,
    pub status: &'static str,
    pub customer_name: String,
    pub customer_key: String,
    pub customer_country: &'static str,
    pub currency: String,
    note: &'static str,
    promotion_codes: &'static str,
    lines: i32,
    pub submitted_at: Instant,
    pub msrp_minor: i64,
    created_by: &'static str,
    created_at: Instant,
    revision: i64,
}

#[derive(Clone, Insertable)]
#[diesel(table_name = inquiry_lines)]
pub(super) struct NewLine {
    inquiry_id: i64,
    pub position: i32,
    pub product_id: i64,
    pub kind: &'static str,
    pub quantity: i32,
    pub months: i32,
    pub sku: String,
    pub unit_minor: i64,
    pub msrp_minor: i64,
}

/// What is drawn of an inquiry before anything is written.
#[derive(Clone)]
pub(super) struct Drawn {
    pub inquiry: NewInquiry,
    pub lines: Vec<NewLine>,
    /// The reference of the quote that answers it.
    pub quote: String,
}

/// What a partner asked for, by the numbers of its inquiries. One that buys from nobody asks nobody.
pub(super) fn ask(
    market: &Market,
    shares: &[(Seller, Range<usize>)],
    dice: &mut ChaCha12Rng,
    db: &Db,
) -> Result<()> {
    let zone = market.program.time_zone;
    let mut drawn = Vec::new();
    for (seller, numbers) in shares {
        let Some(quoter_id) = seller.distributor_id else { continue };
        for number in numbers.clone() {
            drawn.push(draw(market, *seller, quoter_id, number, dice));
        }
    }
    for batch in drawn.chunks(ROWS_PER_STATEMENT) {
        let batch = batch.to_vec();
        db.write_blocking(move |conn| insert(&batch, zone, conn))?;
    }
    Ok(())
}

fn draw(
    market: &Market,
    seller: Seller,
    quoter_id: i64,
    number: usize,
    dice: &mut ChaCha12Rng,
) -> Drawn {
    let age = dice.random_range(0..DAYS);
    let at = market.now - Duration::days(age) - Duration::seconds(dice.random_range(0..80_000));
    let settled = ["accepted", "accepted", "declined", "expired", "withdrawn"];
    let status = match age {
        ..UNQUOTED_DAYS => "submitted",
        UNQUOTED_DAYS..UNANSWERED_DAYS => "quoted",
        _ => *words::pick(&settled, dice),
    };
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
    Drawn { inquiry, lines, quote: reference::draw("Q") }
}

fn insert(drawn: &[Drawn], zone: Tz, conn: &mut Conn) -> Result<()> {
    let rows: Vec<NewInquiry> = drawn.iter().map(|one| one.inquiry.clone()).collect();
    db::insert_all!(conn, inquiries::table, rows);
    let references: Vec<&String> = rows.iter().map(|row| &row.reference).collect();
    let ids: HashMap<String, i64> = inquiries::table
        .filter(inquiries::reference.eq_any(references))
        .select((inquiries::reference, inquiries::id))
        .load::<(String, i64)>(conn)?
        .into_iter()
        .collect();
    let (mut lines, mut asked) = (Vec::new(), Vec::new());
    for one in drawn {
        let inquiry_id = *ids.get(&one.inquiry.reference).ok_or(Error::LostRace)?;
        lines.extend(one.lines.iter().cloned().map(|line| NewLine { inquiry_id, ..line }));
        asked.push((inquiry_id, one));
    }
    db::insert_all!(conn, inquiry_lines::table, lines);
    quotes::answer(&asked, zone, conn)
}
