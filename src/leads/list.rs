//! Lists of leads, the newest first: for the vendor by when they came, for a partner by when it got
//! them. What a partner may not see of a lead neither finds it nor orders it.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::model::{Lead, with_all};
use super::{LeadKind, LeadStatus};
use crate::auth::Scope;
use crate::calendar::add_days;
use crate::db::schema::{categories, enrolments, leads, organisations, products};
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::web::Cursor;
use crate::{keyset, names, newest_first, reference};

/// What a list's address carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct LeadQuery {
    /// Part of the company's name, or the reference.
    pub q: String,
    pub status: String,
    /// Part of the partner's name; for the vendor.
    pub partner: String,
    pub country: String,
    pub source: String,
    #[serde(skip_serializing)]
    pub page: String,
}

/// Of the status filter: whatever no partner has.
pub(super) const UNASSIGNED: &str = "unassigned";

impl LeadQuery {
    pub(super) fn is_filtered(&self) -> bool {
        [&self.q, &self.status, &self.partner, &self.country, &self.source]
            .iter()
            .any(|field| !field.trim().is_empty())
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }
}

/// The query for a list within a scope; a macro, because its type has no name.
macro_rules! matching {
    ($scope:expr, $list:expr) => {{
        let (scope, list): (&Scope, &LeadQuery) = ($scope, $list);
        let mut query = with_all!().filter(leads::program_id.eq(scope.program().id)).into_boxed();
        let sought = names::fold(&list.q);
        if !sought.is_empty() {
            let pattern = format!("%{}%", names::escape_like(&sought));
            let by_reference = leads::reference.eq(reference::normalise(&list.q));
            let by_name = leads::company_key.like(pattern).escape('\\');
            query = if scope.is_vendor() {
                query.filter(by_reference.or(by_name))
            } else {
                let own = leads::kind.eq(LeadKind::Generated);
                let seen = leads::opened_at.is_not_null().or(own);
                query.filter(by_reference.or(by_name.and(seen)))
            };
        }
        if !scope.is_vendor() {
            query = query.filter(leads::assigned_to_id.eq(Lead::holder(scope)?));
        } else if !names::fold(&list.partner).is_empty() {
            let pattern = format!("%{}%", names::escape_like(&names::fold(&list.partner)));
            let partners = enrolments::table
                .filter(enrolments::program_id.eq(scope.program().id))
                .filter(enrolments::name_key.like(pattern).escape('\\'))
                .select(enrolments::organisation_id.nullable());
            query = query.filter(leads::assigned_to_id.eq_any(partners));
        }
        if list.status == UNASSIGNED {
            query = query.filter(leads::status.eq_any([
                LeadStatus::New,
                LeadStatus::Recalled,
                LeadStatus::Declined,
            ]));
        } else if let Ok(status) = list.status.parse::<LeadStatus>() {
            query = query.filter(leads::status.eq(status));
        }
        if !list.country.trim().is_empty() {
            query = query.filter(leads::country.eq(list.country.trim().to_uppercase()));
        }
        if let Ok(kind) = list.source.parse::<LeadKind>() {
            query = query.filter(leads::kind.eq(kind));
        }
        query
    }};
}

/// The leads that the person may see: from a row on, at most so many.
pub(super) fn list_for(
    scope: &Scope,
    list: &LeadQuery,
    cursor: Option<&Cursor>,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<Lead>> {
    let query = matching!(scope, list);
    Ok(if scope.is_vendor() {
        newest_first!(query, leads::created_at, leads::reference, cursor, most).kept().load(conn)?
    } else {
        newest_first!(query, leads::assigned_at.assume_not_null(), leads::reference, cursor, most)
            .kept()
            .load(conn)?
    })
}

/// Where a page after this lead goes on.
pub(super) fn sort_key(scope: &Scope, lead: &Lead) -> (String, String) {
    let at = if scope.is_vendor() { Some(lead.created_at) } else { lead.assigned_at };
    Cursor::key_of(at.unwrap_or(lead.created_at), &lead.reference)
}

/// What the address of the list of leads that end soon carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct EndingQuery {
    #[serde(skip_serializing)]
    pub page: String,
}

impl EndingQuery {
    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }
}

/// Leads that end within so many days end soon.
pub(super) const SOON_DAYS: i64 = 30;

/// The partners' own leads that the person may see and that end soon, the next first.
pub(super) fn ending_for(
    scope: &Scope,
    cursor: Option<&Cursor>,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<Lead>> {
    let ends_on = || leads::expires_on.assume_not_null();
    let mut query = with_all!()
        .filter(leads::program_id.eq(scope.program().id))
        .filter(leads::expires_on.is_not_null())
        .filter(ends_on().le(add_days(scope.today(), SOON_DAYS)))
        .into_boxed();
    if !scope.is_vendor() {
        query = query.filter(leads::assigned_to_id.eq(Lead::holder(scope)?));
    }
    let query = keyset!(rising: query, ends_on(), leads::reference, cursor, most, day_of_cursor);
    Ok(query.kept().load(conn)?)
}

fn day_of_cursor(cursor: &Cursor) -> Option<NaiveDate> {
    cursor.key.parse().ok()
}

/// Where a page after this lead goes on.
pub(super) fn ending_key(lead: &Lead) -> (String, String) {
    let day = lead.expires_on.map(|day| day.to_string()).unwrap_or_default();
    (day, lead.reference.clone())
}
