//! Changes of licences that orders cause: lines come into being, renew others, and end trials.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::rules::{LineDates, LineKind, trial_end_before};
use super::{CREATED, NO_END, RENEWED, TRIAL_ENDED, tally};
use crate::audit::{self, By, Change, Subject};
use crate::calendar::Term;
use crate::clock::Instant;
use crate::db::schema::{customers, licences, products};
use crate::db::{self, Conn};
use crate::error::{Error, Result};

/// A line to be added. NULL is written as NULL, so that SQLite takes many rows in one statement.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = licences, treat_none_as_default_value = false)]
pub struct NewLicence {
    pub reference: String,
    pub program_id: i64,
    pub order_id: i64,
    pub position: i32,
    pub reseller_id: i64,
    pub distributor_id: Option<i64>,
    pub customer_id: i64,
    pub product_id: i64,
    pub sku: String,
    pub quantity: i32,
    pub kind: LineKind,
    pub months: Option<i32>,
    pub unit_price_minor: i64,
    pub currency: String,
    pub processed_on: NaiveDate,
    pub activated_on: Option<NaiveDate>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub due_on: NaiveDate,
    pub base_id: Option<i64>,
    pub serial_number: String,
    pub warranty_starts_on: Option<NaiveDate>,
    pub warranty_ends_on: Option<NaiveDate>,
}

impl NewLicence {
    /// Takes over what the rule decided.
    pub fn date(&mut self, dates: &LineDates) {
        self.starts_on = dates.starts_on;
        self.ends_on = dates.ends_on;
        self.due_on = dates.ends_on.unwrap_or(NO_END);
        self.warranty_starts_on = dates.warranty.map(|term| term.starts_on);
        self.warranty_ends_on = dates.warranty.map(|term| term.ends_on);
    }

    /// The start of a paid term, which ends trials of the same product.
    pub fn paid_start(&self) -> Option<TrialEnd> {
        Some(TrialEnd {
            customer_id: self.customer_id,
            product_id: self.product_id,
            paid_start: self.starts_on.filter(|_| self.kind == LineKind::New)?,
        })
    }
}

/// Adds lines and gives their ids in order; `names` are what their histories call them.
pub fn add_all(
    lines: &[NewLicence],
    names: &[String],
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<Vec<i64>> {
    db::insert_all!(conn, licences::table, lines);
    let mut ids = HashMap::with_capacity(lines.len());
    for chunk in lines.chunks(db::ROWS_PER_STATEMENT) {
        let references = chunk.iter().map(|line| line.reference.as_str());
        let found: Vec<(String, i64)> = licences::table
            .filter(licences::reference.eq_any(references))
            .select((licences::reference, licences::id))
            .load(conn)?;
        ids.extend(found);
    }
    let ids: Vec<i64> = lines
        .iter()
        .map(|line| ids.get(&line.reference).copied())
        .collect::<Option<_>>()
        .ok_or_else(|| Error::internal("a line that was added cannot be found"))?;
    let terms: Vec<String> =
        lines.iter().map(|line| term_words(line.starts_on, line.ends_on)).collect();
    let created: Vec<(Subject, Change)> = lines
        .iter()
        .zip(names)
        .zip(ids.iter().zip(&terms))
        .map(|((line, name), (id, term))| {
            let line = subject(*id, &line.reference, name, line.program_id, line.reseller_id);
            let change = Change { to: term, ..Change::default() };
            (line, change)
        })
        .collect();
    audit::record_all(by, &CREATED, &created, now, conn)?;
    tally::count(&ids, conn)?;
    Ok(ids)
}

/// A licence and the one that renews it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewed {
    pub base_id: i64,
    pub renewal_id: i64,
    pub renewal: String,
}

/// Marks licences as renewed, with the lines that added units to them in mid-term: the renewal
/// covers those too. A conflict where another renewal was first.
pub fn mark_renewed(all: &[Renewed], by: By<'_>, now: Instant, conn: &mut Conn) -> Result<()> {
    for chunk in all.chunks(db::ROWS_PER_STATEMENT) {
        let bases: HashMap<i64, &Renewed> = chunk.iter().map(|one| (one.base_id, one)).collect();
        let ids: Vec<i64> = bases.keys().copied().collect();
        let changes =
            licences::base_id.eq_any(ids.clone()).and(licences::kind.eq(LineKind::Change));
        let rows: Vec<(Named, Option<i64>)> = licences::table
            .inner_join(customers::table)
            .inner_join(products::table)
            .filter(licences::renewed_by_id.is_null())
            .filter(licences::id.eq_any(ids).or(changes.assume_not_null()))
            .select((NAMED, licences::base_id))
            .load(conn)?;
        let marked: Vec<(&Named, &Renewed)> = rows
            .iter()
            .filter_map(|(row, base)| {
                let renewed = bases.get(&row.0).or_else(|| bases.get(&(*base)?));
                Some((row, *renewed?))
            })
            .collect();
        let found = marked.iter().filter(|(row, one)| row.0 == one.base_id);
        if found.count() < chunk.len() {
            return Err(Error::conflict(
                "A licence that is renewed here was renewed by another order meanwhile: look at it \
                 again.",
            ));
        }
        mark_rows(&marked, by, now, conn)?;
    }
    Ok(())
}

