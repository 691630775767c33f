//! Revisions, their lines and levels as rows.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::RevisionStatus;
use super::priced::Priced;
use crate::clock::Instant;
use crate::db::schema::{quote_levels, quote_lines, quote_revisions};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::pricing::inquiries::Purpose;
use crate::pricing::waterfall::LevelKind;

/// A revision that begins as a draft.
pub(super) struct NewRevision<'a> {
    pub quote_id: i64,
    pub number: i32,
    pub valid_until_on: NaiveDate,
    pub note: &'a str,
    pub private_note: &'a str,
    pub codes: &'a [String],
}

#[derive(Insertable)]
#[diesel(table_name = quote_revisions)]
struct RevisionRow<'a> {
    quote_id: i64,
    number: i32,
    status: RevisionStatus,
    valid_until_on: NaiveDate,
    note: &'a str,
    private_note: &'a str,
    promotion_codes: String,
    price_list_id: i64,
    priced_at: Instant,
    msrp_minor: i64,
    net_minor: i64,
    sent_by: &'static str,
    edition: i64,
}

// NULL is written as NULL: SQLite takes many rows in one statement only without defaults.
#[derive(Insertable)]
#[diesel(table_name = quote_lines, treat_none_as_default_value = false)]
struct LineRow<'a> {
    revision_id: i64,
    position: i32,
    product_id: i64,
    kind: Purpose,
    quantity: i32,
    months: Option<i32>,
    base_id: Option<i64>,
    sku: &'a str,
    unit_minor: i64,
    msrp_minor: i64,
    quoter_basis_points: i32,
    net_minor: i64,
    remarks: String,
}

#[derive(Insertable)]
#[diesel(table_name = quote_levels)]
struct LevelRow<'a> {
    quote_line_id: i64,
    position: i32,
    level: LevelKind,
    basis_points: i32,
    amount_minor: i64,
    rule: &'a str,
    effective_on: NaiveDate,
    approved_by: &'a str,
}

/// Writes a new draft with its lines. Where another one of the quote is there already, this write
/// was not the first.
pub(super) fn insert(
    new: &NewRevision<'_>,
    priced: &Priced,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let row = RevisionRow {
        quote_id: new.quote_id,
        number: new.number,
        status: RevisionStatus::Draft,
        valid_until_on: new.valid_until_on,
        note: new.note,
        private_note: new.private_note,
        promotion_codes: new.codes.join(" "),
        price_list_id: priced.price_list_id,
        priced_at: now,
        msrp_minor: priced.msrp_minor,
        net_minor: priced.net_minor,
        sent_by: "",
        edition: 1,
    };
    let inserted =
        diesel::insert_into(quote_revisions::table).values(&row).returning(quote_revisions::id);
    let id: i64 = inserted.get_result(conn).map_err(db::first_elsewhere)?;
    insert_lines(id, priced, conn)
}

/// Puts new prices into a draft: another edition of it.
pub(super) fn replace(
    revision_id: i64,
    priced: &Priced,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    delete_lines(revision_id, conn)?;
    diesel::update(quote_revisions::table.find(revision_id))
        .set((
            quote_revisions::price_list_id.eq(Some(priced.price_list_id)),
            quote_revisions::priced_at.eq(now),
            quote_revisions::msrp_minor.eq(priced.msrp_minor),
            quote_revisions::net_minor.eq(priced.net_minor),
            quote_revisions::edition.eq(quote_revisions::edition + 1),
        ))
        .execute(conn)?;
    insert_lines(revision_id, priced, conn)
}

/// Deletes a draft.
pub(super) fn delete(revision_id: i64, conn: &mut Conn) -> Result<()> {
    delete_lines(revision_id, conn)?;
    let draft = quote_revisions::table
        .filter(quote_revisions::id.eq(revision_id))
        .filter(quote_revisions::status.eq(RevisionStatus::Draft));
    if diesel::delete(draft).execute(conn)? == 0 {
        return Err(Error::LostRace);
    }
    Ok(())
}

fn delete_lines(revision_id: i64, conn: &mut Conn) -> Result<()> {
    let of_revision = quote_lines::table.filter(quote_lines::revision_id.eq(revision_id));
    let levels = quote_levels::table
        .filter(quote_levels::quote_line_id.eq_any(of_revision.select(quote_lines::id)));
    diesel::delete(levels).execute(conn)?;
    diesel::delete(of_revision).execute(conn)?;
    Ok(())
}

fn insert_lines(revision_id: i64, priced: &Priced, conn: &mut Conn) -> Result<()> {
    let mut rows = Vec::with_capacity(priced.lines.len());
    for ((line, price), position) in priced.lines.iter().zip(1..) {
        rows.push(LineRow {
            revision_id,
            position,
            product_id: line.product_id,
            kind: line.kind,
            quantity: line.quantity,
            months: line.months,
            base_id: line.base_id,
            sku: &line.sku,
            unit_minor: price.unit_minor,
            msrp_minor: price.waterfall.msrp_minor,
            quoter_basis_points: line.own.get(),
            net_minor: price.waterfall.net_minor,
            remarks: serde_json::to_string(&price.remarks).map_err(Error::internal)?,
        });
    }
    db::insert_all!(conn, quote_lines::table, rows);
    let ids: Vec<(i32, i64)> = quote_lines::table
        .filter(quote_lines::revision_id.eq(revision_id))
        .select((quote_lines::position, quote_lines::id))
        .load(conn)?;
    let ids: HashMap<i32, i64> = ids.into_iter().collect();
    let mut levels = Vec::new();
    for ((_, price), place) in priced.lines.iter().zip(1..) {
        let quote_line_id = *ids.get(&place).ok_or(Error::LostRace)?;
        levels.extend(price.waterfall.steps.iter().zip(1..).map(|(step, position)| LevelRow {
            quote_line_id,
            position,
            level: step.level.kind,
            basis_points: step.level.percent.get(),
            amount_minor: step.amount_minor,
            rule: &step.level.rule,
            effective_on: step.level.effective_on,
            approved_by: &step.level.approved_by,
        }));
    }
    db::insert_all!(conn, quote_levels::table, levels);
    Ok(())
}
