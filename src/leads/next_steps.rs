//! What partners mean to do next with the leads that they are at work on, the next day first. The step
//! of the newest activity is kept beside the lead while its partner works on it: what was planned and done
//! before is not looked through.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::activities::NewActivity;
use super::model::{Lead, with_all};
use crate::auth::Scope;
use crate::calendar::add_days;
use crate::db::schema::{categories, lead_next_steps, leads, organisations, products};
use crate::db::{Conn, Keep, padded};
use crate::error::Result;
use crate::keyset;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};

/// Of the filter: before today.
pub(super) const OVERDUE: &str = "overdue";
/// Of the filter: from Monday to Sunday of this week.
pub(super) const THIS_WEEK: &str = "week";

/// What the address of the list carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct StepsQuery {
    /// Nothing, [`OVERDUE`] or [`THIS_WEEK`].
    pub due: String,
    #[serde(skip_serializing)]
    pub page: String,
}

impl StepsQuery {
    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }

    /// The first and the last day that are looked at.
    fn days(&self, today: NaiveDate) -> (Option<NaiveDate>, Option<NaiveDate>) {
        match self.due.as_str() {
            OVERDUE => (None, Some(add_days(today, -1))),
            THIS_WEEK => {
                let monday = add_days(today, -i64::from(today.weekday().num_days_from_monday()));
                (Some(monday), Some(add_days(monday, 6)))
            }
            _ => (None, None),
        }
    }
}

/// Keeps what a new activity says of the next step, in place of what was said before; call it in the
/// transaction of the change.
pub(super) fn plan(
    lead: &Lead,
    organisation_id: i64,
    new: &NewActivity,
    conn: &mut Conn,
) -> Result<()> {
    forget(lead, conn)?;
    let Some(due_on) = new.next_on else { return Ok(()) };
    let row = (
        lead_next_steps::lead_id.eq(lead.id),
        lead_next_steps::reference.eq(&lead.reference),
        lead_next_steps::program_id.eq(lead.program_id),
        lead_next_steps::organisation_id.eq(organisation_id),
        lead_next_steps::due_on.eq(due_on),
        lead_next_steps::step.eq(&new.next_step),
    );
    diesel::insert_into(lead_next_steps::table).values(row).execute(conn)?;
    Ok(())
}

/// Nothing is to be done any more, or by somebody else, who does not read what was planned.
pub(super) fn forget(lead: &Lead, conn: &mut Conn) -> Result<()> {
    diesel::delete(lead_next_steps::table.find(lead.id)).execute(conn)?;
    Ok(())
}

/// A lead, and what is to be done next with it.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub lead: Lead,
    pub due_on: NaiveDate,
    pub step: String,
}

/// The next steps with the leads that the person may see, the earliest first: two queries.
pub(super) fn list_for(
    scope: &Scope,
    list: &StepsQuery,
    cursor: Option<&Cursor>,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<Planned>> {
    let mut query = lead_next_steps::table
        .select((lead_next_steps::lead_id, lead_next_steps::due_on, lead_next_steps::step))
        .filter(lead_next_steps::program_id.eq(scope.program().id))
        .into_boxed();
    if !scope.is_vendor() {
        query = query.filter(lead_next_steps::organisation_id.eq(Lead::holder(scope)?));
    }
    let (first, last) = list.days(scope.today());
    if let Some(first) = first {
        query = query.filter(lead_next_steps::due_on.ge(first));
    }
    if let Some(last) = last {
        query = query.filter(lead_next_steps::due_on.le(last));
    }
    let (due_on, reference) = (lead_next_steps::due_on, lead_next_steps::reference);
    let query = keyset!(rising: query, due_on, reference, cursor, most, day_of_cursor);
    let steps: Vec<(i64, NaiveDate, String)> = query.kept().load(conn)?;
    with_leads(steps, conn)
}

fn with_leads(steps: Vec<(i64, NaiveDate, String)>, conn: &mut Conn) -> Result<Vec<Planned>> {
    if steps.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = steps.iter().map(|(id, _, _)| *id).collect();
    let found: Vec<Lead> = with_all!().filter(leads::id.eq_any(padded(&ids))).kept().load(conn)?;
    let mut by_id: HashMap<i64, Lead> = found.into_iter().map(|lead| (lead.id, lead)).collect();
    let planned = |(id, due_on, step)| Some(Planned { lead: by_id.remove(&id)?, due_on, step });
    Ok(steps.into_iter().filter_map(planned).collect())
}

fn day_of_cursor(cursor: &Cursor) -> Option<NaiveDate> {
    cursor.key.parse().ok()
}

/// Where a page after this one goes on.
pub(super) fn sort_key(planned: &Planned) -> (String, String) {
    (planned.due_on.to_string(), planned.lead.reference.clone())
}

/// All next steps that the filter leaves.
pub(super) struct StepsFile {
    pub query: StepsQuery,
}

const HEADS: [&str; 9] = [
    "due_on",
    "overdue",
    "next_step",
    "reference",
    "status",
    "company",
    "contact_name",
    "email",
    "phone",
];

impl CsvList for StepsFile {
    fn file_name(&self, scope: &Scope) -> String {
        format!("next-steps-{}.csv", scope.program().slug)
    }

    fn heads(&self, scope: &Scope) -> Vec<&'static str> {
        let partner = scope.is_vendor().then_some("partner");
        HEADS.into_iter().chain(partner).collect()
    }

    fn part(
        &self,
        scope: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        let found = list_for(scope, &self.query, after, ROWS_AT_ONCE, conn)?;
        for planned in &found {
            rows.row(cells(planned, scope))?;
        }
        Ok(next_part(&found, sort_key))
    }
}

fn cells(planned: &Planned, scope: &Scope) -> Vec<String> {
    let lead = &planned.lead;
    let details = lead.details_for(scope);
    let hidden = |cell: fn(&super::Details) -> &str| details.map_or("", cell).to_owned();
    let overdue = planned.due_on < scope.today();
    let mut cells = vec![
        planned.due_on.to_string(),
        if overdue { "yes" } else { "no" }.to_owned(),
        planned.step.clone(),
        lead.reference.clone(),
        lead.status.to_string(),
        hidden(|one| &one.company),
        hidden(|one| &one.contact_name),
        hidden(|one| &one.email),
        hidden(|one| &one.phone),
    ];
    if scope.is_vendor() {
        cells.push(lead.partner_name().to_owned());
    }
    cells
}
