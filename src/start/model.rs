//! What may need somebody, within a scope. Each read is one query and stops counting early: the
//! page says "more than 100" and leads to where all of it stands.

use chrono::{Duration, NaiveDate};
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Integer, Text};

use crate::auth::{Part, Scope};
use crate::contacts::Role;
use crate::db::Conn;
use crate::db::schema::{contact_roles, contacts, enrolments, logins, mails, organisations};
use crate::error::Result;

/// Renewals that end within so many days are due; those that ended so many days ago are late.
pub(super) const DAYS: i64 = 30;
/// Mails that failed so many days ago or less need somebody.
pub(super) const MAIL_DAYS: i64 = 7;
/// More are not counted.
pub(super) const MOST: usize = 100;
/// What their queries are limited to: the one too many says that there are more.
const LIMIT: i64 = 101;

/// A licence that is not renewed.
#[derive(Clone, Debug, QueryableByName)]
pub(super) struct Ending {
    #[diesel(sql_type = Text)]
    pub reference: String,
    #[diesel(sql_type = Date)]
    pub due_on: NaiveDate,
    #[diesel(sql_type = Text)]
    pub customer: String,
    #[diesel(sql_type = Text)]
    pub product: String,
    #[diesel(sql_type = Integer)]
    pub quantity: i32,
    #[diesel(sql_type = Text)]
    pub reseller: String,
}

/// The renewals of the scope that are late, and those that are due, the nearest end first.
pub(super) fn renewals(scope: &Scope, conn: &mut Conn) -> Result<(Vec<Ending>, Vec<Ending>)> {
    let today = scope.today();
    // Parameters are numbered in the order in which they first stand: SQLite counts them so.
    let own = match scope.part() {
        None => "$4 <> 0",
        Some(Part::Partner) => "l.reseller_id = $4",
        Some(Part::Distributor) => "l.distributor_id = $4",
    };
    let ended = endings("l.due_on >= $2 AND l.due_on < $3", own);
    let ending = endings("l.due_on >= $3 AND l.due_on <= $5", own);
    let both = format!(
        "SELECT * FROM ({ended}) AS ended UNION ALL SELECT * FROM ({ending}) AS ending \
         ORDER BY due_on, reference"
    );
    let rows: Vec<Ending> = diesel::sql_query(both)
        .bind::<BigInt, _>(scope.program().id)
        .bind::<Date, _>(today - Duration::days(DAYS))
        .bind::<Date, _>(today)
        .bind::<BigInt, _>(scope.organisation_id())
        .bind::<Date, _>(today + Duration::days(DAYS))
        .load(conn)?;
    Ok(rows.into_iter().partition(|row| row.due_on < today))
}

fn endings(when: &str, own: &str) -> String {
    format!(
        "SELECT l.reference, l.due_on, c.name AS customer, p.name AS product, l.quantity, \
         o.name AS reseller FROM licences l \
         JOIN customers c ON c.id = l.customer_id JOIN products p ON p.id = l.product_id \
         JOIN organisations o ON o.id = l.reseller_id \
         WHERE l.program_id = $1 AND {when} AND {own} AND l.renewed_by_id IS NULL \
         ORDER BY l.due_on, l.reference LIMIT {LIMIT}"
    )
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

/// Mails of the last days that were given up on: for the vendor those of its program, for
/// administrators those to their own organisation.
pub(super) fn failed_mails(scope: &Scope, conn: &mut Conn) -> Result<Vec<String>> {
    let mut failed = mails::table
        .filter(mails::program_id.eq(scope.program().id))
        // Written out, so that both engines see that the index of such mails is meant.
        .filter(sql::<Bool>("mails.status = 'failed' AND mails.status IN ('failed', 'suppressed')"))
        .filter(mails::queued_on.ge(scope.today() - Duration::days(MAIL_DAYS)))
        .order((mails::queued_on.desc(), mails::id.desc()))
        .limit(LIMIT)
        .select(mails::to_email)
        .into_boxed();
    if !scope.is_vendor() {
        failed = failed.filter(mails::organisation_id.eq(scope.organisation_id()));
    }
    Ok(failed.load(conn)?)
}
