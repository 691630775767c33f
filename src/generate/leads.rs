//! Synthetic leads of one partner: half of them its own, half from the vendor; a few wait, some are
//! worked on, most are over.

use std::ops::Range;

use chrono::Duration;
use diesel::prelude::*;
use rand::RngExt;
use rand_chacha::ChaCha12Rng;

use super::market::Market;
use super::partners::Seller;
use super::words;
use crate::clock::Instant;
use crate::db::schema::{lead_answers, leads};
use crate::db::{self, Conn, Db, ROWS_PER_STATEMENT};
use crate::error::{Error, Result};
use crate::{names, reference};

/// Over how many days they came.
const DAYS: i64 = 700;
/// Those of the last days wait to be opened, and those of some weeks before are worked on.
const WAITING_DAYS: i64 = 4;
const WORKED_ON_DAYS: i64 = 60;
const ENDS: [&str; 4] = ["lost", "junk", "lost", "closed"];

#[derive(Clone, Insertable)]
#[diesel(table_name = leads)]
struct NewLead {
    reference: String,
    program_id: i64,
    kind: &'static str,
    status: &'static str,
    company: String,
    company_key: String,
    contact_name: String,
    email: String,
    phone: &'static str,
    country: &'static str,
    interest: &'static str,
    category_id: Option<i64>,
    source: &'static str,
    note: &'static str,
    language: &'static str,
    assigned_to_id: Option<i64>,
    assigned_at: Option<Instant>,
    assigned_by: &'static str,
    opened_at: Option<Instant>,
    opened_by: &'static str,
    accepted_at: Option<Instant>,
    why: &'static str,
    last_activity_at: Option<Instant>,
    revision: i64,
    created_at: Instant,
}

#[derive(Insertable)]
#[diesel(table_name = lead_answers)]
struct NewAnswer {
    lead_id: i64,
    organisation_id: i64,
    program_id: i64,
    answer: &'static str,
    answered_at: Instant,
    answered_by: &'static str,
    opened_after: Option<i64>,
    answered_after: i64,
    why: &'static str,
}

/// What partners have of leads, by the numbers of these.
pub(super) fn bring(
    market: &Market,
    shares: &[(Seller, Range<usize>)],
    dice: &mut ChaCha12Rng,
    db: &Db,
) -> Result<()> {
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

fn draw(market: &Market, seller: Seller, number: u64, dice: &mut ChaCha12Rng) -> NewLead {
    let age = dice.random_range(0..DAYS);
    let at = market.now - Duration::days(age) - Duration::seconds(dice.random_range(0..80_000));
    let is_own = number.is_multiple_of(2);
    let status = match age {
        ..WAITING_DAYS if is_own => "accepted",
        ..WAITING_DAYS => *words::pick(&["new", "assigned", "assigned", "opened"], dice),
        WAITING_DAYS..WORKED_ON_DAYS => *words::pick(&["accepted", "in_progress"], dice),
        _ => *words::pick(&ENDS, dice),
    };
    let later = |hours: i64| at + Duration::hours(hours);
    let is_held = status != "new";
    let is_open = !is_own && !matches!(status, "new" | "assigned");
    let is_accepted = is_open && status != "opened";
    let company = words::buyer(market.rows_before + number, dice);
    let category = words::pick_from(&market.registrable, dice).map(|(category_id, _)| *category_id);
    NewLead {
        reference: reference::draw("LD"),
        program_id: market.program.id,
        kind: if is_own { "generated" } else { "distributed" },
        status,
        company_key: names::fold(&company),
        company,
        contact_name: words::person(dice),
        email: format!("buyer@customer-{}.example", market.rows_before + number),
        phone: "",
        country: words::country(dice),
        interest: "Wants to protect branch offices",
        category_id: category,
        source: "Fair",
        note: "",
        language: "en",
        assigned_to_id: is_held.then_some(seller.organisation_id),
        assigned_at: is_held.then_some(at),
        assigned_by: if is_held { "portal generate" } else { "" },
        opened_at: is_open.then(|| later(3)),
        opened_by: if is_open { "portal generate" } else { "" },
        accepted_at: is_accepted.then(|| later(5)),
        why: if ENDS.contains(&status) { "Chose to wait" } else { "" },
        last_activity_at: (is_own || is_open).then(|| later(5)),
        revision: 1,
        created_at: at,
    }
}

fn insert(rows: &[NewLead], conn: &mut Conn) -> Result<()> {
    db::insert_all!(conn, leads::table, rows);
    let accepted: Vec<&String> =
        rows.iter().filter(|row| row.accepted_at.is_some()).map(|row| &row.reference).collect();
    let known = leads::table
        .filter(leads::reference.eq_any(accepted))
        .order(leads::id)
        .select((leads::id, leads::program_id, leads::assigned_to_id, leads::accepted_at))
        .load::<(i64, i64, Option<i64>, Option<Instant>)>(conn)?;
    let answers: Vec<NewAnswer> = known
        .into_iter()
        .map(|(lead_id, program_id, holder, accepted_at)| {
            let (organisation_id, answered_at) = holder.zip(accepted_at).ok_or(Error::LostRace)?;
            Ok(NewAnswer {
                lead_id,
                organisation_id,
                program_id,
                answer: "accepted",
                answered_at,
                answered_by: "portal generate",
                opened_after: Some(3 * 3600),
                answered_after: 5 * 3600,
                why: "",
            })
        })
        .collect::<Result<_>>()?;
    db::insert_all!(conn, lead_answers::table, answers);
    Ok(())
}
