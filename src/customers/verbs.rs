//! Changes of customers: they come into being with their first order.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::CREATED;
use crate::audit::{self, By, Change, Subject};
use crate::clock::Instant;
use crate::db::schema::customers;
use crate::db::{self, Conn};
use crate::error::Result;
use crate::{names, reference};

/// What makes two customers of a program the same: the folded name, and the country.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    pub name_key: String,
    pub country: String,
}

impl Identity {
    pub fn new(name: &str, country: &str) -> Self {
        Self { name_key: names::fold(name), country: country.to_owned() }
    }
}

/// A customer as a file names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCustomer {
    pub name: String,
    pub identity: Identity,
}

#[derive(Insertable)]
#[diesel(table_name = customers)]
struct NewCustomer<'a> {
    reference: String,
    program_id: i64,
    name: &'a str,
    name_key: &'a str,
    country: &'a str,
    created_at: Instant,
}

/// Makes the customers that the program does not have yet and gives the ids of all that are named.
pub fn create_missing(
    program_id: i64,
    named: &[&NamedCustomer],
    by: By<'_>,
    now: Instant,
    conn: &mut Conn,
) -> Result<HashMap<Identity, i64>> {
    // Named in several ways, a customer is called what it was called first.
    let mut wanted = BTreeMap::<&Identity, &str>::new();
    for one in named {
        wanted.entry(&one.identity).or_insert(&one.name);
    }
    let mut known = ids_of(program_id, wanted.keys().copied(), conn)?;
    let new: Vec<NewCustomer> = wanted
        .iter()
        .filter(|(identity, _)| !known.contains_key(**identity))
        .map(|(identity, name)| NewCustomer {
            reference: reference::draw("CU"),
            program_id,
            name,
            name_key: &identity.name_key,
            country: &identity.country,
            created_at: now,
        })
        .collect();
    if new.is_empty() {
        return Ok(known);
    }
    insert(&new, conn).map_err(db::first_elsewhere)?;
    known.extend(ids_of(
        program_id,
        wanted.keys().copied().filter(|one| !known.contains_key(one)),
        conn,
    )?);
    let created: Vec<(Subject, Change)> = new
        .iter()
        .filter_map(|one| {
            let identity = Identity::new(one.name, one.country);
            let subject = Subject {
                kind: "customer",
                id: *known.get(&identity)?,
                reference: &one.reference,
                name: one.name,
                program_id: Some(program_id),
                organisation_id: None,
            };
            Some((subject, Change::default()))
        })
        .collect();
    audit::record_all(by, &CREATED, &created, now, conn)?;
    Ok(known)
}

fn insert(new: &[NewCustomer<'_>], conn: &mut Conn) -> QueryResult<usize> {
    Ok(db::insert_all!(conn, customers::table, new))
}

/// The ids of the customers that exist, of those asked for.
pub(crate) fn ids_of<'a>(
    program_id: i64,
    identities: impl Iterator<Item = &'a Identity>,
    conn: &mut Conn,
) -> Result<HashMap<Identity, i64>> {
    let mut keys: Vec<&str> = identities.map(|one| one.name_key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut found = HashMap::new();
    for chunk in keys.chunks(db::ROWS_PER_STATEMENT) {
        let rows: Vec<(i64, String, String)> = customers::table
            .filter(customers::program_id.eq(program_id))
            .filter(customers::name_key.eq_any(chunk))
            .select((customers::id, customers::name_key, customers::country))
            .load(conn)?;
        found.extend(
            rows.into_iter().map(|(id, name_key, country)| (Identity { name_key, country }, id)),
        );
    }
    Ok(found)
}
