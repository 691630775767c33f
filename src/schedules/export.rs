//! One schedule as a file: a row for each line, or JSON (docs/schedules.md).

use serde::Serialize;

use super::lines::{Line, support_plans};
use super::model::Schedule;
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::licences::rules::LineKind;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};

const HEADS: [&str; 22] = [
    "schedule",
    "issued_on",
    "order_number",
    "distributor",
    "delivered_to",
    "reseller",
    "customer",
    "customer_country",
    "line",
    "licence",
    "kind",
    "sku",
    "description",
    "support_plan",
    "quantity",
    "unit",
    "months",
    "starts_on",
    "ends_on",
    "serial_number",
    "warranty_starts_on",
    "warranty_ends_on",
];

/// All lines of a schedule, sent part by part.
pub(super) struct LinesFile {
    pub schedule: Schedule,
}

impl CsvList for LinesFile {
    fn file_name(&self, _: &Scope) -> String {
        format!("schedule-{}.csv", self.schedule.reference)
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        HEADS.to_vec()
    }

    fn part(
        &self,
        _: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        let lines = Line::some(self.schedule.id, after, ROWS_AT_ONCE, conn)?;
        for line in &lines {
            rows.row(cells(&self.schedule, line))?;
        }
        Ok(next_part(&lines, Line::sort_key))
    }
}

/// The same file in one piece, for a mail that carries it.
pub(super) fn whole_file(schedule: &Schedule, lines: &[Line]) -> Result<Vec<u8>> {
    let mut csv = Csv::with_heads(&HEADS)?;
    for line in lines {
        csv.row(cells(schedule, line))?;
    }
    csv.bytes()
}

fn cells(schedule: &Schedule, line: &Line) -> [String; 22] {
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let dates = line.issued();
    [
        schedule.reference.clone(),
        schedule.issued_on.to_string(),
        schedule.order_number.clone(),
        schedule.distributor.clone().unwrap_or_default(),
        schedule.delivered_to.clone(),
        schedule.reseller.clone(),
        schedule.customer.clone(),
        schedule.country.clone(),
        line.position.to_string(),
        line.licence.clone(),
        line.kind.to_string(),
        line.sku.clone(),
        line.product.clone(),
        if line.is_support_plan() { line.product.clone() } else { String::new() },
        line.quantity.to_string(),
        line.unit.clone(),
        line.months.map(|months| months.to_string()).unwrap_or_default(),
        day(dates.starts_on),
        day(dates.ends_on),
        line.serial_number.clone(),
        day(dates.warranty_starts_on),
        day(dates.warranty_ends_on),
    ]
}

/// A schedule for programs. The names of its fields stay as they are.
#[derive(Serialize)]
pub(super) struct Json<'a> {
    schedule: &'a str,
    program: &'a str,
    issued_on: chrono::NaiveDate,
    order: JsonOrder<'a>,
    distributor: Option<&'a str>,
    delivered_to: Option<&'a str>,
    reseller: &'a str,
    customer: JsonCustomer<'a>,
    support_plans: Vec<String>,
    lines: Vec<JsonLine<'a>>,
}

#[derive(Serialize)]
struct JsonOrder<'a> {
    reference: &'a str,
    number: &'a str,
}

#[derive(Serialize)]
struct JsonCustomer<'a> {
    reference: &'a str,
    name: &'a str,
    country: &'a str,
}

#[derive(Serialize)]
struct JsonLine<'a> {
    line: i32,
    licence: &'a str,
    kind: LineKind,
    sku: &'a str,
    description: &'a str,
    quantity: i32,
    unit: &'a str,
    months: Option<i32>,
    starts_on: Option<chrono::NaiveDate>,
    ends_on: Option<chrono::NaiveDate>,
    serial_number: Option<&'a str>,
    warranty_starts_on: Option<chrono::NaiveDate>,
    warranty_ends_on: Option<chrono::NaiveDate>,
}

impl<'a> Json<'a> {
    pub(super) fn of(schedule: &'a Schedule, lines: &'a [Line], scope: &'a Scope) -> Self {
        let some = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        let line = |line: &'a Line| {
            let dates = line.issued();
            JsonLine {
                line: line.position,
                licence: &line.licence,
                kind: line.kind,
                sku: &line.sku,
                description: &line.product,
                quantity: line.quantity,
                unit: &line.unit,
                months: line.months,
                starts_on: dates.starts_on,
                ends_on: dates.ends_on,
                serial_number: some(&line.serial_number),
                warranty_starts_on: dates.warranty_starts_on,
                warranty_ends_on: dates.warranty_ends_on,
            }
        };
        Self {
            schedule: &schedule.reference,
            program: &scope.program().slug,
            issued_on: schedule.issued_on,
            order: JsonOrder {
                reference: &schedule.order_reference,
                number: &schedule.order_number,
            },
            distributor: schedule.distributor.as_deref(),
            delivered_to: some(&schedule.delivered_to),
            reseller: &schedule.reseller,
            customer: JsonCustomer {
                reference: &schedule.customer_reference,
                name: &schedule.customer,
                country: &schedule.country,
            },
            support_plans: support_plans(lines),
            lines: lines.iter().map(line).collect(),
        }
    }
}
