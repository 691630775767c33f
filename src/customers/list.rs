//! Lists of customers, by name.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::dsl::{count_star, min};
use diesel::prelude::*;
use serde::Deserialize;

use super::Customer;
use crate::auth::{Part, Scope};
use crate::db::schema::{customers, licences};
use crate::db::{Conn, Keep, padded};
use crate::error::Result;
use crate::names;
use crate::web::Cursor;

/// What a list's address carries.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    /// A name from its beginning.
    pub(super) q: String,
    /// ISO 3166-1.
    pub(super) country: String,
    /// Where the page begins.
    pub(super) page: String,
}

impl ListQuery {
    pub(super) fn is_filtered(&self) -> bool {
        !self.q.is_empty() || !self.country.is_empty()
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }

    /// This list below a path, from a row on.
    pub(super) fn address(&self, path: &str, page: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("q", self.q.as_str()), ("country", &self.country), ("page", page)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// What a customer has: licences that run or will run, and the next end among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) licences: i64,
    pub(super) next_end: Option<NaiveDate>,
}

/// The customers that the person may see, by name: from a row on, at most so many.
pub(super) fn list_for(
    scope: &Scope,
    list: &ListQuery,
    cursor: Option<&Cursor>,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<Customer>> {
    let mut query = customers::table
        .filter(customers::program_id.eq(scope.program().id))
        .select(Customer::as_select())
        .limit(most)
        .into_boxed();
    let seen = licences::table.filter(licences::program_id.eq(scope.program().id));
    let own = scope.organisation_id();
    query = match scope.part() {
        None => query,
        Some(Part::Partner) => query.filter(
            customers::id
                .eq_any(seen.filter(licences::reseller_id.eq(own)).select(licences::customer_id)),
        ),
        Some(Part::Distributor) => {
            query.filter(customers::id.eq_any(
                seen.filter(licences::distributor_id.eq(own)).select(licences::customer_id),
            ))
        }
    };
    let prefix = names::fold(&list.q);
    if !prefix.is_empty() {
        let after = format!("{prefix}\u{10ffff}");
        query = query.filter(customers::name_key.ge(prefix)).filter(customers::name_key.lt(after));
    }
    if !list.country.is_empty() {
        query = query.filter(customers::country.eq(list.country.trim().to_uppercase()));
    }
    let backwards = cursor.is_some_and(|cursor| cursor.backwards);
    if let Some(Cursor { key, reference, .. }) = cursor {
        // The first condition is what the index can seek to.
        query = if backwards {
            query
                .filter(customers::name_key.le(key))
                .filter(customers::name_key.lt(key).or(customers::reference.lt(reference)))
        } else {
            query
                .filter(customers::name_key.ge(key))
                .filter(customers::name_key.gt(key).or(customers::reference.gt(reference)))
        };
    }
    query = if backwards {
        query.order((customers::name_key.desc(), customers::reference.desc()))
    } else {
        query.order((customers::name_key, customers::reference))
    };
    Ok(query.kept().load(conn)?)
}

/// What these customers have, as far as the person may see it.
pub(super) fn tallies(
    scope: &Scope,
    customer_ids: &[i64],
    conn: &mut Conn,
) -> Result<HashMap<i64, Tally>> {
    let rows = licences::table
        .filter(licences::customer_id.eq_any(padded(customer_ids)))
        .filter(licences::due_on.ge(scope.today()))
        .filter(licences::renewed_by_id.is_null())
        .filter(licences::program_id.eq(scope.program().id))
        .group_by(licences::customer_id)
        .select((licences::customer_id, count_star(), min(licences::ends_on)))
        .into_boxed();
    let own = scope.organisation_id();
    let rows = match scope.part() {
        None => rows,
        Some(Part::Partner) => rows.filter(licences::reseller_id.eq(own)),
        Some(Part::Distributor) => rows.filter(licences::distributor_id.eq(own)),
    };
    let rows: Vec<(i64, i64, Option<NaiveDate>)> = rows.kept().load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, licences, next_end)| (id, Tally { licences, next_end }))
        .collect())
}

/// Where a page after this customer goes on.
pub(super) fn sort_key(customer: &Customer) -> (String, String) {
    (customer.name_key.clone(), customer.reference.clone())
}
