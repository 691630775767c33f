//! Running totals by last day, kept beside the lines: a vendor's page adds up some hundred rows
//! instead of a million lines.
//!
//! Each change of a line is written as rows that add up (what it counted as before taken off, what
//! it counts as now put on), so that two orders at once never wait for one another's total. A
//! nightly sweep folds the rows of a day into one.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::auth::Program;
use crate::db::schema::licence_tallies;
use crate::db::{self, Conn};
use crate::error::Result;

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

/// What the lines count as at this moment, put on or taken off: once for the program and once for
/// the distributor that they were bought through.
fn note(ids: &[i64], sign: i8, conn: &mut Conn) -> Result<()> {
    for chunk in ids.chunks(db::ROWS_PER_STATEMENT) {
        let list: Vec<String> = chunk.iter().map(i64::to_string).collect();
        let list = list.join(", ");
        let of = |distributor: &str, but: &str| {
            format!(
                "SELECT program_id, {distributor}, due_on, currency, {sign} * COUNT(*), \
                 {sign} * COUNT(renewed_by_id), \
                 CAST({sign} * SUM(CASE WHEN renewed_by_id IS NULL \
                     THEN quantity * unit_price_minor ELSE 0 END) AS BIGINT), \
                 CAST({sign} * SUM(CASE WHEN renewed_by_id IS NULL THEN 0 \
                     ELSE quantity * unit_price_minor END) AS BIGINT) \
                 FROM licences WHERE id IN ({list}) {but} \
                 GROUP BY program_id, {group} due_on, currency",
                group = if but.is_empty() { "" } else { "distributor_id," },
            )
        };
        diesel::sql_query(format!(
            "INSERT INTO licence_tallies (program_id, distributor_id, due_on, currency, lines, \
             renewed, open_minor, renewed_minor) {} UNION ALL {}",
            of("CAST(NULL AS BIGINT)", ""),
            of("distributor_id", "AND distributor_id IS NOT NULL"),
        ))
        .execute(conn)?;
    }
    Ok(())
}

/// Days folded in one transaction.
const DAYS: i64 = 50;

/// Whose lines, and in which currency.
type Key = (Option<i64>, NaiveDate, String);

#[derive(Insertable)]
#[diesel(table_name = licence_tallies)]
struct Tally {
    program_id: i64,
    distributor_id: Option<i64>,
    due_on: NaiveDate,
    currency: String,
    lines: i64,
    renewed: i64,
    open_minor: i64,
    renewed_minor: i64,
}

type Row = (i64, Option<i64>, NaiveDate, String, i64, i64, i64, i64);

/// Folds the rows of some days that have more than one each into one; gives how many rows are
/// gone. Run until it gives 0. The totals are the same before and after.
pub fn fold_tallies(program: &Program, conn: &mut Conn) -> Result<usize> {
    let days: Vec<NaiveDate> = licence_tallies::table
        .filter(licence_tallies::program_id.eq(program.id))
        .group_by((
            licence_tallies::distributor_id,
            licence_tallies::due_on,
            licence_tallies::currency,
        ))
        .having(diesel::dsl::count_star().gt(1))
        .select(licence_tallies::due_on)
        .limit(DAYS)
        .load(conn)?;
    if days.is_empty() {
        return Ok(0);
    }
    let rows: Vec<Row> = licence_tallies::table
        .filter(licence_tallies::program_id.eq(program.id))
        .filter(licence_tallies::due_on.eq_any(&days))
        .select((
            licence_tallies::id,
            licence_tallies::distributor_id,
            licence_tallies::due_on,
            licence_tallies::currency,
            licence_tallies::lines,
            licence_tallies::renewed,
            licence_tallies::open_minor,
            licence_tallies::renewed_minor,
        ))
        .load(conn)?;
    let mut sums = BTreeMap::<Key, [i64; 4]>::new();
    for (_, distributor_id, due_on, currency, lines, renewed, open, taken_over) in &rows {
        let sum = sums.entry((*distributor_id, *due_on, currency.clone())).or_default();
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
        .map(|((distributor_id, due_on, currency), [lines, renewed, open_minor, renewed_minor])| {
            let program_id = program.id;
            Tally {
                program_id,
                distributor_id,
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
