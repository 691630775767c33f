//! Lists of deals: a partner's by when they were begun; the vendor's by when they were submitted, or by
//! their value.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::DealStatus;
use super::model::{Deal, with_names, within};
use crate::auth::Scope;
use crate::db::schema::{categories, deal_approvals, deals, enrolments, organisations};
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::web::Cursor;
use crate::{keyset, names, newest_first, reference};

/// What a list's address carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct DealQuery {
    /// A customer's name from its beginning, its domain, or the reference.
    pub q: String,
    pub status: String,
    /// Part of the partner's name; for the vendor.
    pub partner: String,
    /// `mine`: of partners that the person looks after; for the vendor.
    pub whose: String,
    /// Nothing (the newest first), [`OLDEST`] or [`VALUE`].
    pub sort: String,
    #[serde(skip_serializing)]
    pub page: String,
}

/// Of the status filter: whatever waits for the vendor, extensions that are asked for too.
pub(super) const WAITING: &str = "waiting";
/// Of the status filter: what one of two people has approved.
pub(super) const SECOND: &str = "second";
/// Of the filter by account manager.
pub(super) const MINE: &str = "mine";
/// Orders.
pub(super) const OLDEST: &str = "oldest";
pub(super) const VALUE: &str = "value";

impl DealQuery {
    pub(super) fn is_filtered(&self) -> bool {
        [&self.q, &self.status, &self.partner, &self.whose]
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
        let (scope, list): (&Scope, &DealQuery) = ($scope, $list);
        let mut query = within!(with_names!().into_boxed(), scope);
        if !names::fold(&list.q).is_empty() {
            let sought = names::company(&list.q);
            let after = format!("{sought}\u{10ffff}");
            let by_name = deals::customer_key.ge(sought).and(deals::customer_key.lt(after));
            let by_reference = deals::reference.eq(reference::normalise(&list.q));
            let domain = names::domain(&list.q).unwrap_or_else(|| "-".to_owned());
            let by_domain = deals::customer_domain.eq(domain);
            query = query.filter(by_name.or(by_reference).or(by_domain));
        }
        if list.status == WAITING {
            let waiting = [DealStatus::Submitted, DealStatus::InReview];
            let asks = deals::extension_until_on.is_not_null();
            query = query.filter(deals::status.eq_any(waiting).or(asks));
        } else if list.status == SECOND && scope.is_vendor() {
            let by_one = deal_approvals::deal_id.nullable().is_not_null();
            query = query.filter(deals::status.eq(DealStatus::InReview)).filter(by_one);
        } else if let Ok(status) = list.status.parse::<DealStatus>() {
            query = query.filter(deals::status.eq(status));
        }
        if scope.is_vendor() {
            let of_program = enrolments::table
                .filter(enrolments::program_id.eq(scope.program().id))
                .select(enrolments::organisation_id);
            let partner = names::fold(&list.partner);
            if !partner.is_empty() {
                let pattern = format!("%{}%", names::escape_like(&partner));
                let named = of_program.filter(enrolments::name_key.like(pattern).escape('\\'));
                query = query.filter(deals::partner_id.eq_any(named));
            }
            if list.whose == MINE {
                let own = of_program.filter(enrolments::cam_id.eq(scope.actor().contact_id));
                query = query.filter(deals::partner_id.eq_any(own));
            }
        }
        query
    }};
}

/// The deals that the person may see: from a row on, at most so many.
pub(super) fn list_for(
    scope: &Scope,
    list: &DealQuery,
    cursor: Option<&Cursor>,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<Deal>> {
    let query = matching!(scope, list);
    if !scope.is_vendor() {
        let query = newest_first!(query, deals::created_at, deals::reference, cursor, most);
        return Ok(query.kept().load(conn)?);
    }
    let submitted_at = deals::submitted_at.assume_not_null();
    let rows = match list.sort.as_str() {
        OLDEST => keyset!(
            rising: query, submitted_at, deals::reference, cursor, most, Cursor::instant
        )
        .kept()
        .load(conn)?,
        VALUE => keyset!(
            falling: query, deals::msrp_minor, deals::reference, cursor, most, minor_of
        )
        .kept()
        .load(conn)?,
        _ => {
            newest_first!(query, submitted_at, deals::reference, cursor, most).kept().load(conn)?
        }
    };
    Ok(rows)
}

fn minor_of(cursor: &Cursor) -> Option<i64> {
    cursor.key.parse().ok()
}

/// Where a page after this deal goes on.
pub(super) fn sort_key(scope: &Scope, list: &DealQuery, deal: &Deal) -> (String, String) {
    if !scope.is_vendor() {
        return Cursor::key_of(deal.created_at, &deal.reference);
    }
    if list.sort == VALUE {
        return (deal.msrp_minor.to_string(), deal.reference.clone());
    }
    Cursor::key_of(deal.submitted_at.unwrap_or(deal.created_at), &deal.reference)
}
