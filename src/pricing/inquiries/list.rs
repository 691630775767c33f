//! Lists of inquiries, the newest first: for a reseller by when they were begun, for whoever is
//! asked and for the vendor by when they were sent.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::InquiryStatus;
use super::model::{Inquiry, QUOTERS, with_parties, within};
use crate::auth::{Part, Scope};
use crate::db::schema::{deals, enrolments, inquiries, organisations};
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::web::Cursor;
use crate::{names, newest_first, reference};

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
        newest_first!(query, inquiries::created_at, inquiries::reference, cursor, most)
            .kept()
            .load(conn)?
    } else {
        let submitted_at = inquiries::submitted_at.assume_not_null();
        newest_first!(query, submitted_at, inquiries::reference, cursor, most).kept().load(conn)?
    })
}

/// Where a page after this inquiry goes on.
pub(super) fn sort_key(scope: &Scope, inquiry: &Inquiry) -> (String, String) {
    let at = match scope.part() {
        Some(Part::Partner) => inquiry.created_at,
        _ => inquiry.submitted_at.unwrap_or(inquiry.created_at),
    };
    Cursor::key_of(at, &inquiry.reference)
}
