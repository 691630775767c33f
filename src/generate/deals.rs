//! Synthetic deals of one partner: those of the last days wait for the vendor, those of the last weeks
//! are protected, the others ended long ago.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{Duration, NaiveDate};
use diesel::prelude::*;
use rand::RngExt;
use rand_chacha::ChaCha12Rng;

use super::market::Market;
use super::partners::Seller;
use super::words;
use crate::calendar::add_days;
use crate::clock::Instant;
use crate::db::schema::{deal_claims, deal_lines, deal_receipts, deal_results, deals};
use crate::db::{self, Conn, Db, ROWS_PER_STATEMENT};
use crate::deals::hash;
use crate::error::{Error, Result};
use crate::{names, reference};

/// Over how many days they came.
const DAYS: i64 = 700;
/// Those of the last days are not decided yet, and those of some weeks before are protected.
const UNDECIDED_DAYS: i64 = 8;
const PROTECTED_DAYS: i64 = 88;
/// For how many days.
const PROTECTION: i64 = 90;

#[derive(Clone, Insertable)]
#[diesel(table_name = deals)]
struct NewDeal {
    reference: String,
    program_id: i64,
    partner_id: i64,
    category_id: i64,
    status: &'static str,
    customer_name: String,
    customer_key: String,
    customer_country: &'static str,
    customer_domain: String,
    contact_name: String,
    contact_email: &'static str,
    currency: String,
    msrp_minor: i64,
    closes_on: NaiveDate,
    found_by: &'static str,
    competitor: &'static str,
    is_tender: bool,
    note: &'static str,
    created_by: &'static str,
    created_at: Instant,
    submitted_at: Instant,
    submitted_by: &'static str,
    receipt: String,
    why: &'static str,
    protected_at: Option<Instant>,
    protected_until_on: Option<NaiveDate>,
    extension_why: &'static str,
    revision: i64,
}

#[derive(Clone, Copy, Insertable)]
#[diesel(table_name = deal_lines)]
struct NewLine {
    deal_id: i64,
    product_id: i64,
    quantity: i32,
    msrp_minor: i64,
}

#[derive(Insertable)]
#[diesel(table_name = deal_receipts)]
struct NewReceipt<'a> {
    reference: &'a str,
    program_id: i64,
    deal_id: i64,
    submitted_at: Instant,
    submitted_by: &'static str,
    content: String,
    sha256: String,
}

#[derive(Insertable)]
#[diesel(table_name = deal_claims)]
struct NewClaim {
    program_id: i64,
    category_id: i64,
    claim: String,
    deal_id: i64,
}

/// How it was decided, or how it ended.
#[derive(Insertable)]
#[diesel(table_name = deal_results)]
struct NewResult<'a> {
    deal_id: i64,
    result: &'static str,
    program_id: i64,
    partner_id: i64,
    currency: &'a str,
    msrp_minor: i64,
    at: Instant,
    after: i64,
}

#[derive(Clone)]
struct Drawn {
    deal: NewDeal,
    lines: Vec<NewLine>,
}

/// What partners registered, by the numbers of their deals. Where a program lets nothing be
/// registered there is none.
pub(super) fn register(
    market: &Market,
    shares: &[(Seller, Range<usize>)],
    dice: &mut ChaCha12Rng,
    db: &Db,
) -> Result<()> {
    if market.registrable.is_empty() {
        return Ok(());
    }
    let mut drawn = Vec::new();
    for (seller, numbers) in shares {
        for number in numbers.clone() {
            drawn.push(draw(market, *seller, number as u64, dice));
        }
    }
    for batch in drawn.chunks(ROWS_PER_STATEMENT) {
        let batch = batch.to_vec();
        db.write_blocking(move |conn| insert(&batch, conn))?;
    }
    Ok(())
}

