//! Synthetic quotes: the answer to each inquiry that was not withdrawn and does not wait.

use std::collections::HashMap;

use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use diesel::prelude::*;

use super::inquiries::Drawn;
use crate::calendar;
use crate::clock::Instant;
use crate::db::schema::{quote_levels, quote_lines, quote_revisions, quotes};
use crate::db::{self, Conn, ROWS_PER_STATEMENT};
use crate::error::{Error, Result};
use crate::percent::BasisPoints;
use crate::pricing::quotes::QuoteStatus;
use crate::pricing::waterfall::LevelKind;

/// What takes part of the price off, in this order: level, share and rule.
const LEVELS: [(LevelKind, i32, &str); 2] = [
    (LevelKind::Program, 2_000, "A rule that was generated"),
    (LevelKind::Distributor, 750, "A share that was generated"),
];
const VALID_DAYS: i64 = 30;
const BY: &str = "portal generate";

#[derive(Insertable)]
#[diesel(table_name = quotes)]
struct NewQuote<'a> {
    reference: &'a str,
    program_id: i64,
    inquiry_id: i64,
    quoter_id: i64,
    reseller_id: i64,
    customer_name: &'a str,
    customer_key: &'a str,
    customer_country: &'a str,
    currency: &'a str,
    status: QuoteStatus,
    created_at: Instant,
    created_by: &'static str,
    sent_at: Instant,
    valid_until_on: NaiveDate,
    msrp_minor: i64,
    net_minor: i64,
    why: &'static str,
    revision: i64,
}

#[derive(Insertable)]
#[diesel(table_name = quote_revisions)]
struct NewRevision {
    quote_id: i64,
    number: i32,
    status: &'static str,
    valid_until_on: NaiveDate,
    note: &'static str,
    private_note: &'static str,
    promotion_codes: &'static str,
    priced_at: Instant,
    msrp_minor: i64,
    net_minor: i64,
    sent_at: Instant,
    sent_by: &'static str,
    edition: i64,
}

#[derive(Insertable)]
#[diesel(table_name = quote_lines)]
struct NewQuoteLine<'a> {
    revision_id: i64,
    position: i32,
    product_id: i64,
    kind: &'static str,
    quantity: i32,
    months: i32,
    sku: &'a str,
    unit_minor: i64,
    msrp_minor: i64,
    quoter_basis_points: i32,
    net_minor: i64,
    remarks: &'static str,
}

#[derive(Insertable)]
#[diesel(table_name = quote_levels)]
struct NewLevel {
    quote_line_id: i64,
    position: i32,
    level: LevelKind,
    basis_points: i32,
    amount_minor: i64,
    rule: &'static str,
    effective_on: NaiveDate,
    approved_by: &'static str,
}

/// An inquiry with its id.
pub(super) type Asked<'a> = (i64, &'a Drawn);

/// What is quoted for one inquiry.
struct Answer<'a> {
    asked: &'a Asked<'a>,
    sent_at: Instant,
    valid_until_on: NaiveDate,
    lines: Vec<Priced>,
}

/// What each level takes off a line, and what is left.
struct Priced {
    amounts: [i64; LEVELS.len()],
    net_minor: i64,
}

