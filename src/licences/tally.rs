//! Running totals of what can be renewed by its last day, kept beside the lines: a vendor's page
//! adds up some hundred rows instead of a million lines.
//!
//! Each change of a line is written as rows that add up (what it counted as before taken off, what
//! it counts as now put on), so that two orders at once never wait for one another's total. A
//! nightly sweep folds the rows of a day, and of a month, into one.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::rules::LineKind;
use crate::auth::Program;
use crate::db::schema::licence_tallies;
use crate::db::{self, Conn};
use crate::error::Result;
use crate::text_enum;

text_enum! {
    /// What one total is of.
    pub enum Span {
        /// The lines that end on a day.
        Day = "day",
        /// Those that end in a month, under its first day.
        Month = "month",
    }
}

/// Counts lines that were added to the table.
pub fn count(ids: &[i64], conn: &mut Conn) -> Result<()> {
    note(ids, 1, conn)
}

/// Runs a change of these lines and keeps the totals true.
pub fn keeping<T>(
    ids: &[i64],
    conn: &mut Conn,
    change: impl FnOnce(&mut Conn) -> Result<T>,
) -> Result<T> {
    note(ids, -1, conn)?;
    let outcome = change(conn)?;
    note(ids, 1, conn)?;
    Ok(outcome)
}

/// What the lines count as at this moment, put on or taken off: by day and by month, each once for
/// the program and once for the distributor that they were bought through.
fn note(ids: &[i64], sign: i8, conn: &mut Conn) -> Result<()> {
    let renewable = LineKind::RENEWABLE.map(|kind| format!("'{kind}'")).join(", ");
    let spans =
        [(Span::Day, "due_on".to_owned()), (Span::Month, db::first_of_month("due_on", conn))];
    for chunk in ids.chunks(db::ROWS_PER_STATEMENT) {
        let list: Vec<String> = chunk.iter().map(i64::to_string).collect();
        let list = list.join(", ");
        let of = |span: Span, day: &str, is_program: bool| {
            let (owner, group, but) = match is_program {
                true => ("CAST(NULL AS BIGINT)", "", ""),
                false => ("distributor_id", "distributor_id, ", "AND distributor_id IS NOT NULL"),
            };
            format!(
                "SELECT program_id, {owner}, '{span}', {day}, currency, {sign} * COUNT(*), \
                 {sign} * COUNT(renewed_by_id), \
                 CAST({sign} * SUM(CASE WHEN renewed_by_id IS NULL \
                     THEN quantity * unit_price_minor ELSE 0 END) AS BIGINT), \
                 CAST({sign} * SUM(CASE WHEN renewed_by_id IS NULL THEN 0 \
                     ELSE quantity * unit_price_minor END) AS BIGINT) \
                 FROM licences WHERE id IN ({list}) AND kind IN ({renewable}) \
                 AND ends_on IS NOT NULL {but} GROUP BY program_id, {group}{day}, currency"
            )
        };
        let totals: Vec<String> = spans
            .iter()
            .flat_map(|(span, day)| [true, false].map(|is_program| of(*span, day, is_program)))
            .collect();
        diesel::sql_query(format!(
            "INSERT INTO licence_tallies (program_id, distributor_id, span, due_on, currency, \
             lines, renewed, open_minor, renewed_minor) {}",
            totals.join(" UNION ALL "),
        ))
        .execute(conn)?;
    }
    Ok(())
}

/// Totals folded in one transaction.
const TOTALS: i64 = 50;

/// Whose lines, which ones, and in which currency.
type Key = (Option<i64>, Span, NaiveDate, String);

#[derive(Insertable)]
#[diesel(table_name = licence_tallies)]
struct Tally {
    program_id: i64,
    distributor_id: Option<i64>,
    span: Span,
    due_on: NaiveDate,
    currency: String,
    lines: i64,
    renewed: i64,
    open_minor: i64,
    renewed_minor: i64,
}

type Row = (i64, (Option<i64>, Span, NaiveDate, String), (i64, i64, i64, i64));

/// Folds the rows of some totals that have more than one each into one; gives how many rows are
/// gone. Run until it gives 0. The totals are the same before and after.
pub fn fold_tallies(program: &Program, conn: &mut Conn) -> Result<usize> {
    let (of, span) = (licence_tallies::program_id.eq(program.id), licence_tallies::span);
    let scattered: Vec<(Span, NaiveDate)> = licence_tallies::table
        .filter(of)
        .group_by((
            licence_tallies::distributor_id,
            span,
            licence_tallies::due_on,
            licence_tallies::currency,
        ))
        .having(diesel::dsl::count_star().gt(1))
        .select((span, licence_tallies::due_on))
        .limit(TOTALS)
        .load(conn)?;
    let mut gone = 0;
    for which in Span::ALL {
        let days = scattered.iter().filter(|(span, _)| span == which).map(|(_, day)| *day);
        let days: Vec<NaiveDate> = days.collect();
        if !days.is_empty() {
            gone += fold(program, *which, &days, conn)?;
        }
    }
    Ok(gone)
}

fn fold(program: &Program, span: Span, days: &[NaiveDate], conn: &mut Conn) -> Result<usize> {
    let rows: Vec<Row> = licence_tallies::table
        .filter(licence_tallies::program_id.eq(program.id))
        .filter(licence_tallies::span.eq(span))
        .filter(licence_tallies::due_on.eq_any(days))
        .select((
            licence_tallies::id,
            (
                licence_tallies::distributor_id,
                licence_tallies::span,
                licence_tallies::due_on,
                licence_tallies::currency,
            ),
            (
                licence_tallies::lines,
                licence_tallies::renewed,
                licence_tallies::open_minor,
                licence_tallies::renewed_minor,
            ),
        ))
        .load(conn)?;
    let mut sums = BTreeMap::<Key, [i64; 4]>::new();
    for (_, key, (lines, renewed, open, taken_over)) in &rows {
        let sum = sums.entry(key.clone()).or_default();
        for (total, part) in sum.iter_mut().zip([lines, renewed, open, taken_over]) {
            *total += part;
        }
    }
    for chunk in rows.chunks(db::ROWS_PER_STATEMENT) {
        let ids = chunk.iter().map(|row| row.0);
        diesel::delete(licence_tallies::table.filter(licence_tallies::id.eq_any(ids)))
            .execute(conn)?;
    }
    let folded: Vec<Tally> = sums
        .into_iter()
        .filter(|(_, sum)| *sum != [0; 4])
        .map(|((distributor_id, span, due_on, currency), sum)| {
            let [lines, renewed, open_minor, renewed_minor] = sum;
            Tally {
                program_id: program.id,
                distributor_id,
                span,
                due_on,
                currency,
                lines,
                renewed,
                open_minor,
                renewed_minor,
            }
        })
        .collect();
    let kept = folded.len();
    db::insert_all!(conn, licence_tallies::table, folded);
    Ok(rows.len() - kept)
}
