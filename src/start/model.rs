//! What may need somebody, within a scope. Each read is one query and stops counting early: the
//! page says "more than 100" and leads to where all of it stands.

use chrono::{Duration, NaiveDate};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::auth::{Part, Scope};
use crate::contacts::Role;
use crate::db::Conn;
use crate::db::schema::{
    contact_roles, contacts, customers, enrolments, licences, logins, mails, organisations,
    products,
};
use crate::error::Result;

/// Renewals that end within so many days are due; those that ended so many days ago are late.
pub(super) const DAYS: i64 = 30;
/// More are not counted.
pub(super) const MOST: usize = 100;
/// What their queries are limited to: the one too many says that there are more.
const LIMIT: i64 = 101;

/// A licence that is not renewed.
#[derive(Clone, Debug, Queryable)]
pub(super) struct Ending {
    pub reference: String,
    pub due_on: NaiveDate,
    pub customer: String,
    pub product: String,
    pub quantity: i32,
    pub reseller: String,
}

/// Which renewals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Late,
    Due,
}

/// The renewals of the scope that are late or due, the nearest end first.
pub(super) fn renewals(scope: &Scope, when: When, conn: &mut Conn) -> Result<Vec<Ending>> {
    let today = scope.today();
    let (first, last) = match when {
        When::Late => (today - Duration::days(DAYS), today - Duration::days(1)),
        When::Due => (today, today + Duration::days(DAYS)),
    };
    let query = licences::table
        .inner_join(customers::table.on(customers::id.eq(licences::customer_id)))
        .inner_join(products::table.on(products::id.eq(licences::product_id)))
        .inner_join(organisations::table.on(organisations::id.eq(licences::reseller_id)))
        .filter(licences::program_id.eq(scope.program().id))
        .filter(licences::due_on.between(first, last))
        .filter(licences::renewed_by_id.is_null())
        .order((licences::due_on, licences::reference))
        .limit(LIMIT)
        .select((
            licences::reference,
            licences::due_on,
            customers::name,
            products::name,
            licences::quantity,
            organisations::name,
        ))
        .into_boxed();
    let own = scope.organisation_id();
    let query = match scope.part() {
        None => query,
        Some(Part::Partner) => query.filter(licences::reseller_id.eq(own)),
        Some(Part::Distributor) => query.filter(licences::distributor_id.eq(own)),
    };
    Ok(query.load(conn)?)
}

/// The roles of the person's organisation that no active contact holds.
pub(super) fn gaps(scope: &Scope, part: Part, conn: &mut Conn) -> Result<Vec<Role>> {
    let held: Vec<Role> = contact_roles::table
        .inner_join(contacts::table.on(contacts::id.eq(contact_roles::contact_id)))
        .filter(contact_roles::program_id.eq(scope.program().id))
        .filter(contact_roles::held.eq(true))
        .filter(contacts::organisation_id.eq(scope.organisation_id()))
        .filter(contacts::status.eq("active"))
        .select(contact_roles::role)
        .distinct()
        .load(conn)?;
    Ok(Role::of_part(part).iter().copied().filter(|role| !held.contains(role)).collect())
}

/// Colleagues who were invited and have not chosen a password yet.
pub(super) fn invited(scope: &Scope, conn: &mut Conn) -> Result<Vec<String>> {
    Ok(contacts::table
        .inner_join(logins::table)
        .filter(contacts::organisation_id.eq(scope.organisation_id()))
        .filter(contacts::status.eq("active"))
        .filter(logins::invited_at.is_not_null())
        .filter(logins::password_hash.is_null())
        .order((contacts::name_key, contacts::reference))
        .limit(LIMIT)
        .select(contacts::name)
        .load(conn)?)
}

/// Active partners of the program where nobody holds the role Renewals.
pub(super) fn partners_with_gap(scope: &Scope, conn: &mut Conn) -> Result<Vec<String>> {
    let holder = contact_roles::table
        .inner_join(contacts::table.on(contacts::id.eq(contact_roles::contact_id)))
        .filter(contacts::organisation_id.eq(enrolments::organisation_id))
        .filter(contacts::status.eq("active"))
        .filter(contact_roles::program_id.eq(enrolments::program_id))
        .filter(contact_roles::role.eq(Role::Renewals))
        .filter(contact_roles::held.eq(true));
    Ok(enrolments::table
        .inner_join(organisations::table)
        .filter(enrolments::program_id.eq(scope.program().id))
        .filter(enrolments::part.eq(Part::Partner))
        .filter(enrolments::status.eq("active"))
        .filter(not(exists(holder)))
        .order((enrolments::name_key, enrolments::reference))
        .limit(LIMIT)
        .select(organisations::name)
        .load(conn)?)
}

/// Mails of the program that were given up on.
pub(super) fn failed_mails(scope: &Scope, conn: &mut Conn) -> Result<Vec<String>> {
    Ok(mails::table
        .filter(mails::program_id.eq(scope.program().id))
        .filter(mails::status.eq("failed"))
        .order(mails::id.desc())
        .limit(LIMIT)
        .select(mails::to_email)
        .load(conn)?)
}
