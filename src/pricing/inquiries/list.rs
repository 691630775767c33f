//! Lists of inquiries, the newest first: for a reseller by when they were begun, for whoever is
//! asked and for the vendor by when they were sent.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::InquiryStatus;
use super::model::{Inquiry, QUOTERS, with_parties, within};
use crate::auth::{Part, Scope};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{enrolments, inquiries, organisations};
use crate::error::Result;
use crate::web::Cursor;
use crate::{names, reference};

/// What a list's address carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct InquiryQuery {
    /// A customer's name from its beginning, or the reference.
    pub q: String,
    pub status: String,
    /// Part of the partner's name; for whoever is asked, and the vendor.
    pub partner: String,
    #[serde(skip_serializing)]
    pub page: String,
}

impl InquiryQuery {
    pub(super) fn is_filtered(&self) -> bool {
        [&self.q, &self.status, &self.partner].iter().any(|field| !field.trim().is_empty())
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }
}

/// The query for a list within a scope; a macro, because its type has no name.
macro_rules! matching {
    ($scope:expr, $list:expr) => {{
        let (scope, list): (&Scope, &InquiryQuery) = ($scope, $list);
        let mut query = within!(with_parties!().into_boxed(), scope);
        let sought = names::fold(&list.q);
        if !sought.is_empty() {
            let after = format!("{sought}\u{10ffff}");
            let by_name = inquiries::customer_key.ge(sought).and(inquiries::customer_key.lt(after));
            let by_reference = inquiries::reference.eq(reference::normalise(&list.q));
            query = query.filter(by_name.or(by_reference));
        }
        if let Ok(status) = list.status.parse::<InquiryStatus>() {
            query = query.filter(inquiries::status.eq(status));
        }
        let partner = names::fold(&list.partner);
        if !partner.is_empty() && scope.part() != Some(Part::Partner) {
            let pattern = format!("%{}%", names::escape_like(&partner));
            let partners = enrolments::table
                .filter(enrolments::program_id.eq(scope.program().id))
                .filter(enrolments::name_key.like(pattern).escape('\\'))
                .select(enrolments::organisation_id);
            query = query.filter(inquiries::reseller_id.eq_any(partners));
        }
        query
    }};
}

/// Orders a query by an instant and cuts it to the page that a cursor begins. The first condition
/// is what the index can seek to.
macro_rules! newest_first {
    ($query:expr, $at:expr, $cursor:expr, $most:expr) => {{
        let mut query = $query.limit($most);
        let cursor: Option<&Cursor> = $cursor;
        if let Some((Cursor { reference, backwards, .. }, at)) = cursor.zip(cursor.and_then(at)) {
            query = if *backwards {
                query.filter($at.ge(at)).filter($at.gt(at).or(inquiries::reference.gt(reference)))
            } else {
                query.filter($at.le(at)).filter($at.lt(at).or(inquiries::reference.lt(reference)))
            };
        }
        if cursor.is_some_and(|cursor| cursor.backwards) {
            query.order(($at.asc(), inquiries::reference.asc()))
        } else {
            query.order(($at.desc(), inquiries::reference.desc()))
        }
    }};
}

/// The instant of a cursor.
fn at(cursor: &Cursor) -> Option<Instant> {
    let micros = cursor.key.parse().ok()?;
    Some(Instant::from_utc(chrono::DateTime::from_timestamp_micros(micros)?.naive_utc()))
}

/// The inquiries that the person may see: from a row on, at most so many.
pub(super) fn list_for(
    scope: &Scope,
    list: &InquiryQuery,
    cursor: Option<&Cursor>,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<Inquiry>> {
    let query = matching!(scope, list);
    Ok(if scope.part() == Some(Part::Partner) {
        newest_first!(query, inquiries::created_at, cursor, most).load(conn)?
    } else {
        newest_first!(query, inquiries::submitted_at.assume_not_null(), cursor, most).load(conn)?
    })
}

/// Where a page after this inquiry goes on.
pub(super) fn sort_key(scope: &Scope, inquiry: &Inquiry) -> (String, String) {
    let at = match scope.part() {
        Some(Part::Partner) => inquiry.created_at,
        _ => inquiry.submitted_at.unwrap_or(inquiry.created_at),
    };
    (at.to_datetime().timestamp_micros().to_string(), inquiry.reference.clone())
}