fn mark_rows(
    marked: &[(&Named, &Renewed)],
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let ids: Vec<i64> = marked.iter().map(|(row, _)| row.0).collect();
    tally::keeping(&ids, conn, |conn| {
        for (row, renewed) in marked {
            diesel::update(licences::table.find(row.0))
                .set(licences::renewed_by_id.eq(renewed.renewal_id))
                .execute(conn)?;
        }
        Ok(())
    })?;
    let names: Vec<String> = marked.iter().map(|(row, _)| name_of(row)).collect();
    let history: Vec<(Subject, Change)> = marked
        .iter()
        .zip(&names)
        .map(|((row, renewed), name)| {
            let change = Change { to: &renewed.renewal, ..Change::default() };
            (subject(row.0, &row.1, name, row.2, row.3), change)
        })
        .collect();
    audit::record_all(by, &RENEWED, &history, now, conn)
}

/// A paid term that starts: trials of the same customer and product end the day before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrialEnd {
    pub customer_id: i64,
    pub product_id: i64,
    pub paid_start: NaiveDate,
}

type TrialRow = (Named, i64, i64, Option<NaiveDate>, Option<NaiveDate>);

/// Ends the running trials that paid terms take over from.
pub fn end_trials(starts: &[TrialEnd], by: By<'_>, now: Instant, conn: &mut Conn) -> Result<()> {
    for chunk in starts.chunks(db::ROWS_PER_STATEMENT) {
        let trials: Vec<TrialRow> = licences::table
            .inner_join(customers::table)
            .inner_join(products::table)
            .filter(licences::customer_id.eq_any(chunk.iter().map(|one| one.customer_id)))
            .filter(licences::kind.eq(LineKind::Trial))
            .filter(licences::ends_on.is_not_null())
            .select((
                NAMED,
                licences::customer_id,
                licences::product_id,
                licences::starts_on,
                licences::ends_on,
            ))
            .load(conn)?;
        for (row, customer_id, product_id, starts_on, ends_on) in &trials {
            let (Some(starts_on), Some(ends_on)) = (*starts_on, *ends_on) else {
                continue;
            };
            let term = Term { starts_on, ends_on };
            let takes_over =
                |one: &&TrialEnd| one.customer_id == *customer_id && one.product_id == *product_id;
            let end = chunk
                .iter()
                .filter(takes_over)
                .map(|one| trial_end_before(one.paid_start, term))
                .min()
                .filter(|end| *end < ends_on);
            if let Some(end) = end {
                end_trial(row, ends_on, end, by, now, conn)?;
            }
        }
    }
    Ok(())
}

fn end_trial(
    row: &Named,
    was: NaiveDate,
    end: NaiveDate,
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    tally::keeping(&[row.0], conn, |conn| {
        let dates = (licences::ends_on.eq(end), licences::due_on.eq(end));
        Ok(diesel::update(licences::table.find(row.0)).set(dates).execute(conn)?)
    })?;
    let change = Change { from: &was.to_string(), to: &end.to_string(), why: "" };
    let name = name_of(row);
    let trial = subject(row.0, &row.1, &name, row.2, row.3);
    audit::record(by, &TRIAL_ENDED, trial, change, now, conn)
}

/// What the history needs of a line: id, reference, program, reseller, product and customer.
pub(super) type Named = (i64, String, i64, i64, String, String);

pub(super) const NAMED: (
    licences::id,
    licences::reference,
    licences::program_id,
    licences::reseller_id,
    products::name,
    customers::name,
) = (
    licences::id,
    licences::reference,
    licences::program_id,
    licences::reseller_id,
    products::name,
    customers::name,
);

/// What a line is called in its history.
pub fn line_name(product: &str, customer: &str) -> String {
    format!("{product} for {customer}")
}

pub(super) fn name_of(row: &Named) -> String {
    line_name(&row.4, &row.5)
}

pub(super) fn subject<'a>(
    id: i64,
    reference: &'a str,
    name: &'a str,
    program_id: i64,
    reseller_id: i64,
) -> Subject<'a> {
    Subject {
        kind: "licence",
        id,
        reference,
        name,
        program_id: Some(program_id),
        organisation_id: Some(reseller_id),
    }
}

/// A term as the history keeps it.
pub(super) fn term_words(starts_on: Option<NaiveDate>, ends_on: Option<NaiveDate>) -> String {
    match (starts_on, ends_on) {
        (Some(start), Some(end)) => format!("{start} to {end}"),
        (Some(start), None) => format!("from {start}"),
        _ => String::new(),
    }
}
