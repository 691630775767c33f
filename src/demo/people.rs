//! Who can sign in to the demo, for people and for tools that drive it from outside.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::Serialize;

use super::PASSWORD;
use crate::auth::{Access, Part};
use crate::db::Conn;
use crate::db::schema::{contacts, enrolments, logins, organisations, programs};
use crate::error::Result;

/// One sign-in. Tools read it, so its names stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignIn {
    pub email: String,
    pub password: &'static str,
    pub name: String,
    pub organisation: String,
    /// `vendor`, `distributor` or `partner`.
    pub part: &'static str,
    /// `administrator`, `member`, `program manager`, `channel account manager` or `back office`.
    pub access: String,
    /// The slugs of the programs that the person can enter.
    pub programs: Vec<String>,
}

/// Everybody who has a password: vendors first, then distributors, then partners.
pub fn sign_ins(conn: &mut Conn) -> Result<Vec<SignIn>> {
    let places = places(conn)?;
    let people: Vec<(String, String, Access, i64, String)> = contacts::table
        .inner_join(organisations::table)
        .inner_join(logins::table)
        .filter(logins::password_hash.is_not_null())
        .filter(contacts::status.eq("active"))
        .order(contacts::id)
        .select((
            contacts::email,
            contacts::name,
            contacts::access,
            organisations::id,
            organisations::name,
        ))
        .load(conn)?;
    let mut found: Vec<SignIn> = people
        .into_iter()
        .filter_map(|(email, name, access, organisation_id, organisation)| {
            let place = places.get(&organisation_id)?;
            Some(SignIn {
                email,
                password: PASSWORD,
                name,
                organisation,
                part: place.part,
                access: access.label().to_lowercase(),
                programs: place.programs.clone(),
            })
        })
        .collect();
    let rank =
        |part: &str| ["vendor", "distributor", "partner"].iter().position(|one| *one == part);
    found.sort_by_key(|one| rank(one.part));
    Ok(found)
}

struct Place {
    part: &'static str,
    programs: Vec<String>,
}

/// What each organisation is, and in which programs it can be entered.
fn places(conn: &mut Conn) -> Result<BTreeMap<i64, Place>> {
    let vendors: Vec<(i64, String)> = programs::table
        .order(programs::slug)
        .select((programs::vendor_id, programs::slug))
        .load(conn)?;
    let enrolled: Vec<(i64, Part, String)> = enrolments::table
        .inner_join(programs::table)
        .filter(enrolments::status.eq("active"))
        .order(programs::slug)
        .select((enrolments::organisation_id, enrolments::part, programs::slug))
        .load(conn)?;
    let vendors = vendors.into_iter().map(|(id, slug)| (id, "vendor", slug));
    let enrolled = enrolled.into_iter().map(|(id, part, slug)| (id, part.as_str(), slug));
    let mut places = BTreeMap::<i64, Place>::new();
    for (id, part, slug) in vendors.chain(enrolled) {
        let place = places.entry(id).or_insert(Place { part, programs: Vec::new() });
        place.programs.push(slug);
    }
    Ok(places)
}