fn draw(market: &Market, seller: Seller, number: u64, dice: &mut ChaCha12Rng) -> Drawn {
    let age = dice.random_range(0..DAYS);
    let at = market.now - Duration::days(age) - Duration::seconds(dice.random_range(0..80_000));
    let undecided = ["submitted", "submitted", "in_review", "returned"];
    let ended = ["won", "won", "lost", "expired", "rejected", "withdrawn", "revoked"];
    let status = match age {
        ..UNDECIDED_DAYS => *words::pick(&undecided, dice),
        UNDECIDED_DAYS..PROTECTED_DAYS => "approved",
        _ => *words::pick(&ended, dice),
    };
    let was_approved =
        !matches!(status, "submitted" | "in_review" | "returned" | "rejected" | "withdrawn");
    let (category_id, products) = words::pick(&market.registrable, dice);
    let first = dice.random_range(0..products.len());
    let lines: Vec<NewLine> = products[first..]
        .iter()
        .take(dice.random_range(1..=3))
        .map(|product_id| NewLine {
            deal_id: 0,
            product_id: *product_id,
            quantity: dice.random_range(1..200),
            msrp_minor: dice.random_range(200_000..4_000_000),
        })
        .collect();
    let name = words::buyer(market.rows_before + number, dice);
    let protected_until = add_days(market.program.day_of(at), PROTECTION);
    let deal = NewDeal {
        reference: reference::draw("D"),
        program_id: market.program.id,
        partner_id: seller.organisation_id,
        category_id: *category_id,
        status,
        customer_key: names::company(&name),
        customer_domain: format!("customer-{}.example", market.rows_before + number),
        customer_name: name,
        customer_country: words::country(dice),
        contact_name: words::person(dice),
        contact_email: "",
        currency: market.program.currency.clone(),
        msrp_minor: lines.iter().map(|line| line.msrp_minor).sum(),
        closes_on: add_days(market.program.day_of(at), dice.random_range(20..160)),
        found_by: "Own visit",
        competitor: "",
        is_tender: false,
        note: "",
        created_by: "portal generate",
        created_at: at,
        submitted_at: at,
        submitted_by: "portal generate",
        receipt: reference::draw("RC"),
        why: "",
        protected_at: was_approved.then_some(at),
        protected_until_on: was_approved.then_some(protected_until),
        extension_why: "",
        revision: 2,
    };
    Drawn { deal, lines }
}

fn insert(drawn: &[Drawn], conn: &mut Conn) -> Result<()> {
    let rows: Vec<NewDeal> = drawn.iter().map(|one| one.deal.clone()).collect();
    db::insert_all!(conn, deals::table, rows);
    let references: Vec<&String> = rows.iter().map(|row| &row.reference).collect();
    let ids: HashMap<String, i64> = deals::table
        .filter(deals::reference.eq_any(references))
        .select((deals::reference, deals::id))
        .load::<(String, i64)>(conn)?
        .into_iter()
        .collect();
    let (mut lines, mut receipts, mut claims) = (Vec::new(), Vec::new(), Vec::new());
    let mut results = Vec::new();
    for Drawn { deal, lines: own } in drawn {
        let deal_id = *ids.get(&deal.reference).ok_or(Error::LostRace)?;
        lines.extend(own.iter().map(|line| NewLine { deal_id, ..*line }));
        receipts.push(receipt(deal, deal_id));
        results.extend(results_of(deal, deal_id));
        if deal.status == "approved" {
            claims.extend(claims_of(deal, deal_id));
        }
    }
    db::insert_all!(conn, deal_lines::table, lines);
    db::insert_all!(conn, deal_receipts::table, receipts);
    db::insert_all!(conn, deal_claims::table, claims);
    db::insert_all!(conn, deal_results::table, results);
    Ok(())
}

fn receipt(deal: &NewDeal, deal_id: i64) -> NewReceipt<'_> {
    let content = format!(
        "Receipt: {}\nDeal: {}\nSubmitted: {}\nCustomer: {}\n",
        deal.receipt, deal.reference, deal.submitted_at, deal.customer_name
    );
    NewReceipt {
        reference: &deal.receipt,
        program_id: deal.program_id,
        deal_id,
        submitted_at: deal.submitted_at,
        submitted_by: deal.submitted_by,
        sha256: hash(&content),
        content,
    }
}

/// Decided two days after it was submitted; what was approved ended some weeks later.
fn results_of(deal: &NewDeal, deal_id: i64) -> Vec<NewResult<'_>> {
    let result = |result: &'static str, days: i64| NewResult {
        deal_id,
        result,
        program_id: deal.program_id,
        partner_id: deal.partner_id,
        currency: &deal.currency,
        msrp_minor: deal.msrp_minor,
        at: deal.submitted_at + Duration::days(days),
        after: days * 86_400,
    };
    let decision = if deal.protected_at.is_some() { "approved" } else { "rejected" };
    match deal.status {
        "approved" | "rejected" => vec![result(decision, 2)],
        ended @ ("won" | "lost" | "revoked") => vec![result(decision, 2), result(ended, 50)],
        "expired" => vec![result(decision, 2), result("expired", PROTECTION + 1)],
        _ => Vec::new(),
    }
}

/// No two are of one customer: what is claimed here is nobody else's.
fn claims_of(deal: &NewDeal, deal_id: i64) -> [NewClaim; 2] {
    let claim = |claim: String| NewClaim {
        program_id: deal.program_id,
        category_id: deal.category_id,
        claim,
        deal_id,
    };
    [
        claim(format!("name:{}:{}", deal.customer_country, deal.customer_key)),
        claim(format!("domain:{}", deal.customer_domain)),
    ]
}
