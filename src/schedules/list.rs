//! Lists of schedules, the newest first, and the same as a file.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::model::{SOLD_THROUGH, Schedule, with_parties, within};
use crate::auth::{Part, Scope};
use crate::db::Conn;
use crate::db::schema::{customers, orders, organisations, schedules};
use crate::error::Result;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};
use crate::{names, newest_first, reference};

/// What the list's address carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct ScheduleQuery {
    /// Part of the customer's or the partner's name, or the reference of the schedule, or its order's
    /// number.
    pub q: String,
    /// The first and the last day on which it was issued.
    pub from: String,
    pub to: String,
    /// The reference of a customer.
    pub customer: String,
    #[serde(skip_serializing)]
    pub page: String,
}

impl ScheduleQuery {
    pub(super) fn is_filtered(&self) -> bool {
        let fields = [&self.q, &self.from, &self.to, &self.customer];
        fields.iter().any(|field| !field.trim().is_empty())
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }

    fn day(text: &str) -> Option<NaiveDate> {
        NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()
    }
}

/// The schedules that the person may see: from a row on, at most so many.
pub(super) fn list_for(
    scope: &Scope,
    list: &ScheduleQuery,
    cursor: Option<&Cursor>,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<Schedule>> {
    let mut query = within!(with_parties!().into_boxed(), scope);
    let sought = names::fold(&list.q);
    if !sought.is_empty() {
        let pattern = format!("%{}%", names::escape_like(&sought));
        query = query.filter(
            schedules::reference
                .eq(reference::normalise(&list.q))
                .or(orders::external_number.eq(list.q.trim()))
                .or(customers::name_key.like(pattern.clone()).escape('\\'))
                .or(organisations::name_key.like(pattern).escape('\\')),
        );
    }
    if let Some(day) = ScheduleQuery::day(&list.from) {
        query = query.filter(schedules::issued_on.ge(day));
    }
    if let Some(day) = ScheduleQuery::day(&list.to) {
        query = query.filter(schedules::issued_on.le(day));
    }
    if !list.customer.is_empty() {
        query = query.filter(customers::reference.eq(&list.customer));
    }
    let query = newest_first!(query, schedules::issued_at, schedules::reference, cursor, most);
    Ok(query.load(conn)?)
}

/// Where a page after this schedule goes on.
pub(super) fn sort_key(schedule: &Schedule) -> (String, String) {
    Cursor::key_of(schedule.issued_at, &schedule.reference)
}

/// All schedules that the filters leave, as a file.
pub(super) struct SchedulesFile {
    pub query: ScheduleQuery,
}

impl CsvList for SchedulesFile {
    fn file_name(&self, scope: &Scope) -> String {
        format!("schedules-{}-{}.csv", scope.program().slug, scope.today())
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        vec![
            "schedule",
            "issued_on",
            "order",
            "order_number",
            "distributor",
            "delivered_to",
            "reseller",
            "customer_reference",
            "customer",
            "customer_country",
            "lines",
        ]
    }

    fn part(
        &self,
        scope: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        let found = list_for(scope, &self.query, after, ROWS_AT_ONCE, conn)?;
        for schedule in &found {
            rows.row([
                schedule.reference.clone(),
                schedule.issued_on.to_string(),
                schedule.order_reference.clone(),
                schedule.order_number.clone(),
                schedule.distributor.clone().unwrap_or_default(),
                schedule.delivered_to.clone(),
                schedule.reseller.clone(),
                schedule.customer_reference.clone(),
                schedule.customer.clone(),
                schedule.country.clone(),
                schedule.lines.to_string(),
            ])?;
        }
        Ok(next_part(&found, sort_key))
    }
}