/// Answers inquiries in the transaction that writes them.
pub(super) fn answer(asked: &[Asked<'_>], zone: Tz, conn: &mut Conn) -> Result<()> {
    let answers: Vec<(QuoteStatus, Answer<'_>)> = asked
        .iter()
        .filter_map(|asked| Some((status(asked.1.inquiry.status)?, Answer::to(asked, zone))))
        .collect();
    let rows: Vec<NewQuote<'_>> =
        answers.iter().map(|(status, answer)| answer.quote(*status)).collect();
    db::insert_all!(conn, quotes::table, rows);
    let inquiry_ids: Vec<Option<i64>> = answers.iter().map(|(_, one)| Some(one.asked.0)).collect();
    let quote_ids: HashMap<Option<i64>, i64> = quotes::table
        .filter(quotes::inquiry_id.eq_any(inquiry_ids))
        .select((quotes::inquiry_id, quotes::id))
        .load::<(Option<i64>, i64)>(conn)?
        .into_iter()
        .collect();
    let mut revisions = Vec::with_capacity(answers.len());
    for (_, answer) in &answers {
        let quote_id = *quote_ids.get(&Some(answer.asked.0)).ok_or(Error::LostRace)?;
        revisions.push(answer.revision(quote_id));
    }
    db::insert_all!(conn, quote_revisions::table, revisions);
    let all: Vec<i64> = quote_ids.values().copied().collect();
    let revision_ids: HashMap<i64, i64> = quote_revisions::table
        .filter(quote_revisions::quote_id.eq_any(all))
        .select((quote_revisions::quote_id, quote_revisions::id))
        .load::<(i64, i64)>(conn)?
        .into_iter()
        .collect();
    let mut quoted = Vec::with_capacity(answers.len());
    for (revision, (_, answer)) in revisions.iter().zip(&answers) {
        quoted.push((*revision_ids.get(&revision.quote_id).ok_or(Error::LostRace)?, answer));
    }
    insert_lines(&quoted, zone, conn)
}

fn status(inquiry: &str) -> Option<QuoteStatus> {
    match inquiry {
        "quoted" => Some(QuoteStatus::Sent),
        "accepted" => Some(QuoteStatus::Accepted),
        "declined" => Some(QuoteStatus::Declined),
        "expired" => Some(QuoteStatus::Expired),
        _ => None,
    }
}

fn insert_lines(quoted: &[(i64, &Answer<'_>)], zone: Tz, conn: &mut Conn) -> Result<()> {
    let rows: Vec<NewQuoteLine<'_>> =
        quoted.iter().flat_map(|(revision_id, answer)| answer.lines(*revision_id)).collect();
    db::insert_all!(conn, quote_lines::table, rows);
    let mut ids = HashMap::<(i64, i32), i64>::new();
    for chunk in quoted.chunks(ROWS_PER_STATEMENT) {
        let revisions: Vec<i64> = chunk.iter().map(|(id, _)| *id).collect();
        let found: Vec<(i64, i32, i64)> = quote_lines::table
            .filter(quote_lines::revision_id.eq_any(revisions))
            .select((quote_lines::revision_id, quote_lines::position, quote_lines::id))
            .load(conn)?;
        ids.extend(found.into_iter().map(|(revision, place, id)| ((revision, place), id)));
    }
    let mut levels = Vec::with_capacity(rows.len() * LEVELS.len());
    for (revision_id, answer) in quoted {
        let effective_on = calendar::day_of(answer.sent_at.utc(), zone);
        for (line, priced) in answer.asked.1.lines.iter().zip(&answer.lines) {
            let place = (*revision_id, line.position);
            let quote_line_id = *ids.get(&place).ok_or(Error::LostRace)?;
            for ((position, amount_minor), (level, basis_points, rule)) in
                (1..).zip(priced.amounts).zip(LEVELS)
            {
                levels.push(NewLevel {
                    quote_line_id,
                    position,
                    level,
                    basis_points,
                    amount_minor,
                    rule,
                    effective_on,
                    approved_by: BY,
                });
            }
        }
    }
    db::insert_all!(conn, quote_levels::table, levels);
    Ok(())
}

impl Priced {
    fn of(msrp_minor: i64) -> Self {
        let mut net_minor = msrp_minor;
        let amounts = LEVELS.map(|(_, points, _)| {
            let amount = BasisPoints::new(points).unwrap_or_default().of(net_minor);
            net_minor -= amount;
            amount
        });
        Self { amounts, net_minor }
    }
}

impl<'a> Answer<'a> {
    fn to(asked: &'a Asked<'a>, zone: Tz) -> Self {
        let sent_at = asked.1.inquiry.submitted_at + Duration::hours(5);
        Self {
            asked,
            sent_at,
            valid_until_on: calendar::day_of(sent_at.utc(), zone) + Duration::days(VALID_DAYS),
            lines: asked.1.lines.iter().map(|line| Priced::of(line.msrp_minor)).collect(),
        }
    }

    fn net_minor(&self) -> i64 {
        self.lines.iter().map(|line| line.net_minor).sum()
    }

    fn quote(&self, status: QuoteStatus) -> NewQuote<'a> {
        let (inquiry_id, drawn) = self.asked;
        let inquiry = &drawn.inquiry;
        NewQuote {
            reference: &drawn.quote,
            program_id: inquiry.program_id,
            inquiry_id: *inquiry_id,
            quoter_id: inquiry.quoter_id,
            reseller_id: inquiry.reseller_id,
            customer_name: &inquiry.customer_name,
            customer_key: &inquiry.customer_key,
            customer_country: inquiry.customer_country,
            currency: &inquiry.currency,
            status,
            created_at: self.sent_at,
            created_by: BY,
            sent_at: self.sent_at,
            valid_until_on: self.valid_until_on,
            msrp_minor: inquiry.msrp_minor,
            net_minor: self.net_minor(),
            why: "",
            revision: 2,
        }
    }

    fn revision(&self, quote_id: i64) -> NewRevision {
        NewRevision {
            quote_id,
            number: 1,
            status: "sent",
            valid_until_on: self.valid_until_on,
            note: "",
            private_note: "",
            promotion_codes: "",
            priced_at: self.sent_at,
            msrp_minor: self.asked.1.inquiry.msrp_minor,
            net_minor: self.net_minor(),
            sent_at: self.sent_at,
            sent_by: BY,
            edition: 1,
        }
    }

    fn lines(&self, revision_id: i64) -> impl Iterator<Item = NewQuoteLine<'a>> {
        let [_, (_, quoter_basis_points, _)] = LEVELS;
        self.asked.1.lines.iter().zip(&self.lines).map(move |(line, priced)| NewQuoteLine {
            revision_id,
            position: line.position,
            product_id: line.product_id,
            kind: line.kind,
            quantity: line.quantity,
            months: line.months,
            sku: &line.sku,
            unit_minor: line.unit_minor,
            msrp_minor: line.msrp_minor,
            quoter_basis_points,
            net_minor: priced.net_minor,
            remarks: "{\"refused\":[],\"displaced\":[]}",
        })
    }
}
